// Quota: the generic cell rate algorithm (GCRA) as arithmetic. A key's state is one number, the
// time at which its bucket is full again. Not where states are kept: bucket_table.hpp.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/base/time.hpp"

namespace ff::net {

/// What a request was told; also what its caller is told in headers.
struct RateVerdict {
  bool allowed = true;
  std::uint32_t limit = 0;      ///< Requests at once, at most.
  std::uint32_t available = 0;  ///< Requests that would be allowed now.
  Duration reset{};             ///< Until `available` is `limit` again.
  Duration retry{};             ///< Until one would be allowed; 0 when this one was.
};

/// Times in ticks of 10 µs from a start of the caller's choice.
class Quota {
 public:
  using Ticks = std::uint64_t;
  static constexpr Duration tick = std::chrono::microseconds{10};
  static constexpr std::uint32_t per_minute_max = 6'000'000;
  static constexpr std::uint32_t burst_max = 1'000'000;

  /// `per_minute` from 1 to `per_minute_max`; `burst` from 1 to `burst_max`.
  constexpr Quota(std::uint32_t per_minute, std::uint32_t burst)
      : interval_(std::chrono::minutes{1} / tick / per_minute), burst_(burst) {}

  struct Step {
    Ticks full_at;  ///< The key's new state: unchanged when refused.
    RateVerdict verdict;
  };
  /// One request at `now` of a key whose bucket is full at `full_at` (0: always was).
  constexpr Step step(Ticks full_at, Ticks now) const noexcept {
    const auto start = std::max(full_at, now);
    const auto next = start + interval_;
    const auto room = interval_ * burst_;
    const bool allowed = next - now <= room;
    const auto after = allowed ? next : start;
    RateVerdict verdict{.allowed = allowed, .limit = burst_, .reset = tick * (after - now)};
    verdict.available =
        static_cast<std::uint32_t>((room - std::min(room, after - now)) / interval_);
    if (!allowed) verdict.retry = tick * (next - now - room);
    return {allowed ? next : full_at, verdict};
  }

 private:
  Ticks interval_;  // of requests at the steady rate; at least 1
  std::uint32_t burst_;
};

}  // namespace ff::net
