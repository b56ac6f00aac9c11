// INTERNAL: the way of other actors to an MQTT connection: onto its event loop, as long as it
// lives.
#pragma once

#include <memory>
#include <utility>

#include "actors/application_server/frontend_mqtt/connection.hpp"

namespace ff::application_server {

class ConnectionLoop {
 public:
  ConnectionLoop(std::weak_ptr<MqttConnection> owner,
                 const std::shared_ptr<mqtt::ServerConnection>& connection)
      : loop_(connection->stream().loop()), owner_(std::move(owner)), connection_(connection) {}

  /// Any thread. `call(MqttConnection&, mqtt::ServerConnection&)` if both are still there.
  template <class Call>
  void post(Call call) const {
    loop_.post([owner = owner_, connection = connection_, call = std::move(call)] {
      const auto self = owner.lock();
      const auto alive = connection.lock();
      if (self && alive) call(*self, *alive);
    });
  }
  /// Likewise; `otherwise()` if they are gone or `call` says no.
  template <class Call, class Otherwise>
  void post_or(Call call, Otherwise otherwise) const {
    loop_.post([owner = owner_, connection = connection_, call = std::move(call),
                otherwise = std::move(otherwise)] {
      const auto self = owner.lock();
      const auto alive = connection.lock();
      if (!self || !alive || !call(*self, *alive)) otherwise();
    });
  }

 private:
  net::EventLoop& loop_;
  std::weak_ptr<MqttConnection> owner_;
  std::weak_ptr<mqtt::ServerConnection> connection_;
};

}  // namespace ff::application_server
