// The bounds and times of application packages. Not those of requests (net/http_client/client.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "actors/application_server/integration/packages/reaction.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_server::packages {

/// Of one consumer.
struct ConsumerConfig {
  /// Messages being handled; of one device one after the other.
  std::size_t window = 32;
  /// Messages held: being handled, behind another one of their device, or to be tried again. Behind
  /// them the outbox is not read.
  std::size_t held_max = 256;
  std::size_t held_bytes_max = std::size_t{2} << 20U;
  std::size_t batch = 64;       ///< Messages read from the outbox at once.
  std::uint32_t live_max = 64;  ///< Messages that come live and wait for their turn.
  /// A message is tried again after so long, twice as long each time.
  Duration retry_delay = std::chrono::seconds{1};
  Duration retry_delay_max = std::chrono::minutes{5};
  std::uint32_t attempts_max = 7;
  /// Messages that fail and are older than this are given up.
  Duration age_max = std::chrono::hours{1};
  /// So many failures in a row that pass, and the server is left alone for a while.
  std::uint32_t circuit_failures = 5;
  /// For a message that is never answered: a guard, those asked have times of their own.
  Duration guard = std::chrono::minutes{3};
  /// How often cursors are written down: what may be done again after a crash.
  Duration cursor_interval = std::chrono::seconds{1};
  /// How often the outbox is looked at for messages that never came live.
  Duration poll_interval = std::chrono::minutes{1};
  /// Devices whose last frames are remembered, for queries with several.
  std::size_t history_devices_max = 10'000;
};

struct PackagesConfig {
  ConsumerConfig consumer;
  Servers servers;
  std::string user_agent;
  std::size_t per_application_max = 1'000'000;
  std::size_t data_size_max = std::size_t{64} << 10U;
  /// Changes that wait for their turn; more are refused.
  std::size_t waiting_max = 1024;
  /// After the failure of a consumer's actor.
  Duration restart_delay = std::chrono::seconds{1};
};

}  // namespace ff::application_server::packages
