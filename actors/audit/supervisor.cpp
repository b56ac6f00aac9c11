#include "actors/audit/supervisor.hpp"

#include <utility>

#include "actors/support/supervisor.hpp"

namespace ff::audit {

caf::actor start(caf::actor_system& system, AuditConfig config, const Routes& routes,
                 std::function<void(const std::string& child)> on_escalation) {
  const auto shared = std::make_shared<const AuditConfig>(std::move(config));
  auto start_writer =
      [shared, route = routes.writer,
       found = std::make_shared<std::optional<Found>>(found_in(*shared))](caf::actor_system& in) {
        const auto handle = spawn_writer(in, shared, std::exchange(*found, std::nullopt));
        route.set(handle);
        return caf::actor_cast<caf::actor>(handle);
      };
  auto start_reader = [shared, routes](caf::actor_system& in) {
    const auto handle = spawn_reader(in, shared, routes.writer);
    routes.reader.set(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  return actors::spawn_supervisor(
      system, {.name = "audit",
               .limits = {},
               .children = {{"audit_writer", start_writer}, {"audit_reader", start_reader}},
               .clock = shared->deps.clock,
               .metrics = shared->deps.metrics,
               .on_escalation = std::move(on_escalation)});
}

}  // namespace ff::audit
