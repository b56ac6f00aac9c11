#include "actors/application_server/integration/packages/consumer.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>

#include "actors/application_server/integration/notice.hpp"
#include "actors/application_server/integration/packages/consumer_shell.hpp"
#include "actors/application_server/integration/packages/events.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::packages {
namespace {

using Shell = ConsumerShell;
using Pointer = ConsumerPointer;

void publish(const PackagesContext& context, events::Event event) {
  if (context.publish) context.publish(std::move(event));
}

void carry_out(Pointer self, Effects effects);

// --- the steps of one message --------------------------------------------------------------------

actors::Reply<void> tell_done(Pointer self, Attempt attempt) {
  return [actor = ConsumerActor(self), attempt](Status status) {
    answer(actor, StepDone{attempt, std::move(status)});
  };
}

/// Null: its attempt has been given up.
Work* find(Shell& state, const Attempt& attempt) {
  const auto found = state.works.find(attempt.token);
  if (found == state.works.end() || found->second.attempt != attempt.number) return nullptr;
  return &found->second;
}

/// Those of the message, and the package's own.
CorrelationIds correlation_ids(const Shell& state, const Work& work) {
  auto ids = work.run.incoming().correlation_ids;
  ids.append({correlation_id(state.key.package, work.run.incoming().received_at, work.message)});
  return ids;
}

/// Takes one step of a message. False: there is no answer to wait for.
struct Stepper {
  Pointer self;
  Attempt attempt;
  const Work& work;

  Shell& state() const { return self->state; }
  const PackagesContext& context() const { return *self->state.context; }
  PipelineHandle pipeline() const {
    const auto& pipelines = context().pipelines;
    return pipelines.exists() ? pipelines.of(work.run.incoming().ids.uid) : PipelineHandle{};
  }
  bool is_down() const {
    tell_done(self, attempt)(fail(actors::receiver_down, {{"reason", "device pipeline"}}));
    return true;
  }

  bool operator()(const Push& step) const {
    const auto to = pipeline();
    if (!to) return is_down();
    ApplicationDownlink downlink;
    downlink.f_port = step.f_port;
    downlink.frm_payload = step.payload;
    downlink.correlation_ids = correlation_ids(state(), work);
    caf::anon_send(
        to,
        QueueDownlinks{
            work.run.incoming().ids.uid, {std::move(downlink)}, false, tell_done(self, attempt)});
    return true;
  }
  bool operator()(const Publish& step) const {
    const auto to = pipeline();
    if (!to) return is_down();
    const auto at = now(self).utc;
    auto up = std::make_shared<ApplicationUp>(
        ApplicationUp{.ids = work.run.incoming().ids,
                      .correlation_ids = correlation_ids(state(), work),
                      .received_at = at});
    std::visit([&](const auto& what) { up->up = what; }, step.what);
    const bool is_data = std::holds_alternative<ServiceData>(step.what);
    SimulateUp message{up->ids.uid,
                       ReadyUp{up->ids.uid.application_id, make_message(*up)},
                       {is_data ? "as.up.service.forward" : "as.up.location.forward", at, up->ids,
                        up->correlation_ids, std::shared_ptr<const ApplicationUp>(up)},
                       tell_done(self, attempt)};
    message.from_package = true;
    caf::anon_send(to, std::move(message));
    return true;
  }
  bool operator()(const Ask& step) const {
    const auto began = now(self).mono;
    auto tell = [actor = ConsumerActor(self), attempt = attempt, began,
                 clock = context().deps.clock](Result<net::http_client::ClientAnswer> said) {
      answer(actor, ServerAnswered{attempt, clock->now().mono - began, std::move(said)});
    };
    if (context().client == nullptr) {
      tell(fail(net::http_client::stopped));
      return true;
    }
    net::http_client::ClientRequest request{
        .method = "POST",
        .url = step.url,
        .headers = {{"Content-Type", "application/json"},
                    {"Accept", "application/json"},
                    {"User-Agent", context().config.user_agent},
                    {"Authorization", step.token}},
        .body = std::make_shared<const Bytes>(to_owned(as_bytes(step.body)))};
    context().client->send(std::move(request), std::move(tell));
    return true;
  }
  bool operator()(const Tell& step) const {
    publish(context(), time_asked_event(now(self).utc, work.run.incoming(), step.what));
    return false;
  }
};

/// Goes on until a step waits, or none is left.
void go_on(Pointer self, SendToken token, Work& work) {
  auto& state = self->state;
  const Attempt attempt{token, work.attempt};
  while (auto step = work.run.next()) {
    work.step = std::move(step);
    if (std::visit(Stepper{self, attempt, work}, *work.step)) return;
  }
  const auto outcome = work.run.outcome();
  state.works.erase(token);
  carry_out(self, state.logic->handled(token, outcome, now(self)));
}

void step_done(Pointer self, const StepDone& done) {
  auto& state = self->state;
  auto* work = find(state, done.attempt);
  if (work == nullptr) return;
  const auto* push = std::get_if<Push>(&*work->step);
  if (done.status) (push == nullptr ? state.probe->published : state.probe->downlinks).Increment();
  if (done.status && push != nullptr) {
    for (const auto& told : push->told)
      publish(*state.context, time_answered_event(now(self).utc, work->run.incoming(), told));
  }
  work->run.answered(done.status);
  go_on(self, done.attempt.token, *work);
}

void server_answered(Pointer self, const ServerAnswered& said) {
  auto& state = self->state;
  state.probe->request_duration.Observe(std::chrono::duration<double>(said.took).count());
  auto* work = find(state, said.attempt);
  const auto* ask = work == nullptr ? nullptr : std::get_if<Ask>(&*work->step);
  if (ask == nullptr) return;
  work->run.answered(*ask, said.answer);
  go_on(self, said.attempt.token, *work);
}

// --- effects -------------------------------------------------------------------------------------

/// Carries out one effect.
struct Runner {
  Pointer self;

  Shell& state() const { return self->state; }
  const PackagesContext& context() const { return *self->state.context; }

  /// With the cursor, the frames of the messages that it passes: those behind it come once more.
  void operator()(Commit& effect) const {
    put_frames(effect.records, state().key.application_id, state().history->take_changed());
    auto tell = [actor = ConsumerActor(self)](Status status) {
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
      state().subscriber = std::make_shared<ConsumerSubscriber>(
          "applicationpackages", context().config.consumer.live_max, ConsumerActor(self));
    } else {
      // It may never have arrived; twice would be two of each message.
      caf::anon_send(links, UnsubscribeUps{state().key.application_id, state().subscriber});
    }
    auto subscribed = [actor = ConsumerActor(self), serial = effect.serial] {
      answer(actor, JoinedLink{serial});
    };
    caf::anon_send(
        links, SubscribeUps{state().key.application_id, state().subscriber, std::move(subscribed)});
  }
  void operator()(const AskNewest&) const {
    FindNewest ask{state().key.application_id, {}};
    ask.reply = [actor = ConsumerActor(self)](auto sequences) {
      answer(actor, NewestFound{std::move(sequences)});
    };
    caf::anon_send(context().outbox.get(), std::move(ask));
  }
  void operator()(const Read& effect) const {
    ReadOutbox ask{state().key.application_id,
                   effect.shard,
                   effect.after,
                   context().config.consumer.batch,
                   {}};
    ask.reply = [actor = ConsumerActor(self), serial = effect.serial](auto messages) {
      answer(actor, MessagesRead{serial, std::move(messages)});
    };
    caf::anon_send(context().outbox.get(), std::move(ask));
  }
  void operator()(const Handle& effect) const {
    auto incoming = read_incoming(state().key.application_id, *effect.message);
    if (!incoming)
      return carry_out(
          self, state().logic->handled(effect.token, {.error = incoming.error()}, now(self)));
    auto& work = state()
                     .works
                     .insert_or_assign(effect.token,
                                       Work{{effect.shard, effect.sequence},
                                            ++state().attempts,
                                            Run(state().key.package, effect.pair,
                                                *std::move(incoming), context().config.servers)})
                     .first->second;
    work.run.begin(*state().history);
    go_on(self, effect.token, work);
  }
  void operator()(const Abandon& effect) const { state().works.erase(effect.token); }
  void operator()(const TellDone&) const { state().probe->processed.Increment(); }
  void operator()(const TellFailed& effect) const {
    state().probe->failed(effect.error);
    if (effect.is_last) state().probe->given_up.Increment();
    const auto& info = info_of(state().key.package);
    spdlog::debug("msg=\"package failed\" application={} device={} package={} last={} error=\"{}\"",
                  state().key.application_id.text(), effect.device_id.text(), info.name,
                  effect.is_last, effect.error.to_string());
    DeviceIdentifiers device;
    device.uid = {state().key.application_id, effect.device_id};
    publish(context(), {info.fail_event, now(self).utc, std::move(device), {}, effect.error});
  }
  void operator()(const Lost& effect) const {
    state().probe->lost.Increment(static_cast<double>(effect.count));
    spdlog::warn(
        "msg=\"messages gone before a package had them\" application={} package={} shard={} "
        "count={}",
        state().key.application_id.text(), info_of(state().key.package).name, effect.shard.value(),
        effect.count);
  }
  void operator()(const Wake& effect) const {
    self->delayed_send(self, std::chrono::duration_cast<caf::timespan>(effect.after),
                       ConsumerTimer{});
  }
};

void carry_out(Pointer self, Effects effects) {
  auto& state = self->state;
  std::move(effects.begin(), effects.end(), std::back_inserter(state.effects));
  if (std::exchange(state.is_carrying_out, true)) return;
  while (!state.effects.empty()) {
    auto effect = std::move(state.effects.front());
    state.effects.pop_front();
    std::visit(Runner{self}, effect);
  }
  state.is_carrying_out = false;
}

// --- what others say -----------------------------------------------------------------------------

/// Passes an answer to the logic.
struct Listener {
  Pointer self;

  ConsumerState& logic() const { return *self->state.logic; }
  Effects operator()(const BarrierPassed& said) const {
    if (said.status) {
      load(self);
    } else {
      self->quit(actors::to_caf(said.status.error()));
    }
    return {};
  }
  Effects operator()(const FramesRead& said) const {
    if (said.rows) {
      take_frames(self, *said.rows);
    } else {
      self->quit(actors::to_caf(said.rows.error()));
    }
    return {};
  }
  Effects operator()(const CursorsRead& said) const {
    if (said.cursors) return logic().loaded(*said.cursors, now(self));
    self->quit(actors::to_caf(said.cursors.error()));
    return {};
  }
  Effects operator()(const Committed& said) const {
    if (said.status) return logic().committed(now(self));
    self->quit(actors::to_caf(said.status.error()));
    return {};
  }
  Effects operator()(const JoinedLink& said) const {
    return logic().joined(said.serial, now(self));
  }
  Effects operator()(const NewestFound& said) const {
    if (!said.sequences) self->state.probe->read_failures.Increment();
    return logic().newest(said.sequences, now(self));
  }
  Effects operator()(const MessagesRead& said) const {
    auto& probe = *self->state.probe;
    if (said.messages) {
      probe.read.Increment(static_cast<double>(said.messages->size()));
    } else {
      probe.read_failures.Increment();
    }
    return logic().read(said.serial, said.messages, now(self));
  }
  Effects operator()(const StepDone& said) const {
    step_done(self, said);
    return {};
  }
  Effects operator()(const ServerAnswered& said) const {
    server_answered(self, said);
    return {};
  }
};

void live(Pointer self, const LiveMessage& message) {
  message.from->done();
  carry_out(self, self->state.logic->live(message.up, now(self)));
}

void tell_snapshot(Pointer self, const TellSnapshot& message) {
  auto snapshot = self->state.logic->snapshot(now(self));
  snapshot.remembered = self->state.history->devices();
  message.reply(snapshot);
}

void missed(Pointer self) {
  if (self->state.subscriber) self->state.subscriber->heard();
  carry_out(self, self->state.logic->missed(now(self)));
}

void start(Pointer self, PackagesContextPtr context, ConsumerKey key, Associations associations) {
  auto& state = self->state;
  const auto& config = context->config.consumer;
  state.probe = std::make_unique<ConsumerProbe>(*context->deps.metrics, key.package);
  state.random = context->deps.make_random();
  state.history = std::make_unique<FrameHistory>(config.history_devices_max);
  state.logic =
      std::make_unique<ConsumerState>(key, std::move(associations), config, *state.random);
  state.key = std::move(key);
  state.context = std::move(context);
  begin_loading(self);
}

ConsumerActor::behavior_type consumer(Pointer self, PackagesContextPtr context, ConsumerKey key,
                                      Associations associations) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context), std::move(key), std::move(associations));
  return {
      [self](const AssociationChanged& changed) {
        self->state.logic->set(changed.key, changed.association);
      },
      [self](const DeviceForgotten& message) { forget(self, message); },
      [self](const TellSnapshot& message) { tell_snapshot(self, message); },
      [self](const EndConsumer&) { self->quit(); },
      [self](const LiveMessage& message) { live(self, message); },
      [self](const packages::Missed&) { missed(self); },
      [self](const ConsumerAnswer& said) {
        carry_out(self, std::visit(Listener{self}, said.what));
      },
      [self](const ConsumerTimer&) { carry_out(self, self->state.logic->timer(now(self))); },
  };
}

}  // namespace

ConsumerActor spawn_consumer(caf::actor_system& system, PackagesContextPtr context,
                             const ConsumerKey& key, Associations associations) {
  return system.spawn(consumer, std::move(context), key, std::move(associations));
}

}  // namespace ff::application_server::packages
