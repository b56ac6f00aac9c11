// The last round-trip times of a gateway connection, and what they say. Not a clock:
// rollover_clock.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "protocol/base/time.hpp"

namespace ff::schedule {

struct RoundTripStats {
  Duration min{0};
  Duration max{0};
  Duration median{0};
  std::size_t count = 0;
  bool operator==(const RoundTripStats&) const = default;
};

/// At most 20 samples of the last 30 minutes. [spec gateway-server §2.6]
class RoundTrips {
 public:
  static constexpr std::size_t samples_max = 20;
  static constexpr Duration sample_life = std::chrono::minutes{30};
  /// With fewer samples, estimates are not used for scheduling.
  static constexpr std::size_t samples_for_estimates = 5;

  /// Overwrites the oldest sample when full. Negative durations are ignored.
  void record(Duration round_trip, UtcTime now) noexcept;
  /// Nothing when no sample is fresh.
  std::optional<RoundTripStats> stats(UtcTime now) const noexcept;
  /// The sample at sorted position floor(percent/100·n) − 1, at least the first; nothing when none
  /// is fresh.
  std::optional<Duration> percentile(unsigned percent, UtcTime now) const noexcept;
  /// Fresh samples.
  std::size_t count(UtcTime now) const noexcept;

 private:
  struct Sample {
    Duration round_trip{0};
    UtcTime at;
  };
  struct Sorted {
    std::array<Duration, samples_max> values;
    std::size_t count = 0;
  };
  Sorted sorted(UtcTime now) const noexcept;

  std::array<Sample, samples_max> samples_{};
  std::size_t count_ = 0;
  std::size_t next_ = 0;
};

}  // namespace ff::schedule
