#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_system.hpp>

#include "actors/application_server/integration/cursors.hpp"
#include "actors/application_server/integration/packages/errors.hpp"
#include "actors/application_server/integration/packages/record.hpp"
#include "actors/application_server/integration/packages/registry_shell.hpp"
#include "actors/support/caf_error.hpp"
#include "actors/support/shell.hpp"

namespace ff::application_server::packages {
namespace {

/// Associations that are deleted at once.
constexpr std::size_t forget_step = 1024;

using Shell = RegistryShell;
using Pointer = RegistryPointer;

void run_next(Pointer self);

void count(Shell& state) {
  state.probe->stored.Set(static_cast<double>(state.associations.size()));
  state.probe->waiting.depth.Set(static_cast<double>(state.changes.waiting().size()));
}

// --- one change at a time ------------------------------------------------------------------------

void finish(Pointer self, const Status& status) {
  const auto job = self->state.changes.take();
  job.reply(status);
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
  auto& job = *state.changes.job();
  job.is_written = true;
  integration::write_change(PackagesActor(self), state.context->deps, records_of(job),
                            state.changes.number());
}

void find_beginning(Pointer self) {
  auto& state = self->state;
  integration::find_beginning(PackagesActor(self), state.context->outbox,
                              state.changes.job()->beginning->application_id,
                              state.changes.number());
}

/// The next step of the change: a consumer's end, its beginning, or records.
void begin(Pointer self) {
  auto& state = self->state;
  const auto& beginning = state.changes.job()->beginning;
  if (!beginning) return write(self);
  self->delayed_send(self, integration::beginning_timeout, ChangeTimedOut{state.changes.number()});
  // One that is ending writes its last cursors, which must come before the new ones.
  if (state.consumers[*beginning].actor) return;
  find_beginning(self);
}

Result<AssociationPtr> changed(const Shell& state, const SetAssociation& request) {
  const auto& config = state.context->config;
  const auto current = find_association(state, request.key);
  const auto max = config.per_application_max;
  if (!current && state.associations.size() >= max &&
      integration::number_of(state.associations, {request.key.application_id, {}, 0}) >= max)
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

/// Nothing: it is answered.
std::optional<Job> plan(Pointer self, const SetAssociation& request) {
  auto& state = self->state;
  auto next = changed(state, request);
  if (!next) {
    request.reply(fail(next.error()));
    return std::nullopt;
  }
  auto reply = [next = *next, reply = request.reply](const Status& status) {
    if (!status) return reply(fail(status.error()));
    reply(next);
  };
  Job job{.keys = {request.key}, .next = *next, .reply = std::move(reply)};
  const auto consumer = consumer_for(request.key, **next);
  if (consumer && state.consumers[*consumer].used_by == 0) job.beginning = consumer;
  return job;
}

std::optional<Job> plan(Pointer self, const DeleteAssociation& request) {
  if (!find_association(self->state, request.key)) {
    request.reply(fail(association_not_found));
    return std::nullopt;
  }
  return Job{.keys = {request.key}, .reply = request.reply};
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

std::optional<Job> plan(Pointer self, const Forget& request) {
  auto& state = self->state;
  auto keys = keys_of(state, request);
  if (keys.empty()) return std::nullopt;
  if (keys.size() == forget_step) state.changes.add_first(request);
  return Job{.keys = std::move(keys), .reply = [](const Status&) {}};
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
  const auto* job = state.changes.job();
  if (job != nullptr && job->keys.front().application_id == id) return true;
  return std::ranges::any_of(state.changes.waiting(),
                             [&](const Request& one) { return application_of(one) == id; });
}

/// Behind the changes that wait. What is read later is forgotten then. Of the many devices that
/// come and go most have nothing here.
void forget(Pointer self, Forget request) {
  auto& state = self->state;
  if (!state.ready) return void(state.forgotten.push_back(std::move(request)));
  if (request.device_id && !request.device_id->empty())
    forget_frames(state, {request.application_id, *request.device_id});
  if (!concerns(state, request)) return;
  state.changes.add(std::move(request));
  run_next(self);
}

void on_beginning(Pointer self, const BeginningFound& found) {
  auto* job = self->state.changes.job(found.change);
  if (job == nullptr || job->is_written) return;
  if (!found.newest) return finish(self, fail(found.newest.error()));
  job->newest = *found.newest;
  write(self);
}

void on_timeout(Pointer self, const ChangeTimedOut& message) {
  const auto* job = self->state.changes.job(message.change);
  if (job == nullptr || job->is_written) return;
  finish(self, fail(actors::request_timed_out));
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
  // The change is durable: what was asked for is so.
  for (const auto& key : job->keys) apply_association(self, key, job->next);
  finish(self, {});
}

void on_down(Pointer self, const caf::down_msg& down) {
  auto& state = self->state;
  const auto key = state.actors.ended(down, state.probe->actors);
  if (!key) return;
  auto& consumer = state.consumers[*key];
  consumer.actor = ConsumerActor{};
  if (std::exchange(consumer.is_ending, false)) {
    const auto* job = state.changes.job();
    const bool is_awaited = job != nullptr && job->beginning == key && !job->is_written;
    erase_consumer(self, *key);
    if (is_awaited) find_beginning(self);
    return;
  }
  state.probe->actors.failed.Increment();
  spdlog::error("msg=\"consumer of a package ended\" application={} package={} reason=\"{}\"",
                key->application_id.text(), info_of(key->package).name,
                actors::from_caf(down.reason).message());
  self->delayed_send(self,
                     std::chrono::duration_cast<caf::timespan>(state.context->config.restart_delay),
                     RestartConsumer{*key});
}

// --- the start -----------------------------------------------------------------------------------

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
  if (message.rows->size() >= integration::list_step)
    return integration::list_rows(PackagesActor(self), state.context->outbox, association_rows(),
                                  message.rows->back().first);
  state.ready = true;
  for (auto& [key, consumer] : state.consumers) start_consumer(self, key, consumer);
  for (auto& request : std::exchange(state.forgotten, {})) forget(self, std::move(request));
  count(state);
}

void start(Pointer self, PackagesContextPtr context) {
  auto& state = self->state;
  state.probe = std::make_unique<PackagesProbe>(*context->deps.metrics);
  self->set_down_handler([self](caf::down_msg& down) { on_down(self, down); });
  integration::begin_listing(PackagesActor(self), context->deps, context->outbox,
                             association_rows());
  state.context = std::move(context);
}

PackagesActor::behavior_type registry(Pointer self, PackagesContextPtr context) {
  actors::prepare(self, Shell::name);
  start(self, std::move(context));
  return {
      [self](const SetAssociation& message) { enqueue(self, message); },
      [self](const DeleteAssociation& message) { enqueue(self, message); },
      [self](const GetAssociation& message) { answer(self->state, message); },
      [self](const ListAssociations& message) { answer(self->state, message); },
      [self](const ForgetApplication& message) {
        forget(self, {message.application_id, std::nullopt});
      },
      [self](const ForgetDevice& message) {
        forget(self, {message.device.application_id, message.device.device_id});
      },
      [self](const ForgetDefaults& message) {
        forget(self, {message.application_id, DeviceId()});
      },
      [self](const InspectConsumer& message) { answer(self->state, message); },
      [self](const InspectPackages& message) { answer(self->state, message); },
      [self](const RowsFound& message) { found(self, message); },
      [self](const BeginningFound& message) { on_beginning(self, message); },
      [self](const ChangeWritten& message) { on_written(self, message); },
      [self](const ChangeTimedOut& message) { on_timeout(self, message); },
      [self](const RestartConsumer& message) { restart_consumer(self, message); },
  };
}

}  // namespace

PackagesHandle spawn_packages(caf::actor_system& system, PackagesContextPtr context) {
  return system.spawn(registry, std::move(context));
}

}  // namespace ff::application_server::packages
