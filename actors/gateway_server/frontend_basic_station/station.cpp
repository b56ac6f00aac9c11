#include "actors/gateway_server/frontend_basic_station/station.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/gateway_server/connection/actor.hpp"
#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/connection/uplink_limit.hpp"
#include "actors/gateway_server/frontend_basic_station/authorise.hpp"
#include "actors/gateway_server/frontend_basic_station/errors.hpp"
#include "actors/gateway_server/frontend_basic_station/inbox.hpp"
#include "actors/gateway_server/frontend_basic_station/shells.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"
#include "protocol/gateway/basic_station/remote_control.hpp"

namespace ff::gateway_server {
namespace {

using websocket::CloseCode;
using websocket::EndCause;

struct Shell {
  static inline const char* name = "gateway_station";
  ContextPtr context;
  StationRequest request;
  std::shared_ptr<StationInbox> inbox;
  std::unique_ptr<Random> random;
  ConnectionHandle connection;
  UplinkLimit limit;
  std::unique_ptr<StationState> logic;                  // null until admitted
  std::shared_ptr<websocket::ServerConnection> socket;  // null until attached
  std::optional<EndStation> ending;                     // waits for the socket, to close it
  StationShells shells;
  caf::actor_id id = 0;

  ~Shell() {
    if (request.of_frontend) request.of_frontend->remove(id);
    shells.end(Error(frontend_ended));
    if (request.probe) request.probe->actors.running.Decrement();
  }
};
using Pointer = StationHandle::stateful_pointer<Shell>;

Instant now(Pointer self) {
  return self->state.context->deps.clock->now();
}

/// The loop's end: passes messages on, and stops reading when the actor can not follow.
class StationOwner final : public websocket::ConnectionOwner {
 public:
  StationOwner(StationHandle station, std::shared_ptr<StationInbox> inbox,
               std::shared_ptr<StationProbe> probe)
      : station_(std::move(station)), inbox_(std::move(inbox)), probe_(std::move(probe)) {}

  void on_message(websocket::ServerConnection& socket, websocket::Message message) override {
    if (inbox_->added()) {
      probe_->paused.Increment();
      socket.stream().pause_reading(true);
    }
    caf::anon_send(station_, StationSaid{std::move(message)});
  }
  void on_ended(const websocket::Ended& end) override {
    probe_->ended[static_cast<std::size_t>(end.cause)]->Increment();
    caf::anon_send(station_, StationGone{end});
  }

 private:
  StationHandle station_;
  std::shared_ptr<StationInbox> inbox_;
  std::shared_ptr<StationProbe> probe_;
};

/// Tells the station's actor when the client had left before there was a WebSocket.
class Handover {
 public:
  explicit Handover(StationHandle station) : station_(std::move(station)) {}
  ~Handover() {
    if (!done_) caf::anon_send(station_, StationGone{});
  }
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;
  void complete(std::shared_ptr<websocket::ServerConnection> socket) {
    done_ = true;
    caf::anon_send(station_, StationAttached{std::move(socket)});
  }

 private:
  StationHandle station_;
  bool done_ = false;
};

void upgrade(Pointer self) {
  auto& state = self->state;
  const StationHandle station(self);
  auto owner = std::make_shared<StationOwner>(station, state.inbox, state.request.probe);
  auto random = std::make_shared<std::unique_ptr<Random>>(state.context->deps.make_random());
  auto take_over = [owner = std::move(owner), random = std::move(random),
                    handover = std::make_shared<Handover>(station),
                    limits = session_limits(state.context->config.basic_station)](
                       std::shared_ptr<net::Stream> stream) {
    auto socket =
        websocket::ServerConnection::make(std::move(stream), owner, limits, std::move(*random));
    handover->complete(socket);
    return socket;
  };
  // Whoever holds the response keeps it from being answered.
  const auto response = std::exchange(state.request.response, nullptr);
  response->upgrade(std::move(state.request.upgrade_headers), std::move(take_over));
}

CloseCode close_code_of(const Error& reason) {
  return reason.is(new_connection) || reason.is(frontend_ended) || reason.is(gateway_changed)
             ? CloseCode::going_away
             : CloseCode::policy_violation;
}

/// Ends the actor; the WebSocket is closed, or the request refused.
void end(Pointer self, EndStation ending) {
  auto& state = self->state;
  state.shells.end(ending.reason);
  if (auto connection = std::exchange(state.connection, nullptr))
    caf::anon_send(connection, Disconnect{ending.reason});
  if (const auto response = std::exchange(state.request.response, nullptr)) {
    state.request.probe->refused(StationRequestKind::traffic);
    response->respond(status_of(ending.reason), "application/json", refusal_json(ending.reason));
    return self->quit();
  }
  if (!state.socket) {
    state.ending = std::move(ending);
    return;
  }
  state.socket->post_close(ending.code, std::string(ending.reason.name()));
  self->quit();
}

/// One overload per effect.
struct Runner {
  Pointer self;

  void operator()(TellStation& effect) const {
    if (self->state.socket) self->state.socket->post_text(std::move(effect.text));
  }
  void operator()(StationUp& effect) const {
    caf::anon_send(self->state.connection, std::move(effect.up));
  }
  void operator()(const StationAcked& effect) const {
    caf::anon_send(self->state.connection, effect.acked);
  }
  void operator()(EndStation& effect) const { end(self, std::move(effect)); }
  void operator()(const CountStation& effect) const {
    self->state.request.probe->messages[static_cast<std::size_t>(effect.outcome)]->Increment();
    if (effect.error)
      spdlog::debug("msg=\"message of a station dropped\" gateway={} error=\"{}\"",
                    gateway_uid(self->state.request.connect.ids), effect.error->to_string());
  }
  void operator()(const LostDownlink& effect) const {
    self->state.request.probe->lost_downlinks.Increment();
    spdlog::info("msg=\"downlink lost\" gateway={} error=\"{}\"",
                 gateway_uid(self->state.request.connect.ids), effect.error.to_string());
  }
  void operator()(const NextTimeSync& effect) const {
    caf::delayed_anon_send(StationHandle(self), effect.after, TimeSyncDue{});
  }
};

void run(Pointer self, StationEffects effects) {
  for (auto& effect : effects) {
    if (!self->state.connection) return;
    std::visit(Runner{self}, effect);
  }
}

void on_ready(Pointer self, const ConnectionReady& message) {
  auto& state = self->state;
  if (!state.connection || !state.request.response) return;
  StationSetup setup{message.ids, {}, nullptr, message.antenna_gain_dbi};
  for (const auto& id : message.frequency_plan_ids) {
    const auto* plan = state.context->plans->find(id);
    if (plan != nullptr) setup.plans.push_back(plan);
  }
  if (!setup.plans.empty()) setup.region = region::find_latest(setup.plans.front()->band_id);
  // The connection has checked both.
  if (setup.region == nullptr)
    return end(self, {CloseCode::internal_error, Error(frequency_plan_not_configured)});
  state.request.connect.ids = message.ids;
  state.limit = UplinkLimit(*state.context, message.ids);
  state.logic =
      std::make_unique<StationState>(std::move(setup), state.context->config.basic_station);
  upgrade(self);
  run(self, state.logic->plan_time_sync(*state.random));
}

void on_ended(Pointer self, const Error& reason) {
  auto& state = self->state;
  if (!state.connection) return;
  state.connection = nullptr;
  end(self, {close_code_of(reason), reason});
}

void on_attached(Pointer self, const StationAttached& message) {
  auto& state = self->state;
  state.socket = message.socket;
  if (auto ending = std::exchange(state.ending, std::nullopt)) end(self, std::move(*ending));
}

void on_said(Pointer self, const StationSaid& message) {
  auto& state = self->state;
  if (state.inbox->taken() && state.socket) state.socket->post_pause(false);
  if (!state.logic || !state.connection) return;
  if (const auto admitted = state.limit.check(); !admitted)
    return end(self, {CloseCode::policy_violation, admitted.error()});
  if (!message.message.is_text) {
    if (state.context->config.basic_station.remote_control)
      return state.shells.said(message.message.payload);
    return end(self, {CloseCode::unsupported_data, Error(unexpected_binary)});
  }
  run(self, state.logic->on_message(message.message.payload, now(self)));
}

void on_gone(Pointer self, const websocket::Ended& ended) {
  const auto reason =
      ended.cause == EndCause::missed_pongs
          ? Error(missed_too_many_pongs)
          : Error(websocket_closed, {{"code", static_cast<std::uint16_t>(ended.code)},
                                     {"reason", websocket::to_string(ended.cause)}});
  self->state.shells.end(reason);
  if (auto connection = std::exchange(self->state.connection, nullptr))
    caf::anon_send(connection, Disconnect{reason});
  self->quit();
}

/// Why an operator's wish can not be passed on to the station; nothing if it can.
std::optional<Error> control_refusal(const Shell& state) {
  if (!state.context->config.basic_station.remote_control) return Error(remote_control_disabled);
  if (!state.connection || !state.socket) return Error(not_connected);
  return std::nullopt;
}

void on_command(Pointer self, const RunStationCommand& message) {
  const auto& state = self->state;
  if (auto error = control_refusal(state)) return message.reply(fail(*std::move(error)));
  state.socket->post_text(gateway::basic_station::run_command(message.command, message.arguments));
  message.reply({});
}

void on_open_shell(Pointer self, const OpenStationShell& message) {
  auto& state = self->state;
  if (auto error = control_refusal(state)) return message.reply(fail(*std::move(error)));
  if (!state.logic->has_remote_shell()) return message.reply(fail(no_remote_shell));
  auto opened = state.shells.open(message, now(self).utc);
  if (!opened) return message.reply(fail(opened.error()));
  message.reply(opened->shell);
  state.socket->post_text(std::move(opened->text));
}

void tell_shell(Pointer self, StationShells::Telling telling) {
  const auto& socket = self->state.socket;
  if (!socket) return;
  if (auto* text = std::get_if<std::string>(&telling)) socket->post_text(std::move(*text));
  if (auto* data = std::get_if<Bytes>(&telling)) socket->post_binary(std::move(*data));
}

/// The connection, without a word.
void on_down(Pointer self, const caf::down_msg& down) {
  if (!self->state.connection) return;
  on_ended(self, down.reason ? actors::from_caf(down.reason) : Error(not_connected));
}

void watch_client(Pointer self) {
  self->state.request.response->on_disconnect(
      [station = StationHandle(self)] { caf::anon_send(station, StationGone{}); });
}

StationHandle::behavior_type station(Pointer self, ContextPtr context, StationRequest request) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.context = std::move(context);
  state.request = std::move(request);
  state.request.probe->actors.spawned.Increment();
  state.request.probe->actors.running.Increment();
  state.inbox = std::make_shared<StationInbox>();
  state.random = state.context->deps.make_random();
  state.id = self->id();
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](caf::exit_msg&) {
    end(self, {CloseCode::going_away, Error(frontend_ended)});
  });
  state.request.of_frontend->add(StationHandle(self));
  watch_client(self);
  state.request.connect.control = StationControlHandle(StationHandle(self));
  state.connection = spawn_connection(self->system(), state.context, state.request.connect,
                                      FrontendHandle(StationHandle(self)));
  self->monitor(state.connection);
  return {
      [self](const ConnectionReady& message) { on_ready(self, message); },
      [self](const ConnectionEnded& message) { on_ended(self, message.reason); },
      [self](const SendDownlink& message) {
        if (self->state.logic) run(self, self->state.logic->on_downlink(message, now(self)));
      },
      [self](const RunStationCommand& message) { on_command(self, message); },
      [self](const OpenStationShell& message) { on_open_shell(self, message); },
      [self](const TypeIntoShell& message) {
        tell_shell(self, self->state.shells.typed(message, now(self)));
      },
      [self](const CloseStationShell& message) {
        tell_shell(self, self->state.shells.close(message, now(self).utc));
      },
      [self](const StationAttached& message) { on_attached(self, message); },
      [self](const StationSaid& message) { on_said(self, message); },
      [self](const StationGone& message) { on_gone(self, message.end); },
      [self](const TimeSyncDue&) {
        run(self, self->state.logic->on_time_sync_due(now(self), *self->state.random));
      },
  };
}

}  // namespace

websocket::SessionLimits session_limits(const BasicStationConfig& config) {
  websocket::SessionLimits limits;
  limits.ping_interval = config.ws_ping_interval;
  limits.missed_pongs_max = config.missed_pong_threshold;
  return limits;
}

StationHandle spawn_station(caf::actor_system& system, ContextPtr context, StationRequest request) {
  return system.spawn(station, std::move(context), std::move(request));
}

}  // namespace ff::gateway_server
