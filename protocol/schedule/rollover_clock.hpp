// A gateway's concentrator counter, unrolled, and its relation to server time and GPS time.
// Not a clock that runs: every time is a parameter.
//
// The counter has 32 bits of microseconds and wraps every 71 min 35 s. A sample pairs a counter
// value with the server time of its arrival and, on gateways with GPS, with the gateway's own time.
// The unrolled time of a new sample is the one nearest to what the server clock says has passed,
// among those that do not lie more than a minute back:
//
//   behind by up to 60 s   the sample came late (boards and antennas report out of order); the
//   newer sample is kept,
//                          unless the server clock has moved on by more than 5 s: then the counter
//                          was restarted
//   behind by more         the counter wrapped, or the gateway was restarted
//
// GPS time is kept apart from the server's samples, so that an uplink without GPS time does not
// forget it; it is dropped when the counter jumps against the server clock, and when samples have
// come without it for ten minutes. [spec gateway-server §9.4, radio-events-errors §5.2]
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/time.hpp"

namespace ff::schedule {

/// Unrolled concentrator counter; starts at the first sample's counter value.
struct ConcentratorClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ConcentratorClock, duration>;
  static constexpr bool is_steady = true;
};
using ConcentratorTime = ConcentratorClock::time_point;

/// The counter value at an unrolled time.
std::uint32_t counter_at(ConcentratorTime time) noexcept;

class RolloverClock {
 public:
  static constexpr Duration counter_period = std::chrono::microseconds{std::int64_t{1} << 32};
  static constexpr Duration out_of_order_max = std::chrono::seconds{60};
  static constexpr Duration reorder_time_max = std::chrono::seconds{5};
  /// A gateway without GPS refuses what has a GPS time.
  static constexpr Duration gateway_time_age_max = std::chrono::minutes{10};

  /// Whether any sample was seen. All conversions but `counter_at` need one.
  bool is_synced() const noexcept { return sync_.has_value(); }
  /// Whether the gateway's GPS time is known.
  bool has_gateway_time() const noexcept { return gps_.has_value(); }
  /// Server time of the newest sample.
  std::optional<UtcTime> synced_at() const noexcept;
  /// Whether this clock, which `before` has become by samples, still puts times where `before` put
  /// them: no sample said that the counter was restarted, or that one of the clocks was set. False
  /// also if either is not synced.
  bool continues(const RolloverClock& before) const noexcept;

  /// Takes a sample; returns its unrolled time. `gateway` only if it comes from GPS.
  ConcentratorTime sync(std::uint32_t counter_us, UtcTime server,
                        std::optional<UtcTime> gateway = {}) noexcept;
  /// Takes a sample whose unrolled time is known (uplink token, 48-bit counters).
  void sync_at(ConcentratorTime concentrator, UtcTime server,
               std::optional<UtcTime> gateway = {}) noexcept;

  /// The gateway says that it has no GPS time any more.
  void forget_gateway_time() noexcept { gps_.reset(); }

  /// The unrolled time of `counter_us` nearest to the newest sample, within half a period. Zero
  /// based when not synced.
  ConcentratorTime unroll(std::uint32_t counter_us) const noexcept;
  std::optional<ConcentratorTime> from_server_time(UtcTime server) const noexcept;
  std::optional<UtcTime> to_server_time(ConcentratorTime time) const noexcept;
  std::optional<ConcentratorTime> from_gateway_time(UtcTime gateway) const noexcept;
  std::optional<UtcTime> to_gateway_time(ConcentratorTime time) const noexcept;

 private:
  struct Sample {
    ConcentratorTime concentrator;
    UtcTime other;
  };
  static bool is_jump(const Sample& from, const Sample& to) noexcept;

  std::optional<Sample> sync_;
  std::optional<Sample> gps_;
};

}  // namespace ff::schedule
