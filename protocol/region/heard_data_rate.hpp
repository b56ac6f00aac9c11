// The index of the data rate at which an uplink was heard, for those who know neither its device's
// settings nor its frequency plan. Not for the network server, which knows both.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/types/radio.hpp"

namespace ff::region {

/// In the newest revision of the band. If the band is not known (`band_id` empty, or none of ours):
/// what it is in every band that has uplinks on the frequency; nothing where these do not agree.
std::optional<DataRateIndex> heard_data_rate(std::string_view band_id, Frequency frequency,
                                             const DataRate& data_rate) noexcept;

}  // namespace ff::region
