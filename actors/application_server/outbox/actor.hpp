// Starting the outbox reader.
#pragma once

#include <chrono>

#include "actors/application_server/outbox/interface.hpp"
#include "actors/support/deps.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

struct OutboxConfig {
  const storage::Reader* store = nullptr;  // outlives the actor
  actors::Deps deps;
  storage::ShardCount shards;
  /// Messages older than this are removed.
  Duration retention = std::chrono::hours{168};
  /// And those of an application in a shard that are more than so many, at the next removal; 0: any
  /// number may lie there.
  std::uint64_t messages_max = 0;
  Duration trim_interval = std::chrono::minutes{10};
  /// Rows one step of the removal looks at.
  std::size_t trim_rows = 4096;
  /// Own thread, because reads block; false in virtual time.
  bool own_thread = true;
};

OutboxHandle spawn_outbox(caf::actor_system& system, OutboxConfig config);

}  // namespace ff::application_server
