#include "actors/gateway_server/connection/gateway_memory.hpp"

namespace ff::gateway_server {

ConnectionStats last_stats(GatewayMemory memory) {
  auto& stats = memory.stats;
  if (!stats.disconnected_at) stats.disconnected_at = memory.stored_at;
  stats.connected_at.reset();
  return std::move(stats);
}

}  // namespace ff::gateway_server
