// How long a frame occupies the radio: LoRa below 1 GHz and at 2.4 GHz, FSK, LR-FHSS.
// Not for dwell-time or duty-cycle limits: those are the scheduler's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/radio.hpp"

namespace ff::schedule {

inline constexpr ErrorDef invalid_bandwidth{"pkg/toa", "bandwidth", Code::invalid_argument,
                                            "invalid bandwidth `{bandwidth}`"};
inline constexpr ErrorDef invalid_coding_rate{"pkg/toa", "coding_rate", Code::invalid_argument,
                                              "invalid coding rate `{coding_rate}`"};
inline constexpr ErrorDef invalid_frequency{"pkg/toa", "frequency", Code::invalid_argument,
                                            "invalid frequency `{frequency}`"};
inline constexpr ErrorDef invalid_spreading_factor{"pkg/toa", "spreading_factor",
                                                   Code::invalid_argument,
                                                   "invalid spreading factor `{spreading_factor}`"};

/// Layout of a LoRa frame; the defaults are LoRaWAN's. [RP002-1.0.4 §3.1]
struct LoraFraming {
  std::uint16_t preamble_symbols = 8;
  bool explicit_header = true;
  bool crc = true;
  /// Unset: on when a symbol lasts 16 ms or more.
  std::optional<bool> low_data_rate_optimization;
};

/// Airtime of a PHYPayload of `payload_bytes`. Below 1 GHz the CRC is always counted, as the
/// reference does; above, only when `crc`. Errors are `pkg/toa`'s. [spec gateway-server §10]
Result<Duration> time_on_air(std::size_t payload_bytes, const DataRate& data_rate,
                             Frequency frequency, bool crc = true);

/// Below 1 GHz: SX127x formula, with SX126x's longer preamble for SF5 and SF6.
Result<Duration> lora_time_on_air(std::size_t payload_bytes, const LoraDataRate& data_rate,
                                  const LoraFraming& framing);
/// 2.4 GHz: SX1280 with long interleaving; other coding rates are an error.
Result<Duration> lora_2g4_time_on_air(std::size_t payload_bytes, const LoraDataRate& data_rate,
                                      bool crc);
/// Preamble 5, sync word 3, length 1 and CRC 2 bytes around the payload.
Result<Duration> fsk_time_on_air(std::size_t payload_bytes, const FskDataRate& data_rate);
/// Three header replicas at coding rate 1/3, two at 2/3.
Result<Duration> lr_fhss_time_on_air(std::size_t payload_bytes, const LrFhssDataRate& data_rate);

/// Symbols after the preamble, or nothing for a coding rate that is not 4/5 to 4/8.
/// `spreading_factor` 5-12.
std::optional<std::uint32_t> lora_payload_symbols(std::size_t payload_bytes,
                                                  std::uint8_t spreading_factor,
                                                  CodingRate coding_rate,
                                                  const LoraFraming& framing);

}  // namespace ff::schedule
