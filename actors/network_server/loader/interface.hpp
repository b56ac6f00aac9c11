// The loader reads the records of devices that become active, many at a time and off the scheduler's threads.
#pragma once

#include <caf/fwd.hpp>
#include <caf/actor.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/network_server/shard/interface.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/shard.hpp"

namespace ff::network_server {

/// Answered with SessionLoaded to `shard`.
struct LoadSession {
  DeviceUid device;
  ShardHandle shard;
};
/// INTERNAL
struct LoadNow {};

}  // namespace ff::network_server
FF_LOCAL_MESSAGE(ff::network_server::LoadSession)
FF_LOCAL_MESSAGE(ff::network_server::LoadNow)

namespace ff::network_server {

using LoaderHandle = caf::typed_actor<
    caf::reacts_to<LoadSession>,   // Reads a device's record together with the others that wait.
    caf::reacts_to<LoadNow>>;      // INTERNAL: the mailbox is drained up to here; read.

struct LoaderConfig {
  const storage::Reader* store = nullptr;   // outlives the actor
  storage::ShardCount shard_count;
  /// Own thread, because reads block; false in virtual time.
  bool own_thread = true;
};
LoaderHandle spawn_loader(caf::actor_system& system, LoaderConfig config);

}  // namespace ff::network_server
