#include "actors/application_server/integration/pubsub/integration.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <unordered_map>

#include "actors/application_server/integration/mailbox_subscriber.hpp"
#include "actors/application_server/integration/notice.hpp"
#include "actors/application_server/integration/pubsub/body.hpp"
#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/application_server/integration/pubsub/events.hpp"
#include "actors/application_server/integration/pubsub/probe.hpp"
#include "actors/application_server/integration/pubsub/target.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::pubsub {
namespace {

namespace broker = net::broker_client;

using MailboxSubscriber =
    integration::MailboxSubscriber<IntegrationActor, LiveMessage, pubsub::Missed>;

struct Shell {
  static inline const char* name = "pubsub_integration";
  PubSubsContextPtr context;
  PubSubKey key;
  std::unique_ptr<Random> random;
  std::unique_ptr<IntegrationState> logic;
  std::unique_ptr<IntegrationProbe> probe;
  std::shared_ptr<MailboxSubscriber> subscriber;
  std::unique_ptr<broker::BrokerConnection> connection;
  bool counted = false;  // in the gauge of connections
  /// When those under way were sent, for the histogram.
  std::unordered_map<std::uint64_t, MonoTime> sent;

  void count_connection(bool now) {
    if (now != counted) probe->connected.Increment(now ? 1 : -1);
    counted = now;
  }

  ~Shell() {
    if (!context) return;
    if (const auto links = context->links.get(); links && subscriber)
      caf::anon_send(links, UnsubscribeUps{key.application_id, subscriber});
    auto records = logic->unwritten();
    if (const auto committer = context->deps.committer.get(); committer && !records.empty())
      caf::anon_send(committer, actors::Commit{std::move(records), nullptr});
    count_connection(false);
    if (!logic->is_connected()) return;
    probe->stopped.Increment();
    publish_event(*context, "as.pubsub.stop", key);
  }
};
using Pointer = IntegrationActor::stateful_pointer<Shell>;

Instant now(Pointer self) {
  return self->state.context->deps.clock->now();
}

template <class T>
void answer(const IntegrationActor& actor, T what) {
  caf::anon_send(actor, IntegrationAnswer{std::move(what)});
}

std::string message_id(const PubSubKey& key, const Send& effect) {
  return key.application_id.text() + "/" + key.pubsub_id + "/" +
         std::to_string(effect.shard.value()) + "-" + std::to_string(effect.sequence.value());
}

/// An error of ours with what it led to, by the reference's names.
Error named(Provider provider, bool was_connected, const Error& error) {
  if (provider == Provider::nats) return error;
  return Error(was_connected ? publish_failed : connect_failed).caused_by(error);
}

void carry_out(Pointer self, Effects effects);

/// Carries out one effect.
struct Runner {
  Pointer self;

  Shell& state() const { return self->state; }
  const PubSubsContext& context() const { return *self->state.context; }

  void operator()(Commit& effect) const {
    auto tell = [actor = IntegrationActor(self)](Status status) {
      answer(actor, Committed{std::move(status)});
    };
    caf::anon_send(context().deps.committer.get(),
                   actors::Commit{std::move(effect.records),
                                  std::make_shared<integration::Notice>(std::move(tell))});
  }
  void operator()(const Join& effect) const {
    const auto links = context().links.get();
    if (!links) return;
    if (!state().subscriber) {
      state().subscriber = std::make_shared<MailboxSubscriber>(
          "pubsub", context().config.integration.live_max, IntegrationActor(self));
    } else {
      // It may never have arrived; twice would be two of each message.
      caf::anon_send(links, UnsubscribeUps{state().key.application_id, state().subscriber});
    }
    auto subscribed = [actor = IntegrationActor(self), serial = effect.serial] {
      answer(actor, JoinedLink{serial});
    };
    caf::anon_send(
        links, SubscribeUps{state().key.application_id, state().subscriber, std::move(subscribed)});
  }
  void operator()(const AskNewest&) const {
    FindNewest ask{state().key.application_id, {}};
    ask.reply = [actor = IntegrationActor(self)](auto sequences) {
      answer(actor, NewestFound{std::move(sequences)});
    };
    caf::anon_send(context().outbox.get(), std::move(ask));
  }
  void operator()(const Read& effect) const {
    ReadOutbox ask{state().key.application_id,
                   effect.shard,
                   effect.after,
                   context().config.integration.batch,
                   {}};
    ask.reply = [actor = IntegrationActor(self), serial = effect.serial](auto messages) {
      answer(actor, MessagesRead{serial, std::move(messages)});
    };
    caf::anon_send(context().outbox.get(), std::move(ask));
  }
  void operator()(const Connect& effect) const;
  void operator()(const Disconnect&) const {
    state().connection.reset();
    state().sent.clear();
    state().count_connection(false);
  }
  void operator()(const Send& effect) const;
  void operator()(const TellStarted&) const {
    state().probe->started.Increment();
    state().count_connection(true);
    spdlog::info("msg=\"pub/sub integration is connected\" application={} pubsub={}",
                 state().key.application_id.text(), state().key.pubsub_id);
    publish_event(context(), "as.pubsub.start", state().key);
  }
  void operator()(const TellFailed& effect) const {
    if (state().logic->is_connected()) {
      state().probe->refused.Increment();
    } else {
      state().probe->failed.Increment();
    }
    spdlog::warn("msg=\"pub/sub integration failed\" application={} pubsub={} error=\"{}\"",
                 state().key.application_id.text(), state().key.pubsub_id,
                 effect.error.to_string());
    publish_failure(context(), state().key, effect.error);
  }
  void operator()(const GiveUp& effect) const {
    state().probe->given_up.Increment();
    spdlog::warn("msg=\"message for a pub/sub given up\" application={} pubsub={} device={}",
                 state().key.application_id.text(), state().key.pubsub_id, effect.device_id.text());
    publish_failure(context(), state().key, effect.error);
  }
  void operator()(const Lost& effect) const {
    state().probe->lost.Increment(static_cast<double>(effect.count));
    spdlog::warn(
        "msg=\"messages gone before a pub/sub had them\" application={} pubsub={} shard={} "
        "count={}",
        state().key.application_id.text(), state().key.pubsub_id, effect.shard.value(),
        effect.count);
  }
  void operator()(const Wake& effect) const {
    self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(effect.after),
                       IntegrationTimer{});
  }
};

void Runner::operator()(const Connect& effect) const {
  auto& shell = state();
  shell.connection.reset();
  auto target = target_of(shell.logic->pubsub());
  if (!target)
    return answer(IntegrationActor(self),
                  BrokerSaid{effect.serial, broker::Failed{target.error()}});
  auto listen = [actor = IntegrationActor(self),
                 serial = effect.serial](broker::BrokerEvent event) {
    answer(actor, BrokerSaid{serial, std::move(event)});
  };
  shell.connection = context().client->connect(*std::move(target), std::move(listen));
}

void Runner::operator()(const Send& effect) const {
  auto& shell = state();
  const auto& pubsub = shell.logic->pubsub();
  auto body = render(pubsub.format, effect.message);
  if (!body) return carry_out(self, shell.logic->unsendable(effect.token, body.error(), now(self)));
  shell.sent.insert_or_assign(effect.token.value(), now(self).mono);
  shell.connection->publish({.token = effect.token.value(),
                             .topic = topic_of(pubsub, pubsub.topics.at(effect.message->kind)),
                             .id = message_id(shell.key, effect),
                             .body = *std::move(body)});
}

void carry_out(Pointer self, Effects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
}

// --- downlinks -----------------------------------------------------------------------------------

void downlink_failed(Pointer self, const Error& error) {
  self->state.probe->downlinks_failed.Increment();
  publish_failure(*self->state.context, self->state.key, error);
}

std::string correlation_id(Shell& state) {
  return "as:pubsub:" + state.key.pubsub_id + ":" + std::to_string(state.random->next());
}

void arrived(Pointer self, const broker::Arrived& message) {
  auto& state = self->state;
  state.probe->downlinks_dropped.Increment(static_cast<double>(message.dropped));
  const auto& pubsub = state.logic->pubsub();
  const auto operation = operation_of(pubsub, message.topic);
  if (!operation) return;
  auto request = parse_downlinks(pubsub.format, state.key.application_id, message.body);
  if (!request) return downlink_failed(self, request.error());
  for (auto& downlink : request->downlinks)
    downlink.correlation_ids.push_back(correlation_id(state));
  const auto& context = *state.context;
  const auto pipeline =
      context.pipelines.exists() ? context.pipelines.of(request->device) : PipelineHandle{};
  if (!pipeline)
    return downlink_failed(self, Error(actors::receiver_down, {{"reason", "device pipeline"}}));
  auto queued = [actor = IntegrationActor(self), device = request->device,
                 credit = message.credit](Status status) {
    answer(actor, DownlinkQueued{device, std::move(status), credit});
  };
  caf::anon_send(pipeline, QueueDownlinks{request->device, std::move(request->downlinks),
                                          *operation == Operation::replace, std::move(queued)});
}

// --- what others say -----------------------------------------------------------------------------

/// Passes what the broker says to the logic.
struct BrokerListener {
  Pointer self;
  std::uint64_t serial;

  IntegrationState& logic() const { return *self->state.logic; }
  Provider provider() const { return logic().pubsub().provider; }
  Effects operator()(const broker::Connected&) const {
    return logic().connected(serial, now(self));
  }
  Effects operator()(const broker::Failed& event) const {
    return logic().failed(serial, named(provider(), false, event.error), now(self));
  }
  Effects operator()(const broker::Lost& event) const {
    return logic().failed(serial, named(provider(), true, event.error), now(self));
  }
  Effects operator()(const broker::Acknowledged& event) const {
    auto& state = self->state;
    const auto sent = state.sent.find(event.token);
    if (sent != state.sent.end()) {
      const auto took = now(self).mono - sent->second;
      state.probe->duration.Observe(std::chrono::duration<double>(took).count());
      state.sent.erase(sent);
      if (!event.error) state.probe->published.Increment();
    }
    std::optional<Error> error;
    if (event.error) error = named(provider(), true, *event.error);
    return logic().acknowledged(serial, SendToken{event.token}, error, now(self));
  }
  Effects operator()(const broker::Arrived& event) const {
    arrived(self, event);
    return {};
  }
};

/// Passes an answer to the logic.
struct Listener {
  Pointer self;

  IntegrationState& logic() const { return *self->state.logic; }
  Effects operator()(const CursorsRead& answer) const {
    if (answer.cursors) return logic().loaded(*answer.cursors, now(self));
    self->quit(actors::to_caf(answer.cursors.error()));
    return {};
  }
  Effects operator()(const Committed& answer) const {
    if (answer.status) return logic().committed(now(self));
    self->quit(actors::to_caf(answer.status.error()));
    return {};
  }
  Effects operator()(const JoinedLink& answer) const {
    return logic().joined(answer.serial, now(self));
  }
  Effects operator()(const NewestFound& answer) const {
    if (!answer.sequences) self->state.probe->read_failures.Increment();
    return logic().newest(answer.sequences, now(self));
  }
  Effects operator()(const MessagesRead& answer) const {
    auto& probe = *self->state.probe;
    if (answer.messages) {
      probe.read.Increment(static_cast<double>(answer.messages->size()));
    } else {
      probe.read_failures.Increment();
    }
    return logic().read(answer.serial, answer.messages, now(self));
  }
  Effects operator()(const BrokerSaid& said) const {
    return std::visit(BrokerListener{self, said.serial}, said.event);
  }
  Effects operator()(const DownlinkQueued& answer) const {
    if (answer.status) {
      self->state.probe->downlinks.Increment();
    } else {
      downlink_failed(self, answer.status.error());
    }
    return {};
  }
};

void live(Pointer self, const LiveMessage& message) {
  message.from->done();
  carry_out(self, self->state.logic->live(message.up, now(self)));
}

void missed(Pointer self) {
  if (self->state.subscriber) self->state.subscriber->heard();
  carry_out(self, self->state.logic->missed(now(self)));
}

/// Behind everything that an earlier incarnation wrote.
void load_cursors(Pointer self) {
  const auto& state = self->state;
  const auto consumer = consumer_of(state.key);
  auto durable = [actor = IntegrationActor(self), consumer,
                  context = state.context](const Status& status) {
    if (!status) return answer(actor, CursorsRead{fail(status.error())});
    LoadCursors ask{consumer.application_id, consumer.name, {}};
    ask.reply = [actor](auto cursors) { answer(actor, CursorsRead{std::move(cursors)}); };
    caf::anon_send(context->outbox.get(), std::move(ask));
  };
  caf::anon_send(state.context->deps.committer.get(),
                 actors::Commit{{}, std::make_shared<integration::Notice>(std::move(durable))});
}

void start(Pointer self, PubSubsContextPtr context, PubSubKey key, PubSubPtr pubsub) {
  auto& state = self->state;
  state.probe = std::make_unique<IntegrationProbe>(*context->deps.metrics, pubsub->provider);
  state.random = context->deps.make_random();
  state.logic = std::make_unique<IntegrationState>(key, std::move(pubsub),
                                                   context->config.integration, *state.random);
  state.key = std::move(key);
  state.context = std::move(context);
  load_cursors(self);
}

IntegrationActor::behavior_type integration_actor(Pointer self, PubSubsContextPtr context,
                                                  PubSubKey key, PubSubPtr pubsub) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context), std::move(key), std::move(pubsub));
  return {
      [self](const TellSnapshot& message) {
        message.reply(self->state.logic->snapshot(now(self)));
      },
      [self](const EndIntegration&) { self->quit(); },
      [self](const LiveMessage& message) { live(self, message); },
      [self](const pubsub::Missed&) { missed(self); },
      [self](const IntegrationAnswer& answer) {
        carry_out(self, std::visit(Listener{self}, answer.what));
      },
      [self](const IntegrationTimer&) { carry_out(self, self->state.logic->timer(now(self))); },
  };
}

}  // namespace

IntegrationActor spawn_integration(caf::actor_system& system, PubSubsContextPtr context,
                                   PubSubKey key, PubSubPtr pubsub) {
  return system.spawn(integration_actor, std::move(context), std::move(key), std::move(pubsub));
}

}  // namespace ff::application_server::pubsub
