// Frame counters, nonces and ports. Wire counters (16 bit) and full counters (32 bit) never mix.
#pragma once

#include <cstdint>

#include "protocol/base/strong.hpp"

namespace ff {

using FCnt16 = Strong<struct FCnt16Tag, std::uint16_t>;
using FCnt32 = Strong<struct FCnt32Tag, std::uint32_t>;
constexpr FCnt16 low_half(FCnt32 f_cnt) noexcept {
  return FCnt16{static_cast<std::uint16_t>(f_cnt.value())};
}

/// FPort 0 carries MAC commands, 1-223 applications, 224 tests, 226 relay. [TS001-1.0.4 §4.3.2]
using FPort = Strong<struct FPortTag, std::uint8_t>;

using DevNonce = Strong<struct DevNonceTag, std::uint16_t>;
/// 24 bit; AppNonce in LoRaWAN 1.0.x.
using JoinNonce = Strong<struct JoinNonceTag, std::uint32_t>;

}  // namespace ff
