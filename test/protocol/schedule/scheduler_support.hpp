// What the tests of the scheduler share: a region with three kinds of sub-bands, frames, a gateway
// whose counter is 0 at noon.
#pragma once

#include <string>

#include "protocol/schedule/scheduler.hpp"

namespace ff::schedule {

inline const UtcTime noon{std::chrono::seconds{1'700'000'000}};
inline const Frequency rx1 = Frequency::hz(868'100'000);        // 1 %
inline const Frequency rx2 = Frequency::hz(869'525'000);        // 10 %
inline const Frequency free_band = Frequency::hz(863'500'000);  // no limit

inline const region::SubBand eu_sub_bands[] = {
    {Frequency::hz(863'000'000), Frequency::hz(864'000'000), 1, 14},
    {Frequency::hz(868'000'000), Frequency::hz(868'600'000), 0.01, 14},
    {Frequency::hz(869'400'000), Frequency::hz(869'650'000), 0.1, 27},
};

inline region::Region eu_region() {
  region::Region region;
  region.band_id = "EU_863_870";
  region.sub_bands = eu_sub_bands;
  return region;
}

inline const region::FrequencyPlan bare_plan;

/// `plan` outlives the scheduler.
inline SchedulerSettings settings(SchedulerOptions options = {},
                                  const region::FrequencyPlan& plan = bare_plan) {
  const region::FrequencyPlan* plans[] = {&plan};
  return *make_scheduler_settings(plans, eu_region(), options);
}

/// SF7, 10 bytes: 41.216 ms.
inline Transmission short_frame(Frequency frequency = rx1,
                                TxPriority priority = TxPriority::highest) {
  return {10, LoraDataRate{7, 125'000, CodingRate::cr4_5}, frequency, priority};
}
inline constexpr Duration short_airtime = std::chrono::microseconds{41'216};
/// SF12, 51 bytes: about 2.47 s.
inline Transmission long_frame(Frequency frequency, TxPriority priority = TxPriority::highest) {
  return {51 + 13, LoraDataRate{12, 125'000, CodingRate::cr4_5}, frequency, priority};
}
inline constexpr Duration long_airtime = std::chrono::microseconds{2'793'472};

/// A gateway whose counter is 0 at noon; `now` is after noon.
struct Gateway {
  RolloverClock clock;
  RoundTrips round_trips;
  Gateway() { clock.sync(0, noon); }
  ScheduleContext at(Duration now) const { return {clock, round_trips, noon + now}; }
};

inline ConcentratorTime counter(Duration since_noon) {
  return ConcentratorTime{since_noon};
}

/// What a short frame and the silence after it take.
inline const Duration occupied = short_airtime + queue_delay;

/// The text of an error's attribute; empty when it has none.
inline std::string attribute(const Error& error, std::string_view name) {
  for (const auto& attribute : error.attributes()) {
    if (attribute.name == name) return ff::to_string(attribute.value);
  }
  return {};
}

}  // namespace ff::schedule
