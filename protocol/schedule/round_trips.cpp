#include "protocol/schedule/round_trips.hpp"

#include <algorithm>

namespace ff::schedule {

void RoundTrips::record(Duration round_trip, UtcTime now) noexcept {
  if (round_trip < Duration::zero()) return;
  samples_[next_] = {round_trip, now};
  next_ = (next_ + 1) % samples_max;
  count_ = std::min(count_ + 1, samples_max);
}

RoundTrips::Sorted RoundTrips::sorted(UtcTime now) const noexcept {
  Sorted fresh{};
  for (std::size_t i = 0; i < count_; ++i) {
    if (now - samples_[i].at <= sample_life) fresh.values[fresh.count++] = samples_[i].round_trip;
  }
  std::sort(fresh.values.begin(), fresh.values.begin() + static_cast<std::ptrdiff_t>(fresh.count));
  return fresh;
}

std::optional<RoundTripStats> RoundTrips::stats(UtcTime now) const noexcept {
  const auto fresh = sorted(now);
  if (fresh.count == 0) return std::nullopt;
  const auto middle = fresh.count / 2;
  const auto median = fresh.count % 2 == 1 ? fresh.values[middle]
                                           : (fresh.values[middle - 1] + fresh.values[middle]) / 2;
  return RoundTripStats{fresh.values[0], fresh.values[fresh.count - 1], median, fresh.count};
}

std::optional<Duration> RoundTrips::percentile(unsigned percent, UtcTime now) const noexcept {
  const auto fresh = sorted(now);
  if (fresh.count == 0) return std::nullopt;
  const auto rank = std::min(fresh.count, percent * fresh.count / 100);
  return fresh.values[rank == 0 ? 0 : rank - 1];
}

std::size_t RoundTrips::count(UtcTime now) const noexcept {
  return sorted(now).count;
}

}  // namespace ff::schedule
