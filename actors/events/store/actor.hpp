// Starts the event store. Reads block, so it has a thread of its own.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "actors/events/hub.hpp"
#include "actors/events/store/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/route.hpp"
#include "actors/support/supervisor.hpp"
#include "storage/engine/engine.hpp"

namespace ff::events {

inline constexpr ErrorDef event_store_overloaded{"pkg/events/store", "overloaded",
                                                 Code::resource_exhausted,
                                                 "too many questions for past events"};

struct EventStoreConfig {
  actors::Deps deps;
  const storage::Reader* store = nullptr;  // outlives the actor
  /// An event as clients see it, with its id: what is stored.
  std::function<Bytes(const Event& event)> encode;
  Duration retention = std::chrono::hours{24};
  /// How long events wait for others, so that one commit takes many.
  Duration linger = std::chrono::milliseconds{32};
  /// Events that may wait; more are dropped and counted. [spec events-cluster-discovery §3]
  std::size_t waiting_max = 8192;
  /// Rows that one question looks at, at most.
  std::size_t scan_max = 20'000;
  /// Questions that may wait; more are refused.
  std::size_t questions_max = 256;
  bool own_thread = true;
};

/// The event store as others see it, over restarts.
struct EventStore {
  actors::Route<EventStoreHandle> route;
  /// For the hub: `Hub::Ports::keep`. Never blocks; outlives the actor.
  std::function<void(const EventPtr&)> keep;
  /// For its supervisor. Told to stop, it still hands what waits to the committer.
  actors::ChildSpec child;
};

/// Starts nothing.
EventStore make_event_store(EventStoreConfig config);

/// How an entity is named in the index; empty for nobody.
std::string index_text(const EventSubject& subject);

}  // namespace ff::events
