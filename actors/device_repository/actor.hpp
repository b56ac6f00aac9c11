// Starting the device repository, and its import at the start of a server.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <filesystem>

#include "actors/device_repository/interface.hpp"
#include "actors/support/deps.hpp"
#include "storage/engine/engine.hpp"

namespace ff::device_repository {

struct RepositoryConfig {
  const storage::Reader* store = nullptr;  // outlives the actor
  /// A folder or an archive that is imported when the server starts; one that is not there is not
  /// asked for. Empty: none.
  std::filesystem::path source;
  /// Scripts remembered for their applications.
  std::size_t scripts_max = 4096;
  /// Own thread, because reads block; false in virtual time: nothing is imported then.
  bool own_thread = true;
};

/// Reads the catalogue when it is asked the first time, and once more after a change.
RepositoryHandle spawn_repository(caf::actor_system& system, const RepositoryConfig& config);

/// INTERNAL: begins; sent at the start.
struct ImportNow {};
using ImporterHandle = caf::typed_actor<caf::reacts_to<ImportNow>>;

/// Imports `config.source` once, on a thread of its own and through the committer, then tells
/// `reader`. Stops at the next file when it is to end.
ImporterHandle spawn_importer(caf::actor_system& system, const RepositoryConfig& config,
                              const actors::Deps& deps, const RepositoryHandle& reader);

}  // namespace ff::device_repository
FF_LOCAL_MESSAGE(ff::device_repository::ImportNow)
