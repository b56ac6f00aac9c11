// What limits a gateway's transmissions: sub-bands, silence after emissions, dwell time, lead
// times; from its frequency plans and its region. Not the schedule itself: scheduler.hpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::schedule {

inline constexpr ErrorDef frequency_plans_overlap_sub_band{
    "pkg/gatewayserver/scheduling", "frequency_plans_overlap_sub_band", Code::invalid_argument,
    "frequency plans must not have overlapping sub bands"};
inline constexpr ErrorDef frequency_plans_time_off_air{
    "pkg/gatewayserver/scheduling", "frequency_plans_time_off_air", Code::invalid_argument,
    "frequency plans must have the same time off air value"};

/// Least gap between two emissions: what a forwarder's queue needs. [spec gateway-server §9.1:
/// as of 3.34.1, with margins of the JIT queue]
inline constexpr Duration queue_delay = std::chrono::microseconds{32'500};
/// Least lead time when round trips are not known, and of a user's `schedule_anytime_delay`.
inline constexpr Duration schedule_time_short = std::chrono::milliseconds{130};
/// Default `schedule_anytime_delay`.
inline constexpr Duration schedule_time_long = std::chrono::milliseconds{530};
inline constexpr Duration duty_cycle_window = std::chrono::hours{1};
inline constexpr Duration schedule_gc_interval = std::chrono::minutes{30};
/// How exactly a history tells when something was sent.
inline constexpr Duration history_grain = std::chrono::seconds{10};

/// How duty cycles are kept: by the sum over an hour, or additionally by a pause after each
/// emission, as Basic Station does.
enum class DutyCycleStyle : std::uint8_t { window, blocking_window };

struct SubBandLimit {
  Frequency min;
  Frequency max;
  double duty_cycle = 1;  // above 0; 1: no limit
  /// Time on air in an hour of the class B beacons of a gateway that sends them.
  Duration beacons{0};
  bool contains(Frequency frequency) const noexcept { return min <= frequency && frequency <= max; }
  bool operator==(const SubBandLimit&) const = default;
};

struct SchedulerSettings {
  std::vector<SubBandLimit> sub_bands;
  region::TimeOffAir time_off_air;
  /// Of the dwell-time rules; a frame fits if one plan allows it. Outlive the scheduler.
  std::vector<const region::FrequencyPlan*> plans;
  Duration anytime_delay = schedule_time_long;
  DutyCycleStyle style = DutyCycleStyle::window;
};

struct SchedulerOptions {
  bool enforce_duty_cycle = true;
  std::optional<Duration> anytime_delay;  // raised to schedule_time_short
  DutyCycleStyle style = DutyCycleStyle::window;
};

/// Settings of a gateway with `plans` (one or more, of one region `region`). A duty cycle of 0
/// means no limit, as in the reference. Errors when the plans contradict each other. [spec
/// gateway-server §9.3]
Result<SchedulerSettings> make_scheduler_settings(
    std::span<const region::FrequencyPlan* const> plans, const region::Region& region,
    const SchedulerOptions& options);

}  // namespace ff::schedule
