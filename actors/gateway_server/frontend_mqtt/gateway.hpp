// INTERNAL: the owner of one MQTT connection: a gateway. Who it is, what it may publish and
// subscribe to, and how its messages pass between the stream's loop and its link.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/gateway_server/frontend_mqtt/context.hpp"
#include "actors/gateway_server/link/actor.hpp"
#include "net/mqtt/server_connection.hpp"

namespace ff::gateway_server {

/// On its stream's loop only.
class MqttGateway final : public mqtt::ConnectionOwner,
                          public std::enable_shared_from_this<MqttGateway> {
 public:
  explicit MqttGateway(MqttContextPtr context) : context_(std::move(context)) {}

  void on_authenticate(mqtt::ServerConnection& connection,
                       const mqtt::Authenticate& question) override;
  void on_subscribe(mqtt::ServerConnection& connection,
                    const mqtt::SubscribeRequested& question) override;
  void on_unsubscribe(mqtt::ServerConnection& connection,
                      const mqtt::UnsubscribeRequested& question) override;
  void on_publish(mqtt::ServerConnection& connection,
                  const mqtt::PublishReceived& question) override;
  void on_acknowledged(mqtt::ServerConnection&, const mqtt::Acknowledged&) override {}
  void on_discarded(mqtt::ServerConnection& connection, const mqtt::Discarded& fact) override;
  /// A will is accepted and never published: losing the connection is the end of the gateway's.
  void on_will(mqtt::ServerConnection&, const mqtt::PublishWill&) override {}
  void on_ended(mqtt::ServerConnection& connection, const mqtt::Ended& end) override;

  // From the link's port.
  void ready(mqtt::ServerConnection& connection);
  void send(mqtt::ServerConnection& connection, const SendDownlink& message);
  void link_ended(mqtt::ServerConnection& connection, const Error& reason);

 private:
  struct Subscription {
    std::string filter;
    std::uint32_t id = 0;
  };

  void check_peer(GatewayId gateway_id, std::shared_ptr<const net::tls::Peer> peer,
                  std::function<void(const Status&)> checked) const;
  void authenticated(mqtt::ServerConnection& connection, GatewayId gateway_id,
                     const Status& allowed);
  void refuse(mqtt::ServerConnection& connection, const Error& error);
  mqtt::ReasonCode subscribe_one(const mqtt::Subscription& wish, std::uint32_t id);
  void tell_link(LinkMessage message, std::shared_ptr<const Taken> taken = nullptr);
  void lose(DownlinkToken token, const Error& error);

  MqttContextPtr context_;
  std::string uid_;
  std::string topic_;   // of downlinks
  std::string secret_;  // until it is let in
  LinkHandle link_;     // null before authentication and after the end
  bool accepted_ = false;
  bool ended_ = false;
  std::vector<Subscription> subscriptions_;
};

}  // namespace ff::gateway_server
