// ApiServer: the gRPC server of this process, with its addresses and limits [api-conventions §2].
// Not its services; they are registered by the wiring, one file each.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace ff::api {

inline constexpr ErrorDef listen_failed{"pkg/rpcserver", "listen_failed", Code::unavailable,
                                        "can not listen on `{address}`"};

/// PEM texts.
struct ServerTls {
  std::string certificate_chain;
  std::string private_key;
  std::string client_ca;  ///< Empty: no client certificates.
};

struct Listener {
  std::string address;           ///< `0.0.0.0:1884`, `[::]:8884`; port 0 takes any.
  std::optional<ServerTls> tls;  ///< Nothing: plain.
};

class ApiServer {
 public:
  /// Serves `services`, which must outlive the server. Fails with `listen_failed` when an address
  /// is not to be had.
  static Result<std::unique_ptr<ApiServer>> start(const std::vector<Listener>& listeners,
                                                  const std::vector<grpc::Service*>& services);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  /// The port of each listener, in their order.
  const std::vector<int>& ports() const noexcept { return ports_; }
  /// To this server, without a socket: for the HTTP gateway.
  std::shared_ptr<grpc::Channel> in_process_channel() const;
  /// Takes no new calls, waits up to `grace` for the running ones, then cancels them. Blocks;
  /// idempotent.
  void shutdown(Duration grace);

 private:
  ApiServer() = default;

  std::unique_ptr<grpc::Server> server_;
  std::vector<int> ports_;
};

}  // namespace ff::api
