// A gateway over gRPC, from where the API's stream stands: at the port of its link. The API has
// authenticated it.
#pragma once

#include <caf/send.hpp>

#include "protocol/gateway/api_v3/downstream.hpp"
#include "protocol/gateway/api_v3/upstream.hpp"
#include "test/actors/gateway_server/conformance/messages.hpp"

namespace ff::gateway_server::conformance {

namespace api_v3 = gateway::api_v3;

class GrpcPeer final : public Peer {
 public:
  GrpcPeer(World& world, Identity identity) : world_(world), identity_(std::move(identity)) {}

  void connect() override {
    port_ = std::make_shared<Port>();
    ConnectRequest request;
    request.ids.gateway_id = identity_.ids.gateway_id;
    request.protocol = Protocol::grpc;
    request.authenticated = true;
    request.secret = identity_.secret;
    request.chooses_antenna = true;
    request.remote_address = "198.51.100.7:40000";
    caf::anon_send(world_.grpc.get(), OpenLink{std::move(request), port_});
    world_.pump();
  }
  bool is_served() override { return port_->is_ready && !port_->has_ended; }
  void say(const Heard& heard) override {
    auto frame = api_v3::decode_uplink(v3_uplink(heard), UtcTime{});
    if (!frame) return tell(Malformed{frame.error()});
    GatewayUp up;
    up.uplinks.push_back(*std::move(frame));
    tell(std::move(up));
  }
  void say_status() override {
    GatewayUp up;
    up.status = *api_v3::decode_status(v3_status());
    tell(std::move(up));
  }
  std::vector<Told> take() override { return std::exchange(port_->told, {}); }
  void report(const Told& told, TxResult result) override {
    const auto report = *api_v3::decode_tx_acknowledgment(v3_report(told.token, result));
    tell(TxAcked{DownlinkToken{report.token}, report.result, {}, {}});
  }
  void say_garbage() override {
    tell(Malformed{api_v3::decode_uplink(as_bytes("garbage"), {}).error()});
  }
  void leave() override {
    caf::anon_send(port_->link, LinkClosed{Error(stream_closed)});
    world_.pump();
  }

 private:
  static constexpr ErrorDef stream_closed{"test", "closed", Code::aborted, "closed"};

  struct Port final : LinkPort {
    void opened(const LinkHandle& handle) override { link = handle; }
    void ready(const ConnectionReady&) override { is_ready = true; }
    void send(const SendDownlink& message) override {
      told.push_back(v3_told(api_v3::encode_gateway_down(message.downlink, message.correlation_ids,
                                                         message.token.value())));
    }
    void ended(const Error&) override {
      has_ended = true;
      link = nullptr;
    }

    LinkHandle link;
    bool is_ready = false;
    bool has_ended = false;
    std::vector<Told> told;
  };

  void tell(LinkMessage message) {
    if (port_->link) caf::anon_send(port_->link, LinkReceived{std::move(message), nullptr});
    world_.pump();
  }

  World& world_;
  const Identity identity_;
  std::shared_ptr<Port> port_;
};

inline Dialect grpc_dialect() {
  return {{.name = "grpc", .metric = "grpc", .authenticates = false},
          [](World&, GatewayServerSettings&) {},
          [](World& world, const Identity& identity) -> std::unique_ptr<Peer> {
            return std::make_unique<GrpcPeer>(world, identity);
          }};
}

}  // namespace ff::gateway_server::conformance
