// Starts the identity server: registry, its reader, and access, supervised.
#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <memory>

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
  /// A third one, for look-ups of as many rows as there are: they hold up each other alone.
  actors::Route<RegistryReaderHandle> scanner;
  actors::Route<AccessHandle> access;
  /// Grows when what a caller may do may have changed, before the change is answered. What was
  /// looked up before is to be looked up again.
  std::shared_ptr<std::atomic<std::uint64_t>> access_changes =
      std::make_shared<std::atomic<std::uint64_t>>(0);
};

/// Fills `routes`. `context.changed` is called after access has been told. Stop with
/// caf::exit_reason::user_shutdown. `on_escalation` as in SupervisorConfig.
caf::actor spawn_identity_server(caf::actor_system& system, RegistryContext context,
                                 const Routes& routes,
                                 std::function<void(const std::string&)> on_escalation);

}  // namespace ff::identity_server
