// A histogram of durations with constant relative error, for percentiles of millions of samples.
// Not a list of samples.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/time.hpp"

namespace ff::sim {

class Histogram {
 public:
  /// Negative durations count as zero, those above an hour as an hour.
  void record(Duration duration) noexcept;
  std::uint64_t count() const noexcept { return count_; }
  /// The duration that `fraction` (0 to 1) of the samples do not exceed, at most 1.6 % too high.
  /// Zero without samples.
  Duration quantile(double fraction) const noexcept;
  Duration max() const noexcept { return max_; }

 private:
  static constexpr unsigned sub_bits = 6;
  static constexpr std::size_t size = 28U << sub_bits;  // up to 2^33 microseconds
  std::array<std::uint64_t, size> buckets_{};
  std::uint64_t count_ = 0;
  Duration max_{0};
};

}  // namespace ff::sim
