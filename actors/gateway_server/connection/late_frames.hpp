// Which uplinks come late: a gateway whose backhaul was down sends what it kept, with the counter
// values of then. Such a frame is welcome, but it must not set the clock, and nobody listens for an
// answer any more. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/schedule/rollover_clock.hpp"

namespace ff::gateway_server {

class LateFrames {
 public:
  /// A frame that is older came with a delay, not with a slow network: its sample is no good.
  static constexpr Duration delayed_min = std::chrono::seconds{2};
  /// The last receive window that there is closes so long after a frame: 15 s, and RX2.
  /// [TS001-1.0.4 §5.7]
  static constexpr Duration answerable_max = std::chrono::seconds{16};

  struct Verdict {
    /// Since the gateway heard the frame; zero for those that came at once.
    Duration age{0};
    bool may_sync() const noexcept { return age < delayed_min; }
    bool is_late() const noexcept { return age > answerable_max; }
  };

  /// What a frame says of when it was heard.
  struct Heard {
    std::uint32_t counter_us = 0;
    std::optional<UtcTime> gps_time = {};
    /// By a clock that nobody vouches for.
    std::optional<UtcTime> gateway_time = {};
  };

  /// By the gateway's GPS, else by its counter: one that is behind what `clock` expects, and has
  /// run for longer than since the last sample, was not restarted. It knows no whole periods, and
  /// one that is ahead may be older than half a period. Where the counter tells nothing, by a
  /// gateway's time that is too old for an answer, but not by more than `reported_age_max`; that
  /// time is measured from what it was for a frame that came at once. A gateway that is behind by
  /// the same time over `settled_after` has a clock that was set, and is believed.
  Verdict judge(const schedule::RolloverClock& clock, const Heard& heard, UtcTime now) noexcept;

  static constexpr Duration settled_after = std::chrono::seconds{10};
  /// No gateway keeps frames for longer; its time was never set.
  static constexpr Duration reported_age_max = std::chrono::hours{24};

 private:
  struct Run {
    Duration age{0};
    UtcTime since;
  };
  Duration age_of(std::optional<Duration> behind, const Heard& heard, UtcTime now) const noexcept;
  Duration reported_age(const Heard& heard, UtcTime now) const noexcept;
  void came_at_once(const Heard& heard, UtcTime now) noexcept;

  std::optional<Run> run_;
  Duration gateway_behind_{0};  // its clock, behind ours
};

}  // namespace ff::gateway_server
