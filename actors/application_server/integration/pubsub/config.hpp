// The bounds and times of pub/sub integrations. Not those of connections
// (net/broker_client/client.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>

#include "actors/application_server/integration/pubsub/pubsub.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_server::pubsub {

/// Of one integration.
struct IntegrationConfig {
  /// Messages that the broker has not acknowledged; of one device one after the other.
  std::size_t window = 64;
  /// Messages held: under way, behind another one of their device, or to be sent again. Behind them
  /// the outbox is not read.
  std::size_t held_max = 256;
  std::size_t held_bytes_max = std::size_t{2} << 20U;
  std::size_t batch = 64;       ///< Messages read from the outbox at once.
  std::uint32_t live_max = 64;  ///< Messages that come live and wait for their turn.
  /// The broker may take as long to acknowledge; then it is connected to anew.
  Duration acknowledge_timeout = std::chrono::seconds{30};
  /// A connection takes less than this, or is given up: a guard, the client has its own times.
  Duration connect_timeout = std::chrono::minutes{1};
  /// Attempts of a message that the broker refuses while it takes others; then it is given up.
  std::uint32_t attempts_max = 7;
  /// Messages that fail and are older than this are given up.
  Duration age_max = std::chrono::hours{168};
  /// How often cursors are written down: what may be sent again after a crash.
  Duration cursor_interval = std::chrono::seconds{1};
  /// How often the outbox is looked at for messages that never came live.
  Duration poll_interval = std::chrono::minutes{1};
};

struct PubSubsConfig {
  IntegrationConfig integration;
  std::set<Provider> disabled;
  std::size_t per_application_max = 100;
  /// Changes that wait for their turn; more are refused.
  std::size_t waiting_max = 1024;
  /// After the failure of an integration's actor.
  Duration restart_delay = std::chrono::seconds{1};
};

}  // namespace ff::application_server::pubsub
