#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <map>
#include <unordered_map>

#include "actors/application_server/integration/notice.hpp"
#include "actors/application_server/integration/packages/actor.hpp"
#include "actors/application_server/integration/packages/consumer.hpp"
#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/integration/packages/probe.hpp"
#include "actors/application_server/integration/packages/record.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"
#include "storage/keys/package_keys.hpp"

namespace ff::application_server::packages {
namespace {

/// The outbox reader answers in milliseconds, or has ended.
constexpr std::chrono::seconds beginning_timeout{5};
/// Rows that are read at once; fewer are the end.
constexpr std::size_t list_step = 1024;
/// Associations that are deleted at once.
constexpr std::size_t forget_step = 1024;

/// A package that an application uses: its actor, while it has associations.
struct Consumer {
  ConsumerActor actor;      // null: it has ended, or is not wanted
  std::size_t used_by = 0;  // associations
  bool is_ending = false;
};

/// The change that is under way: one association that is set, or some that are deleted.
struct Job {
  std::vector<AssociationKey> keys;
  AssociationPtr next;                   // null: they are deleted
  std::optional<ConsumerKey> beginning;  // a consumer that needs cursors
  bool is_written = false;
  std::vector<storage::OutboxSequence> newest;
  std::function<void(const Status&)> reply;
};

struct Forget {
  ApplicationId application_id;
  std::optional<DeviceId> device_id;  // empty: the defaults; nothing: all
};
using Request = std::variant<SetAssociation, DeleteAssociation, Forget>;

struct Shell {
  static inline const char* name = "packages";
  PackagesContextPtr context;
  std::unique_ptr<PackagesProbe> probe;
  Associations associations;
  std::map<ConsumerKey, Consumer> consumers;
  std::unordered_map<caf::actor_addr, ConsumerKey> addresses;
  bool ready = false;
  std::vector<Forget> forgotten;  // before it was ready
  std::deque<Request> waiting;
  std::optional<Job> job;
  std::uint64_t jobs = 0;

  ~Shell() {
    for (const auto& [key, consumer] : consumers) {
      if (consumer.actor) caf::anon_send(consumer.actor, EndConsumer{});
    }
  }
};
using Pointer = PackagesActor::stateful_pointer<Shell>;

void run_next(Pointer self);

AssociationPtr find(const Shell& state, const AssociationKey& key) {
  const auto found = state.associations.find(key);
  return found == state.associations.end() ? nullptr : found->second;
}

/// Nothing: a package without a consumer, as that of the storage integration.
std::optional<ConsumerKey> consumer_for(const AssociationKey& key, const Association& association) {
  const auto package = package_named(association.package_name);
  if (!package) return std::nullopt;
  return ConsumerKey{key.application_id, *package};
}

void count(Shell& state) {
  state.probe->stored.Set(static_cast<double>(state.associations.size()));
  state.probe->waiting.depth.Set(static_cast<double>(state.waiting.size()));
}

// --- consumers -----------------------------------------------------------------------------------

/// An application's associations with one package.
Associations associations_of(const Shell& state, const ConsumerKey& key) {
  Associations out;
  for (auto it = state.associations.lower_bound({key.application_id, {}, 0});
       it != state.associations.end() && it->first.application_id == key.application_id; ++it) {
    if (consumer_for(it->first, *it->second) == key) out.insert(*it);
  }
  return out;
}

void start_consumer(Pointer self, const ConsumerKey& key, Consumer& consumer) {
  auto& state = self->state;
  if (consumer.actor || consumer.used_by == 0) return;
  consumer.is_ending = false;
  consumer.actor = spawn_consumer(self->system(), state.context, key, associations_of(state, key));
  self->monitor(consumer.actor);
  state.addresses.insert_or_assign(consumer.actor.address(), key);
  state.probe->actors.spawned.Increment();
  state.probe->actors.running.Increment();
}

void end_consumer(Consumer& consumer) {
  if (!consumer.actor || consumer.is_ending) return;
  consumer.is_ending = true;
  caf::anon_send(consumer.actor, EndConsumer{});
}

/// One association is no longer, or is now, one of the consumer's.
void tell_consumer(Pointer self, const ConsumerKey& key, const AssociationKey& association_key,
                   const AssociationPtr& maybe_association) {
  auto& consumer = self->state.consumers[key];
  if (consumer.actor)
    caf::anon_send(consumer.actor, AssociationChanged{association_key, maybe_association});
}

void apply(Pointer self, const AssociationKey& key, const AssociationPtr& maybe_next) {
  auto& state = self->state;
  const auto old = find(state, key);
  const auto from = old ? consumer_for(key, *old) : std::nullopt;
  const auto to = maybe_next ? consumer_for(key, *maybe_next) : std::nullopt;
  if (maybe_next) {
    state.associations.insert_or_assign(key, maybe_next);
  } else {
    state.associations.erase(key);
  }
  if (from && from != to) {
    tell_consumer(self, *from, key, nullptr);
    auto& consumer = state.consumers[*from];
    if (--consumer.used_by == 0) end_consumer(consumer);
  }
  if (!to) return;
  if (from != to) ++state.consumers[*to].used_by;
  tell_consumer(self, *to, key, maybe_next);
  start_consumer(self, *to, state.consumers[*to]);
}

// --- one change at a time ------------------------------------------------------------------------

void finish(Pointer self, const Status& status) {
  const auto job = std::exchange(self->state.job, std::nullopt);
  job->reply(status);
  run_next(self);
}

storage::WriteBatch records_of(const Job& job) {
  storage::WriteBatch records;
  for (const auto& key : job.keys) {
    if (!job.next) {
      records.erase(storage::Family::entity, association_row_key(key));
    } else {
      records.put(storage::Family::entity, association_row_key(key), encode_association(*job.next));
    }
  }
  // Together with the association: a message after the answer is never before the cursor.
  if (job.beginning) integration::put_cursors(records, consumer_of(*job.beginning), job.newest);
  return records;
}

void write(Pointer self) {
  auto& state = self->state;
  state.job->is_written = true;
  auto tell = [registry = PackagesActor(self), number = state.jobs](Status status) {
    caf::anon_send(registry, ChangeWritten{number, std::move(status)});
  };
  caf::anon_send(state.context->deps.committer.get(),
                 actors::Commit{records_of(*state.job),
                                std::make_shared<integration::Notice>(std::move(tell))});
}

void find_beginning(Pointer self) {
  auto& state = self->state;
  FindNewest ask{state.job->beginning->application_id, {}};
  ask.reply = [registry = PackagesActor(self), number = state.jobs](auto newest) {
    caf::anon_send(registry, BeginningFound{number, std::move(newest)});
  };
  caf::anon_send(state.context->outbox.get(), std::move(ask));
}

/// The next step of the change: a consumer's end, its beginning, or records.
void begin(Pointer self) {
  auto& state = self->state;
  const auto& beginning = state.job->beginning;
  if (!beginning) return write(self);
  self->delayed_send(self, beginning_timeout, ChangeTimedOut{state.jobs});
  // One that is ending writes its last cursors, which must come before the new ones.
  if (state.consumers[*beginning].actor) return;
  find_beginning(self);
}

std::size_t number_of(const Shell& state, const ApplicationId& application_id) {
  const auto first = state.associations.lower_bound({application_id, {}, 0});
  auto last = first;
  std::size_t number = 0;
  for (; last != state.associations.end() && last->first.application_id == application_id; ++last)
    ++number;
  return number;
}

Result<AssociationPtr> changed(const Shell& state, const SetAssociation& request) {
  const auto& config = state.context->config;
  const auto current = find(state, request.key);
  const auto max = config.per_application_max;
  if (!current && state.associations.size() >= max &&
      number_of(state, request.key.application_id) >= max)
    return fail(too_many_associations, {{"max", max}});
  FF_TRY(auto next, request.change(current.get()));
  if (!package_named(next.package_name) && next.package_name != storage_package)
    return fail(package_not_implemented, {{"name", next.package_name}});
  if (next.data.size() > config.data_size_max)
    return fail(data_too_large, {{"max", config.data_size_max}});
  next.updated_at = state.context->deps.clock->now().utc;
  next.created_at = current ? current->created_at : next.updated_at;
  return std::make_shared<const Association>(std::move(next));
}

bool run(Pointer self, const SetAssociation& request) {
  auto& state = self->state;
  auto next = changed(state, request);
  if (!next) {
    request.reply(fail(next.error()));
    return false;
  }
  auto reply = [next = *next, reply = request.reply](const Status& status) {
    if (!status) return reply(fail(status.error()));
    reply(next);
  };
  Job job{.keys = {request.key}, .next = *next, .reply = std::move(reply)};
  const auto consumer = consumer_for(request.key, **next);
  if (consumer && state.consumers[*consumer].used_by == 0) job.beginning = consumer;
  state.job = std::move(job);
  return true;
}

bool run(Pointer self, const DeleteAssociation& request) {
  auto& state = self->state;
  if (!find(state, request.key)) {
    request.reply(fail(association_not_found));
    return false;
  }
  state.job = Job{.keys = {request.key}, .reply = request.reply};
  return true;
}

/// Those that are meant, not too many at once.
std::vector<AssociationKey> keys_of(const Shell& state, const Forget& request) {
  std::vector<AssociationKey> keys;
  const DeviceId from = request.device_id.value_or(DeviceId());
  for (auto it = state.associations.lower_bound({request.application_id, from, 0});
       it != state.associations.end() && keys.size() < forget_step; ++it) {
    const auto& key = it->first;
    const bool is_meant = key.application_id == request.application_id &&
                          (!request.device_id || key.device_id == *request.device_id);
    if (!is_meant) break;
    keys.push_back(key);
  }
  return keys;
}

bool run(Pointer self, const Forget& request) {
  auto& state = self->state;
  auto keys = keys_of(state, request);
  if (keys.empty()) return false;
  if (keys.size() == forget_step) state.waiting.emplace_front(request);
  state.job = Job{.keys = std::move(keys), .reply = [](const Status&) {}};
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

const ApplicationId& application_of(const Request& request) {
  struct Visitor {
    const ApplicationId& operator()(const Forget& one) const { return one.application_id; }
    const ApplicationId& operator()(const SetAssociation& one) const {
      return one.key.application_id;
    }
    const ApplicationId& operator()(const DeleteAssociation& one) const {
      return one.key.application_id;
    }
  };
  return std::visit(Visitor{}, request);
}

/// There is something to forget, or may be when what waits is done.
bool concerns(const Shell& state, const Forget& request) {
  const auto& id = request.application_id;
  if (!keys_of(state, request).empty()) return true;
  if (state.job && state.job->keys.front().application_id == id) return true;
  return std::ranges::any_of(state.waiting,
                             [&](const Request& one) { return application_of(one) == id; });
}

/// How the device was heard, which also is remembered for an association of its application. A
/// consumer that has failed has nothing in memory.
void forget_frames(const Shell& state, const DeviceUid& device) {
  const auto found = state.consumers.find({device.application_id, Package::geolocation});
  if (found == state.consumers.end()) return;
  if (found->second.actor)
    return caf::anon_send(found->second.actor, DeviceForgotten{device.device_id});
  storage::WriteBatch records;
  put_frames(records, device.application_id, {{device.device_id, {}}});
  caf::anon_send(state.context->deps.committer.get(), actors::Commit{std::move(records), nullptr});
}

/// Behind the changes that wait. What is read later is forgotten then. Of the many devices that
/// come and go most have nothing here.
void forget(Pointer self, Forget request) {
  auto& state = self->state;
  if (!state.ready) return void(state.forgotten.push_back(std::move(request)));
  if (request.device_id && !request.device_id->empty())
    forget_frames(state, {request.application_id, *request.device_id});
  if (!concerns(state, request)) return;
  state.waiting.emplace_back(std::move(request));
  run_next(self);
}

void on_beginning(Pointer self, const BeginningFound& found) {
  auto& state = self->state;
  if (!state.job || found.job != state.jobs || state.job->is_written) return;
  if (!found.newest) return finish(self, fail(found.newest.error()));
  state.job->newest = *found.newest;
  write(self);
}

void on_timeout(Pointer self, const ChangeTimedOut& message) {
  auto& state = self->state;
  if (!state.job || message.job != state.jobs || state.job->is_written) return;
  finish(self, fail(actors::request_timed_out));
}

void on_written(Pointer self, const ChangeWritten& message) {
  auto& state = self->state;
  if (!state.job || message.job != state.jobs) return;
  // Nothing is known about the records: begin again with what is durable.
  if (!message.status) {
    state.job->reply(message.status);
    state.job.reset();
    return self->quit(actors::to_caf(message.status.error()));
  }
  // The change is durable: what was asked for is so.
  for (const auto& key : state.job->keys) apply(self, key, state.job->next);
  finish(self, {});
}

/// It is not wanted any more: nothing of it is left.
void erase_consumer(Pointer self, const ConsumerKey& key) {
  auto& state = self->state;
  storage::WriteBatch records;
  integration::erase_cursors(records, consumer_of(key), state.context->shards);
  if (key.package == Package::geolocation) {
    const auto frames = storage::package_frames_range(key.application_id);
    records.erase_range(storage::Family::entity, frames.first, frames.last);
  }
  caf::anon_send(state.context->deps.committer.get(), actors::Commit{std::move(records), nullptr});
  state.consumers.erase(key);
}

void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto address = state.addresses.find(down.source);
  if (address == state.addresses.end()) return;
  const auto key = std::move(address->second);
  state.addresses.erase(address);
  state.probe->actors.running.Decrement();
  auto& consumer = state.consumers[key];
  consumer.actor = ConsumerActor{};
  if (std::exchange(consumer.is_ending, false)) {
    const bool is_awaited = state.job && state.job->beginning == key && !state.job->is_written;
    erase_consumer(self, key);
    if (is_awaited) find_beginning(self);
    return;
  }
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"consumer of a package ended\" application={} package={} reason=\"{}\"",
                key.application_id.text(), info_of(key.package).name,
                actors::from_caf(down.reason).message());
  self->delayed_send(self,
                     std::chrono::duration_cast<caf::timespan>(state.context->config.restart_delay),
                     RestartConsumer{key});
}

void restart(Pointer self, const RestartConsumer& message) {
  auto& state = self->state;
  const auto found = state.consumers.find(message.key);
  if (found == state.consumers.end() || found->second.actor) return;
  if (found->second.used_by == 0) return void(state.consumers.erase(found));
  state.probe->actors.restarted.Increment();
  start_consumer(self, message.key, found->second);
}

// --- the start -----------------------------------------------------------------------------------

/// What is behind `last`; from the beginning if it is empty.
void list_rows(const PackagesContext& context, const PackagesActor& registry, const Bytes& last) {
  auto range = association_rows();
  if (!last.empty()) {
    range.first = last;
    range.first.push_back(0);
  }
  ScanRows ask{storage::Family::entity, std::move(range), list_step, {}};
  ask.reply = [registry](Result<ScanRows::Rows> rows) {
    caf::anon_send(registry, RowsFound{std::move(rows)});
  };
  caf::anon_send(context.outbox.get(), std::move(ask));
}

void take_row(Shell& state, const Bytes& row_key, const Bytes& row) {
  const auto key = parse_association_row_key(row_key);
  auto association = decode_association(row);
  if (!key || !association) {
    const auto& error = key ? association.error() : key.error();
    return spdlog::error("msg=\"package association is damaged\" error=\"{}\"", error.to_string());
  }
  if (const auto consumer = consumer_for(*key, *association)) ++state.consumers[*consumer].used_by;
  state.associations.insert_or_assign(*key,
                                      std::make_shared<const Association>(*std::move(association)));
}

void found(Pointer self, const RowsFound& message) {
  auto& state = self->state;
  if (!message.rows) {
    spdlog::error("msg=\"package associations can not be read\" error=\"{}\"",
                  message.rows.error().to_string());
    return self->quit(actors::to_caf(message.rows.error()));
  }
  for (const auto& [row_key, row] : *message.rows) take_row(state, row_key, row);
  if (message.rows->size() >= list_step)
    return list_rows(*state.context, PackagesActor(self), message.rows->back().first);
  state.ready = true;
  for (auto& [key, consumer] : state.consumers) start_consumer(self, key, consumer);
  for (auto& request : std::exchange(state.forgotten, {})) forget(self, std::move(request));
  count(state);
}

/// Behind everything that an earlier incarnation wrote.
void begin_listing(const PackagesContextPtr& context, const PackagesActor& registry) {
  auto durable = [context, registry](const Status& status) {
    if (status) return list_rows(*context, registry, {});
    caf::anon_send(registry, RowsFound{fail(status.error())});
  };
  caf::anon_send(context->deps.committer.get(),
                 actors::Commit{{}, std::make_shared<integration::Notice>(std::move(durable))});
}

// --- questions -----------------------------------------------------------------------------------

void get(const Shell& state, const GetAssociation& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  auto association = find(state, message.key);
  if (!association) return message.reply(fail(association_not_found));
  message.reply(std::move(association));
}

void list(const Shell& state, const ListAssociations& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  AssociationPage out;
  const auto is_asked_for = [&](const AssociationKey& key) {
    return key.application_id == message.application_id && key.device_id == message.device_id;
  };
  for (auto it = state.associations.lower_bound({message.application_id, message.device_id, 0});
       it != state.associations.end() && is_asked_for(it->first); ++it) {
    const bool is_shown = out.total >= message.skip &&
                          (message.limit == 0 || out.associations.size() < message.limit);
    ++out.total;
    if (is_shown) out.associations.emplace_back(*it);
  }
  message.reply(std::move(out));
}

void inspect(const Shell& state, const InspectConsumer& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  const auto found = state.consumers.find(message.key);
  if (found == state.consumers.end() || !found->second.actor)
    return message.reply(fail(association_not_found));
  caf::anon_send(found->second.actor, TellSnapshot{message.reply});
}

PackagesSnapshot::State state_of(const Consumer& consumer) {
  if (!consumer.actor) return PackagesSnapshot::State::restarting;
  return consumer.is_ending ? PackagesSnapshot::State::ending : PackagesSnapshot::State::running;
}

void inspect(const Shell& state, const InspectPackages& message) {
  if (!state.ready) return message.reply(fail(registry_starting));
  PackagesSnapshot out;
  const auto& asked_for = message.application_id;
  out.associations = asked_for ? number_of(state, *asked_for) : state.associations.size();
  out.changes_waiting = state.waiting.size();
  for (const auto& [key, consumer] : state.consumers) {
    if (consumer.used_by == 0 && !consumer.actor) continue;
    if (asked_for && key.application_id != *asked_for) continue;
    if (++out.consumers_all > consumers_shown) continue;
    out.consumers.push_back({key, consumer.used_by, state_of(consumer)});
  }
  message.reply(std::move(out));
}

void start(Pointer self, PackagesContextPtr context) {
  auto& state = self->state;
  state.probe = std::make_unique<PackagesProbe>(*context->deps.metrics);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  begin_listing(context, PackagesActor(self));
  state.context = std::move(context);
}

PackagesActor::behavior_type registry(Pointer self, PackagesContextPtr context) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context));
  return {
      [self](const SetAssociation& message) { enqueue(self, message); },
      [self](const DeleteAssociation& message) { enqueue(self, message); },
      [self](const GetAssociation& message) { get(self->state, message); },
      [self](const ListAssociations& message) { list(self->state, message); },
      [self](const ForgetApplication& message) {
        forget(self, {message.application_id, std::nullopt});
      },
      [self](const ForgetDevice& message) {
        forget(self, {message.device.application_id, message.device.device_id});
      },
      [self](const ForgetDefaults& message) {
        forget(self, {message.application_id, DeviceId()});
      },
      [self](const InspectConsumer& message) { inspect(self->state, message); },
      [self](const InspectPackages& message) { inspect(self->state, message); },
      [self](const RowsFound& message) { found(self, message); },
      [self](const BeginningFound& message) { on_beginning(self, message); },
      [self](const ChangeWritten& message) { on_written(self, message); },
      [self](const ChangeTimedOut& message) { on_timeout(self, message); },
      [self](const RestartConsumer& message) { restart(self, message); },
  };
}

}  // namespace

PackagesHandle spawn_packages(caf::actor_system& system, PackagesContextPtr context) {
  return system.spawn(registry, std::move(context));
}

}  // namespace ff::application_server::packages
