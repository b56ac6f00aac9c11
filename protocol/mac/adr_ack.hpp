// ADR_ACK_LIMIT and ADR_ACK_DELAY as numbers of uplinks. Not when a device has to be answered
// (state.hpp).
#pragma once

#include <bit>
#include <cstdint>

#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// 2^exponent; exponents are 0 to 15.
constexpr std::uint32_t uplinks_of(AdrAckExponent exponent) noexcept {
  return std::uint32_t{1} << (exponent.value() & 15U);
}

/// The largest power of two that is not above `uplinks`: at least 1, at most 2^15.
constexpr AdrAckExponent adr_ack_exponent(std::uint32_t uplinks) noexcept {
  if (uplinks == 0) return AdrAckExponent{0};
  const auto width = std::bit_width(uplinks);
  return AdrAckExponent{static_cast<std::uint8_t>(width > 16 ? 15 : width - 1)};
}

}  // namespace ff::mac
