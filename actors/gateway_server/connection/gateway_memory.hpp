// What is remembered of a gateway between its connections, and the port to where it is kept.
// Statistics say when it was last seen; what it sent counts for its duty cycle also after a
// reconnect or a restart of the server, and its counter tells old frames from new ones.
#pragma once

#include <optional>
#include <vector>

#include "actors/gateway_server/connection/messages.hpp"

namespace ff::gateway_server {

/// What a gateway's counter said, and when.
struct CounterSample {
  std::uint32_t counter_us = 0;
  UtcTime server;
  bool operator==(const CounterSample&) const = default;
};

struct GatewayMemory {
  ConnectionStats stats;
  /// Of the last hour before `stored_at`, and planned ones.
  std::vector<schedule::PastEmission> emissions;
  UtcTime stored_at;
  /// The newest; tells in the next connection what the gateway heard before it.
  std::optional<CounterSample> counter = {};
};

/// The statistics of a gateway that is not connected: a server that was killed could not write when
/// the connection ended.
ConnectionStats last_stats(GatewayMemory memory);

/// From the router, to a connection that it has come to know; empty when nothing is known.
struct MemoryRecalled {
  GatewayMemory memory;
};

/// Implemented over storage (memory/); null where nothing is remembered. Any thread; never blocks.
class GatewayMemories {
 public:
  virtual ~GatewayMemories() = default;
  /// Replaces what was known of the gateway.
  virtual void remember(const GatewayId& gateway_id, GatewayMemory memory) = 0;
  /// Also what was remembered a moment ago. Error not_connected when nothing is known any more.
  virtual void recall(const GatewayId& gateway_id, actors::Reply<GatewayMemory> reply) = 0;
  /// Of a connection, which has something to say when it ends: as long as it holds this, what keeps
  /// memories does not end before it. May be null.
  virtual std::shared_ptr<void> attend() { return nullptr; }
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::MemoryRecalled)
