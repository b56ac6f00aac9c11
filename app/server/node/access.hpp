// The identity server behind other components' questions for rights. Not the API's ports:
// app/api/services/identity.
#pragma once

#include <memory>
#include <string>

#include "actors/application_server/frontend_mqtt/access.hpp"
#include "actors/gateway_server/connection/gateway_access.hpp"
#include "actors/identity_server/api_keys/access.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "actors/support/route.hpp"

namespace ff::app {

using AccessRoute = actors::Route<identity_server::AccessHandle>;

/// For gateways: an API key with the right to link.
std::shared_ptr<gateway_server::GatewayAccess> make_gateway_access(AccessRoute access);

/// For applications' MQTT clients: an API key as password, or an application's certificate.
std::shared_ptr<application_server::Access> make_mqtt_access(const identity_server::Routes& routes);

}  // namespace ff::app
