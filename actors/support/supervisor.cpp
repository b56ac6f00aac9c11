#include "actors/support/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::actors {
namespace {

constexpr ErrorDef restart_intensity_exceeded{"pkg/supervisor", "restart_intensity_exceeded", Code::internal,
                                              "`{child}` of `{supervisor}` failed too often"};

struct Child {
  ChildSpec spec;
  RestartPolicy policy;
  ActorProbe probe;
  caf::actor handle;
};

struct State {
  static inline const char* name = "supervisor";
  SupervisorConfig config;
  std::vector<Child> children;
  bool stopping = false;
};

using Self = caf::stateful_actor<State>;

void stop_last(Self* self);

/// Starts a child; a throwing start function is retried within the same intensity.
bool start(Self* self, Child& child) {
  while (true) {
    try {
      child.handle = child.spec.start(self->system());
      child.probe.spawned.Increment();
      child.probe.running.Increment();
      self->monitor(child.handle);
      return true;
    } catch (const std::exception& failure) {
      spdlog::error("msg=\"child did not start\" supervisor={} child={} error=\"{}\"",
                    self->state.config.name, child.spec.name, failure.what());
    }
    child.probe.failed.Increment();
    if (child.policy.on_failure(self->state.config.clock->now().mono) == RestartDecision::escalate) {
      return false;
    }
  }
}

void escalate(Self* self, const Child& child) {
  auto& state = self->state;
  spdlog::critical("msg=\"restart intensity exceeded\" supervisor={} child={}", state.config.name,
                   child.spec.name);
  if (state.config.on_escalation) state.config.on_escalation(child.spec.name);
  for (auto& other : state.children) {
    self->demonitor(other.handle);
    if (other.handle) caf::anon_send_exit(other.handle, caf::exit_reason::kill);
  }
  self->quit(to_caf(Error(restart_intensity_exceeded,
                          {{"child", child.spec.name}, {"supervisor", state.config.name}})));
}

void on_down(Self* self, const caf::down_msg& down) {
  auto& state = self->state;
  for (auto& child : state.children) {
    if (!child.handle || child.handle.address() != down.source) continue;
    child.handle = nullptr;
    child.probe.running.Decrement();
    if (state.stopping) return stop_last(self);
    child.probe.failed.Increment();
    spdlog::error("msg=\"child ended\" supervisor={} child={} reason=\"{}\"", state.config.name,
                  child.spec.name, from_caf(down.reason).message());
    const auto now = state.config.clock->now().mono;
    if (child.policy.on_failure(now) == RestartDecision::escalate || !start(self, child)) {
      return escalate(self, child);
    }
    child.probe.restarted.Increment();
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

void on_exit(Self* self, const caf::exit_msg& exit) {
  if (exit.reason == caf::exit_reason::kill) return self->quit(exit.reason);
  if (std::exchange(self->state.stopping, true)) return;
  stop_last(self);
}

caf::behavior supervise(Self* self, SupervisorConfig config) {
  prepare(self, "supervisor");
  auto& state = self->state;
  state.config = std::move(config);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](caf::exit_msg& exit) { on_exit(self, exit); });
  state.children.reserve(state.config.children.size());
  for (auto& spec : state.config.children) {
    state.children.push_back(Child{spec, RestartPolicy(state.config.limits),
                                   ActorProbe(*state.config.metrics, spec.name), nullptr});
    if (!start(self, state.children.back())) {
      escalate(self, state.children.back());
      break;
    }
  }
  // A behaviour without handlers would end the actor.
  return {[](caf::unit_t) {}};
}

}  // namespace

caf::actor spawn_supervisor(caf::actor_system& system, SupervisorConfig config) {
  return system.spawn(supervise, std::move(config));
}

}  // namespace ff::actors
