#include "actors/events/store/actor.hpp"

#include <array>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>

#include "actors/events/store/buffer.hpp"
#include "actors/events/store/query.hpp"
#include "actors/support/committer.hpp"
#include "actors/support/mailbox.hpp"
#include "actors/support/shell.hpp"
#include "actors/support/store_failed.hpp"
#include "storage/keys/event_keys.hpp"

namespace ff::events {
namespace {

constexpr Duration forget_interval = std::chrono::minutes{10};
/// Correlation ids of one event that are indexed; the first are those of its cause.
constexpr std::size_t correlation_ids_max = 16;

struct Shell {
  static inline const char* name = "event_store";
  EventStoreConfig config;
  std::shared_ptr<EventBuffer> buffer;
  prometheus::Counter* stored = nullptr;
  prometheus::Counter* dropped = nullptr;
  std::optional<actors::MailboxProbe> mailbox;
  std::uint64_t last_sequence = 0;
  bool writing = false;                // one commit at a time: the rest waits in the bounded buffer
  std::vector<FindEvents> asked;       // since that commit was sent
  std::vector<FindEvents> in_writing;  // before it
  std::optional<std::uint32_t> forgotten_until;  // hour; what is before it is erased
};
using Pointer = EventStoreHandle::stateful_pointer<Shell>;

/// Names of all that the event is found by: a device is found with its application, too.
std::vector<std::string> entities_of(const EventSubject& subject) {
  std::vector<std::string> out;
  if (auto text = index_text(subject); !text.empty()) out.push_back(std::move(text));
  if (const auto* device = std::get_if<DeviceIdentifiers>(&subject))
    out.push_back(index_text(device->uid.application_id));
  return out;
}

void put(const Event& event, const storage::EventPlace& place, ByteView message,
         storage::WriteBatch& records) {
  constexpr auto family = storage::Family::event;
  records.put(family, storage::event_key(place), message);
  for (const auto& entity : entities_of(event.subject))
    records.put(family, storage::event_index_key(storage::EventIndex::entity, entity, place), {});
  std::size_t indexed = 0;
  for (const auto& id : event.correlation_ids) {
    if (++indexed > correlation_ids_max) break;
    records.put(family, storage::event_index_key(storage::EventIndex::correlation, id, place), {});
  }
}

/// What waits, as one commit.
actors::Commit collect(Pointer self) {
  auto& state = self->state;
  actors::Commit commit;
  const auto taken = state.buffer->take();
  for (const auto& event : taken.events)
    put(*event, {event->time, ++state.last_sequence}, state.config.encode(*event), commit.records);
  state.stored->Increment(static_cast<double>(taken.events.size()));
  state.dropped->Increment(static_cast<double>(taken.dropped));
  return commit;
}

/// Tells how a commit ended; as failed, too, if an actor on the way has ended.
class Written final : public actors::Release {
 public:
  explicit Written(EventStoreHandle store) : store_(std::move(store)) {}
  ~Written() override { caf::anon_send(store_, EventsWritten{std::move(status_)}); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  Written(Written&&) = delete;
  Written& operator=(Written&&) = delete;

  void committed() noexcept override { status_ = Status(); }
  void failed(const Error& error) noexcept override { status_ = fail(error); }

 private:
  EventStoreHandle store_;
  Status status_ = fail(actors::store_failed);
};

void store(Pointer self) {
  auto& state = self->state;
  const auto committer = state.config.deps.committer.get();
  if (state.writing || !committer) return;
  auto commit = collect(self);
  if (commit.records.empty() && state.asked.empty()) return;
  commit.release = std::make_shared<Written>(EventStoreHandle(self));
  state.writing = true;
  state.in_writing = std::exchange(state.asked, {});
  caf::anon_send(committer, std::move(commit));
}

void written(Pointer self, const EventsWritten& message) {
  auto& state = self->state;
  state.writing = false;
  for (auto& find : std::exchange(state.in_writing, {})) {
    if (message.status) {
      caf::anon_send(EventStoreHandle(self), ReadEvents{std::move(find)});
    } else {
      find.reply(fail(message.status.error()));
    }
  }
  store(self);
}

void find(Pointer self, FindEvents& message) {
  auto& asked = self->state.asked;
  if (asked.size() >= self->state.config.questions_max)
    return message.reply(fail(event_store_overloaded));
  asked.push_back(std::move(message));
  store(self);
}

/// What waits is written all the same.
void end(Pointer self, const caf::exit_msg& message) {
  auto commit = collect(self);
  const auto committer = self->state.config.deps.committer.get();
  if (committer && !commit.records.empty()) caf::anon_send(committer, std::move(commit));
  self->quit(message.reason);
}

void read(Pointer self, const ReadEvents& message) {
  const auto& config = self->state.config;
  const auto now = config.deps.clock->now().utc;
  // What was published a moment ago may carry the clock of another core.
  const Past past{now - config.retention, now + std::chrono::minutes{1}, config.scan_max};
  message.find.reply(find_events(*config.store, message.find, past));
}

void forget(Pointer self) {
  auto& state = self->state;
  const auto& config = state.config;
  caf::delayed_anon_send(EventStoreHandle(self), forget_interval, ForgetEvents{});
  const auto oldest = storage::event_hour(config.deps.clock->now().utc - config.retention);
  // Each erased range costs those who read backwards: one an hour.
  if (state.forgotten_until && oldest <= *state.forgotten_until) return;
  state.forgotten_until = oldest;
  const auto range = storage::events_before(oldest);
  actors::Commit commit;
  commit.records.erase_range(storage::Family::event, range.first, range.last);
  if (const auto committer = config.deps.committer.get())
    caf::anon_send(committer, std::move(commit));
}

/// Sequences of this run are above those of earlier ones, whatever the clock says.
std::uint64_t first_sequence(const EventStoreConfig& config) {
  const auto now = config.deps.clock->now().utc.time_since_epoch();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(now.count(), 0));
}

EventStoreHandle::behavior_type event_store(Pointer self, EventStoreConfig config,
                                            std::shared_ptr<EventBuffer> buffer) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.config = std::move(config);
  state.buffer = std::move(buffer);
  state.last_sequence = first_sequence(state.config);
  auto& metrics = *state.config.deps.metrics;
  state.stored = &metrics.counter("farfield_events_stored_total", "Events taken into the store.");
  state.dropped = &metrics.counter("farfield_events_not_stored_total",
                                   "Events that came faster than the store takes them.");
  state.mailbox.emplace(metrics, Shell::name);
  self->set_exit_handler([self](caf::exit_msg& message) { end(self, message); });
  caf::anon_send(EventStoreHandle(self), ForgetEvents{});
  // What one before us was told of and did not take.
  caf::anon_send(EventStoreHandle(self), StoreEvents{});
  return {
      [self](FindEvents& message) { find(self, message); },
      [self](const StoreEvents&) {
        self->state.mailbox->sample(*self);
        store(self);
      },
      [self](const EventsWritten& message) { written(self, message); },
      [self](const ReadEvents& message) { read(self, message); },
      [self](const ForgetEvents&) { forget(self); },
  };
}

}  // namespace

std::string index_text(const EventSubject& subject) {
  if (const auto* device = std::get_if<DeviceIdentifiers>(&subject))
    return "device:" + to_string(device->uid);
  if (const auto* gateway = std::get_if<GatewayIdentifiers>(&subject))
    return "gateway:" + gateway->gateway_id.text();
  if (const auto* application = std::get_if<ApplicationId>(&subject))
    return "application:" + application->text();
  if (const auto* account = std::get_if<AccountId>(&subject)) {
    constexpr std::array<std::string_view, 3> kinds = {"user:", "organization:", "client:"};
    return std::string(kinds[static_cast<std::size_t>(account->kind)]) + account->id;
  }
  return {};
}

EventStore make_event_store(EventStoreConfig config) {
  EventStore out;
  const auto buffer = std::make_shared<EventBuffer>(config.waiting_max);
  out.keep = [buffer, linger = config.linger, route = out.route](const EventPtr& event) {
    if (!buffer->push(event)) return;
    if (const auto store = route.get()) caf::delayed_anon_send(store, linger, StoreEvents{});
  };
  out.child = actors::routed_child(
      Shell::name, out.route, [buffer, config = std::move(config)](caf::actor_system& system) {
        return config.own_thread ? system.spawn<caf::detached>(event_store, config, buffer)
                                 : system.spawn(event_store, config, buffer);
      });
  return out;
}

}  // namespace ff::events
