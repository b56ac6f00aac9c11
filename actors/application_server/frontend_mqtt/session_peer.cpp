#include "actors/application_server/frontend_mqtt/session_peer.hpp"

#include <caf/send.hpp>
#include <utility>

namespace ff::application_server {
namespace {

class ConnectionPeer final : public mqtt_session::SessionPeer {
 public:
  ConnectionPeer(std::weak_ptr<MqttConnection> owner,
                 const std::shared_ptr<mqtt::ServerConnection>& connection)
      : loop_(connection->stream().loop()), owner_(std::move(owner)), connection_(connection) {}

  void accepted(const mqtt_session::Accepted& accepted) noexcept override {
    loop_.post([owner = owner_, connection = connection_, accepted] {
      const auto self = owner.lock();
      const auto alive = connection.lock();
      if (self && alive && self->session_accepted(*alive, accepted)) return;
      // The client has gone meanwhile.
      caf::anon_send(accepted.session, mqtt_session::Detach{accepted.connection, std::nullopt, {}});
    });
  }
  void refused(mqtt::ReasonCode reason) noexcept override {
    on_loop([reason](MqttConnection& owner, mqtt::ServerConnection& connection) {
      owner.refuse(connection, reason);
    });
  }
  void subscribed(std::uint16_t packet_id, const mqtt_session::Reasons& reasons) noexcept override {
    on_loop([packet_id, reasons](MqttConnection&, mqtt::ServerConnection& connection) {
      connection.subscribe_handled(packet_id, reasons);
    });
  }
  void unsubscribed(std::uint16_t packet_id,
                    const mqtt_session::Reasons& reasons) noexcept override {
    on_loop([packet_id, reasons](MqttConnection&, mqtt::ServerConnection& connection) {
      connection.unsubscribe_handled(packet_id, reasons);
    });
  }
  void deliver(const mqtt_session::Deliver& delivery) noexcept override {
    on_loop([delivery](MqttConnection& owner, mqtt::ServerConnection& connection) {
      owner.deliver_stored(connection, delivery);
    });
  }
  void close(mqtt::ReasonCode reason) noexcept override {
    on_loop([reason](MqttConnection&, mqtt::ServerConnection& connection) {
      connection.disconnect(reason);
    });
  }

 private:
  template <class Call>
  void on_loop(Call call) {
    loop_.post([owner = owner_, connection = connection_, call = std::move(call)] {
      const auto self = owner.lock();
      const auto alive = connection.lock();
      if (self && alive) call(*self, *alive);
    });
  }

  net::EventLoop& loop_;
  std::weak_ptr<MqttConnection> owner_;
  std::weak_ptr<mqtt::ServerConnection> connection_;
};

}  // namespace

std::shared_ptr<mqtt_session::SessionPeer> make_session_peer(
    std::weak_ptr<MqttConnection> owner,
    const std::shared_ptr<mqtt::ServerConnection>& connection) {
  return std::make_shared<ConnectionPeer>(std::move(owner), connection);
}

}  // namespace ff::application_server
