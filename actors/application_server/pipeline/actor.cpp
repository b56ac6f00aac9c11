#include "actors/application_server/pipeline/actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/application_server/pipeline/errors.hpp"
#include "actors/application_server/pipeline/probe.hpp"
#include "actors/application_server/pipeline/record.hpp"
#include "actors/application_server/pipeline/state.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/push_keys.hpp"

namespace ff::application_server {
namespace {

using ProbePtr = std::shared_ptr<const PipelineProbe>;

struct Shell {
  static inline const char* name = "device_pipeline";
  PipelineContextPtr context;
  storage::Shard shard;
  ProbePtr probe;
  std::unique_ptr<actors::MailboxProbe> mailbox;
  std::unique_ptr<Random> random;
  std::unique_ptr<PipelineState> logic;
  std::uint64_t refused = 0;
  std::uint64_t location_hits = 0;
  std::shared_ptr<actors::TickWish> wish = std::make_shared<actors::TickWish>();
  bool ticking = false;

  ~Shell() {
    if (!logic || !context || !context->report_activity) return;
    auto activity = logic->untold_activity();
    if (!activity.empty()) context->report_activity(std::move(activity));
  }
};
using Pointer = PipelineActor::stateful_pointer<Shell>;

void publish(const PipelineContext& context, const PipelineProbe& probe, events::Event event) {
  probe.count(event);
  if (context.publish) context.publish(std::move(event));
}

void push(const PipelineContext& context, const PipelineActor& pipeline, PushToNetwork message) {
  const auto session = context.network_servers.of(message.device);
  network_server::PushDownlinks event{std::move(message.downlinks), message.replace, {}};
  event.reply = [pipeline, device = message.device, request = message.request](Status outcome) {
    caf::anon_send(pipeline, DownlinksPushed{device, request, std::move(outcome)});
  };
  // Without a network server the push times out.
  if (session)
    caf::anon_send(session,
                   network_server::to_session(std::move(message.device), std::move(event)));
}

class PipelineRelease final : public actors::Release {
 public:
  PipelineRelease(PipelineContextPtr context, PipelineActor pipeline, ProbePtr probe,
                  AfterCommit after)
      : context_(std::move(context)),
        pipeline_(std::move(pipeline)),
        probe_(std::move(probe)),
        after_(std::move(after)) {}

  void committed() noexcept override {
    if (after_.release) after_.release->committed();
    for (auto& up : after_.ups) {
      if (context_->publish_up) context_->publish_up(up);
    }
    for (auto& event : after_.events) publish(*context_, *probe_, std::move(event));
    if (after_.deleted && context_->device_deleted) context_->device_deleted(*after_.deleted);
    for (auto& answer : after_.answers) answer();
    if (after_.push) push(*context_, pipeline_, *std::move(after_.push));
  }
  void failed(const Error& error) noexcept override {
    if (after_.release) after_.release->failed(error);
    caf::anon_send(pipeline_, CommitFailed{error});
  }

 private:
  PipelineContextPtr context_;
  PipelineActor pipeline_;
  ProbePtr probe_;
  AfterCommit after_;
};

/// Of more, an operator has to know; they are there after the next start.
constexpr std::size_t held_read_max = 1'000'000;

std::pair<std::uint64_t, std::optional<HeldRow>> read_held(const Bytes& key, const Bytes& row) {
  const auto number = parse_held_key(key);
  auto held = decode_held(row);
  if (number && held) return {*number, *std::move(held)};
  spdlog::error("msg=\"a message that was being decoded is damaged\"");
  return {0, std::nullopt};
}

/// What was to be pushed again when the last incarnation ended.
void recover_pushes(const PipelineContext& context, const PipelineActor& pipeline,
                    storage::Shard shard, OutboxRecovered message) {
  ScanRows ask{storage::Family::entity, storage::own_push_range(shard), held_read_max, {}};
  ask.reply = [pipeline, message = std::move(message)](const Result<ScanRows::Rows>& rows) mutable {
    if (!rows) message.sequences = fail(rows.error());
    for (const auto& [key, row] : rows.value_or(ScanRows::Rows())) {
      const auto number = storage::parse_own_push_key(key);
      auto push = decode_own_push(row);
      if (number && push) {
        message.pushes.emplace_back(*number, *std::move(push));
      } else {
        spdlog::error("msg=\"a downlink that was to be pushed again is damaged\"");
      }
    }
    caf::anon_send(pipeline, std::move(message));
  };
  caf::anon_send(context.outbox.get(), std::move(ask));
}

/// What was being decoded when the last incarnation ended.
void recover_held(const PipelineContextPtr& context, const PipelineActor& pipeline,
                  storage::Shard shard, OutboxSequences sequences) {
  ScanRows ask{storage::Family::entity, held_rows(shard), held_read_max, {}};
  ask.reply = [context, pipeline, shard,
               sequences = std::move(sequences)](const Result<ScanRows::Rows>& rows) {
    if (!rows) return caf::anon_send(pipeline, OutboxRecovered{fail(rows.error()), {}, {}});
    OutboxRecovered message{sequences, {}, {}};
    for (const auto& [key, row] : *rows) {
      auto [number, held] = read_held(key, row);
      if (held) message.held.emplace_back(number, *std::move(held));
    }
    recover_pushes(*context, pipeline, shard, std::move(message));
  };
  caf::anon_send(context->outbox.get(), std::move(ask));
}

/// When everything before is durable, the outbox is asked where it ends.
class StartRelease final : public actors::Release {
 public:
  StartRelease(PipelineContextPtr context, PipelineActor pipeline, storage::Shard shard)
      : context_(std::move(context)), pipeline_(std::move(pipeline)), shard_(shard) {}

  void committed() noexcept override {
    auto reply = [context = context_, pipeline = pipeline_,
                  shard = shard_](Result<OutboxSequences> sequences) {
      if (!sequences)
        return caf::anon_send(pipeline, OutboxRecovered{std::move(sequences), {}, {}});
      recover_held(context, pipeline, shard, *std::move(sequences));
    };
    caf::anon_send(context_->outbox.get(), RecoverOutbox{shard_, std::move(reply)});
  }
  void failed(const Error& error) noexcept override {
    caf::anon_send(pipeline_, CommitFailed{error});
  }

 private:
  PipelineContextPtr context_;
  PipelineActor pipeline_;
  storage::Shard shard_;
};

/// Our join server does not know the session. Another network's may, unless the EUIs are another
/// device's here. [actors/join_server/messages.hpp]
bool may_be_elsewhere(const Error& error) {
  const auto* cause = error.cause();
  return error.code() == Code::not_found &&
         (cause == nullptr || cause->name() != "duplicate_identifiers");
}

/// Carries out one effect.
struct Runner {
  Pointer self;

  const PipelineContext& context() const { return *self->state.context; }

  void operator()(LoadDevice& effect) const {
    actors::LoadRow request{
        storage::Family::device, storage::device_key({self->state.shard, effect.device}), {}};
    request.on_loaded = [device = effect.device, seal = context().config.key_seal,
                         pipeline = PipelineActor(self)](Result<std::optional<Bytes>> row) {
      caf::anon_send(pipeline, AppDeviceLoaded{device, decode(std::move(row), seal)});
    };
    caf::anon_send(context().deps.loader.get(), std::move(request));
  }
  void operator()(const LocateDevice& effect) const {
    if (!context().read_locations) return;
    self->state.probe->location_misses.Increment();
    const auto& uid = effect.device;
    actors::LoadRow request{storage::Family::entity,
                            storage::entity_key(storage::EntityKind::end_device,
                                                {uid.application_id.text(), uid.device_id.text()}),
                            {}};
    request.on_loaded = [uid, read = context().read_locations, pipeline = PipelineActor(self),
                         probe = self->state.probe](const Result<std::optional<Bytes>>& row) {
      if (!row) return;
      probe->location_retrievals.Increment();
      caf::anon_send(pipeline, DeviceLocated{uid, *row ? read(**row) : Locations()});
    };
    caf::anon_send(context().deps.loader.get(), std::move(request));
  }
  void operator()(FetchAppSKey& effect) const {
    const actors::Reply<KeyEnvelope> fetched = [device = effect.device, request = effect.request,
                                                pipeline =
                                                    PipelineActor(self)](Result<KeyEnvelope> key) {
      caf::anon_send(pipeline, AppSKeyFetched{device, request, std::move(key)});
    };
    join_server::GetAppSKey elsewhere{
        effect.join_eui, effect.dev_eui, std::move(effect.session_key_id), {}, fetched};
    elsewhere.device = effect.device;
    auto ask = elsewhere;
    // Ours first; what it does not know another network's may. [spec application-server §10]
    ask.reply = [fetched, elsewhere = std::move(elsewhere),
                 interop = context().interop](Result<KeyEnvelope> key) mutable {
      const auto client = interop.get();
      if (key || !may_be_elsewhere(key.error()) || !client) return fetched(std::move(key));
      caf::anon_send(client, std::move(elsewhere));
    };
    const auto shard = context().join_servers.of(storage::JoinKey{effect.join_eui, effect.dev_eui});
    // Without a join server the question times out.
    if (shard) caf::anon_send(shard, std::move(ask));
  }
  void operator()(CommitRecords& effect) const {
    auto release = std::make_shared<PipelineRelease>(self->state.context, PipelineActor(self),
                                                     self->state.probe, std::move(effect.after));
    caf::anon_send(context().deps.committer.get(),
                   actors::Commit{std::move(effect.records), std::move(release), effect.must_sync});
  }
  void operator()(Answer& effect) const { effect.call(); }
  void operator()(PublishEvent& effect) const {
    publish(context(), *self->state.probe, std::move(effect.event));
  }
  void operator()(ListFromNetwork& effect) const {
    const auto session = context().network_servers.of(effect.device);
    network_server::ListDownlinks ask{
        [device = effect.device, request = effect.request,
         pipeline = PipelineActor(self)](Result<std::vector<ApplicationDownlink>> queue) {
          caf::anon_send(pipeline, QueueListed{device, request, std::move(queue)});
        }};
    if (!session)
      return ask.reply(fail(device_not_found, {{"device_uid", to_string(effect.device)}}));
    caf::anon_send(session, network_server::to_session(std::move(effect.device), std::move(ask)));
  }

  void operator()(TellActivity& effect) const {
    if (!context().report_activity) return;
    const auto located = std::ranges::count_if(
        effect.activity, [](const auto& one) { return !one.locations.empty(); });
    self->state.probe->location_updates.Increment(static_cast<double>(located));
    context().report_activity(std::move(effect.activity));
  }

  void operator()(RunScript& effect) const {
    const auto pool = context().formatters.get();
    const auto application_id = effect.device.application_id;
    auto call = std::move(effect.call);
    call.reply = [device = std::move(effect.device), request = effect.request,
                  pipeline = PipelineActor(self)](Result<formatter::Answer> answer) {
      caf::anon_send(pipeline, ScriptAnswered{device, request, std::move(answer)});
    };
    if (!pool) return call.reply(fail(script_unanswered));
    if (call.script.kind == formatter::Kind::repository)
      return find_script(pool, std::move(call), effect.product.value_or(DeviceVersionIds()),
                         application_id);
    caf::anon_send(pool, std::move(call));
  }

  void find_script(const FormattersHandle& pool, RunFormatter call, DeviceVersionIds product,
                   const ApplicationId& application_id) const {
    const auto repository = context().repository.get();
    if (!repository) return call.reply(fail(repository_unavailable));
    device_repository::FindRepositoryScript ask{
        std::move(product), call.function, application_id, {}};
    ask.reply = [pool, call = std::move(call)](Result<formatter::Formatter> script) mutable {
      if (!script) return call.reply(fail(script.error()));
      call.script = *std::move(script);
      caf::anon_send(pool, std::move(call));
    };
    caf::anon_send(repository, std::move(ask));
  }

  static Result<std::shared_ptr<const AppDevice>> decode(Result<std::optional<Bytes>> row,
                                                         const storage::KeySealPtr& seal) {
    if (!row) return fail(row.error());
    if (!*row) return std::shared_ptr<const AppDevice>();
    FF_TRY(auto device, decode_device(**row, seal.get()));
    return std::make_shared<const AppDevice>(std::move(device));
  }
};

/// Ticks come while there is something to wait for.
void keep_ticking(Pointer self) {
  auto& state = self->state;
  const auto due = state.logic->next_due();
  const bool wanted = due.has_value();
  state.wish->set(due);
  if (wanted == state.ticking) return;
  state.ticking = wanted;
  const auto ticker = state.context->deps.ticker.get();
  const actors::Ticked me{PipelineActor(self)};
  if (wanted) {
    caf::anon_send(ticker, actors::SubscribeTicks{me, state.wish});
  } else {
    caf::anon_send(ticker, actors::UnsubscribeTicks{me});
  }
}

void carry_out(Pointer self, Effects effects) {
  for (auto& effect : effects) std::visit(Runner{self}, effect);
  auto& state = self->state;
  const auto refused = state.logic->refused();
  state.probe->waiting.dropped.Increment(
      static_cast<double>(refused - std::exchange(state.refused, refused)));
  const auto hits = state.logic->located_before();
  state.probe->location_hits.Increment(
      static_cast<double>(hits - std::exchange(state.location_hits, hits)));
  keep_ticking(self);
}

Turn turn(Pointer self) {
  return {self->state.context->deps.clock->now(), *self->state.random};
}

template <class Message>
void handle(Pointer self, const Message& message) {
  carry_out(self, self->state.logic->handle(message.device, message, turn(self)));
}

/// The device of a commit whose sender did not say.
DeviceUid device_of(const SessionAccepted& message) {
  if (message.device != DeviceUid{} || message.ups.empty()) return message.device;
  return message.ups.front().ids.uid;
}

/// Taken out of its message: it is the only one, and large.
void accepted(Pointer self, SessionAccepted& message) {
  const auto device = device_of(message);
  carry_out(self, self->state.logic->handle(device, std::move(message), turn(self)));
}

void recovered(Pointer self, const OutboxRecovered& message) {
  if (!message.sequences) {
    spdlog::error("msg=\"outbox can not be read\" error=\"{}\"",
                  message.sequences.error().to_string());
    return self->quit(actors::to_caf(message.sequences.error()));
  }
  carry_out(self, self->state.logic->recovered(message, turn(self)));
}

void start(Pointer self, PipelineContextPtr context, storage::Shard shard) {
  auto& state = self->state;
  state.probe = std::make_shared<const PipelineProbe>(*context->deps.metrics);
  state.mailbox = std::make_unique<actors::MailboxProbe>(*context->deps.metrics, Shell::name,
                                                         std::to_string(shard.value()));
  state.random = context->deps.make_random();
  state.logic = std::make_unique<PipelineState>(context->config, context->unwrap_key,
                                                context->link_settings, shard);
  state.shard = shard;
  auto release = std::make_shared<StartRelease>(context, PipelineActor(self), shard);
  caf::anon_send(context->deps.committer.get(), actors::Commit{{}, std::move(release)});
  state.context = std::move(context);
}

PipelineActor::behavior_type pipeline(Pointer self, PipelineContextPtr context,
                                      storage::Shard shard) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context), shard);
  return {
      [self](SessionAccepted& message) { accepted(self, message); },
      [self](const QueueDownlinks& message) { handle(self, message); },
      [self](const ListQueuedDownlinks& message) { handle(self, message); },
      [self](const SimulateUp& message) { handle(self, message); },
      [self](const GetAppDevice& message) { handle(self, message); },
      [self](const ChangeAppDevice& message) { handle(self, message); },
      [self](const DeleteAppDevice& message) { handle(self, message); },
      [self](const DownlinksPushed& message) {
        carry_out(self, self->state.logic->pushed(message, turn(self)));
      },
      [self](const InspectPipeline& message) { message.reply(self->state.logic->snapshot()); },
      [self](const OutboxRecovered& message) { recovered(self, message); },
      [self](const AppDeviceLoaded& message) {
        carry_out(self, self->state.logic->loaded(message, turn(self)));
      },
      [self](const DeviceLocated& message) { self->state.logic->located(message); },
      [self](const AppSKeyFetched& message) {
        carry_out(self, self->state.logic->fetched(message, turn(self)));
      },
      [self](const ScriptAnswered& message) {
        carry_out(self, self->state.logic->scripted(message, turn(self)));
      },
      [self](const QueueListed& message) {
        carry_out(self, self->state.logic->listed(message, turn(self)));
      },
      [self](const CommitFailed& failure) { self->quit(actors::to_caf(failure.error)); },
      [self](const actors::Tick&) {
        self->state.mailbox->sample(*self);
        carry_out(self, self->state.logic->expire(turn(self)));
      },
  };
}

}  // namespace

PipelineActor spawn_pipeline(caf::actor_system& system, PipelineContextPtr context,
                             storage::Shard shard) {
  return system.spawn(pipeline, std::move(context), shard);
}

}  // namespace ff::application_server
