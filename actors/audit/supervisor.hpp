// The audit log's supervision: one supervisor over writer and reader.
#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <string>

#include "actors/audit/actor.hpp"

namespace ff::audit {

/// `routes` lead to writer and reader when it returns. Calls that were under way in an earlier
/// process are settled; those of this one outlive a restart of the writer. Reads the store, also
/// when the writer is started again. Throws std::runtime_error when it can not be read.
caf::actor start(caf::actor_system& system, AuditConfig config, const Routes& routes,
                 std::function<void(const std::string& child)> on_escalation);

}  // namespace ff::audit
