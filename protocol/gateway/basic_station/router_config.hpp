// `router_config`: what a station must know of its region and its radios, made from frequency
// plans. [spec gateway-server §4.4]
#pragma once

#include <optional>
#include <span>
#include <string>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::gateway::basic_station {

inline constexpr ErrorDef unusable_frequency_plan{"pkg/pfconfig/lbslns", "frequency_plan",
                                                  Code::invalid_argument,
                                                  "invalid frequency plan `{name}`"};

struct RouterConfigOptions {
  /// Gain of antenna 0; the station gets its integer part.
  std::optional<float> antenna_gain_dbi;
  /// The station keeps its own limits (clear channel, duty cycle, dwell time).
  bool is_production = false;
  /// The station sends class B beacons.
  bool beaconing = false;
  /// Regions have the names that Basic Station itself knows (`gs.lbslns.reference_region_names`).
  /// From 2.0.6 on it sends nothing in a region whose name it does not know.
  bool reference_region_names = false;
};

/// `EU863` for `EU_863_870`, `AS923` for `AS_923`: what The Things Stack calls a region.
std::string region_name(std::string_view band_id);
/// `AS923JP` for `AS_923`: what Basic Station calls it; one that it does not know as `region_name`.
std::string reference_region_name(std::string_view band_id);

/// One concentrator per plan; all plans are of `region`. Channels beyond a concentrator's eight,
/// and those on a radio that it does not have, are left out. Error: unusable_frequency_plan when no
/// plan has a radio that can send.
Result<std::string> router_config(std::span<const region::FrequencyPlan* const> plans,
                                  const region::Region& region, const RouterConfigOptions& options,
                                  UtcTime now);

}  // namespace ff::gateway::basic_station
