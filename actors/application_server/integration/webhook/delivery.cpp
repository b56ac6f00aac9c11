#include "actors/application_server/integration/webhook/delivery.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/application_server/integration/mailbox_subscriber.hpp"
#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/integration/webhook/loading.hpp"
#include "actors/application_server/integration/webhook/probe.hpp"
#include "actors/application_server/integration/webhook/request.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::webhook {
namespace {

constexpr std::size_t orders_held_max = 64;
/// Dead letters read at once.
constexpr std::size_t letters_batch = 16;

using MailboxSubscriber = integration::MailboxSubscriber<DeliveryActor, LiveMessage, Missed>;

struct Shell {
  static inline const char* name = "webhook_delivery";
  WebhooksContextPtr context;
  WebhooksActor registry;
  WebhookKey key;
  std::unique_ptr<Random> random;
  std::unique_ptr<DeliveryState> logic;
  std::unique_ptr<DeliveryProbe> probe;
  std::shared_ptr<MailboxSubscriber> subscriber;
  std::map<RequestId, actors::Reply<void>> requests;
  RequestId request = 0;
  /// Orders that came before the delivery was read.
  std::vector<CarryOut> held;
  bool loaded = false;

  ~Shell() {
    if (!context) return;
    if (const auto links = context->links.get(); links && subscriber)
      caf::anon_send(links, UnsubscribeUps{key.application_id, subscriber});
    auto records = logic->unwritten();
    if (const auto committer = context->deps.committer.get(); committer && !records.empty())
      caf::anon_send(committer, actors::Commit{std::move(records), nullptr});
    const auto ended =
        fail(actors::receiver_down, {{"reason", "the webhook's delivery has ended"}});
    for (const auto& [id, reply] : requests) {
      if (reply) reply(ended);
    }
    for (const auto& order : held) {
      if (order.reply) order.reply(ended);
    }
  }
};
using Pointer = DeliveryActor::stateful_pointer<Shell>;

void answer(Shell& state, RequestId request, const Status& status) {
  const auto found = state.requests.find(request);
  if (found == state.requests.end()) return;
  const auto reply = std::move(found->second);
  state.requests.erase(found);
  if (reply) reply(status);
}

class CommitRelease final : public actors::Release {
 public:
  CommitRelease(DeliveryActor delivery, RequestId answers)
      : delivery_(std::move(delivery)), answers_(answers) {}
  void committed() noexcept override {
    caf::anon_send(delivery_, DeliveryAnswer{Committed{answers_}});
  }
  void failed(const Error& error) noexcept override {
    caf::anon_send(delivery_, DeliveryAnswer{CommitRefused{error}});
  }

 private:
  DeliveryActor delivery_;
  RequestId answers_;
};

/// Carries out one effect.
struct Runner {
  Pointer self;

  Shell& state() const { return self->state; }

  void operator()(Commit& effect) const {
    caf::anon_send(
        state().context->deps.committer.get(),
        actors::Commit{std::move(effect.records),
                       std::make_shared<CommitRelease>(DeliveryActor(self), effect.answers)});
  }
  void operator()(const Join& effect) const {
    const auto links = state().context->links.get();
    if (!links) return;
    if (!state().subscriber) {
      state().subscriber = std::make_shared<MailboxSubscriber>(
          "webhook", state().context->config.delivery.live_max, DeliveryActor(self));
    } else {
      // It may never have arrived; twice would be two of each message.
      caf::anon_send(links, UnsubscribeUps{state().key.application_id, state().subscriber});
    }
    auto subscribed = [delivery = DeliveryActor(self), serial = effect.serial] {
      caf::anon_send(delivery, DeliveryAnswer{JoinedLink{serial}});
    };
    caf::anon_send(
        links, SubscribeUps{state().key.application_id, state().subscriber, std::move(subscribed)});
  }
  void operator()(const AskNewest& effect) const {
    FindNewest ask{state().key.application_id, {}};
    ask.reply = [delivery = DeliveryActor(self), serial = effect.serial](auto sequences) {
      caf::anon_send(delivery, DeliveryAnswer{NewestFound{serial, std::move(sequences)}});
    };
    caf::anon_send(state().context->outbox.get(), std::move(ask));
  }
  void operator()(const Read& effect) const {
    ReadOutbox ask{state().key.application_id,
                   effect.shard,
                   effect.after,
                   state().context->config.delivery.batch,
                   {}};
    ask.reply = [delivery = DeliveryActor(self), serial = effect.serial](auto messages) {
      caf::anon_send(delivery, DeliveryAnswer{MessagesRead{serial, std::move(messages)}});
    };
    caf::anon_send(state().context->outbox.get(), std::move(ask));
  }
  void operator()(const ReadLetters& effect) const {
    auto reply = [delivery = DeliveryActor(self), serial = effect.serial](auto letters) {
      caf::anon_send(delivery, DeliveryAnswer{LettersRead{serial, std::move(letters)}});
    };
    read_letters(*state().context, state().key, effect.from - 1, letters_batch, std::move(reply));
  }
  void operator()(const Send& effect) const;
  void operator()(const TellFailure& effect) const {
    state().probe->failed.Increment();
    spdlog::debug("msg=\"webhook did not take a message\" application={} webhook={} error=\"{}\"",
                  state().key.application_id.text(), state().key.webhook_id,
                  effect.error.to_string());
    if (!state().context->publish) return;
    DeviceIdentifiers device;
    device.uid = {state().key.application_id, effect.device_id};
    state().context->publish({"as.webhook.fail",
                              state().context->deps.clock->now().utc,
                              std::move(device),
                              {},
                              effect.error});
  }
  void operator()(const TellHealth& effect) const {
    caf::anon_send(state().registry, HealthChanged{state().key, effect.health});
  }
  void operator()(const TellDead& effect) const {
    state().probe->dead.Increment();
    state().probe->dead_dropped.Increment(static_cast<double>(effect.dropped));
    spdlog::warn("msg=\"message for a webhook given up\" application={} webhook={} device={}",
                 state().key.application_id.text(), state().key.webhook_id,
                 effect.device_id.text());
  }
  void operator()(const Lost& effect) const {
    state().probe->lost.Increment(static_cast<double>(effect.count));
    spdlog::warn(
        "msg=\"messages gone before a webhook had them\" application={} webhook={} shard={} "
        "count={}",
        state().key.application_id.text(), state().key.webhook_id, effect.shard.value(),
        effect.count);
  }
  void operator()(const Refuse& effect) const {
    answer(state(), effect.request, fail(effect.error));
  }
  void operator()(const Wake& effect) const {
    self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(effect.after),
                       DeliveryTimer{});
  }
};

void Runner::operator()(const Send& effect) const {
  const auto& context = *state().context;
  const auto tell = [delivery = DeliveryActor(self), token = effect.token](Outcome outcome) {
    caf::anon_send(delivery, DeliveryAnswer{Answered{token, std::move(outcome)}});
  };
  auto request = make_request(state().key, state().logic->webhook(), effect, context.config);
  if (!request) {
    return tell({.error = Error(request_failed, {{"webhook_id", state().key.webhook_id}})
                              .caused_by(request.error()),
                 .refused = true});
  }
  const auto began = context.deps.clock->now().mono;
  auto judge_answer =
      [tell, key = state().key, url = request->url, began, clock = context.deps.clock,
       &duration = state().probe->duration](const Result<net::http_client::ClientAnswer>& answer) {
        duration.Observe(std::chrono::duration<double>(clock->now().mono - began).count());
        tell(judge(key, url, answer));
      };
  context.client->send(*std::move(request), std::move(judge_answer));
}

void carry_out(Pointer self, Effects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
}

Instant now(Pointer self) {
  return self->state.context->deps.clock->now();
}

/// Passes an answer to the logic.
struct Listener {
  Pointer self;

  DeliveryState& logic() const { return *self->state.logic; }
  Effects operator()(const DeliveryRead& answer) const {
    if (answer.loaded) return logic().loaded(*answer.loaded, now(self));
    self->quit(actors::to_caf(answer.loaded.error()));
    return {};
  }
  Effects operator()(const Committed& done) const {
    answer(self->state, done.answers, {});
    return logic().committed(now(self));
  }
  Effects operator()(const CommitRefused& answer) const {
    self->quit(actors::to_caf(answer.error));
    return {};
  }
  Effects operator()(const JoinedLink& answer) const {
    return logic().joined(answer.serial, now(self));
  }
  Effects operator()(const NewestFound& answer) const {
    if (!answer.sequences) self->state.probe->read_failures.Increment();
    return logic().newest(answer.serial, answer.sequences, now(self));
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
  Effects operator()(const LettersRead& answer) const {
    return logic().letters(answer.serial, answer.letters, now(self));
  }
  Effects operator()(const TimeFound& found) const {
    if (!found.parts) {
      answer(self->state, found.request, fail(found.parts.error()));
      return {};
    }
    ReplayOrder order{found.order.device_id, found.order.after, found.order.before, {}};
    for (std::size_t i = 0; i < found.parts->size(); ++i) {
      const auto& part = (*found.parts)[i];
      if (part.done < part.last)
        order.parts.push_back(
            {storage::Shard{static_cast<std::uint16_t>(i)}, part.done, part.last});
    }
    return logic().order_replay(std::move(order), found.request, now(self));
  }
  Effects operator()(const StartFound& found) const {
    if (!found.parts) {
      answer(self->state, found.request, fail(found.parts.error()));
      return {};
    }
    std::vector<storage::OutboxSequence> cursors;
    for (const auto& part : *found.parts) cursors.push_back(part.done);
    return logic().start_from(cursors, found.request, now(self));
  }
  Effects operator()(const Answered& answer) const {
    if (answer.outcome.delivered) self->state.probe->sent.Increment();
    return logic().sent(answer.token, answer.outcome, now(self));
  }
};

/// Passes an operator's order to the logic.
struct Orderer {
  Pointer self;
  RequestId request;

  DeliveryState& logic() const { return *self->state.logic; }
  Effects operator()(const OrderReplay& order) const {
    FindTime ask{self->state.key.application_id, order.after, order.before, {}};
    ask.reply = [delivery = DeliveryActor(self), order, id = request](auto parts) {
      caf::anon_send(delivery, DeliveryAnswer{TimeFound{order, id, std::move(parts)}});
    };
    caf::anon_send(self->state.context->outbox.get(), std::move(ask));
    return {};
  }
  Effects operator()(const StartFrom& order) const {
    FindTime ask{self->state.key.application_id, order.after, {}, {}};
    ask.reply = [delivery = DeliveryActor(self), id = request](auto parts) {
      caf::anon_send(delivery, DeliveryAnswer{StartFound{id, std::move(parts)}});
    };
    caf::anon_send(self->state.context->outbox.get(), std::move(ask));
    return {};
  }
  Effects operator()(const CancelReplay&) const {
    return logic().cancel_replay(request, now(self));
  }
  Effects operator()(const RedeliverLetters&) const {
    return logic().redeliver(request, now(self));
  }
  Effects operator()(const DiscardLetters&) const {
    return logic().discard_letters(request, now(self));
  }
  Effects operator()(const ResetHealth&) const { return logic().reset_health(request, now(self)); }
};

void order(Pointer self, const CarryOut& message) {
  auto& state = self->state;
  if (!state.loaded && state.held.size() < orders_held_max) return state.held.push_back(message);
  const auto request = ++state.request;
  state.requests.emplace(request, message.reply);
  carry_out(self, std::visit(Orderer{self, request}, message.order));
}

void hear(Pointer self, const DeliveryAnswer& answer) {
  auto& state = self->state;
  carry_out(self, std::visit(Listener{self}, answer.what));
  if (state.loaded || !std::holds_alternative<DeliveryRead>(answer.what)) return;
  state.loaded = true;
  for (const auto& message : std::exchange(state.held, {})) order(self, message);
}

void live(Pointer self, const LiveMessage& message) {
  message.from->done();
  carry_out(self, self->state.logic->live(message.up, now(self)));
}

void missed(Pointer self) {
  if (self->state.subscriber) self->state.subscriber->heard();
  carry_out(self, self->state.logic->missed(now(self)));
}

void start(Pointer self, WebhooksContextPtr context, WebhooksActor registry, WebhookKey key,
           WebhookPtr webhook) {
  auto& state = self->state;
  state.probe = std::make_unique<DeliveryProbe>(*context->deps.metrics);
  state.random = context->deps.make_random();
  state.logic = std::make_unique<DeliveryState>(key, std::move(webhook), context->config.delivery,
                                                *state.random);
  state.registry = std::move(registry);
  load_delivery(context, key, DeliveryActor(self));
  state.key = std::move(key);
  state.context = std::move(context);
}

DeliveryActor::behavior_type delivery(Pointer self, WebhooksContextPtr context,
                                      WebhooksActor registry, WebhookKey key, WebhookPtr webhook) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context), std::move(registry), std::move(key), std::move(webhook));
  return {
      [self](const ConfigureDelivery& message) {
        carry_out(self, self->state.logic->configure(message.webhook, now(self)));
      },
      [self](const CarryOut& message) { order(self, message); },
      [self](const TellSnapshot& message) {
        message.reply(self->state.logic->snapshot(now(self)));
      },
      [self](const EndDelivery&) { self->quit(); },
      [self](const LiveMessage& message) { live(self, message); },
      [self](const Missed&) { missed(self); },
      [self](const DeliveryAnswer& answer) { hear(self, answer); },
      [self](const DeliveryTimer&) { carry_out(self, self->state.logic->timer(now(self))); },
  };
}

}  // namespace

DeliveryActor spawn_delivery(caf::actor_system& system, WebhooksContextPtr context,
                             WebhooksActor registry, WebhookKey key, WebhookPtr webhook) {
  return system.spawn(delivery, std::move(context), std::move(registry), std::move(key),
                      std::move(webhook));
}

}  // namespace ff::application_server::webhook
