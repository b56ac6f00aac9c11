// The hub of events: keeps the newest and hands every one to those who listen to its subject. Not
// storage, and no rights: who may see what is decided where subscriptions are made.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/events/event.hpp"
#include "protocol/base/strong.hpp"

namespace ff::events {

/// Makes the data of an event that comes without: at once, or when somebody gets the event later,
/// or never. Called once at most, on any thread; must neither block nor throw, and what it holds
/// lives as long as the event is kept.
using MakeData = std::function<EventData()>;

using EventPtr = std::shared_ptr<const Event>;
using SubscriptionId = Strong<struct SubscriptionIdTag, std::uint64_t>;

/// Whether an event of `subject` is for those who listen to `wanted`: devices belong to their
/// application; EUIs and addresses do not count.
bool concerns(const EventSubject& subject, const EventSubject& wanted);

/// Thread safe. A publisher pays for a lock, a move and a look for each subject that its event's
/// belongs to, however many listen to others; an event is shared only if somebody listens.
class Hub {
 public:
  struct Subscription {
    std::vector<EventSubject> subjects;
    /// Called on the publisher's thread; must neither block nor throw. What waits is bounded by
    /// whoever receives.
    std::function<void(const EventPtr&)> receive;
  };

  struct Ports {
    /// Makes a ULID; any thread. Null: events have no ids.
    std::function<std::string()> new_id = nullptr;
    /// Keeps every event somewhere else, too; as `receive`. May be null.
    std::function<void(const EventPtr&)> keep = nullptr;
    /// Counts an event of this name that is published, or that found no room with a listener; any
    /// thread. May be null.
    std::function<void(std::string_view name)> count_published = nullptr;
    std::function<void(std::string_view name)> count_dropped = nullptr;
  };

  /// `recent_max`: events kept in memory for subscribers that come later.
  explicit Hub(std::size_t recent_max = 4096) : recent_(recent_max) {}

  /// From now on; what has been published stays as it is.
  void connect(Ports ports);

  /// With `make_data`, an event that nobody gets costs no more than what that holds.
  void publish(Event event, MakeData make_data = nullptr);
  /// For components; the hub outlives them.
  Publish publisher();

  /// `receive` may be called at once, and once more while unsubscribe() runs. `tail`: the newest
  /// kept events of the subjects, at most so many, are handed over first, oldest first.
  SubscriptionId subscribe(Subscription subscription, std::size_t tail = 0);
  void unsubscribe(SubscriptionId id);
  std::size_t subscribers() const;

  /// For whoever receives: an event of this name found no room.
  void dropped(std::string_view name) const;

 private:
  using SubscriptionPtr = std::shared_ptr<const Subscription>;
  using Subscriptions = std::map<SubscriptionId, SubscriptionPtr>;
  /// What decides who gets an event: its subject, and a device's application.
  using Key =
      std::variant<DeviceUid, ApplicationId, GatewayId, std::pair<AccountId::Kind, std::string>>;

  /// A kept event, whose data is made when somebody gets it.
  struct Kept {
    Event event;
    MakeData make_data;
  };

  std::vector<EventPtr> newest(const Subscription& subscription, std::size_t count);
  void complete(Kept& kept) const;
  bool is_wanted(const Event& event) const;
  /// Those who get an event of `subject`, in the order in which they came; the lock is held.
  std::vector<SubscriptionPtr> receivers(const EventSubject& subject) const;
  static std::vector<Key> keys_of(const EventSubject& subject);

  mutable std::mutex mutex_;
  std::shared_ptr<const Ports> ports_ = std::make_shared<const Ports>();
  std::vector<Kept> recent_;     // a ring
  std::uint64_t published_ = 0;  // the next event's place, modulo the ring's size
  Subscriptions subscriptions_;
  std::map<Key, Subscriptions> by_key_;
  std::uint64_t last_id_ = 0;
};

}  // namespace ff::events
