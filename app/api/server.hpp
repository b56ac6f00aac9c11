// ApiServer: the gRPC server of this process, with its addresses and limits [spec api-conventions
// §2], its health and what it serves (server_health.hpp). Not its services; they are registered by
// the wiring, one file each.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/api/server_certificate.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace grpc {
class CallbackGenericService;
class Server;
class ServerCredentials;
class Service;
}  // namespace grpc

namespace ff::api {

inline constexpr ErrorDef listen_failed{"pkg/rpcserver", "listen_failed", Code::unavailable,
                                        "can not listen on `{address}`"};

struct Listener {
  std::string address;  ///< `0.0.0.0:1884`, `[::]:8884`; port 0 takes any.
  std::shared_ptr<const ServerCertificate> certificate;  ///< Null: plain.
};

class ApiServer {
 public:
  /// Serves `services`, which must outlive the server. Fails with `listen_failed` when an address
  /// is not to be had or a certificate can not be used. `on_unknown`: told of each call of a method
  /// that there is not; any thread, must not block.
  static Result<std::unique_ptr<ApiServer>> start(const std::vector<Listener>& listeners,
                                                  const std::vector<grpc::Service*>& services,
                                                  std::function<void()> on_unknown = nullptr);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  /// The port of each listener, in their order.
  const std::vector<int>& ports() const noexcept { return ports_; }
  /// To this server, without a socket: for the HTTP gateway.
  std::shared_ptr<grpc::Channel> in_process_channel() const;
  /// Is no longer healthy, takes no new calls, waits up to `grace` for the running ones, then
  /// cancels them. Blocks; idempotent.
  void shutdown(Duration grace);

 private:
  ApiServer();

  std::vector<std::shared_ptr<grpc::ServerCredentials>> credentials_;  // The server uses them.
  std::unique_ptr<grpc::CallbackGenericService> unknown_methods_;      // And this.
  std::unique_ptr<grpc::Server> server_;
  std::vector<int> ports_;
};

}  // namespace ff::api
