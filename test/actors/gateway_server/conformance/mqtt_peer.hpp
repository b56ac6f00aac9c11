// A gateway over MQTT, current or legacy.
#pragma once

#include "test/actors/gateway_server/conformance/messages.hpp"
#include "test/net/mqtt/client.hpp"

namespace ff::gateway_server::conformance {

class MqttPeer final : public Peer {
 public:
  inline static const net::Endpoint server = *net::Endpoint::parse("192.0.2.1:1882");

  MqttPeer(World& world, Identity identity, bool legacy)
      : world_(world), identity_(std::move(identity)), legacy_(legacy) {}

  void connect() override {
    client_ = mqtt::Client::connect(world_.streams, server);
    mqtt::Connect packet{.client_id = "any"};
    packet.username = identity_.ids.gateway_id.text();
    packet.password = to_owned(as_bytes(identity_.secret));
    client_->send(packet);
    world_.pump();
    const auto answer = client_->take<mqtt::Connack>();
    accepted_ = answer && answer->reason == mqtt::ReasonCode::success;
    if (!accepted_) return;
    client_->send(mqtt::Subscribe{.packet_id = 1, .subscriptions = {{.filter = topic("/down")}}});
    world_.pump();
  }
  bool is_served() override { return accepted_ && !client_->closed; }
  void say(const Heard& heard) override {
    publish("/up", legacy_ ? v2_uplink(heard) : v3_uplink(heard));
  }
  void say_status() override { publish("/status", legacy_ ? v2_status() : v3_status()); }
  std::vector<Told> take() override {
    std::vector<Told> out;
    while (const auto packet = client_->take<mqtt::Publish>())
      out.push_back(legacy_ ? v2_told(packet->payload.view()) : v3_told(packet->payload.view()));
    return out;
  }
  void report(const Told& told, TxResult result) override {
    publish("/down/ack", v3_report(told.token, result));
  }
  void say_garbage() override {
    publish("/up", to_owned(as_bytes("garbage")));
    client_->stream->write(as_bytes("\xff\xff\xff\xff\xff\xff"));
    world_.pump();
  }
  void leave() override {
    client_->stream->abort();
    world_.pump();
  }

 private:
  std::string topic(const std::string& end) const {
    return (legacy_ ? "" : "v3/") + identity_.ids.gateway_id.text() + end;
  }
  void publish(const std::string& end, Bytes body) {
    client_->send(mqtt::Publish{.topic = topic(end), .payload = mqtt::Payload(std::move(body))});
    world_.pump();
  }

  World& world_;
  const Identity identity_;
  const bool legacy_;
  std::shared_ptr<mqtt::Client> client_;
  bool accepted_ = false;
};

inline void listen_mqtt(World& world, GatewayServerSettings& settings, const MqttFormat& format) {
  settings.mqtt.push_back({.local = MqttPeer::server,
                           .format = &format,
                           .name = "gs-mqtt",
                           .tls = nullptr,
                           .network = &world.streams});
}

inline Dialect mqtt_dialect() {
  return {{.name = "mqtt", .metric = "mqtt", .accept_class = "gs:accept:mqtt"},
          [](World& world, GatewayServerSettings& settings) {
            listen_mqtt(world, settings, mqtt_format_v3());
          },
          [](World& world, const Identity& identity) -> std::unique_ptr<Peer> {
            return std::make_unique<MqttPeer>(world, identity, false);
          }};
}

inline Dialect mqtt_v2_dialect() {
  return {{.name = "mqtt_v2",
           .metric = "mqtt",
           .tells_crc = false,
           .reports_success = false,
           .reports_failure = false,
           .chooses_antenna = false,
           .accept_class = "gs:accept:mqtt"},
          [](World& world, GatewayServerSettings& settings) {
            listen_mqtt(world, settings, mqtt_format_v2());
          },
          [](World& world, const Identity& identity) -> std::unique_ptr<Peer> {
            return std::make_unique<MqttPeer>(world, identity, true);
          }};
}

}  // namespace ff::gateway_server::conformance
