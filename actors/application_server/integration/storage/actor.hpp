// Starting the storage integration.
#pragma once

#include "actors/application_server/integration/storage/interface.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

struct StorageConfig {
  const storage::Reader* store = nullptr;  // outlives the actor
  storage::ShardCount shards;
  /// Rows that one page looks at, at most.
  std::size_t scan_max = 8192;
  /// Own thread, because reads block; false in virtual time.
  bool own_thread = true;
};

StorageHandle spawn_storage(caf::actor_system& system, StorageConfig config);

}  // namespace ff::application_server
