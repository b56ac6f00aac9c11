// The loader reads rows for actors: many at a time, off the scheduler's threads, which must not
// block.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "actors/support/local_message.hpp"
#include "actors/support/metrics.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace ff::actors {

/// Keys and values, in the order of the keys.
using LoadedRows = std::vector<std::pair<Bytes, Bytes>>;

/// `on_loaded` is called on the loader's thread: decode there and send the result to whom it
/// concerns.
struct LoadRow {
  storage::Family family = storage::Family::session;
  Bytes key;
  std::function<void(Result<std::optional<Bytes>>)> on_loaded;
};
/// All rows whose keys start with `prefix`. `on_loaded` as above.
struct LoadRows {
  storage::Family family = storage::Family::session;
  Bytes prefix;
  std::function<void(Result<LoadedRows>)> on_loaded;
};
/// INTERNAL
struct LoadNow {};

using Loader =
    caf::typed_actor<caf::reacts_to<LoadRow>,   // Reads a row together with the others that wait.
                     caf::reacts_to<LoadRows>,  // Reads some that belong together.
                     caf::reacts_to<LoadNow>>;  // INTERNAL: the mailbox is drained up to here;
                                                // read.

struct LoaderConfig {
  const storage::Reader* store = nullptr;  // outlives the actor
  /// Own thread, because reads block; false in virtual time.
  bool own_thread = true;
  Metrics* metrics = nullptr;  // outlives the actor; null: not measured
};

Loader spawn_loader(caf::actor_system& system, LoaderConfig config);

}  // namespace ff::actors
FF_LOCAL_MESSAGE(ff::actors::LoadRow)
FF_LOCAL_MESSAGE(ff::actors::LoadRows)
FF_LOCAL_MESSAGE(ff::actors::LoadNow)
