// Starts the identity server: registry, its reader, and access, supervised.
#pragma once

#include <caf/actor.hpp>

#include "actors/identity_server/api_keys/access.hpp"
#include "actors/identity_server/registry/context.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::identity_server {

/// The identity server's doors. Copies follow restarts.
struct Routes {
  actors::Route<RegistryHandle> registry;
  actors::Route<RegistryReaderHandle> reader;
  /// A second one, for look-ups that compute long (hashes of passwords): they hold up nobody who
  /// authenticates.
  actors::Route<RegistryReaderHandle> slow_reader;
  actors::Route<AccessHandle> access;
};

/// Fills `routes`. `context.changed` is called after access has been told. Stop with
/// caf::exit_reason::user_shutdown. `on_escalation` as in SupervisorConfig.
caf::actor spawn_identity_server(caf::actor_system& system, RegistryContext context,
                                 const Routes& routes,
                                 std::function<void(const std::string&)> on_escalation);

}  // namespace ff::identity_server
