// Starts the registry's two actors; their handles are interface.hpp's.
#pragma once

#include "actors/identity_server/registry/context.hpp"
#include "actors/identity_server/registry/interface.hpp"

namespace ff::identity_server {

/// The single writer: there is one in the whole cluster. As a successor it begins when every write
/// of its predecessor is decided.
RegistryHandle spawn_registry(caf::actor_system& system, RegistryContextPtr context);
/// `kind` labels its mailbox: a closed set.
RegistryReaderHandle spawn_registry_reader(caf::actor_system& system,
                                           const RegistryContextPtr& context,
                                           const std::string& kind = "identity_registry_reader");

}  // namespace ff::identity_server
