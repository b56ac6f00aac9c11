#include "actors/support/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <stdexcept>

#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"
#include "actors/support/store_failed.hpp"

namespace ff::actors {
namespace {

constexpr ErrorDef restart_intensity_exceeded{"pkg/supervisor", "restart_intensity_exceeded",
                                              Code::internal,
                                              "`{child}` of `{supervisor}` failed too often"};

struct Child {
  ChildSpec spec;
  RestartPolicy policy;
  ActorProbe probe;
  caf::actor handle;
  ChildSnapshot seen;

  void note_failure(UtcTime at, std::string reason) {
    seen.last_failure_at = at;
    seen.last_failure = std::move(reason);
  }
};

struct State {
  static inline const char* name = "supervisor";
  SupervisorConfig config;
  std::vector<Child> children;
  bool stopping = false;
};

using Self = caf::stateful_actor<State>;

void stop_last(Self* self);

/// Starts a child; a throwing start function is retried within the same intensity. False when that
/// is exceeded.
bool start(caf::actor_system& system, const SupervisorConfig& config, Child& child) {
  while (true) {
    try {
      child.handle = child.spec.start(system);
      child.probe.spawned.Increment();
      child.probe.running.Increment();
      child.seen.started_at = config.clock->now().utc;
      return true;
    } catch (const std::exception& failure) {
      spdlog::error("msg=\"child did not start\" supervisor={} child={} error=\"{}\"", config.name,
                    child.spec.name, failure.what());
      child.note_failure(config.clock->now().utc, failure.what());
    }
    child.probe.failed.Increment();
    if (child.policy.on_failure(config.clock->now().mono) == RestartDecision::escalate)
      return false;
  }
}

bool restart(Self* self, Child& child) {
  if (!start(self->system(), self->state.config, child)) return false;
  self->monitor(child.handle);
  return true;
}

/// A supervisor that gives up takes everything below it along: nobody else would end it. Not by
/// `kill`, which CAF carries out without asking, so that a supervisor below would leave its own
/// children behind.
void end_children(Self* self) {
  for (auto& child : self->state.children) {
    if (!child.handle) continue;
    self->demonitor(child.handle);
    caf::anon_send_exit(child.handle, caf::exit_reason::user_shutdown);
  }
}

void escalate(Self* self, const Child& child) {
  auto& state = self->state;
  spdlog::critical("msg=\"restart intensity exceeded\" supervisor={} child={}", state.config.name,
                   child.spec.name);
  if (state.config.on_escalation) state.config.on_escalation(child.spec.name);
  end_children(self);
  self->quit(to_caf(Error(restart_intensity_exceeded,
                          {{"child", child.spec.name}, {"supervisor", state.config.name}})));
}

/// A store that has failed ends the process and has said so: until that is done, everything that
/// wants to write ends again and again.
void log_failure(const SupervisorConfig& config, const Child& child, const Error& reason) {
  const auto level = reason.is(store_failed) ? spdlog::level::debug : spdlog::level::err;
  spdlog::log(level, "msg=\"child ended\" supervisor={} child={} reason=\"{}\"", config.name,
              child.spec.name, reason.message());
}

void on_down(Self* self, const caf::down_msg& down) {
  auto& state = self->state;
  for (auto& child : state.children) {
    if (!child.handle || child.handle.address() != down.source) continue;
    child.handle = nullptr;
    child.probe.running.Decrement();
    if (state.stopping) return stop_last(self);
    child.probe.failed.Increment();
    const auto now = state.config.clock->now();
    log_failure(state.config, child, from_caf(down.reason));
    child.note_failure(now.utc, from_caf(down.reason).to_string());
    if (child.policy.on_failure(now.mono) == RestartDecision::escalate || !restart(self, child)) {
      return escalate(self, child);
    }
    child.probe.restarted.Increment();
    ++child.seen.restarts;
    return;
  }
}

/// Tells the last living child to end; ends itself after the first one has.
void stop_last(Self* self) {
  auto& children = self->state.children;
  for (auto it = children.rbegin(); it != children.rend(); ++it) {
    if (!it->handle) continue;
    self->send_exit(it->handle, caf::exit_reason::user_shutdown);
    return;
  }
  self->quit(caf::exit_reason::user_shutdown);
}

void on_exit(Self* self) {
  if (std::exchange(self->state.stopping, true)) return;
  stop_last(self);
}

using Children = std::shared_ptr<std::vector<Child>>;

/// Every child, in order; those before the one that could not be started are ended again.
Children start_all(caf::actor_system& system, const SupervisorConfig& config) {
  auto children = std::make_shared<std::vector<Child>>();
  for (const auto& spec : config.children) {
    Child child{
        spec, RestartPolicy(config.limits), ActorProbe(*config.metrics, spec.name), nullptr, {}};
    if (!start(system, config, child)) {
      for (const auto& other : *children)
        caf::anon_send_exit(other.handle, caf::exit_reason::user_shutdown);
      throw std::runtime_error(spec.name + " of " + config.name + " can not be started");
    }
    children->push_back(std::move(child));
  }
  return children;
}

SupervisorSnapshot snapshot(const State& state) {
  SupervisorSnapshot out{state.config.name, {}};
  for (const auto& child : state.children) {
    auto seen = child.seen;
    seen.name = child.spec.name;
    seen.running = child.handle != nullptr;
    out.children.push_back(std::move(seen));
  }
  return out;
}

caf::behavior supervise(Self* self, SupervisorConfig config, const Children& children) {
  prepare(self, "supervisor");
  auto& state = self->state;
  state.config = std::move(config);
  state.children = std::move(*children);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](caf::exit_msg&) { on_exit(self); });
  // One that has ended already answers at once.
  for (const auto& child : state.children) self->monitor(child.handle);
  return {[self](const InspectSupervisor& message) { message.reply(snapshot(self->state)); }};
}

}  // namespace

caf::actor spawn_supervisor(caf::actor_system& system, SupervisorConfig config) {
  auto children = start_all(system, config);
  return system.spawn(supervise, std::move(config), std::move(children));
}

}  // namespace ff::actors
