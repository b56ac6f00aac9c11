// How often a caller may call: the limits of RPCs [spec api-conventions §9]. HTTP's come here too,
// as calls. Not the limiter (net/rate_limit).
#pragma once

#include <google/protobuf/message.h>

#include <functional>
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

  /// Adds metadata to the answer.
  using Tell = std::function<void(const char* name, const std::string& value)>;

  /// Counts a call with one request, on its method, the entity it is about and who calls: the token
  /// that `call.auth` knows, else the network that the call is from. What a caller only says is no
  /// key, or each new invention would have a limit of its own. Error: rate_limit_exceeded.
  Status check_unary(const Call& call, const google::protobuf::Message& request,
                     const Tell& tell) const;
  /// Counts the start of a stream, on its method and who calls.
  Status check_stream(const Call& call, const Tell& tell) const;
  /// For what a client sends on its stream; `per_stream` gets the key. Falsy without a limit.
  net::RateLimit of_messages(const Call& call, std::string& per_stream) const;

 private:
  std::shared_ptr<const net::RateLimiter> limiter_;
};

/// INTERNAL, for tests: `application:my-app`, of the first identifiers a request has; else "".
std::string entity_of(const google::protobuf::Message& request);
/// `:token:<id>` if the credential is known, else `:ip:<network>`.
std::string caller_key(const AuthInfo& caller, const std::string& remote_address);

}  // namespace ff::api
