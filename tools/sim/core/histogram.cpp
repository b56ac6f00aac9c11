#include "tools/sim/core/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace ff::sim {
namespace {

using std::chrono::microseconds;

/// Below 2^bits every value has its bucket, above each octave has 2^bits of them.
std::size_t bucket_of(std::uint64_t value, unsigned bits) noexcept {
  if (value < 1ULL << bits) return static_cast<std::size_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - bits;
  return ((std::size_t{shift} + 1) << bits) + ((value >> shift) & ((1ULL << bits) - 1));
}

std::uint64_t upper_bound_of(std::size_t bucket, unsigned bits) noexcept {
  if (bucket < 1ULL << bits) return bucket;
  const auto shift = (bucket >> bits) - 1;
  const auto mantissa = (1ULL << bits) + (bucket & ((1ULL << bits) - 1));
  return ((mantissa + 1) << shift) - 1;
}

}  // namespace

void Histogram::record(Duration duration) noexcept {
  const auto bounded = std::clamp<Duration>(duration, Duration{0}, std::chrono::hours{1});
  const auto count = std::chrono::duration_cast<microseconds>(bounded).count();
  ++buckets_[std::min(bucket_of(static_cast<std::uint64_t>(count), sub_bits), size - 1)];
  ++count_;
  max_ = std::max(max_, bounded);
}

Duration Histogram::quantile(double fraction) const noexcept {
  if (count_ == 0) return Duration{0};
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < size; ++bucket) {
    seen += buckets_[bucket];
    if (seen < std::max<std::uint64_t>(wanted, 1)) continue;
    const Duration bound = microseconds{upper_bound_of(bucket, sub_bits)};
    return std::min(bound, max_);
  }
  return max_;
}

}  // namespace ff::sim
