// The bounds and times of stored MQTT sessions. Not those of connections
// (net/mqtt/session_limits.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "protocol/base/time.hpp"

namespace ff::application_server::mqtt_session {

struct SessionsConfig {
  /// Stored sessions of one application; 0: none, every client is treated as if it had asked for a
  /// clean session.
  std::size_t sessions_max = 1000;
  /// Bytes of the client identifier of a stored session.
  std::size_t client_id_size_max = 256;
  /// Messages sent and not acknowledged, of all shards; a client may ask for less.
  std::uint16_t window = 64;
  /// … and their bytes, roughly. Well below what a connection lets wait for the network, so that no
  /// message at QoS 1 is ever discarded there.
  std::size_t window_bytes = std::size_t{64} << 10U;
  /// How much wider both are for a group, whose members share them.
  std::uint16_t group_factor = 16;
  /// Messages that come live and wait for the session; behind them it reads from the outbox.
  std::uint32_t live_max = 192;
  /// Messages read from the outbox at once.
  std::size_t batch = 64;
  std::size_t filters_max = 128;
  /// Acknowledged messages are written down this often: what may be sent again after a crash.
  Duration cursor_interval = std::chrono::seconds{1};
  /// How often a connected session looks whether the outbox has messages that never came live.
  Duration poll_interval = std::chrono::minutes{1};
  /// How often expired sessions are looked for, and how many sessions are looked at in one step.
  Duration sweep_interval = std::chrono::minutes{1};
  std::size_t sweep_sessions = 128;
  /// Clients that wait for the list of sessions to be read at the start.
  std::size_t waiting_max = 4096;
};

}  // namespace ff::application_server::mqtt_session
