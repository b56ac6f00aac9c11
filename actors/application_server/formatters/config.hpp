// What the pool of formatter workers is configured with.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "protocol/base/time.hpp"

namespace ff::application_server {

struct FormattersConfig {
  std::filesystem::path program;  // farfield-codec
  /// One more is for scripts that have hung or crashed.
  std::size_t workers = 2;
  /// Processor time of one call; the worker ends it.
  Duration timeout = std::chrono::milliseconds{100};
  /// Wall time after which a worker that has not ended its call is killed.
  Duration hang = std::chrono::seconds{2};
  std::size_t queue_size = 10'000;
  Duration queue_timeout = std::chrono::seconds{10};
  std::size_t memory_bytes = std::size_t{64} << 20U;
  std::size_t realms = 512;
  /// Calls given to a worker that it has not answered.
  std::size_t window = 8;
  /// How long a script that has hung or crashed runs apart from the others.
  Duration suspicion = std::chrono::minutes{1};
  /// For a worker to be inside its sandbox.
  Duration start_timeout = std::chrono::seconds{10};
  /// Between starts of a worker that does not come up; it doubles up to the second.
  Duration restart_delay = std::chrono::milliseconds{100};
  Duration restart_delay_max = std::chrono::seconds{5};
};

}  // namespace ff::application_server
