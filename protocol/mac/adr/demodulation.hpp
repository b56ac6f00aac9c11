// The SNR below which a LoRa frame is lost, by spreading factor and bandwidth. Not for other
// modulations.
#pragma once

#include <optional>

#include "protocol/types/radio.hpp"

namespace ff::mac::adr {

/// dB; nothing for other modulations and for spreading factors or bandwidths without a figure.
/// [spec network-server §9.4]
std::optional<float> demodulation_floor_db(const DataRate& data_rate) noexcept;

}  // namespace ff::mac::adr
