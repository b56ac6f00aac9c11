// INTERNAL: how a listener comes to its events: the rights it has, the past it asked for, and what
// happens from then on. Who asks, and where events go, is gRPC's (events.cpp) or the console's
// socket's (console_events.cpp). [spec events-cluster-discovery §2, §5]
#pragma once

#include "actors/events/store/interface.hpp"
#include "app/api/services/event_listener.hpp"
#include "app/api/services/services.hpp"

namespace ff::api {

using ListenerPtr = std::shared_ptr<EventListener>;

/// Whose rights decide who may see events of `subject`: a device's are its application's.
storage::EntityKey entity_of(const events::EventSubject& subject);
/// Nothing if the octets are no event.
std::optional<ttn::lorawan::v3::Event> parse_event(ByteView message);

struct EventSources {
  Asker asker;
  RightsOf rights;
  events::Hub& hub;  ///< Outlives all subscriptions.
  EventStore store;
  /// Grows when somebody's rights may have changed. May be empty, as the clock for it: rights are
  /// asked for once.
  std::function<std::uint64_t()> access_changes = nullptr;
  std::function<UtcTime()> now = nullptr;
};

/// Whether a caller without a right on a subject is told so, or hears nothing of it.
enum class WithoutRights : std::uint8_t { is_an_error, hears_nothing };

/// Thread safe.
class EventSubscriptions {
 public:
  explicit EventSubscriptions(EventSources sources)
      : sources_(std::make_shared<const EventSources>(std::move(sources))) {}

  /// Asks for the listener's rights on each of its subjects, one after the other: now, and again
  /// when they may have changed or some seconds have passed, before it is told more. A listener
  /// that is refused then is unsubscribed and ended.
  void read_rights(const ListenerPtr& listener, WithoutRights without,
                   std::function<void(Status)> then) const;

  /// From now on `listener` is told, of the past first. Its rights are known.
  events::SubscriptionId listen(const ListenerPtr& listener) const;
  /// Without effect on one that is not subscribed (any more).
  void end(const EventListener& listener) const;

  events::Hub& hub() const noexcept { return sources_->hub; }
  bool has_store() const noexcept { return sources_->store.has_value(); }
  /// There is a store.
  void ask_store(events::FindEvents find, actors::Reply<std::vector<Bytes>> then) const;

 private:
  void ask_for_past(const ListenerPtr& listener) const;

  /// What is under way may outlive this.
  const std::shared_ptr<const EventSources> sources_;
};

}  // namespace ff::api
