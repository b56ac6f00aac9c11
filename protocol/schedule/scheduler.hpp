// When a gateway may transmit: conflicts, duty cycle, dwell time, lead time. One scheduler per
// gateway connection. Not which window or gateway to use: that is the gateway connection's and the
// network server's choice.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/schedule/emissions.hpp"
#include "protocol/schedule/rollover_clock.hpp"
#include "protocol/schedule/round_trips.hpp"
#include "protocol/schedule/scheduler_settings.hpp"
#include "protocol/types/frames.hpp"

namespace ff::schedule {

inline constexpr ErrorDef no_absolute_gateway_time{"pkg/gatewayserver/scheduling",
                                                   "no_absolute_gateway_time", Code::aborted,
                                                   "no absolute gateway time"};
inline constexpr ErrorDef no_server_time{"pkg/gatewayserver/scheduling", "no_server_time",
                                         Code::aborted, "no server time"};
inline constexpr ErrorDef schedule_conflict{"pkg/gatewayserver/scheduling", "conflict",
                                            Code::already_exists, "scheduling conflict"};
inline constexpr ErrorDef dwell_time_exceeded{"pkg/gatewayserver/scheduling", "dwell_time",
                                              Code::failed_precondition,
                                              "packet exceeds dwell time restriction"};
inline constexpr ErrorDef sub_band_not_found{"pkg/gatewayserver/scheduling", "sub_band_not_found",
                                             Code::failed_precondition,
                                             "sub-band not found for frequency `{frequency}` Hz"};
inline constexpr ErrorDef too_late{"pkg/gatewayserver/scheduling", "too_late",
                                   Code::failed_precondition,
                                   "too late to transmission scheduled time (delay is `{delay}`)"};
inline constexpr ErrorDef band_blocked{"pkg/gatewayserver/scheduling", "blocked",
                                       Code::resource_exhausted,
                                       "sub-band is blocked for `{duration}`"};
inline constexpr ErrorDef duty_cycle_exceeded{
    "pkg/gatewayserver/scheduling", "duty_cycle", Code::resource_exhausted,
    "utilization `{used}` of sub-band above `{usable}` for `{priority}`"};
inline constexpr ErrorDef no_clock_sync{"pkg/gatewayserver/scheduling", "no_clock_sync",
                                        Code::unavailable, "no clock sync"};

/// Share of a sub-band's duty cycle that emissions up to this priority may use together. [spec
/// gateway-server §9.3]
double duty_cycle_ceiling(TxPriority priority) noexcept;
/// `LOWEST` … `HIGHEST`, as in the API.
const char* to_string(TxPriority priority) noexcept;

/// What to send, as far as the schedule cares.
struct Transmission {
  std::size_t payload_bytes = 0;
  DataRate data_rate;
  Frequency frequency;
  TxPriority priority = TxPriority::normal;
  DeviceClass device_class = DeviceClass::a;
};

/// The clocks at the moment of a request. References must outlive the call only.
struct ScheduleContext {
  const RolloverClock& clock;
  const RoundTrips& round_trips;
  UtcTime now;
};

struct SubBandUsage {
  SubBandLimit limit;
  double utilization = 0;  // of the last hour, fraction
};

class Scheduler {
 public:
  explicit Scheduler(SchedulerSettings settings);

  /// Exactly at `starts`. Errors: no_clock_sync, no_server_time, too_late, sub_band_not_found,
  /// dwell_time, conflict, duty_cycle, blocked, and pkg/toa's. Those that pass with time say in
  /// `next_free` how far ahead of now there is room, and a conflict says `with` what.
  Result<Emission> schedule_at(const Transmission& transmission, ConcentratorTime starts,
                               const ScheduleContext& context);
  /// At a wall-clock time: by GPS if the gateway has it, else through the server's clock and at
  /// least five round trips (else no_absolute_gateway_time).
  Result<Emission> schedule_at_absolute(const Transmission& transmission, UtcTime starts,
                                        const ScheduleContext& context);
  /// As soon as possible from `earliest`; unset: from now plus the anytime delay. May be minutes
  /// ahead when the duty cycle is used up.
  Result<Emission> schedule_anytime(const Transmission& transmission,
                                    std::optional<ConcentratorTime> earliest,
                                    const ScheduleContext& context);
  /// From now on the gateway sends class B beacons, if the clock has its GPS time: nothing is sent
  /// while a beacon is, and nothing of classes B and C in the guard time before it.
  void keep_beacons_free() noexcept { keeps_beacons_free_ = true; }
  bool keeps_beacons_free() const noexcept { return keeps_beacons_free_; }

  /// What still counts for a duty cycle and what is to come, oldest first; emissions of one
  /// sub-band that start within `history_grain` are one, as long as they are together. Empty
  /// without a clock.
  std::vector<PastEmission> history(const ScheduleContext& context) const;
  /// Counts the history of an earlier connection. The clock must be synced. What lies in no
  /// sub-band is left out.
  void carry(std::span<const PastEmission> emissions, const ScheduleContext& context);
  /// The gateway's counter was started anew: what counts for a duty cycle, placed by `before`, is
  /// put where `after` has it. Both clocks must be synced.
  void move(const ScheduleContext& before, const ScheduleContext& after);

  /// Takes back an emission that was not handed to the gateway.
  void cancel(const Emission& emission) noexcept { emissions_.erase(emission); }

  /// Forgets emissions that no window can see any more. Call every `schedule_gc_interval`.
  void collect_garbage(const ScheduleContext& context) noexcept;
  std::vector<SubBandUsage> usage(const ScheduleContext& context) const;

  /// Least time between now and the start of an emission.
  static Duration lead_time(const RoundTrips& round_trips, UtcTime now) noexcept;
  /// Where a wall-clock time lies on the concentrator's counter. [spec
  /// gateway-server §9.4]
  static Result<ConcentratorTime> resolve(UtcTime starts, const ScheduleContext& context);

  const Emissions& emissions() const noexcept { return emissions_; }
  const SchedulerSettings& settings() const noexcept { return settings_; }

 private:
  Result<Emission> prepare(const Transmission& transmission) const;
  std::optional<std::size_t> sub_band_of(Frequency frequency) const noexcept;
  Status check(const Emission& emission, const Transmission& transmission,
               const ScheduleContext& context) const;
  std::optional<ConcentratorTime> beacon_end(const Emission& emission, DeviceClass device_class,
                                             const ScheduleContext& context) const;
  std::optional<ConcentratorTime> first_free(Emission emission, const Transmission& transmission,
                                             const ScheduleContext& context) const;
  Error with_next_free(const Error& error, const Emission& emission,
                       const Transmission& transmission, const ScheduleContext& context) const;
  Status check_dwell_time(Frequency frequency, Duration duration) const;
  Status check_duty_cycle(const Emission& emission, TxPriority priority) const;
  Status check_blocking(const Emission& emission) const;
  Duration budget(std::size_t sub_band, TxPriority priority) const noexcept;
  ConcentratorTime earliest_with_budget(const Emission& emission, TxPriority priority) const;

  SchedulerSettings settings_;
  Emissions emissions_;
  bool keeps_beacons_free_ = false;
};

}  // namespace ff::schedule
