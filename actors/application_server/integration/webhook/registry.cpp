#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>

#include "actors/application_server/integration/registry_parts.hpp"
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
  integration::Watched<WebhookKey> actors;
  std::size_t unhealthy = 0;
  bool ready = false;
  std::vector<ApplicationId> forgotten;  // before it was ready
  integration::ChangeQueue<Request, Job> changes;

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
  state.probe->waiting.depth.Set(static_cast<double>(state.changes.waiting().size()));
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
  state.actors.add(self, entry.delivery, key, state.probe->actors);
}

// --- one change at a time ------------------------------------------------------------------------

void finish(Pointer self, const Status& status) {
  const auto job = self->state.changes.take();
  job.reply(status);
  run_next(self);
}

void write(Pointer self) {
  auto& state = self->state;
  const auto& job = *state.changes.job();
  auto records = records_of(job.key, job.change, job.newest, state.context->shards);
  // Nobody else writes it now.
  if (job.reset_health && job.change.next && !find(state, job.key)->delivery)
    records.erase(storage::Family::entity, delivery_row_key(job.key));
  integration::write_change(WebhooksActor(self), state.context->deps, std::move(records),
                            state.changes.number());
}

/// The next step of the change: an end, a beginning, or its records.
void begin(Pointer self) {
  auto& state = self->state;
  const auto& job = *state.changes.job();
  // Its last words are on their way to the committer before we hear of its end.
  if (job.change.ends) return caf::anon_send(find(state, job.key)->delivery, EndDelivery{});
  if (!job.change.begins) return write(self);
  const auto change = state.changes.number();
  integration::find_beginning(WebhooksActor(self), state.context->outbox, job.key.application_id,
                              change);
  self->delayed_send(self, integration::beginning_timeout, ChangeTimedOut{change});
}

Result<Webhook> changed(const Shell& state, const SetWebhook& request, const Entry* entry) {
  const auto max = state.context->config.per_application_max;
  if (entry == nullptr &&
      integration::number_of(state.entries, {request.key.application_id, {}}) >= max)
    return fail(too_many_webhooks, {{"max", max}});
  FF_TRY(auto next, request.change(entry ? entry->webhook.get() : nullptr));
  FF_CHECK(check(next));
  next.updated_at = state.context->deps.clock->now().utc;
  next.created_at = entry ? entry->webhook->created_at : next.updated_at;
  return next;
}

/// Nothing: it is answered.
std::optional<Job> plan(Pointer self, const SetWebhook& request) {
  auto& state = self->state;
  const auto* entry = find(state, request.key);
  auto next = changed(state, request, entry);
  if (!next) {
    request.reply(fail(next.error()));
    return std::nullopt;
  }
  auto reply = [self, key = request.key, reply = request.reply](const Status& status) {
    if (!status) return reply(fail(status.error()));
    const auto* now = find(self->state, key);
    reply(WebhookView{now->webhook, now->health});
  };
  return Job{.key = request.key,
             .change = plan_change(entry ? entry->webhook.get() : nullptr, *std::move(next),
                                   entry && entry->delivery),
             .reset_health = request.reset_health && entry != nullptr,
             .newest = {},
             .reply = std::move(reply)};
}

std::optional<Job> plan(Pointer self, const DeleteWebhook& request) {
  const auto* entry = find(self->state, request.key);
  if (entry == nullptr) {
    request.reply(fail(webhook_not_found));
    return std::nullopt;
  }
  return Job{
      .key = request.key,
      .change = plan_change(entry->webhook.get(), std::nullopt, static_cast<bool>(entry->delivery)),
      .newest = {},
      .reply = request.reply};
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
    state.changes.add(DeleteWebhook{it->first, [](const auto&) {}});
  run_next(self);
}

void on_beginning(Pointer self, const BeginningFound& found) {
  auto* job = self->state.changes.job(found.change);
  if (job == nullptr || !job->change.begins) return;
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
  const auto* job = self->state.changes.job(message.change);
  if (job == nullptr) return;
  // Nothing is known about the records: begin again with what is durable.
  if (!message.status) {
    finish(self, message.status);
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
  entry->delivery = DeliveryActor{};
  const auto* job = state.changes.job();
  if (job != nullptr && job->key == *key && job->change.ends) return write(self);
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"delivery of a webhook ended\" application={} webhook={} reason=\"{}\"",
                key->application_id.text(), key->webhook_id,
                actors::from_caf(down.reason).message());
  self->delayed_send(self,
                     std::chrono::duration_cast<caf::timespan>(state.context->config.restart_delay),
                     RestartDelivery{*key});
}

void restart(Pointer self, const RestartDelivery& message) {
  auto& state = self->state;
  auto* entry = find(state, message.key);
  if (entry == nullptr || entry->delivery) return;
  state.probe->actors.restarted.Increment();
  start_delivery(self, message.key, *entry);
}

// --- the start -----------------------------------------------------------------------------------

/// Webhooks first, then their deliveries.
constexpr std::uint8_t deliveries_list = 1;

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
  const bool deliveries = message.list == deliveries_list;
  for (const auto& [row_key, row] : *message.rows) take_row(state, deliveries, row_key, row);
  const auto list = [&](std::uint8_t which, const Bytes& last) {
    integration::list_rows(WebhooksActor(self), state.context->outbox,
                           which == deliveries_list ? delivery_rows() : webhook_rows(), last,
                           which);
  };
  if (message.rows->size() >= integration::list_step)
    return list(message.list, message.rows->back().first);
  if (!deliveries) return list(deliveries_list, {});
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
  integration::begin_listing(WebhooksActor(self), context->deps, context->outbox, webhook_rows());
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
