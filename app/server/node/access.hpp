// The identity server behind other components' questions for rights. Not the API's ports:
// app/api/services/identity.
#pragma once

#include <memory>
#include <string>

#include "actors/gateway_server/connection/gateway_access.hpp"
#include "actors/identity_server/api_keys/access.hpp"
#include "actors/support/route.hpp"

namespace ff::app {

using AccessRoute = actors::Route<identity_server::AccessHandle>;

/// The rights on `entity` of whoever `token` belongs to; none for an entity that does not exist.
void rights_on(const AccessRoute& access, std::string token, const storage::EntityKey& entity,
               actors::Reply<identity_server::RightSet> reply);

/// For gateways: an API key with the right to link.
std::shared_ptr<gateway_server::GatewayAccess> make_gateway_access(AccessRoute access);

}  // namespace ff::app
