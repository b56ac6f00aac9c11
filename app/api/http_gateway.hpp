// The HTTP API: every request becomes a gRPC call on a channel to our own server, its answer JSON.
// No logic of methods: rights, validation and errors are the gRPC server's, once for both
// protocols.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status_code_enum.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/api/http.hpp"
#include "app/api/http_router.hpp"
#include "app/api/running_calls.hpp"
#include "protocol/base/result.hpp"

namespace google::protobuf {
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace ff::api {

inline constexpr std::size_t request_body_max = 16U << 20;

/// Its destructor waits for the calls that are running; shutting the gRPC server down first ends
/// them.
class HttpGateway {
 public:
  /// Told of a call that is refused because its request is none: no server has heard of it. Any
  /// thread; must not block. `method`: `ttn.lorawan.v3.GatewayRegistry/Get`.
  using OnRefused = std::function<void(std::string_view method, grpc::StatusCode code)>;

  /// `channel`: usually the server's in-process channel. `new_error_id`: 32 random hex digits;
  /// thread safe.
  HttpGateway(std::shared_ptr<grpc::Channel> channel, std::function<std::string()> new_error_id,
              OnRefused on_refused = nullptr);

  /// Answers `request` through `sink`, from this thread (errors of the request itself) or from
  /// threads of the gRPC runtime. Any thread.
  void serve(const HttpRequest& request, std::shared_ptr<ResponseSink> sink) const;
  /// Answers a request whose body was more than `request_body_max`, and was not read: the same
  /// whatever its path is.
  void refuse_body(const HttpRequest& request, ResponseSink& sink) const;

 private:
  /// Answers a request that is none, for the method that it was for; null: for none.
  void refuse(const google::protobuf::MethodDescriptor* method, const Error& error,
              ResponseSink& sink) const;

  std::shared_ptr<grpc::Channel> channel_;
  std::function<std::string()> new_error_id_;
  OnRefused on_refused_;
  HttpRouter router_;
  mutable RunningCalls calls_;  ///< Last: destroyed before the channel.
};

/// INTERNAL, for tests: fills a method's request from body, query and path variables.
Status fill_request(const HttpRouter::Match& match, const HttpRequest& request,
                    google::protobuf::Message& message);

}  // namespace ff::api
