#include "actors/support/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <stdexcept>

#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"
#include "actors/support/store_failed.hpp"
#include "protocol/base/assert.hpp"

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
  /// It was told to end for good: those to answer when it has.
  std::vector<Reply<void>> stopped_for = {};

  void note_failure(UtcTime at, std::string reason) {
    seen.last_failure_at = at;
    seen.last_failure = std::move(reason);
  }
};

struct State {
  static inline const char* name = "supervisor";
  SupervisorConfig config;
  std::vector<Child> children;
  /// Set when it stops: with what it ends behind its last child.
  std::optional<caf::error> stopping = {};
};

using Self = caf::stateful_actor<State>;

/// False if the start function throws.
bool start(caf::actor_system& system, const SupervisorConfig& config, Child& child) {
  try {
    child.handle = child.spec.start(system);
  } catch (const std::exception& failure) {
    spdlog::error("msg=\"child did not start\" supervisor={} child={} error=\"{}\"", config.name,
                  child.spec.name, failure.what());
    child.note_failure(config.clock->now().utc, failure.what());
    child.probe.failed.Increment();
    return false;
  }
  child.probe.spawned.Increment();
  child.probe.running.Increment();
  child.seen.started_at = config.clock->now().utc;
  return true;
}

/// Tells the last living child to end; ends itself after the first one has.
void stop_last(Self* self) {
  auto& children = self->state.children;
  for (auto it = children.rbegin(); it != children.rend(); ++it) {
    if (!it->handle) continue;
    // Not `kill`, which CAF carries out without asking: a supervisor below would leave its own
    // children behind.
    self->send_exit(it->handle, caf::exit_reason::user_shutdown);
    return;
  }
  self->quit(*self->state.stopping);
}

void stop(Self* self, caf::error reason) {
  if (self->state.stopping) return;
  self->state.stopping = std::move(reason);
  stop_last(self);
}

/// A supervisor that gives up takes everything below it along: nobody else would end it. It is
/// there until all have ended, so that what is started in its place meets none of them.
void escalate(Self* self, const Child& child) {
  auto& state = self->state;
  spdlog::critical("msg=\"restart intensity exceeded\" supervisor={} child={}", state.config.name,
                   child.spec.name);
  if (state.config.on_escalation) state.config.on_escalation(child.spec.name);
  stop(self, to_caf(Error(restart_intensity_exceeded,
                          {{"child", child.spec.name}, {"supervisor", state.config.name}})));
}

void restart(Self* self, std::size_t index);

void on_failure(Self* self, std::size_t index) {
  auto& state = self->state;
  auto& child = state.children[index];
  const auto pause = child.policy.on_failure(state.config.clock->now().mono);
  if (!pause) return escalate(self, child);
  if (*pause == Duration{0}) return restart(self, index);
  caf::delayed_anon_send(caf::actor(self), *pause, RestartChild{index});
}

void restart(Self* self, std::size_t index) {
  auto& state = self->state;
  if (state.stopping) return;
  auto& child = state.children[index];
  if (!child.stopped_for.empty()) return;
  if (!start(self->system(), state.config, child)) return on_failure(self, index);
  self->monitor(child.handle);
  child.probe.restarted.Increment();
  ++child.seen.restarts;
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
  for (std::size_t i = 0; i < state.children.size(); ++i) {
    auto& child = state.children[i];
    if (!child.handle || child.handle.address() != down.source) continue;
    child.handle = nullptr;
    child.probe.running.Decrement();
    if (!child.stopped_for.empty()) {
      for (const auto& reply : child.stopped_for) reply({});
      if (!state.stopping) return;
    }
    if (state.stopping) return stop_last(self);
    child.probe.failed.Increment();
    const auto reason = from_caf(down.reason);
    log_failure(state.config, child, reason);
    child.note_failure(state.config.clock->now().utc, reason.to_string());
    return on_failure(self, i);
  }
}

void stop_child(Self* self, const StopChild& message) {
  for (auto& child : self->state.children) {
    if (child.spec.name != message.name) continue;
    child.stopped_for.push_back(message.reply);
    if (!child.handle) break;
    return self->send_exit(child.handle, caf::exit_reason::user_shutdown);
  }
  message.reply({});
}

using Children = std::shared_ptr<std::vector<Child>>;

/// A start that fails is tried again at once: nobody is there who could wait.
bool start_first(caf::actor_system& system, const SupervisorConfig& config, Child& child) {
  while (!start(system, config, child)) {
    if (!child.policy.on_failure(config.clock->now().mono)) return false;
  }
  return true;
}

/// Every child, in order; those before the one that could not be started are ended again.
Children start_all(caf::actor_system& system, const SupervisorConfig& config) {
  auto children = std::make_shared<std::vector<Child>>();
  for (const auto& spec : config.children) {
    Child child{
        spec, RestartPolicy(config.limits), ActorProbe(*config.metrics, spec.name), nullptr, {}};
    if (!start_first(system, config, child)) {
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
  self->set_exit_handler([self](caf::exit_msg&) { stop(self, caf::exit_reason::user_shutdown); });
  // One that has ended already answers at once.
  for (const auto& child : state.children) self->monitor(child.handle);
  return {[self](const InspectSupervisor& message) { message.reply(snapshot(self->state)); },
          [self](const StopChild& message) { stop_child(self, message); },
          [self](const RestartChild& message) { restart(self, message.index); }};
}

}  // namespace

const Route<caf::actor>& route_of(const SupervisorRoutes& routes, std::string_view name) {
  const auto found = std::ranges::find(routes, name, &SupervisorRoutes::value_type::first);
  FF_ASSERT(found != routes.end());
  return found->second;
}

void stop_and_wait(caf::actor_system& system, const caf::actor& supervisor) {
  caf::scoped_actor waiter(system);
  waiter->monitor(supervisor);
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  waiter->receive([](const caf::down_msg&) {});
}

caf::actor spawn_supervisor(caf::actor_system& system, SupervisorConfig config) {
  auto children = start_all(system, config);
  return system.spawn(supervise, std::move(config), std::move(children));
}

}  // namespace ff::actors
