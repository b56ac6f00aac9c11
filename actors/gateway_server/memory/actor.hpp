// Keeps what outlives gateways' connections, in the store. The single writer of its rows.
#pragma once

#include <atomic>
#include <caf/fwd.hpp>
#include <memory>

#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/memory/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/route.hpp"
#include "storage/engine/engine.hpp"

namespace ff::gateway_server {

/// How many connections have something to remember when they end. Any thread.
class Attendance {
 public:
  explicit Attendance(actors::Route<MemoryHandle> keeper) : keeper_(std::move(keeper)) {}
  /// One more, until the result is dropped. The last one that goes tells the keeper.
  static std::shared_ptr<void> join(std::shared_ptr<Attendance> attendance);
  std::size_t count() const noexcept { return count_.load(); }

 private:
  const actors::Route<MemoryHandle> keeper_;
  std::atomic<std::size_t> count_{0};
};

struct MemoryConfig {
  actors::Deps deps;
  const storage::Reader* store = nullptr;  // outlives the actor
  /// How long a gateway is remembered after its connection has ended, and after the last word of
  /// one whose end nobody wrote.
  Duration disconnected_ttl = GatewayServerConfig{}.connection_stats_disconnect_ttl;
  Duration silent_ttl = GatewayServerConfig{}.connection_stats_ttl;
  Duration sweep_interval = std::chrono::hours{1};
  /// Who is waited for when the actor is told to end, and how long; null: nobody.
  std::shared_ptr<const Attendance> attendance = nullptr;
  Duration ending_max = std::chrono::seconds{3};
  /// Own thread, because reads block; false in virtual time.
  bool own_thread = true;
};

/// Told to end by user_shutdown, it first writes what connections that end with it have to say.
MemoryHandle spawn_gateway_memory(caf::actor_system& system, MemoryConfig config);

/// Whether nothing is to be said of the gateway any more.
bool is_forgotten(const GatewayMemory& memory, const MemoryConfig& config, UtcTime now);

/// The port over the actor that `route` leads to; without one nothing is remembered. `attendance`
/// is the actor's; may be null.
std::shared_ptr<GatewayMemories> make_gateway_memories(
    actors::Route<MemoryHandle> route, std::shared_ptr<Attendance> attendance = nullptr);

}  // namespace ff::gateway_server
