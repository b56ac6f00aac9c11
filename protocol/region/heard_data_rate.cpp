#include "protocol/region/heard_data_rate.hpp"

#include <algorithm>

#include "protocol/region/region.hpp"

namespace ff::region {
namespace {

bool has_uplinks_on(const Region& region, Frequency frequency) noexcept {
  if (region.plan_kind == PlanKind::dynamic) return region.sub_band(frequency) != nullptr;
  return std::ranges::find(region.default_uplink_channels, frequency, &Channel::frequency) !=
         region.default_uplink_channels.end();
}

}  // namespace

std::optional<DataRateIndex> heard_data_rate(std::string_view band_id, Frequency frequency,
                                             const DataRate& data_rate) noexcept {
  if (const auto* region = find_latest(band_id)) return region->uplink_data_rate_index(data_rate);
  std::optional<DataRateIndex> out;
  for (const auto id : band_ids()) {
    const auto& region = *find_latest(id);
    if (!has_uplinks_on(region, frequency)) continue;
    const auto index = region.uplink_data_rate_index(data_rate);
    if (!index) continue;
    if (out && *out != *index) return std::nullopt;
    out = index;
  }
  return out;
}

}  // namespace ff::region
