// The audit log's actors: its writer, and its reader with a thread of its own, because reads block.
#pragma once

#include <caf/fwd.hpp>

#include <memory>
#include <optional>

#include "actors/audit/interface.hpp"
#include "actors/support/deps.hpp"
#include "storage/engine/engine.hpp"

namespace ff::audit {

struct AuditConfig {
  actors::Deps deps;
  const storage::Engine* store = nullptr;  // outlives the actors
  LogConfig log;
  Duration retention{};  // zero: for ever
  /// How often the process's log says how far the chain is.
  Duration tell_interval = std::chrono::hours{1};
  bool own_thread = true;
};

using AuditConfigPtr = std::shared_ptr<const AuditConfig>;

/// What the store says of the log. Throws std::runtime_error when it can not be read.
Found found_in(const AuditConfig& config);

/// `found`: of the first start, whose calls under way are settled. Nothing: of a writer that is
/// started again, and reads back where the one before it was.
WriterHandle spawn_writer(caf::actor_system& system, AuditConfigPtr config,
                          std::optional<Found> found);
ReaderHandle spawn_reader(caf::actor_system& system, AuditConfigPtr config,
                          actors::Route<WriterHandle> writer);

}  // namespace ff::audit
