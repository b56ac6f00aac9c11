#include "actors/application_server/frontend_mqtt/session_peer.hpp"

#include <caf/send.hpp>
#include <utility>

#include "actors/application_server/frontend_mqtt/connection_loop.hpp"

namespace ff::application_server {
namespace {

class ConnectionPeer final : public mqtt_session::SessionPeer {
 public:
  ConnectionPeer(std::weak_ptr<MqttConnection> owner,
                 const std::shared_ptr<mqtt::ServerConnection>& connection)
      : connection_(std::move(owner), connection) {}

  void accepted(const mqtt_session::Accepted& accepted) noexcept override {
    const auto accept = [accepted](MqttConnection& owner, mqtt::ServerConnection& connection) {
      return owner.session_accepted(connection, accepted);
    };
    // The client has gone meanwhile.
    connection_.post_or(accept, [accepted] {
      caf::anon_send(accepted.session, mqtt_session::Detach{accepted.connection, std::nullopt, {}});
    });
  }
  void refused(mqtt::ReasonCode reason) noexcept override {
    connection_.post([reason](MqttConnection& owner, mqtt::ServerConnection& connection) {
      owner.refuse(connection, reason);
    });
  }
  void subscribed(std::uint16_t packet_id, const mqtt_session::Reasons& reasons) noexcept override {
    connection_.post([packet_id, reasons](MqttConnection&, mqtt::ServerConnection& connection) {
      connection.subscribe_handled(packet_id, reasons);
    });
  }
  void unsubscribed(std::uint16_t packet_id,
                    const mqtt_session::Reasons& reasons) noexcept override {
    connection_.post([packet_id, reasons](MqttConnection&, mqtt::ServerConnection& connection) {
      connection.unsubscribe_handled(packet_id, reasons);
    });
  }
  void deliver(const mqtt_session::Deliver& delivery) noexcept override {
    connection_.post([delivery](MqttConnection& owner, mqtt::ServerConnection& connection) {
      owner.deliver_stored(connection, delivery);
    });
  }
  void close(mqtt::ReasonCode reason) noexcept override {
    connection_.post([reason](MqttConnection&, mqtt::ServerConnection& connection) {
      connection.disconnect(reason);
    });
  }

 private:
  const ConnectionLoop connection_;
};

}  // namespace

std::shared_ptr<mqtt_session::SessionPeer> make_session_peer(
    std::weak_ptr<MqttConnection> owner,
    const std::shared_ptr<mqtt::ServerConnection>& connection) {
  return std::make_shared<ConnectionPeer>(std::move(owner), connection);
}

}  // namespace ff::application_server
