// How often a caller may call: the limits of RPCs [spec api-conventions §9]. HTTP's come here too,
// as calls. Not the limiter (net/rate_limit).
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <string>
#include <string_view>

#include "app/api/call.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::api {

/// Immutable. Any thread.
class CallLimits {
 public:
  /// Null: nobody is limited.
  explicit CallLimits(std::shared_ptr<const net::RateLimiter> limiter)
      : limiter_(std::move(limiter)) {}

  /// Counts a call with one request, on its method, the entity it is about and the caller's token;
  /// adds what the caller is told to the answer's metadata. Error: rate_limit_exceeded.
  Status check_unary(const Call& call, const google::protobuf::Message& request,
                     grpc::CallbackServerContext& context) const;
  /// Counts the start of a stream, on its method and the caller's token.
  Status check_stream(const Call& call, grpc::CallbackServerContext& context) const;
  /// For what a client sends on its stream; `per_stream` gets the key. Falsy without a limit.
  net::RateLimit of_messages(const Call& call, std::string& per_stream) const;

 private:
  std::shared_ptr<const net::RateLimiter> limiter_;
};

/// INTERNAL, for tests: `application:my-app`, of the first identifiers a request has; else "".
std::string entity_of(const google::protobuf::Message& request);
/// INTERNAL, for tests: the id in `Bearer NNSXS.ID.SECRET`; else "".
std::string_view token_id_of(std::string_view authorization) noexcept;

}  // namespace ff::api
