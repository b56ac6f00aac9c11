// Component supervisors: start children, restart them from durable state with bounded intensity,
// escalate, stop in order. Not for the many short-lived children of a shard (device sessions):
// their parent restarts them on demand.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/support/clock.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/reply.hpp"
#include "actors/support/restart_policy.hpp"
#include "actors/support/route.hpp"

namespace ff::actors {

/// One supervised actor. `start` spawns it (and sets its Route); it is called again for each
/// restart. It may throw, which counts as a failure. `name` labels metrics: a closed set.
struct ChildSpec {
  std::string name;
  std::function<caf::actor(caf::actor_system&)> start;
};

/// A child that `spawn(system)` makes, and that `route` leads to over restarts.
template <class Handle, class Spawn>
ChildSpec routed_child(std::string name, Route<Handle> route, Spawn spawn) {
  return {std::move(name), [route = std::move(route), spawn](caf::actor_system& system) {
            auto handle = spawn(system);
            route.set(handle);
            return caf::actor_cast<caf::actor>(handle);
          }};
}

/// One child as its supervisor knows it.
struct ChildSnapshot {
  std::string name;
  bool running = false;
  std::uint64_t restarts = 0;
  std::optional<UtcTime> started_at;
  std::optional<UtcTime> last_failure_at;
  std::string last_failure;  // reason; empty: never
};
struct SupervisorSnapshot {
  std::string name;
  std::vector<ChildSnapshot> children;  // in order of start
};
/// Understood by every supervisor.
struct InspectSupervisor {
  Reply<SupervisorSnapshot> reply;
};
/// Understood by every supervisor: ends one child for good, and answers when it has ended; at once
/// if there is none of that name that runs.
struct StopChild {
  std::string name;
  Reply<void> reply;
};
/// INTERNAL: the pause before a restart is over.
struct RestartChild {
  std::size_t index = 0;
};

struct SupervisorConfig {
  std::string name;
  RestartLimits limits;
  std::vector<ChildSpec> children;
  std::shared_ptr<const Clock> clock;
  Metrics* metrics = nullptr;  // outlives the supervisor
  /// Called when intensity is exceeded, before the supervisor stops its children and ends with an
  /// error. A parent supervisor sees that end as a failure of its child and decides in turn; the
  /// root's supervisor ends the process here.
  std::function<void(const std::string& child)> on_escalation;
};

/// Leads to supervisors by their name; filled by whoever starts them.
using SupervisorRoutes = std::vector<std::pair<std::string, Route<caf::actor>>>;
/// The one of `name`, with which the routes were made.
const Route<caf::actor>& route_of(const SupervisorRoutes& routes, std::string_view name);

/// Starts the children in order, here and now, so that routes are set when it returns. Throws
/// std::runtime_error when a child can not be started within the limits: a supervisor above takes
/// that for a failed start of its own. Stop with caf::exit_reason::user_shutdown: children are
/// stopped in reverse order, each having ended before the next is told.
caf::actor spawn_supervisor(caf::actor_system& system, SupervisorConfig config);

/// Stops it and blocks until everything below it has ended, too. Not for actors' threads.
void stop_and_wait(caf::actor_system& system, const caf::actor& supervisor);

}  // namespace ff::actors
FF_LOCAL_MESSAGE(ff::actors::InspectSupervisor)
FF_LOCAL_MESSAGE(ff::actors::StopChild)
FF_LOCAL_MESSAGE(ff::actors::RestartChild)
