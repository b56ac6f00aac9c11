#include "actors/identity_server/supervisor/supervisor.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/identity_server/registry/actor.hpp"

namespace ff::identity_server {

using actors::routed_child;

caf::actor spawn_identity_server(caf::actor_system& system, RegistryContext context,
                                 const Routes& routes,
                                 std::function<void(const std::string&)> on_escalation) {
  context.changed = [access = routes.access, changes = routes.access_changes,
                     others = std::move(context.changed)](const storage::EntityKey& key,
                                                          const EntityPtr& entity) {
    caf::anon_send(access.get(), ForgetAccess{key});
    // Nobody has rights by a device, and devices change with every uplink.
    if (key.kind != storage::EntityKind::end_device) ++*changes;
    if (others) others(key, entity);
  };
  auto access = std::make_shared<const AccessContext>(
      AccessContext{.deps = context.deps, .reader = routes.reader, .settings = context.settings});
  auto registry = std::make_shared<const RegistryContext>(std::move(context));
  return actors::spawn_supervisor(
      system,
      {.name = "identity_server",
       .limits = {},
       .children = {routed_child("identity_registry_reader", routes.reader,
                                 [registry](caf::actor_system& in) {
                                   return spawn_registry_reader(in, registry);
                                 }),
                    routed_child("identity_slow_reader", routes.slow_reader,
                                 [registry](caf::actor_system& in) {
                                   return spawn_registry_reader(in, registry,
                                                                "identity_slow_reader");
                                 }),
                    routed_child("identity_scanner", routes.scanner,
                                 [registry](caf::actor_system& in) {
                                   return spawn_registry_reader(in, registry, "identity_scanner");
                                 }),
                    routed_child(
                        "identity_access", routes.access,
                        [access](caf::actor_system& in) { return spawn_access(in, access); }),
                    routed_child("identity_registry", routes.registry,
                                 [registry](caf::actor_system& in) {
                                   return spawn_registry(in, registry);
                                 })},
       .clock = registry->deps.clock,
       .metrics = registry->deps.metrics,
       .on_escalation = std::move(on_escalation)});
}

}  // namespace ff::identity_server
