// How well a concentrator's counter agrees with the server's clock: what an operator looks at when
// downlinks come too early or too late. Not the clock (protocol/schedule/rollover_clock.hpp). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/schedule/rollover_clock.hpp"

namespace ff::gateway_server {

struct ClockStats {
  std::uint64_t samples = 0;
  std::uint64_t jumps = 0;  // the counter was restarted, or one of the clocks was set
  /// Of the newest sample: ahead (positive) of where the one before it put the counter. Mostly how
  /// unevenly the backhaul delays.
  Duration error{0};
  Duration error_max{0};  // greatest either way since the last jump
  /// How much faster the counter runs than the server's clock, in millionths; unknown until the
  /// samples since the last jump span a minute.
  std::optional<double> drift_ppm;
};

class ClockQuality {
 public:
  /// A greater error is no drift and no delay.
  static constexpr Duration jump_min = std::chrono::seconds{1};
  static constexpr Duration drift_over_min = std::chrono::minutes{1};

  /// A sample that set the clock; `expected`: where the clock had put the counter, if it was set
  /// before.
  void add(schedule::ConcentratorTime counter, UtcTime server,
           std::optional<schedule::ConcentratorTime> expected) noexcept;
  ClockStats stats() const noexcept { return stats_; }

 private:
  struct Sample {
    schedule::ConcentratorTime counter;
    UtcTime server;
  };
  std::optional<Sample> first_;  // since the last jump
  ClockStats stats_;
};

}  // namespace ff::gateway_server
