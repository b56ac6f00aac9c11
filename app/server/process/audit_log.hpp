// The audit log as this process keeps it: its actors, and the record of a start with the settings
// that have changed since the last one.
#pragma once

#include <caf/fwd.hpp>

#include "actors/audit/interface.hpp"
#include "actors/support/deps.hpp"
#include "config/config.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

struct AuditLogPorts {
  caf::actor_system& system;
  const storage::Engine& store;
  const config::Config& config;
  actors::Deps deps;
  bool is_first_start = false;  ///< The administrator was made.
};

/// Nothing: none is kept. Errors: of a log that can not be read.
Result<std::optional<audit::Routes>> open_audit_log(const AuditLogPorts& ports);
void close_audit_log(const audit::Routes& log);

/// INTERNAL, for tests: settings that are not their defaults, as JSON by their names; secrets
/// without their values.
std::string settings_text(const config::Config& config);
/// INTERNAL, for tests: what is different between two of them.
std::vector<audit::Change> settings_changes(const std::string& before, const std::string& after);

}  // namespace ff::app
