// Keeps what outlives gateways' connections, in the store. The single writer of its rows.
#pragma once

#include <caf/fwd.hpp>

#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/memory/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/route.hpp"
#include "storage/engine/engine.hpp"

namespace ff::gateway_server {

struct MemoryConfig {
  actors::Deps deps;
  const storage::Reader* store = nullptr;  // outlives the actor
  /// How long a gateway is remembered after its connection has ended, and after the last word of
  /// one whose end nobody wrote.
  Duration disconnected_ttl = GatewayServerConfig{}.connection_stats_disconnect_ttl;
  Duration silent_ttl = GatewayServerConfig{}.connection_stats_ttl;
  Duration sweep_interval = std::chrono::hours{1};
  /// Own thread, because reads block; false in virtual time.
  bool own_thread = true;
};

MemoryHandle spawn_gateway_memory(caf::actor_system& system, MemoryConfig config);

/// Whether nothing is to be said of the gateway any more.
bool is_forgotten(const GatewayMemory& memory, const MemoryConfig& config, UtcTime now);

/// The port over the actor that `route` leads to; without one nothing is remembered.
std::shared_ptr<GatewayMemories> make_gateway_memories(actors::Route<MemoryHandle> route);

}  // namespace ff::gateway_server
