// Small numbers of the MAC layer whose meaning is a power of two or a table row. Not radio
// quantities (types/radio.hpp).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "protocol/base/strong.hpp"

namespace ff::mac {

/// ON-WIRE: minor of the LoRaWAN version, 0-7.
using MinorVersion = Strong<struct MinorVersionTag, std::uint8_t>;
/// ON-WIRE: aggregated duty cycle of 1/2^n; 0 means no limit. Same number as
/// ttn.lorawan.v3.AggregatedDutyCycle.
using DutyCycleExponent = Strong<struct DutyCycleExponentTag, std::uint8_t>;
/// ON-WIRE: ADR_ACK_LIMIT or ADR_ACK_DELAY of 2^n uplinks.
using AdrAckExponent = Strong<struct AdrAckExponentTag, std::uint8_t>;
/// ON-WIRE: rejoin at least every 2^(n+10) seconds.
using RejoinTimeExponent = Strong<struct RejoinTimeExponentTag, std::uint8_t>;
/// ON-WIRE: rejoin at least every 2^(n+4) uplinks.
using RejoinCountExponent = Strong<struct RejoinCountExponentTag, std::uint8_t>;
/// ON-WIRE: a ping slot every 2^n seconds, 0-7.
using PingSlotPeriodicity = Strong<struct PingSlotPeriodicityTag, std::uint8_t>;
/// ON-WIRE: row of the maximum-EIRP table of TXParamSetupReq, 0-15.
using EirpIndex = Strong<struct EirpIndexTag, std::uint8_t>;

/// dBm by EirpIndex. [TS001-1.0.4 §5.9]
inline constexpr std::array<std::uint8_t, 16> eirp_dbm{8,  10, 12, 13, 14, 16, 18, 20,
                                                       21, 24, 26, 27, 29, 30, 33, 36};

/// The largest row that does not exceed `max_eirp_dbm`; row 0 below the table.
constexpr EirpIndex eirp_index(float max_eirp_dbm) noexcept {
  std::uint8_t index = 0;
  for (std::uint8_t i = 1; i < eirp_dbm.size(); ++i) {
    if (static_cast<float>(eirp_dbm[i]) <= max_eirp_dbm) index = i;
  }
  return EirpIndex{index};
}

/// Time between two ping slots.
constexpr std::chrono::seconds ping_period(PingSlotPeriodicity periodicity) noexcept {
  return std::chrono::seconds{1 << (periodicity.value() & 7)};
}

}  // namespace ff::mac
