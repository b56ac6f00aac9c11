// Starts the audit log: its writer, and its reader with a thread of its own, because reads block.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

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

struct AuditLog {
  WriterHandle writer;
  ReaderHandle reader;
};

/// Reads the store: not from an actor. Errors: of find_log().
Result<AuditLog> spawn_audit_log(caf::actor_system& system, AuditConfig config);

}  // namespace ff::audit
