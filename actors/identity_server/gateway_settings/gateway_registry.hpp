// The gateway server's port to the registry of gateways. Not the API's registry; that one changes
// entities.
#pragma once

#include <memory>

#include "actors/gateway_server/connection/gateway_settings.hpp"
#include "actors/identity_server/registry/interface.hpp"
#include "actors/support/route.hpp"

namespace ff::identity_server {

/// Gateways that are deleted but kept do not exist here. Answers on the reader's thread; with
/// receiver_down when the registry is not there. What gateways say of themselves is written through
/// `writer`.
std::shared_ptr<gateway_server::GatewayRegistry> make_gateway_registry(
    actors::Route<RegistryReaderHandle> reader, actors::Route<RegistryHandle> writer);

/// `gateway` holds a ttn.lorawan.v3.Gateway. Error: malformed_value.
Result<gateway_server::GatewaySettings> decode_gateway_settings(const Entity& gateway);

}  // namespace ff::identity_server
