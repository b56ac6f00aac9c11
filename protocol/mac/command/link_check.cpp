#include "protocol/mac/command/link_check.hpp"

#include <algorithm>
#include <cmath>

#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// A margin below zero is reported as zero; the reference lets it wrap to 200 dB and more.
/// [TS001-1.0.4 §5.2]
void answer_link_check(UplinkExchange& exchange, const Reception& reception) {
  const auto floor = adr::demodulation_floor_db(reception.data_rate);
  float margin = 0;
  if (floor && reception.max_snr_db) margin = *reception.max_snr_db - *floor;
  const auto gateways = std::clamp<std::size_t>(reception.gateway_count, 1, 255);
  exchange.respond(
      LinkCheckAns{static_cast<std::uint8_t>(std::clamp(std::trunc(margin), 0.0F, 254.0F)),
                   static_cast<std::uint8_t>(gateways)},
      EventName::link_check_answer);
}

}  // namespace ff::mac
