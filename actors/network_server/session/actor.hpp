// Spawns device sessions; for the shard only.
#pragma once

#include "actors/network_server/context.hpp"
#include "actors/network_server/session/interface.hpp"
#include "actors/network_server/session/life.hpp"

namespace ff::network_server {

/// What a session starts from.
struct SessionStart {
  std::shared_ptr<const Device> record;  // null for a device that does not exist (yet)
  Decisions decisions;                   // of the incarnation before
  bool queue_in_rows = true;             // as SessionState's
};

/// The session tells its shard what it decided last before it ends.
SessionHandle spawn_session(caf::actor_system& system, ContextPtr context, SessionLifePtr life,
                            SessionStart start);

}  // namespace ff::network_server
