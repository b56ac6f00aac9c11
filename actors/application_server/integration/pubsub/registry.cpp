#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>

#include "actors/application_server/integration/pubsub/actor.hpp"
#include "actors/application_server/integration/pubsub/errors.hpp"
#include "actors/application_server/integration/pubsub/events.hpp"
#include "actors/application_server/integration/pubsub/integration.hpp"
#include "actors/application_server/integration/pubsub/probe.hpp"
#include "actors/application_server/integration/pubsub/target.hpp"
#include "actors/application_server/integration/registry_parts.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::pubsub {
namespace {

struct Entry {
  PubSubPtr pubsub;        // never null
  IntegrationActor actor;  // null: its provider is disabled
};

/// The change that is under way.
struct Job {
  PubSubKey key;
  std::optional<PubSub> next;  // nothing: it is deleted
  bool begins = false;         // it needs cursors
  std::vector<storage::OutboxSequence> newest;
  std::function<void(const Status&)> reply;
};
using Request = std::variant<SetPubSub, DeletePubSub>;

struct Shell {
  static inline const char* name = "pubsubs";
  PubSubsContextPtr context;
  std::unique_ptr<PubSubsProbe> probe;
  std::map<PubSubKey, Entry> entries;
  integration::Watched<PubSubKey> actors;
  bool ready = false;
  std::vector<ApplicationId> forgotten;  // before it was ready
  integration::ChangeQueue<Request, Job> changes;

  ~Shell() {
    for (const auto& [key, entry] : entries) {
      if (entry.actor) caf::anon_send(entry.actor, EndIntegration{});
    }
  }
};
using Pointer = PubSubsActor::stateful_pointer<Shell>;

void run_next(Pointer self);

Entry* find(Shell& state, const PubSubKey& key) {
  const auto found = state.entries.find(key);
  return found == state.entries.end() ? nullptr : &found->second;
}

void count(Shell& state) {
  state.probe->stored.Set(static_cast<double>(state.entries.size()));
  state.probe->waiting.depth.Set(static_cast<double>(state.changes.waiting().size()));
}

void start_integration(Pointer self, const PubSubKey& key, Entry& entry) {
  auto& state = self->state;
  if (!state.context->runs(entry.pubsub->provider) || entry.actor) return;
  entry.actor = spawn_integration(self->system(), state.context, key, entry.pubsub);
  state.actors.add(self, entry.actor, key, state.probe->actors);
}

// --- one change at a time ------------------------------------------------------------------------

void finish(Pointer self, const Status& status) {
  auto& state = self->state;
  const auto job = state.changes.take();
  // A change that came to nothing has ended the integration.
  if (auto* entry = find(state, job.key); !status && entry != nullptr)
    start_integration(self, job.key, *entry);
  job.reply(status);
  run_next(self);
}

storage::WriteBatch records_of(const Job& job, storage::ShardCount shards) {
  storage::WriteBatch records;
  if (!job.next) {
    erase_pubsub(records, job.key, shards);
    return records;
  }
  records.put(storage::Family::entity, pubsub_row_key(job.key), encode_pubsub(*job.next));
  // Together with the settings: a message after the answer is never before the cursor.
  if (job.begins) integration::put_cursors(records, consumer_of(job.key), job.newest);
  return records;
}

void write(Pointer self) {
  const auto& state = self->state;
  const auto& context = *state.context;
  integration::write_change(PubSubsActor(self), context.deps,
                            records_of(*state.changes.job(), context.shards),
                            state.changes.number());
}

/// The next step of the change: an end, a beginning, or its records.
void begin(Pointer self) {
  auto& state = self->state;
  const auto& job = *state.changes.job();
  const auto* entry = find(state, job.key);
  // Its last words are on their way to the committer before we hear of its end.
  if (entry != nullptr && entry->actor) return caf::anon_send(entry->actor, EndIntegration{});
  if (!job.begins) return write(self);
  const auto change = state.changes.number();
  integration::find_beginning(PubSubsActor(self), state.context->outbox, job.key.application_id,
                              change);
  self->delayed_send(self, integration::beginning_timeout, ChangeTimedOut{change});
}

Result<PubSub> changed(const Shell& state, const SetPubSub& request, const Entry* entry) {
  const auto& config = state.context->config;
  const auto max = config.per_application_max;
  if (entry == nullptr &&
      integration::number_of(state.entries, {request.key.application_id, {}}) >= max)
    return fail(too_many_pubsubs, {{"max", max}});
  FF_TRY(auto next, request.change(entry ? entry->pubsub.get() : nullptr));
  if (config.disabled.contains(next.provider))
    return fail(provider_disabled, {{"provider", name_of(next.provider)}});
  FF_CHECK(check(next));
  next.updated_at = state.context->deps.clock->now().utc;
  next.created_at = entry ? entry->pubsub->created_at : next.updated_at;
  return next;
}

/// Nothing: it is answered.
std::optional<Job> plan(Pointer self, const SetPubSub& request) {
  auto& state = self->state;
  const auto* entry = find(state, request.key);
  auto next = changed(state, request, entry);
  if (!next) {
    request.reply(fail(next.error()));
    return std::nullopt;
  }
  auto reply = [self, key = request.key, reply = request.reply](const Status& status) {
    if (!status) return reply(fail(status.error()));
    reply(find(self->state, key)->pubsub);
  };
  return Job{.key = request.key,
             .next = *std::move(next),
             .begins = entry == nullptr,
             .newest = {},
             .reply = std::move(reply)};
}

std::optional<Job> plan(Pointer self, const DeletePubSub& request) {
  if (find(self->state, request.key) == nullptr) {
    request.reply(fail(pubsub_not_found));
    return std::nullopt;
  }
  return Job{.key = request.key, .next = {}, .newest = {}, .reply = request.reply};
}

void run_next(Pointer self) {
  auto& state = self->state;
  const auto make = [self](const Request& request) {
    return std::visit([self](const auto& one) { return plan(self, one); }, request);
  };
  if (state.changes.next(make)) begin(self);
  count(state);
}

template <class T>
void enqueue(Pointer self, const T& request) {
  auto& state = self->state;
  if (!state.ready) return request.reply(fail(registry_starting));
  if (state.changes.waiting().size() >= state.context->config.waiting_max) {
    state.probe->waiting.dropped.Increment();
    return request.reply(fail(registry_overloaded));
  }
  state.changes.add(request);
  run_next(self);
}

/// Behind the changes that wait. What is read later is forgotten then.
void forget(Pointer self, const ApplicationId& application_id) {
  auto& state = self->state;
  if (!state.ready) return void(state.forgotten.push_back(application_id));
  for (auto it = state.entries.lower_bound({application_id, {}});
       it != state.entries.end() && it->first.application_id == application_id; ++it)
    state.changes.add(DeletePubSub{it->first, [](const auto&) {}});
  run_next(self);
}

void on_beginning(Pointer self, const BeginningFound& found) {
  auto* job = self->state.changes.job(found.change);
  if (job == nullptr || !job->begins) return;
  if (!found.newest) return finish(self, fail(found.newest.error()));
  if (!job->newest.empty()) return;
  job->newest = *found.newest;
  write(self);
}

void on_timeout(Pointer self, const ChangeTimedOut& message) {
  const auto* job = self->state.changes.job(message.change);
  if (job == nullptr || !job->newest.empty()) return;
  finish(self, fail(actors::request_timed_out));
}

/// The change is durable: what was asked for is so.
void apply(Pointer self, const Job& job) {
  auto& state = self->state;
  const auto& context = *state.context;
  if (!job.next) {
    state.entries.erase(job.key);
    return publish_event(context, "as.pubsub.delete", job.key);
  }
  auto& entry = state.entries[job.key];
  entry.pubsub = std::make_shared<const PubSub>(*job.next);
  publish_event(context, "as.pubsub.set", job.key);
  start_integration(self, job.key, entry);
}

void on_written(Pointer self, const ChangeWritten& message) {
  auto& state = self->state;
  const auto* job = state.changes.job(message.change);
  if (job == nullptr) return;
  // Nothing is known about the records: begin again with what is durable.
  if (!message.status) {
    state.changes.take().reply(message.status);
    return self->quit(actors::to_caf(message.status.error()));
  }
  apply(self, *job);
  finish(self, {});
}

void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto key = state.actors.ended(down, state.probe->actors);
  auto* entry = key ? find(state, *key) : nullptr;
  if (entry == nullptr) return;
  entry->actor = IntegrationActor{};
  // Only one that is there has been asked to end, so it has cursors.
  const auto* job = state.changes.job();
  if (job != nullptr && job->key == *key) return write(self);
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"pub/sub integration ended\" application={} pubsub={} reason=\"{}\"",
                key->application_id.text(), key->pubsub_id,
                actors::from_caf(down.reason).message());
  self->delayed_send(self,
                     std::chrono::duration_cast<caf::timespan>(state.context->config.restart_delay),
                     RestartIntegration{*key});
}

void restart(Pointer self, const RestartIntegration& message) {
  auto& state = self->state;
  auto* entry = find(state, message.key);
  const auto* job = state.changes.job();
  const bool is_changing = job != nullptr && job->key == message.key;
  if (entry == nullptr || entry->actor || is_changing) return;
  state.probe->actors.restarted.Increment();
  start_integration(self, message.key, *entry);
}

// --- the start -----------------------------------------------------------------------------------

void take_row(Shell& state, const Bytes& row_key, const Bytes& row) {
  const auto key = parse_pubsub_row_key(row_key);
  if (!key) return;
  auto pubsub = decode_pubsub(row);
  if (!pubsub) {
    spdlog::error("msg=\"pub/sub is damaged\" application={} pubsub={} error=\"{}\"",
                  key->application_id.text(), key->pubsub_id, pubsub.error().to_string());
    return;
  }
  state.entries[*key].pubsub = std::make_shared<const PubSub>(*std::move(pubsub));
}

void found(Pointer self, const RowsFound& message) {
  auto& state = self->state;
  if (!message.rows) {
    spdlog::error("msg=\"pub/subs can not be read\" error=\"{}\"",
                  message.rows.error().to_string());
    return self->quit(actors::to_caf(message.rows.error()));
  }
  for (const auto& [row_key, row] : *message.rows) take_row(state, row_key, row);
  if (message.rows->size() >= integration::list_step)
    return integration::list_rows(PubSubsActor(self), state.context->outbox, pubsub_rows(),
                                  message.rows->back().first);
  state.ready = true;
  for (auto& [key, entry] : state.entries) start_integration(self, key, entry);
  for (const auto& application_id : std::exchange(state.forgotten, {}))
    forget(self, application_id);
  count(state);
}

// --- questions -----------------------------------------------------------------------------------

void get(Shell& state, const GetPubSub& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  const auto* entry = find(state, message.key);
  if (entry == nullptr) return message.reply(fail(pubsub_not_found));
  message.reply(entry->pubsub);
}

void list(const Shell& state, const ListPubSubs& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  PubSubList out;
  for (auto it = state.entries.lower_bound({message.application_id, {}});
       it != state.entries.end() && it->first.application_id == message.application_id; ++it)
    out.emplace_back(it->first, it->second.pubsub);
  message.reply(std::move(out));
}

void inspect(Shell& state, const InspectPubSub& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  const auto* entry = find(state, message.key);
  if (entry == nullptr) return message.reply(fail(pubsub_not_found));
  if (!entry->actor) return message.reply(fail(not_running));
  caf::anon_send(entry->actor, TellSnapshot{message.reply});
}

void start(Pointer self, PubSubsContextPtr context) {
  auto& state = self->state;
  state.probe = std::make_unique<PubSubsProbe>(*context->deps.metrics);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  integration::begin_listing(PubSubsActor(self), context->deps, context->outbox, pubsub_rows());
  state.context = std::move(context);
}

PubSubsActor::behavior_type registry(Pointer self, PubSubsContextPtr context) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context));
  return {
      [self](const SetPubSub& message) { enqueue(self, message); },
      [self](const DeletePubSub& message) { enqueue(self, message); },
      [self](const GetPubSub& message) { get(self->state, message); },
      [self](const ListPubSubs& message) { list(self->state, message); },
      [self](const InspectPubSub& message) { inspect(self->state, message); },
      [self](const ForgetApplication& message) { forget(self, message.application_id); },
      [self](const RowsFound& message) { found(self, message); },
      [self](const BeginningFound& message) { on_beginning(self, message); },
      [self](const ChangeWritten& message) { on_written(self, message); },
      [self](const ChangeTimedOut& message) { on_timeout(self, message); },
      [self](const RestartIntegration& message) { restart(self, message); },
  };
}

}  // namespace

PubSubsHandle spawn_pubsubs(caf::actor_system& system, PubSubsContextPtr context) {
  return system.spawn(registry, std::move(context));
}

}  // namespace ff::application_server::pubsub
