// INTERNAL: a gateway's gRPC stream (GtwGs.LinkGateway) and its link in the gateway server. Not who
// may link (gtw_gs.cpp). [spec gateway-server §7]
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "actors/gateway_server/link/port.hpp"
#include "app/api/duplex.hpp"
#include "protocol/base/time.hpp"
#include "ttn/lorawan/v3/gatewayserver.pb.h"

namespace ff::api {

/// No name in the reference, which says that a context was cancelled.
inline constexpr ErrorDef stream_closed{"pkg/gatewayserver/io/grpc", "closed", Code::aborted,
                                        "gRPC stream closed: `{reason}`"};
inline constexpr ErrorDef connect_gateway{"pkg/gatewayserver/io/grpc", "connect", Code::unknown,
                                          "failed to connect gateway `{gateway_uid}`"};

/// Made by make_gateway_stream; the link and gRPC keep it. Its calls come on their threads, also at
/// once; the lock guards where the link is. The next message is read when the link has the last.
class GatewayStream final : public gateway_server::LinkPort,
                            public std::enable_shared_from_this<GatewayStream> {
 public:
  using Messages = Duplex<ttn::lorawan::v3::GatewayUp, ttn::lorawan::v3::GatewayDown>;

  GatewayStream(std::shared_ptr<Messages> messages, std::string uid, std::function<UtcTime()> now)
      : messages_(std::move(messages)), uid_(std::move(uid)), now_(std::move(now)) {}

  void opened(const gateway_server::LinkHandle& link) override;
  void ready(const gateway_server::ConnectionReady& ready) override;
  void send(const gateway_server::SendDownlink& downlink) override;
  void ended(const Error& reason) override;

  /// The client has left, or sends no more.
  void close(const char* reason);

 private:
  void read();
  void receive(const ttn::lorawan::v3::GatewayUp& up);
  void tell(gateway_server::LinkMessage message,
            std::shared_ptr<const gateway_server::Taken> taken = nullptr);

  const std::shared_ptr<Messages> messages_;
  const std::string uid_;
  const std::function<UtcTime()> now_;
  std::mutex mutex_;
  gateway_server::LinkHandle link_;  // null before opened() and after the end
  bool ready_ = false;
  const char* closed_ = nullptr;  // why
};

}  // namespace ff::api
