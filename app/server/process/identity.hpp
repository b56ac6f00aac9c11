// The identity server behind the MQTT server's port, and what a first start makes in it. Not the
// API's ports: app/api/services/identity.
#pragma once

#include <memory>

#include "actors/application_server/frontend_mqtt/access.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// For MQTT: an API key as password.
std::shared_ptr<application_server::Access> make_mqtt_access(
    actors::Route<identity_server::AccessHandle> access);

/// First start: the user `admin` and an API key with all rights. Answers the key's text, which is
/// kept nowhere; an error when the user exists already.
void create_admin(const identity_server::Routes& routes, Random& random,
                  actors::Reply<std::string> reply);

}  // namespace ff::app
