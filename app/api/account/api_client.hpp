// The API as the pages use it: calls to our own gRPC server, with the credentials of whoever sits
// at the browser, so that a page can do nothing that its user may not.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/api/running_calls.hpp"

namespace ff::api::account {

/// A call that failed, as the API said it.
struct Refusal {
  int code = 0;      // of gRPC
  std::string name;  // `pkg/identityserver:user_not_found`
  std::string text;  // for people, when there is no better one
};

/// One call's way. `token`: of `Bearer`; empty: without credentials.
struct ApiCall {
  std::string method;  // `ttn.lorawan.v3.UserRegistry/Get`
  std::string token;
  std::string address;  // of whoever asks, for logs and limits
};

/// Thread safe. Its destructor waits for the calls that are running; shut the server down first.
class ApiClient {
 public:
  explicit ApiClient(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  /// Calls `then(response, refusal)` once, on a thread of gRPC: `refusal` null when it is done.
  template <class Response>
  void call(ApiCall call, const google::protobuf::Message& request,
            std::function<void(const Response& response, const Refusal* refusal)> then) const {
    auto response = std::make_shared<Response>();
    start(std::move(call), request, response,
          [response, then = std::move(then)](const Refusal* refusal) { then(*response, refusal); });
  }

 private:
  using Finished = std::function<void(const Refusal* refusal)>;

  void start(ApiCall call, const google::protobuf::Message& request,
             std::shared_ptr<google::protobuf::Message> response, Finished then) const;

  std::shared_ptr<grpc::Channel> channel_;
  mutable RunningCalls calls_;  ///< Last: destroyed before the channel.
};

}  // namespace ff::api::account
