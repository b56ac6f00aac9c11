#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <optional>
#include <variant>

#include "actors/application_server/mqtt_session/actor.hpp"
#include "actors/application_server/mqtt_session/directory_state.hpp"
#include "actors/application_server/mqtt_session/loading.hpp"
#include "actors/application_server/mqtt_session/probe.hpp"
#include "actors/application_server/mqtt_session/session.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::mqtt_session {
namespace {

using Order = std::variant<AttachSession, RemoveSession, ForgetApplication>;

struct Shell {
  static inline const char* name = "mqtt_sessions";
  SessionsContextPtr context;
  std::unique_ptr<SessionsProbe> probe;
  std::optional<actors::MailboxProbe> mailbox;
  std::unique_ptr<DirectoryState> logic;
  std::map<SessionKey, SessionActor> actors;
  std::unordered_map<caf::actor_addr, SessionKey> addresses;
  /// Until the list is read.
  std::deque<Order> waiting;
  bool ready = false;
  std::uint64_t connections = 0;

  ~Shell() {
    if (context) context->index.clear();
    for (const auto& [key, actor] : actors) caf::anon_send(actor, EndSession{});
  }
};
using Pointer = SessionsHandle::stateful_pointer<Shell>;

class RemovedRelease final : public actors::Release {
 public:
  explicit RemovedRelease(std::function<void()> removed) : removed_(std::move(removed)) {}
  void committed() noexcept override {
    if (removed_) removed_();
  }
  void failed(const Error&) noexcept override {}

 private:
  std::function<void()> removed_;
};

void count(Shell& state) {
  state.probe->stored.Set(static_cast<double>(state.logic->sessions().size()));
}

/// Of sessions without an actor: then the directory is the one who writes.
void erase_rows(Shell& state, const std::vector<SessionKey>& keys,
                std::function<void()> removed = {}) {
  storage::WriteBatch records;
  for (const auto& key : keys) {
    erase_session(records, key, state.context->shards);
    state.context->index.erase(key);
  }
  if (!records.empty())
    caf::anon_send(
        state.context->deps.committer.get(),
        actors::Commit{std::move(records), std::make_shared<RemovedRelease>(std::move(removed))});
  count(state);
}

SessionActor actor_of(Pointer self, const SessionKey& key) {
  auto& state = self->state;
  auto& actor = state.actors[key];
  if (actor) return actor;
  actor = spawn_mqtt_session(self->system(), state.context, SessionsHandle(self), key);
  self->monitor(actor);
  state.addresses.insert_or_assign(actor.address(), key);
  state.probe->actors.spawned.Increment();
  state.probe->actors.running.Increment();
  return actor;
}

bool hold(Shell& state, Order message) {
  if (state.ready) return false;
  // That an application is gone is rare, and must not be missed.
  if (state.waiting.size() < state.context->config.waiting_max ||
      std::holds_alternative<ForgetApplication>(message)) {
    state.waiting.push_back(std::move(message));
  } else if (const auto* attach = std::get_if<AttachSession>(&message)) {
    state.probe->refused.Increment();
    attach->peer->refused(mqtt::ReasonCode::server_busy);
  }
  return true;
}

void attach(Pointer self, const AttachSession& message) {
  auto& state = self->state;
  if (hold(state, message)) return;
  const auto now = state.context->deps.clock->now().utc;
  const bool expired = state.logic->is_expired(message.key, now);
  bool fits = state.logic->attach(message.key, message.attach.expiry);
  if (!fits) {
    const auto others = state.logic->sweep_application(message.key.application_id, now);
    state.probe->expired.Increment(static_cast<double>(others.size()));
    erase_rows(state, others);
    fits = state.logic->attach(message.key, message.attach.expiry);
  }
  if (!fits) {
    state.probe->refused.Increment();
    spdlog::warn("msg=\"too many MQTT sessions\" application={} max={}",
                 message.key.application_id.text(), state.context->config.sessions_max);
    return message.peer->refused(mqtt::ReasonCode::quota_exceeded);
  }
  state.context->index.set(message.key);
  count(state);
  AttachPeer attach{message.attach, message.peer};
  attach.attach.connection = ConnectionId{++state.connections};
  attach.attach.clean_start |= expired;
  caf::anon_send(actor_of(self, message.key), std::move(attach));
}

void remove(Pointer self, const RemoveSession& message) {
  auto& state = self->state;
  if (hold(state, message)) return;
  if (state.logic->find(message.key) == nullptr) return message.removed();
  if (state.logic->remove(message.key))
    return caf::anon_send(actor_of(self, message.key), EndStored{message.removed});
  erase_rows(state, {message.key}, message.removed);
}

/// Its id may be somebody else's next, who must not hear from, nor be heard by, its clients.
void forget(Pointer self, const ForgetApplication& message) {
  auto& state = self->state;
  if (hold(state, message)) return;
  std::vector<SessionKey> without_actor;
  for (auto& key : state.logic->of_application(message.application_id)) {
    if (state.logic->remove(key)) {
      caf::anon_send(actor_of(self, key), EndStored{[] {}});
    } else {
      without_actor.push_back(std::move(key));
    }
  }
  erase_rows(state, without_actor);
}

/// No monitor: its end is expected.
void end(Pointer self, const SessionKey& key) {
  auto& state = self->state;
  const auto found = state.actors.find(key);
  if (found == state.actors.end()) return;
  self->demonitor(found->second.address());
  state.addresses.erase(found->second.address());
  caf::anon_send(found->second, EndSession{});
  state.actors.erase(found);
  state.probe->actors.running.Decrement();
}

void idle(Pointer self, const SessionIdle& message) {
  if (self->state.logic->idle(message.key, message.orders, message.expires_at))
    end(self, message.key);
}

void gone(Pointer self, const SessionGone& message) {
  auto& state = self->state;
  if (!state.logic->gone(message.key, message.orders)) return;
  end(self, message.key);
  state.context->index.erase(message.key);
  count(state);
}

/// Its connection is closed by its end; the client comes back and a successor reads what is
/// durable.
void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto address = state.addresses.find(down.source);
  if (address == state.addresses.end()) return;
  const auto key = std::move(address->second);
  state.addresses.erase(address);
  state.actors.erase(key);
  state.probe->actors.running.Decrement();
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"MQTT session ended\" application={} reason=\"{}\"",
                key.application_id.text(), actors::from_caf(down.reason).message());
  state.logic->failed(key, state.context->deps.clock->now().utc);
}

void serve(Pointer self) {
  auto& state = self->state;
  state.ready = true;
  state.context->index.complete();
  count(state);
  for (const auto& message : std::exchange(state.waiting, {})) {
    if (const auto* wanted = std::get_if<AttachSession>(&message)) attach(self, *wanted);
    if (const auto* unwanted = std::get_if<RemoveSession>(&message)) remove(self, *unwanted);
    if (const auto* ended = std::get_if<ForgetApplication>(&message)) forget(self, *ended);
  }
}

void found(Pointer self, const SessionsFound& message) {
  auto& state = self->state;
  if (!message.rows) {
    spdlog::error("msg=\"MQTT sessions can not be read\" error=\"{}\"",
                  message.rows.error().to_string());
    return self->quit(actors::to_caf(message.rows.error()));
  }
  const auto now = state.context->deps.clock->now().utc;
  for (const auto& [row_key, row] : *message.rows) {
    const auto key = parse_session_row_key(row_key);
    if (!key) continue;
    // A damaged record is found again, and replaced, when its client connects.
    state.logic->found(*key, decode_session(row).value_or(SessionRecord{}), now);
    state.context->index.set(*key);
  }
  if (message.rows->size() < list_step) return serve(self);
  list_sessions(*state.context, SessionsHandle(self), message.rows->back().first);
}

void sweep_later(Pointer self) {
  const auto interval = self->state.context->config.sweep_interval;
  self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(interval), SweepSessions{});
}

void sweep(Pointer self, const SweepSessions& message) {
  auto& state = self->state;
  if (!state.ready) return sweep_later(self);
  auto step = state.logic->sweep(message.from, state.context->deps.clock->now().utc);
  state.probe->expired.Increment(static_cast<double>(step.expired.size()));
  erase_rows(state, step.expired);
  if (!step.next) return sweep_later(self);
  // Behind what others ask.
  caf::anon_send(SessionsHandle(self), SweepSessions{*std::move(step.next)});
}

void inspect(const Shell& state, const InspectSessions& message) {
  std::vector<SessionSnapshot> out;
  for (const auto& [key, session] : state.logic->sessions())
    out.push_back({key, session.running, session.expires_at});
  message.reply(std::move(out));
}

void start(Pointer self, SessionsContextPtr context) {
  auto& state = self->state;
  state.probe = std::make_unique<SessionsProbe>(*context->deps.metrics);
  state.mailbox.emplace(*context->deps.metrics, Shell::name);
  state.logic = std::make_unique<DirectoryState>(context->config);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  context->index.clear();
  list_sessions(context, SessionsHandle(self));
  state.context = std::move(context);
  sweep_later(self);
}

SessionsHandle::behavior_type sessions(Pointer self, SessionsContextPtr context) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context));
  return {
      [self](const AttachSession& message) {
        self->state.mailbox->sample(*self);
        attach(self, message);
      },
      [self](const RemoveSession& message) { remove(self, message); },
      [self](const InspectSessions& message) { inspect(self->state, message); },
      [self](const ForgetApplication& message) { forget(self, message); },
      [self](const SessionIdle& message) { idle(self, message); },
      [self](const SessionGone& message) { gone(self, message); },
      [self](const SessionsFound& message) { found(self, message); },
      [self](const SweepSessions& message) { sweep(self, message); },
  };
}

}  // namespace

SessionsHandle spawn_mqtt_sessions(caf::actor_system& system, SessionsContextPtr context) {
  return system.spawn(sessions, std::move(context));
}

}  // namespace ff::application_server::mqtt_session
