#include "actors/gateway_server/connection/actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/support/shell.hpp"

namespace ff::gateway_server {
namespace {

struct Shell {
  static inline const char* name = "gateway_connection";
  ContextPtr context;
  ConnectRequest request;
  FrontendHandle frontend;
  std::unique_ptr<ConnectionState> logic;  // null until admitted
  std::unique_ptr<Random> random;
  RouterHandle announced_to;
  std::shared_ptr<void> attends;  // its last memory is waited for

  /// Counted here, so that an actor that failed is not counted as running.
  ~Shell() {
    if (!context) return;
    context->probe->actors.running.Decrement();
    if (logic) context->probe->of(request.protocol).connected->Decrement();
  }
};
using Pointer = ConnectionHandle::stateful_pointer<Shell>;

Instant now(Pointer self) {
  return self->state.context->deps.clock->now();
}
ConnectionProbe::PerProtocol& probe(Pointer self) {
  return self->state.context->probe->of(self->state.request.protocol);
}

void look_up(Pointer self, const GatewayIdentifiers& ids) {
  self->state.context->registry->find(ids, [handle = ConnectionHandle(self)](auto found) {
    caf::anon_send(handle, RegistryAnswered{std::move(found)});
  });
}

void run(Pointer self, Effects effects);
void end(Pointer self, const Error& reason);

/// One overload per effect.
struct Runner {
  Pointer self;

  const Context& context() const { return *self->state.context; }
  void operator()(const ForwardUplink& effect) const {
    const auto frame = context().uplinks->count(effect.frame);
    std::vector<HostAnswer> answers;
    for (const auto host : effect.hosts) {
      answers.push_back({host, context().forward(host, frame)});
      context().probe->count_uplink(answers.back());
    }
    run(self, self->state.logic->on_forwarded(effect, answers, now(self)));
  }
  void operator()(const ForwardAcknowledgment& effect) const {
    const auto sent = context().upstream.acknowledgment(effect.acknowledgment);
    if (sent) context().probe->acknowledgments_forwarded.Increment();
    run(self, self->state.logic->on_forwarded(effect, sent));
  }
  void operator()(ToFrontend& effect) const {
    probe(self).sent->Increment();
    caf::anon_send(self->state.frontend, std::move(effect.message));
  }
  void operator()(PublishEvent& effect) const {
    if (!context().publish) return;
    events::Event event{effect.name,
                        now(self).utc,
                        self->state.logic->settings().ids,
                        std::move(effect.correlation_ids),
                        {}};
    context().publish(std::move(event), std::move(effect.data));
  }
  void operator()(const CountUplink& effect) const {
    context().probe->uplinks[static_cast<std::size_t>(effect.outcome)]->Increment();
    if (effect.outcome == UplinkOutcome::crc_failed) context().probe->broken.Increment();
    if (effect.outcome == UplinkOutcome::proprietary) context().probe->proprietary.Increment();
    if (effect.outcome == UplinkOutcome::join_late) context().probe->late_joins.Increment();
    (effect.outcome == UplinkOutcome::repeated ? probe(self).repeated : probe(self).uplinks)
        ->Increment();
  }
  void operator()(const CountAcknowledgment& effect) const {
    probe(self).acknowledgments->Increment();
    if (effect.result == TxResult::success) {
      probe(self).tx_success->Increment();
    } else {
      probe(self).tx_failed[static_cast<std::size_t>(effect.result)]->Increment();
    }
  }
  void operator()(const CountDroppedAcknowledgment& effect) const {
    context().probe->count_dropped(effect.reason);
  }
  void operator()(const Remember&) const {
    const auto& logic = *self->state.logic;
    if (context().memories)
      context().memories->remember(logic.settings().ids.gateway_id, logic.memory(now(self)));
  }
  void operator()(UpdateLocations& effect) const {
    context().registry->update_locations(self->state.logic->settings().ids.gateway_id,
                                         std::move(effect.antennas));
  }
  void operator()(UpdateVersions& effect) const {
    context().registry->update_versions(self->state.logic->settings().ids.gateway_id,
                                        std::move(effect.model), std::move(effect.firmware));
  }
  void operator()(const FetchSettings&) const { look_up(self, self->state.logic->settings().ids); }
  void operator()(const CheckRights&) const {
    if (!context().access) return;
    context().access->check_link(self->state.logic->settings().ids.gateway_id,
                                 self->state.request.secret,
                                 [handle = ConnectionHandle(self)](Status rights) {
                                   caf::anon_send(handle, RightsAnswered{std::move(rights)});
                                 });
  }
  void operator()(const EndConnection& effect) const { end(self, effect.reason); }
};

void run(Pointer self, Effects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
}

void end(Pointer self, const Error& reason) {
  auto& state = self->state;
  if (state.logic) {
    spdlog::info("msg=\"gateway disconnected\" gateway={} reason=\"{}\"",
                 state.logic->settings().ids.gateway_id.text(), reason.message());
    state.context->probe->count_disconnected(state.request.protocol, reason);
    run(self, state.logic->on_recall_overdue(*state.random));
    run(self, state.logic->on_ended(reason, now(self)));
    if (state.announced_to) {
      caf::anon_send(state.announced_to, ForgetConnection{state.logic->settings().ids.gateway_id,
                                                          ConnectionHandle(self)});
    }
  }
  caf::anon_send(state.frontend, ConnectionEnded{state.request.link, reason});
  self->quit();
}

void schedule_housekeeping(Pointer self) {
  caf::delayed_anon_send(ConnectionHandle(self), ConnectionState::housekeeping_interval,
                         Housekeep{});
}

/// Once to each incarnation of the router; whether there was one to tell.
bool announce(Pointer self) {
  auto& state = self->state;
  const auto router = state.context->router.get();
  if (!router || router == state.announced_to) return false;
  state.announced_to = router;
  const auto& settings = state.logic->settings();
  caf::anon_send(router, KnowConnection{settings.ids.gateway_id, ConnectionHandle(self),
                                        state.request.authenticated, settings.is_registered});
  // The router asks for it.
  if (!state.context->memories) return true;
  state.logic->expect_memory();
  caf::delayed_anon_send(ConnectionHandle(self), ConnectionState::recall_time_max, RecallOverdue{});
  return true;
}

/// Downlinks find no way until the router knows; it is started anew at once, as a rule.
void announce_again(Pointer self, Duration wait) {
  constexpr Duration wait_max = std::chrono::seconds{3};
  if (announce(self)) return;
  caf::delayed_anon_send(ConnectionHandle(self), wait, AnnounceAgain{std::min(2 * wait, wait_max)});
}

void admit_gateway(Pointer self, const Result<GatewaySettings>& found) {
  auto& state = self->state;
  const auto& context = *state.context;
  auto settings = admit(state.request, found, context.config);
  if (!settings) return end(self, settings.error());
  auto radio = make_radio(*settings, state.request.duty_cycle_style, *context.plans);
  if (!radio) return end(self, radio.error());
  const auto ids = settings->ids;
  ConnectionReady ready{state.request.link,           ids, settings->schedule_downlink_late,
                        settings->frequency_plan_ids, {},  settings->is_registered};
  if (!settings->antennas.empty()) ready.antenna_gain_dbi = greatest_gain_dbi(*settings);
  state.logic = std::make_unique<ConnectionState>(state.request, std::move(*settings),
                                                  std::move(*radio), context.config, now(self));
  spdlog::info("msg=\"gateway connected\" gateway={} protocol={} remote={}", ids.gateway_id.text(),
               to_string(state.request.protocol), state.request.remote_address);
  probe(self).connected->Increment();
  announce(self);
  caf::anon_send(state.frontend, std::move(ready));
  run(self, state.logic->on_connected(now(self)));
  schedule_housekeeping(self);
}

void on_registry(Pointer self, const RegistryAnswered& message) {
  auto& logic = self->state.logic;
  if (logic == nullptr) return admit_gateway(self, message.settings);
  run(self, logic->on_settings(message.settings, now(self)));
}

/// More is under way than may be. A status costs writes, too, and the next one says the same.
void drop_all(Pointer self, GatewayUp& message) {
  if (!message.uplinks.empty()) {
    self->state.context->probe->overflowed.Increment(static_cast<double>(message.uplinks.size()));
    run(self, {PublishEvent{"gs.io.up.drop", Error(buffer_full), {}}});
    message.uplinks.clear();
  }
  if (message.status) {
    self->state.context->probe->overflowed_statuses.Increment();
    run(self, {PublishEvent{"gs.io.status.drop", Error(buffer_full), {}}});
    message.status.reset();
  }
}

void on_up(Pointer self, GatewayUp& message) {
  auto& state = self->state;
  if (state.logic == nullptr) return;
  if (message.status) probe(self).statuses->Increment();
  // Before anything is noted of them: a gateway's repetition is then not taken for one.
  const bool holds_any = !message.uplinks.empty() || message.status;
  if (holds_any && state.context->uplinks->refuses(message.uplinks.size())) drop_all(self, message);
  if (message.status) state.context->probe->statuses_forwarded.Increment();
  if (message.refused_status) state.context->probe->count_dropped_status(*message.refused_status);
  run(self, state.logic->on_up(std::move(message), now(self), *state.random));
}

void on_schedule(Pointer self, const ScheduleOnPath& message) {
  auto& logic = self->state.logic;
  if (logic == nullptr) return message.reply(fail(not_connected));
  auto scheduled = logic->schedule(message.frame, message.path, now(self));
  probe(self).attempted->Increment();
  if (!scheduled.answer) probe(self).failed->Increment();
  run(self, std::move(scheduled.effects));
  message.reply(std::move(scheduled.answer));
}

void on_stats(Pointer self, const GetConnectionStats& message) {
  auto& logic = self->state.logic;
  if (logic == nullptr) return message.reply(fail(not_connected));
  message.reply(logic->stats(now(self)));
}

void on_inspect(Pointer self, const InspectConnection& message) {
  auto& logic = self->state.logic;
  if (logic == nullptr) return message.reply(fail(not_connected));
  message.reply(logic->snapshot(now(self)));
}

void on_control(Pointer self, const GetStationControl& message) {
  const auto& request = self->state.request;
  if (!request.control)
    return message.reply(fail(remote_control_unknown, {{"gateway_uid", gateway_uid(request.ids)}}));
  message.reply(request.control);
}

void on_housekeep(Pointer self) {
  auto& state = self->state;
  schedule_housekeeping(self);
  announce(self);
  run(self, state.logic->on_housekeep(now(self), *state.random));
}

ConnectionHandle::behavior_type connection(Pointer self, ContextPtr context, ConnectRequest request,
                                           FrontendHandle frontend) {
  actors::prepare(self, Shell::name);
  // Without it a connection can neither hear nor speak. A station or link is its own; a UDP
  // frontend outlives many, and tells them. [actors/support/dependants.hpp]
  self->set_down_handler([self](caf::down_msg&) { end(self, Error(frontend_ended)); });
  if (request.protocol != Protocol::udp) self->monitor(frontend);
  auto& state = self->state;
  state.random = context->deps.make_random();
  state.context = std::move(context);
  if (state.context->memories) state.attends = state.context->memories->attend();
  state.request = std::move(request);
  state.frontend = std::move(frontend);
  state.context->probe->actors.spawned.Increment();
  state.context->probe->actors.running.Increment();
  look_up(self, state.request.ids);
  // If it has answered by then, this is a later look-up that failed, and nothing follows from it.
  caf::delayed_anon_send(ConnectionHandle(self), ConnectionState::look_up_time_max,
                         RegistryAnswered{fail(registry_silent)});
  return {
      [self](GatewayUp& message) { on_up(self, message); },
      [self](const TxAcked& message) {
        auto& logic = self->state.logic;
        if (logic) run(self, logic->on_tx_acked(message, now(self)));
      },
      [self](const DownlinkPathChanged& message) {
        self->state.request.has_downlink_path = message.available;
        if (self->state.logic) self->state.logic->on_path_changed(message.available);
      },
      [self](const ScheduleOnPath& message) { on_schedule(self, message); },
      [self](const GetConnectionStats& message) { on_stats(self, message); },
      [self](const InspectConnection& message) { on_inspect(self, message); },
      [self](const GetStationControl& message) { on_control(self, message); },
      [self](const Disconnect& message) {
        const auto& logic = self->state.logic;
        if (message.heir && logic && logic->is_recalled()) message.heir(logic->memory(now(self)));
        end(self, message.reason);
      },
      [self](const MemoryRecalled& message) {
        auto& logic = self->state.logic;
        if (logic) run(self, logic->on_recalled(message.memory, now(self), *self->state.random));
      },
      [self](const RightsChanged&) {
        const auto& logic = self->state.logic;
        if (logic) run(self, logic->on_rights_changed());
      },
      [self](const RightsAnswered& message) {
        const auto& logic = self->state.logic;
        if (logic) run(self, logic->on_rights(message.rights));
      },
      [self](const RegistryAnswered& message) { on_registry(self, message); },
      [self](const RecallOverdue&) {
        const auto& logic = self->state.logic;
        if (logic) run(self, logic->on_recall_overdue(*self->state.random));
      },
      [self](const AnnounceAgain& message) { announce_again(self, message.wait); },
      [self](const Housekeep&) { on_housekeep(self); },
  };
}

}  // namespace

ConnectionHandle spawn_connection(caf::actor_system& system, ContextPtr context,
                                  ConnectRequest request, FrontendHandle frontend) {
  return system.spawn(connection, std::move(context), std::move(request), std::move(frontend));
}

}  // namespace ff::gateway_server
