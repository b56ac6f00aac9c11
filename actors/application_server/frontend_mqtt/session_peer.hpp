// INTERNAL: a stored session's way to its connection: onto the connection's loop, as long as it
// lives.
#pragma once

#include "actors/application_server/frontend_mqtt/connection.hpp"
#include "actors/application_server/mqtt_session/peer.hpp"

namespace ff::application_server {

std::shared_ptr<mqtt_session::SessionPeer> make_session_peer(
    std::weak_ptr<MqttConnection> owner, const std::shared_ptr<mqtt::ServerConnection>& connection);

}  // namespace ff::application_server
