#include "actors/application_server/mqtt_session/session.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/application_server/mqtt_session/loading.hpp"
#include "actors/application_server/mqtt_session/mailbox_subscriber.hpp"
#include "actors/application_server/mqtt_session/probe.hpp"
#include "actors/application_server/mqtt_session/state.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::mqtt_session {
namespace {

struct Shell {
  static inline const char* name = "mqtt_session";
  SessionsContextPtr context;
  SessionsHandle directory;
  SessionKey key;
  std::unique_ptr<SessionState> logic;
  std::unique_ptr<SessionProbe> probe;
  std::map<ConnectionId, std::shared_ptr<SessionPeer>> peers;
  std::shared_ptr<MailboxSubscriber> subscriber;
  std::vector<std::function<void()>> removals;

  ~Shell() {
    if (!context) return;
    for (const auto& [id, peer] : peers) peer->close(mqtt::ReasonCode::server_unavailable);
    if (const auto links = context->links.get(); links && subscriber)
      caf::anon_send(links, UnsubscribeUps{key.application_id, subscriber});
    auto cursors = logic->unwritten_cursors();
    if (const auto committer = context->deps.committer.get(); committer && !cursors.empty())
      caf::anon_send(committer, actors::Commit{std::move(cursors), nullptr});
  }
};
using Pointer = SessionActor::stateful_pointer<Shell>;

class CommitRelease final : public actors::Release {
 public:
  explicit CommitRelease(SessionActor session) : session_(std::move(session)) {}
  void committed() noexcept override { caf::anon_send(session_, SessionAnswer{Committed{}}); }
  void failed(const Error& error) noexcept override {
    caf::anon_send(session_, SessionAnswer{CommitRefused{error}});
  }

 private:
  SessionActor session_;
};

/// Carries out one effect.
struct Runner {
  Pointer self;

  Shell& state() const { return self->state; }
  template <class Call>
  void to_peer(ConnectionId id, Call call) const {
    const auto found = state().peers.find(id);
    if (found != state().peers.end()) call(*found->second);
  }

  void operator()(Commit& effect) const {
    caf::anon_send(state().context->deps.committer.get(),
                   actors::Commit{std::move(effect.records),
                                  std::make_shared<CommitRelease>(SessionActor(self))});
  }
  void operator()(const Join& effect) const {
    const auto links = state().context->links.get();
    if (!links) return;
    state().subscriber =
        std::make_shared<MailboxSubscriber>(state().context->config.live_max, SessionActor(self));
    auto subscribed = [session = SessionActor(self), serial = effect.serial] {
      caf::anon_send(session, SessionAnswer{JoinedLink{serial}});
    };
    caf::anon_send(
        links, SubscribeUps{state().key.application_id, state().subscriber, std::move(subscribed)});
  }
  void operator()(const Leave&) const {
    const auto links = state().context->links.get();
    auto subscriber = std::exchange(state().subscriber, nullptr);
    if (links && subscriber)
      caf::anon_send(links, UnsubscribeUps{state().key.application_id, std::move(subscriber)});
  }
  void operator()(const AskNewest& effect) const {
    FindNewest ask{state().key.application_id, {}};
    ask.reply = [session = SessionActor(self), serial = effect.serial](auto sequences) {
      caf::anon_send(session, SessionAnswer{NewestFound{serial, std::move(sequences)}});
    };
    caf::anon_send(state().context->outbox.get(), std::move(ask));
  }
  void operator()(const Read& effect) const {
    ReadOutbox ask{
        state().key.application_id, effect.shard, effect.after, state().context->config.batch, {}};
    ask.reply = [session = SessionActor(self), serial = effect.serial](auto messages) {
      caf::anon_send(session, SessionAnswer{MessagesRead{serial, std::move(messages)}});
    };
    caf::anon_send(state().context->outbox.get(), std::move(ask));
  }
  void operator()(const Accept& effect) const {
    to_peer(effect.connection, [&](SessionPeer& peer) {
      peer.accepted({SessionHandle(SessionActor(self)), effect.connection, effect.session_present,
                     effect.unreleased, effect.shared});
    });
  }
  void operator()(const AnswerSubscribe& effect) const {
    to_peer(effect.connection,
            [&](SessionPeer& peer) { peer.subscribed(effect.packet_id, effect.reasons); });
  }
  void operator()(const AnswerUnsubscribe& effect) const {
    to_peer(effect.connection,
            [&](SessionPeer& peer) { peer.unsubscribed(effect.packet_id, effect.reasons); });
  }
  void operator()(const Deliver& effect) const {
    to_peer(effect.connection, [&](SessionPeer& peer) { peer.deliver(effect); });
  }
  void operator()(const Close& effect) const {
    state().probe->taken_over.Increment();
    to_peer(effect.connection, [&](SessionPeer& peer) { peer.close(effect.reason); });
    state().peers.erase(effect.connection);
  }
  void operator()(const Lost& effect) const {
    state().probe->lost.Increment(static_cast<double>(effect.count));
    if (!effect.first) return;
    spdlog::warn(
        "msg=\"messages gone before an MQTT session had read them\" application={} "
        "shard={} count={}",
        state().key.application_id.text(), effect.shard.value(), effect.count);
  }
  void operator()(const Wake& effect) const {
    self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(effect.after),
                       SessionTimer{});
  }
  void operator()(const ReportIdle& effect) const {
    caf::anon_send(state().directory, SessionIdle{state().key, effect.orders, effect.expires_at});
  }
  void operator()(const ReportGone& effect) const {
    for (const auto& removed : std::exchange(state().removals, {})) removed();
    caf::anon_send(state().directory, SessionGone{state().key, effect.orders});
  }
};

void carry_out(Pointer self, Effects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
}

Instant now(Pointer self) {
  return self->state.context->deps.clock->now();
}

/// Passes an answer to the logic.
struct Listener {
  Pointer self;

  SessionState& logic() const { return *self->state.logic; }
  Effects operator()(const RecordRead& answer) const {
    if (answer.loaded) return logic().loaded(*answer.loaded, now(self));
    spdlog::error("msg=\"MQTT session can not be read\" application={} error=\"{}\"",
                  self->state.key.application_id.text(), answer.loaded.error().to_string());
    self->quit(actors::to_caf(answer.loaded.error()));
    return {};
  }
  Effects operator()(const Committed&) const { return logic().committed(now(self)); }
  Effects operator()(const CommitRefused& answer) const {
    self->quit(actors::to_caf(answer.error));
    return {};
  }
  Effects operator()(const JoinedLink& answer) const { return logic().joined(answer.serial); }
  Effects operator()(const NewestFound& answer) const {
    if (!answer.sequences) self->state.probe->read_failures.Increment();
    return logic().newest(answer.serial, answer.sequences);
  }
  Effects operator()(const MessagesRead& answer) const {
    auto& probe = *self->state.probe;
    if (answer.messages) {
      probe.read.Increment(static_cast<double>(answer.messages->size()));
    } else {
      probe.read_failures.Increment();
    }
    return logic().read(answer.serial, answer.messages);
  }
};

void attach(Pointer self, const AttachPeer& message) {
  self->state.peers.insert_or_assign(message.attach.connection, message.peer);
  carry_out(self, self->state.logic->attach(message.attach, now(self)));
}

void detach(Pointer self, const Detach& message) {
  self->state.peers.erase(message.connection);
  carry_out(self, self->state.logic->detach(message, now(self)));
}

void live(Pointer self, const LiveMessage& message) {
  message.from->done();
  carry_out(self, self->state.logic->live(message.up));
}

void missed(Pointer self) {
  if (self->state.subscriber) self->state.subscriber->heard();
  carry_out(self, self->state.logic->missed());
}

void start(Pointer self, SessionsContextPtr context, SessionsHandle directory, SessionKey key) {
  auto& state = self->state;
  state.probe = std::make_unique<SessionProbe>(*context->deps.metrics);
  state.logic = std::make_unique<SessionState>(key, context->config, context->shards);
  state.directory = std::move(directory);
  load_session(context, key, SessionActor(self));
  state.key = std::move(key);
  state.context = std::move(context);
}

SessionActor::behavior_type session(Pointer self, SessionsContextPtr context,
                                    SessionsHandle directory, SessionKey key) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context), std::move(directory), std::move(key));
  return {
      [self](const Subscribe& message) { carry_out(self, self->state.logic->subscribe(message)); },
      [self](const Unsubscribe& message) {
        carry_out(self, self->state.logic->unsubscribe(message));
      },
      [self](const Settled& message) { carry_out(self, self->state.logic->settled(message)); },
      [self](const Detach& message) { detach(self, message); },
      [self](const AttachPeer& message) { attach(self, message); },
      [self](const EndStored& message) {
        self->state.removals.push_back(message.removed);
        carry_out(self, self->state.logic->remove());
      },
      [self](const EndSession&) { self->quit(); },
      [self](const LiveMessage& message) { live(self, message); },
      [self](const Missed&) { missed(self); },
      [self](const SessionAnswer& answer) {
        carry_out(self, std::visit(Listener{self}, answer.what));
      },
      [self](const SessionTimer&) { carry_out(self, self->state.logic->timer(now(self))); },
  };
}

}  // namespace

SessionActor spawn_mqtt_session(caf::actor_system& system, SessionsContextPtr context,
                                SessionsHandle directory, SessionKey key) {
  return system.spawn(session, std::move(context), std::move(directory), std::move(key));
}

}  // namespace ff::application_server::mqtt_session
