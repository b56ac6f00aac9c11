#include "protocol/schedule/scheduler_settings.hpp"

#include <algorithm>
#include <limits>

#include "protocol/schedule/time_on_air.hpp"
#include "protocol/types/beacon.hpp"

namespace ff::schedule {
namespace {

double limit_of(double duty_cycle) {
  return duty_cycle <= 0 || duty_cycle > 1 ? 1 : duty_cycle;
}

bool overlap(const SubBandLimit& a, const SubBandLimit& b) {
  return a.min < b.max && b.min < a.max;
}

/// Equal bands of two plans are one band; others must not overlap.
Status add(std::vector<SubBandLimit>& bands, const SubBandLimit& band) {
  if (std::find(bands.begin(), bands.end(), band) != bands.end()) return {};
  for (const auto& other : bands) {
    if (overlap(other, band)) return fail(frequency_plans_overlap_sub_band);
  }
  bands.push_back(band);
  return {};
}

Result<std::vector<SubBandLimit>> sub_bands(std::span<const region::FrequencyPlan* const> plans,
                                            const region::Region& region) {
  std::vector<SubBandLimit> bands;
  for (const auto* plan : plans) {
    for (const auto& band : plan->sub_bands)
      FF_CHECK(add(bands, {band.min, band.max, limit_of(band.duty_cycle)}));
  }
  if (!bands.empty()) return bands;
  for (const auto& band : region.sub_bands)
    bands.push_back({band.min, band.max, limit_of(band.duty_cycle)});
  return bands;
}

/// What the beacons of a region take of its sub-bands. Where they change between frequencies, each
/// has its share.
void add_beacons(std::vector<SubBandLimit>& bands, const region::Region& region) {
  // The longest of all regions; they have no header and no CRC, which is less by some symbols.
  constexpr std::size_t beacon_bytes = 23;
  constexpr auto beacons_per_window = duty_cycle_window / Duration{beacon_period};
  const auto rate =
      std::ranges::find(region.data_rates, region.beacon_data_rate, &region::DataRateEntry::index);
  if (rate == region.data_rates.end()) return;
  for (const auto frequency : region.beacon_frequencies) {
    const auto band = std::ranges::find_if(
        bands, [&](const SubBandLimit& limit) { return limit.contains(frequency); });
    const auto air = time_on_air(beacon_bytes, rate->data_rate, frequency);
    if (band == bands.end() || !air) continue;
    band->beacons += *air * beacons_per_window / region.beacon_frequencies.size();
  }
}

}  // namespace

Result<SchedulerSettings> make_scheduler_settings(
    std::span<const region::FrequencyPlan* const> plans, const region::Region& region,
    const SchedulerOptions& options) {
  SchedulerSettings settings;
  settings.style = options.style;
  settings.anytime_delay =
      std::max(options.anytime_delay.value_or(schedule_time_long), schedule_time_short);
  for (const auto* plan : plans) {
    const auto& off_air = plan->time_off_air;
    if (plan == plans.front()) settings.time_off_air = off_air;
    if (off_air.fraction != settings.time_off_air.fraction ||
        off_air.duration != settings.time_off_air.duration)
      return fail(frequency_plans_time_off_air);
    settings.plans.push_back(plan);
  }
  FF_TRY(settings.sub_bands, sub_bands(plans, region));
  add_beacons(settings.sub_bands, region);
  if (!options.enforce_duty_cycle) {
    settings.sub_bands = {
        {Frequency::hz(0), Frequency::hz(std::numeric_limits<std::uint64_t>::max()), 1}};
  }
  return settings;
}

}  // namespace ff::schedule
