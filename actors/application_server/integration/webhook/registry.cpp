#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <unordered_map>

#include "actors/application_server/integration/notice.hpp"
#include "actors/application_server/integration/webhook/actor.hpp"
#include "actors/application_server/integration/webhook/change.hpp"
#include "actors/application_server/integration/webhook/delivery.hpp"
#include "actors/application_server/integration/webhook/errors.hpp"
#include "actors/application_server/integration/webhook/loading.hpp"
#include "actors/application_server/integration/webhook/probe.hpp"
#include "actors/application_server/integration/webhook/request.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::webhook {
namespace {

/// The outbox reader answers in milliseconds, or has ended.
constexpr std::chrono::seconds beginning_timeout{5};

struct Entry {
  WebhookPtr webhook;  // never null
  Health health;
  DeliveryActor delivery;  // null: paused, or deliveries are off
};

/// The change that is under way.
struct Job {
  WebhookKey key;
  Change change;
  bool reset_health = false;
  std::vector<storage::OutboxSequence> newest;
  std::function<void(const Status&)> reply;
};
using Request = std::variant<SetWebhook, DeleteWebhook>;

struct Shell {
  static inline const char* name = "webhooks";
  WebhooksContextPtr context;
  std::unique_ptr<WebhooksProbe> probe;
  std::map<WebhookKey, Entry> entries;
  std::unordered_map<caf::actor_addr, WebhookKey> addresses;
  std::size_t unhealthy = 0;
  bool ready = false;
  std::vector<ApplicationId> forgotten;  // before it was ready
  std::deque<Request> waiting;
  std::optional<Job> job;
  std::uint64_t jobs = 0;

  ~Shell() {
    for (const auto& [key, entry] : entries) {
      if (entry.delivery) caf::anon_send(entry.delivery, EndDelivery{});
    }
  }
};
using Pointer = WebhooksActor::stateful_pointer<Shell>;

void run_next(Pointer self);

Entry* find(Shell& state, const WebhookKey& key) {
  const auto found = state.entries.find(key);
  return found == state.entries.end() ? nullptr : &found->second;
}

void count(Shell& state) {
  state.probe->stored.Set(static_cast<double>(state.entries.size()));
  state.probe->unhealthy.Set(static_cast<double>(state.unhealthy));
  state.probe->waiting.depth.Set(static_cast<double>(state.waiting.size()));
}

void set_health(Shell& state, Entry& entry, Health health) {
  const auto is_unhealthy = [](const Health& one) {
    return one.state == Health::State::unhealthy ? 1U : 0U;
  };
  state.unhealthy += is_unhealthy(health);
  state.unhealthy -= is_unhealthy(entry.health);
  entry.health = std::move(health);
}

// --- deliveries ----------------------------------------------------------------------------------

void start_delivery(Pointer self, const WebhookKey& key, Entry& entry) {
  auto& state = self->state;
  if (!state.context->delivers() || entry.webhook->paused || entry.delivery) return;
  entry.delivery =
      spawn_delivery(self->system(), state.context, WebhooksActor(self), key, entry.webhook);
  self->monitor(entry.delivery);
  state.addresses.insert_or_assign(entry.delivery.address(), key);
  state.probe->actors.spawned.Increment();
  state.probe->actors.running.Increment();
}

// --- one change at a time ------------------------------------------------------------------------

void finish(Pointer self, const Status& status) {
  auto& state = self->state;
  const auto job = std::exchange(state.job, std::nullopt);
  job->reply(status);
  run_next(self);
}

void write(Pointer self) {
  auto& state = self->state;
  auto& job = *state.job;
  auto records = records_of(job.key, job.change, job.newest, state.context->shards);
  // Nobody else writes it now.
  if (job.reset_health && job.change.next && !find(state, job.key)->delivery)
    records.erase(storage::Family::entity, delivery_row_key(job.key));
  auto tell = [registry = WebhooksActor(self), number = state.jobs](Status status) {
    caf::anon_send(registry, ChangeWritten{number, std::move(status)});
  };
  caf::anon_send(
      state.context->deps.committer.get(),
      actors::Commit{std::move(records), std::make_shared<integration::Notice>(std::move(tell))});
}

/// The next step of the change: an end, a beginning, or its records.
void begin(Pointer self) {
  auto& state = self->state;
  auto& job = *state.job;
  // Its last words are on their way to the committer before we hear of its end.
  if (job.change.ends) return caf::anon_send(find(state, job.key)->delivery, EndDelivery{});
  if (!job.change.begins) return write(self);
  FindNewest ask{job.key.application_id, {}};
  ask.reply = [registry = WebhooksActor(self), number = state.jobs](auto newest) {
    caf::anon_send(registry, BeginningFound{number, std::move(newest)});
  };
  caf::anon_send(state.context->outbox.get(), std::move(ask));
  self->delayed_send(self, beginning_timeout, ChangeTimedOut{state.jobs});
}

std::size_t webhooks_of(const Shell& state, const ApplicationId& application_id) {
  std::size_t number = 0;
  for (auto it = state.entries.lower_bound({application_id, {}});
       it != state.entries.end() && it->first.application_id == application_id; ++it)
    ++number;
  return number;
}

Result<Webhook> changed(const Shell& state, const SetWebhook& request, const Entry* entry) {
  const auto max = state.context->config.per_application_max;
  if (entry == nullptr && webhooks_of(state, request.key.application_id) >= max)
    return fail(too_many_webhooks, {{"max", max}});
  FF_TRY(auto next, request.change(entry ? entry->webhook.get() : nullptr));
  FF_CHECK(check(next));
  next.updated_at = state.context->deps.clock->now().utc;
  next.created_at = entry ? entry->webhook->created_at : next.updated_at;
  return next;
}

bool run(Pointer self, const SetWebhook& request) {
  auto& state = self->state;
  const auto* entry = find(state, request.key);
  auto next = changed(state, request, entry);
  if (!next) {
    request.reply(fail(next.error()));
    return false;
  }
  auto reply = [self, key = request.key, reply = request.reply](const Status& status) {
    if (!status) return reply(fail(status.error()));
    const auto* now = find(self->state, key);
    reply(WebhookView{now->webhook, now->health});
  };
  state.job = Job{.key = request.key,
                  .change = plan_change(entry ? entry->webhook.get() : nullptr, *std::move(next),
                                        entry && entry->delivery),
                  .reset_health = request.reset_health && entry != nullptr,
                  .newest = {},
                  .reply = std::move(reply)};
  return true;
}

bool run(Pointer self, const DeleteWebhook& request) {
  auto& state = self->state;
  const auto* entry = find(state, request.key);
  if (entry == nullptr) {
    request.reply(fail(webhook_not_found));
    return false;
  }
  state.job = Job{
      .key = request.key,
      .change = plan_change(entry->webhook.get(), std::nullopt, static_cast<bool>(entry->delivery)),
      .newest = {},
      .reply = request.reply};
  return true;
}

void run_next(Pointer self) {
  auto& state = self->state;
  while (!state.job && !state.waiting.empty()) {
    const auto request = std::move(state.waiting.front());
    state.waiting.pop_front();
    if (!std::visit([self](const auto& one) { return run(self, one); }, request)) continue;
    ++state.jobs;
    begin(self);
  }
  count(state);
}

template <class T>
void enqueue(Pointer self, const T& request) {
  auto& state = self->state;
  if (!state.ready) return request.reply(fail(registry_starting));
  if (state.waiting.size() >= state.context->config.waiting_max) {
    state.probe->waiting.dropped.Increment();
    return request.reply(fail(registry_overloaded));
  }
  state.waiting.emplace_back(request);
  run_next(self);
}

/// Behind the changes that wait. What is read later is forgotten then.
void forget(Pointer self, const ApplicationId& application_id) {
  auto& state = self->state;
  if (!state.ready) return void(state.forgotten.push_back(application_id));
  for (auto it = state.entries.lower_bound({application_id, {}});
       it != state.entries.end() && it->first.application_id == application_id; ++it)
    state.waiting.emplace_back(DeleteWebhook{it->first, [](const auto&) {}});
  run_next(self);
}

void on_beginning(Pointer self, const BeginningFound& found) {
  auto& state = self->state;
  if (!state.job || found.job != state.jobs || !state.job->change.begins) return;
  if (!found.newest) return finish(self, fail(found.newest.error()));
  if (!state.job->newest.empty()) return;
  state.job->newest = *found.newest;
  write(self);
}

void on_timeout(Pointer self, const ChangeTimedOut& message) {
  auto& state = self->state;
  if (!state.job || message.job != state.jobs || !state.job->newest.empty()) return;
  finish(self, fail(actors::request_timed_out));
}

/// The change is durable: what was asked for is so.
void apply(Pointer self, const Job& job) {
  auto& state = self->state;
  if (!job.change.next) {
    auto& entry = state.entries.at(job.key);
    set_health(state, entry, {});
    state.entries.erase(job.key);
    return;
  }
  auto& entry = state.entries[job.key];
  entry.webhook = std::make_shared<const Webhook>(*job.change.next);
  if (job.reset_health) set_health(state, entry, {});
  if (!entry.delivery) return start_delivery(self, job.key, entry);
  caf::anon_send(entry.delivery, ConfigureDelivery{entry.webhook});
  if (job.reset_health) caf::anon_send(entry.delivery, CarryOut{ResetHealth{}, {}});
}

void on_written(Pointer self, const ChangeWritten& message) {
  auto& state = self->state;
  if (!state.job || message.job != state.jobs) return;
  // Nothing is known about the records: begin again with what is durable.
  if (!message.status) {
    finish(self, message.status);
    return self->quit(actors::to_caf(message.status.error()));
  }
  apply(self, *state.job);
  finish(self, {});
}

void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto address = state.addresses.find(down.source);
  if (address == state.addresses.end()) return;
  const auto key = std::move(address->second);
  state.addresses.erase(address);
  state.probe->actors.running.Decrement();
  auto* entry = find(state, key);
  if (entry == nullptr) return;
  entry->delivery = DeliveryActor{};
  if (state.job && state.job->key == key && state.job->change.ends) return write(self);
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"delivery of a webhook ended\" application={} webhook={} reason=\"{}\"",
                key.application_id.text(), key.webhook_id, actors::from_caf(down.reason).message());
  self->delayed_send(self,
                     std::chrono::duration_cast<caf::timespan>(state.context->config.restart_delay),
                     RestartDelivery{key});
}

void restart(Pointer self, const RestartDelivery& message) {
  auto& state = self->state;
  auto* entry = find(state, message.key);
  if (entry == nullptr || entry->delivery) return;
  state.probe->actors.restarted.Increment();
  start_delivery(self, message.key, *entry);
}

// --- the start -----------------------------------------------------------------------------------

void take_row(Shell& state, bool deliveries, const Bytes& row_key, const Bytes& row) {
  const auto key = parse_webhook_row_key(row_key);
  if (!key) return;
  if (deliveries) {
    auto* entry = find(state, *key);
    if (auto record = decode_delivery(row); entry != nullptr && record)
      set_health(state, *entry, std::move(record->health));
    return;
  }
  auto webhook = decode_webhook(row);
  if (!webhook) {
    spdlog::error("msg=\"webhook is damaged\" application={} webhook={} error=\"{}\"",
                  key->application_id.text(), key->webhook_id, webhook.error().to_string());
    return;
  }
  state.entries[*key].webhook = std::make_shared<const Webhook>(*std::move(webhook));
}

void found(Pointer self, const RowsFound& message) {
  auto& state = self->state;
  if (!message.rows) {
    spdlog::error("msg=\"webhooks can not be read\" error=\"{}\"",
                  message.rows.error().to_string());
    return self->quit(actors::to_caf(message.rows.error()));
  }
  for (const auto& [row_key, row] : *message.rows)
    take_row(state, message.deliveries, row_key, row);
  const auto& context = *state.context;
  if (message.rows->size() >= list_step)
    return list_rows(context, WebhooksActor(self), message.deliveries, message.rows->back().first);
  if (!message.deliveries) return list_rows(context, WebhooksActor(self), true, {});
  state.ready = true;
  for (auto& [key, entry] : state.entries) start_delivery(self, key, entry);
  for (const auto& application_id : std::exchange(state.forgotten, {}))
    forget(self, application_id);
  count(state);
}

// --- questions -----------------------------------------------------------------------------------

void get(Shell& state, const GetWebhook& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  const auto* entry = find(state, message.key);
  if (entry == nullptr) return message.reply(fail(webhook_not_found));
  message.reply(WebhookView{entry->webhook, entry->health});
}

void list(const Shell& state, const ListWebhooks& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  std::vector<std::pair<WebhookKey, WebhookView>> out;
  for (auto it = state.entries.lower_bound({message.application_id, {}});
       it != state.entries.end() && it->first.application_id == message.application_id; ++it)
    out.emplace_back(it->first, WebhookView{it->second.webhook, it->second.health});
  message.reply(std::move(out));
}

/// The delivery, or why there is none.
Result<DeliveryActor> delivery_of(Shell& state, const WebhookKey& key) {
  if (!state.ready) return fail(registry_starting);
  const auto* entry = find(state, key);
  if (entry == nullptr) return fail(webhook_not_found);
  if (!entry->delivery) return fail(not_delivering);
  return entry->delivery;
}

void order(Shell& state, const OrderDelivery& message) {
  const auto delivery = delivery_of(state, message.key);
  if (!delivery) return message.reply(fail(delivery.error()));
  caf::anon_send(*delivery, CarryOut{message.order, message.reply});
}

void inspect(Shell& state, const InspectDelivery& message) {
  const auto delivery = delivery_of(state, message.key);
  if (!delivery) return message.reply(fail(delivery.error()));
  caf::anon_send(*delivery, TellSnapshot{message.reply});
}

void list_letters(Shell& state, const ListDeadLetters& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  if (find(state, message.key) == nullptr) return message.reply(fail(webhook_not_found));
  read_letters(*state.context, message.key, message.after, message.limit, message.reply);
}

void start(Pointer self, WebhooksContextPtr context) {
  auto& state = self->state;
  state.probe = std::make_unique<WebhooksProbe>(*context->deps.metrics);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  list_webhooks(context, WebhooksActor(self));
  state.context = std::move(context);
}

WebhooksActor::behavior_type registry(Pointer self, WebhooksContextPtr context) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context));
  return {
      [self](const SetWebhook& message) { enqueue(self, message); },
      [self](const DeleteWebhook& message) { enqueue(self, message); },
      [self](const GetWebhook& message) { get(self->state, message); },
      [self](const ListWebhooks& message) { list(self->state, message); },
      [self](const OrderDelivery& message) { order(self->state, message); },
      [self](const InspectDelivery& message) { inspect(self->state, message); },
      [self](const ListDeadLetters& message) { list_letters(self->state, message); },
      [self](const ForgetApplication& message) { forget(self, message.application_id); },
      [self](const RowsFound& message) { found(self, message); },
      [self](const BeginningFound& message) { on_beginning(self, message); },
      [self](const ChangeWritten& message) { on_written(self, message); },
      [self](const ChangeTimedOut& message) { on_timeout(self, message); },
      [self](const HealthChanged& message) {
        if (auto* entry = find(self->state, message.key))
          set_health(self->state, *entry, message.health);
        count(self->state);
      },
      [self](const RestartDelivery& message) { restart(self, message); },
  };
}

}  // namespace

WebhooksHandle spawn_webhooks(caf::actor_system& system, WebhooksContextPtr context) {
  return system.spawn(registry, std::move(context));
}

}  // namespace ff::application_server::webhook
