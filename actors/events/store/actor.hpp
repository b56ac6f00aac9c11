// Starts the event store. Reads block, so it has a thread of its own.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "actors/events/hub.hpp"
#include "actors/events/store/interface.hpp"
#include "actors/support/deps.hpp"
#include "storage/engine/engine.hpp"

namespace ff::events {

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
  bool own_thread = true;
};

struct EventStore {
  EventStoreHandle handle;
  /// For the hub: `Hub::Ports::keep`. Never blocks; outlives the actor.
  std::function<void(const EventPtr&)> keep;
};

EventStore spawn_event_store(caf::actor_system& system, EventStoreConfig config);

/// How an entity is named in the index; empty for nobody.
std::string index_text(const EventSubject& subject);

}  // namespace ff::events
