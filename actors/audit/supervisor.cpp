#include "actors/audit/supervisor.hpp"

#include <utility>

#include "actors/support/supervisor.hpp"

namespace ff::audit {

caf::actor start(caf::actor_system& system, AuditConfig config, const Routes& routes,
                 std::function<void(const std::string& child)> on_escalation) {
  const auto shared = std::make_shared<const AuditConfig>(std::move(config));
  auto start_writer = [shared, found = std::make_shared<std::optional<Found>>(found_in(*shared))](
                          caf::actor_system& in) {
    return spawn_writer(in, shared, std::exchange(*found, std::nullopt));
  };
  auto start_reader = [shared, writer = routes.writer](caf::actor_system& in) {
    return spawn_reader(in, shared, writer);
  };
  return actors::spawn_supervisor(
      system, {.name = "audit",
               .limits = {},
               .children = {actors::routed_child("audit_writer", routes.writer, start_writer),
                            actors::routed_child("audit_reader", routes.reader, start_reader)},
               .clock = shared->deps.clock,
               .metrics = shared->deps.metrics,
               .on_escalation = std::move(on_escalation)});
}

}  // namespace ff::audit
