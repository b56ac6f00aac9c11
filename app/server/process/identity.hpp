// The identity server behind the MQTT server's port. Not the API's ports:
// app/api/services/identity.
#pragma once

#include <memory>

#include "actors/application_server/frontend_mqtt/access.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "protocol/base/random.hpp"

namespace ff::app {

/// For MQTT: an API key as password, or an application's certificate.
std::shared_ptr<application_server::Access> make_mqtt_access(const identity_server::Routes& routes);

}  // namespace ff::app
