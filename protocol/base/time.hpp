// The clocks of the system as types: wall clock, monotonic clock, GPS time, concentrator counter.
// Time is always a parameter in protocol/; only actors/support reads a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ff {

using Duration = std::chrono::nanoseconds;

/// Wall clock, UTC, without leap seconds (POSIX).
struct UtcClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<UtcClock>;
  static constexpr bool is_steady = false;
};
using UtcTime = UtcClock::time_point;

/// Monotonic since an arbitrary start; never compared between processes.
struct MonoClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonoClock>;
  static constexpr bool is_steady = true;
};
using MonoTime = MonoClock::time_point;

/// Since the GPS epoch, 6 January 1980, counting leap seconds.
struct GpsClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<GpsClock>;
  static constexpr bool is_steady = true;
};
using GpsTime = GpsClock::time_point;

/// Both clocks of one instant, as the actor clock gives them to the pure core.
struct Instant {
  UtcTime utc;
  MonoTime mono;
};

/// Leap seconds between UTC and GPS: table of IERS bulletins up to 1 January 2017 (18 s); none
/// announced since.
GpsTime to_gps(UtcTime utc) noexcept;
UtcTime to_utc(GpsTime gps) noexcept;

/// `2025-02-11T08:31:07.412908551Z`, fraction trimmed to 0, 3, 6 or 9 digits.
std::string to_rfc3339(UtcTime utc);
void append_rfc3339(std::string& out, UtcTime utc);
/// RFC 3339; `Z` or a numeric offset; years 1678 to 2261. Nothing for anything else.
std::optional<UtcTime> parse_rfc3339(std::string_view text);

/// `0.061696s`: seconds with 0, 3, 6 or 9 decimals (protobuf's JSON form of a duration).
std::string to_duration_text(Duration duration);
void append_duration_text(std::string& out, Duration duration);

}  // namespace ff
