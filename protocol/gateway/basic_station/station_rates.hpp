// The data rates that a station has a number for. Not those of the region (protocol/region).
#pragma once

#include <optional>

#include "protocol/region/region.hpp"

namespace ff::gateway::basic_station {

/// What `index` stands for in a station's table; null: nothing. There is one table for both
/// directions. Stations know SF7 to SF12 below 1 GHz and take SF6 for FSK (release 2.0.6), so that
/// SF6 and SF5 of RP002-1.0.5 are not told, and are neither heard nor sent by stations.
const region::DataRateEntry* station_rate(const region::Region& region,
                                          DataRateIndex index) noexcept;

/// The number by which a station is told to send at `rate`.
std::optional<DataRateIndex> station_downlink_index(const region::Region& region,
                                                    const DataRate& rate) noexcept;

}  // namespace ff::gateway::basic_station
