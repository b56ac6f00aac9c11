// The record of a start in the audit log, with the settings that have changed since the last one,
// and of those that change while the server runs.
#pragma once

#include "actors/audit/interface.hpp"
#include "config/config.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

struct AuditLogPorts {
  const storage::Engine& store;
  const config::Config& config;
  bool is_first_start = false;  ///< The administrator was made.
};

/// Appends the record of this start. Reads the store; from any thread but an actor's.
void record_start(const AuditLogPorts& ports, const audit::Routes& log);

/// Appends the record of settings that a running server has taken over. Likewise.
void record_reload(const AuditLogPorts& ports, const audit::Routes& log);

/// Appends the record of an entity, such as `application:app`, that nobody can restore any more and
/// that is gone now. Any thread; does not block.
void record_purge(const std::string& entity, const audit::Routes& log);

/// INTERNAL, for tests: settings that are not their defaults, as JSON by their names; secrets
/// without their values.
std::string settings_text(const config::Config& config);
/// INTERNAL, for tests: what is different between two of them.
std::vector<audit::Change> settings_changes(const std::string& before, const std::string& after);

}  // namespace ff::app
