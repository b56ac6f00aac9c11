// The SNR below which a frame is lost, by data rate.
#pragma once

#include <optional>

#include "protocol/region/region.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac::adr {

/// dB; nothing for other modulations and for spreading factors or bandwidths without a figure.
/// [spec network-server §9.4]
std::optional<float> demodulation_floor_db(const DataRate& data_rate) noexcept;

/// The same of an uplink data rate. SF5, which the reference has no figure for, continues the row
/// where the region counts it among its fast rates. [RP002-1.0.5]
std::optional<float> demodulation_floor_db(const region::Region& region,
                                           DataRateIndex index) noexcept;

/// The same on one scale for LoRa and LR-FHSS, to compare how far they reach: of LR-FHSS the floor
/// of the LoRa rate with about the same sensitivity, SF12 for coding rate 1/3 and SF11 for 2/3. An
/// estimate, and not to be held against an SNR that was measured of LR-FHSS.
std::optional<float> reach_floor_db(const DataRate& data_rate) noexcept;

}  // namespace ff::mac::adr
