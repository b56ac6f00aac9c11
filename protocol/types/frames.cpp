#include "protocol/types/frames.hpp"

#include <array>

namespace ff {

const char* to_string(TxResult result) noexcept {
  constexpr std::array<const char*, 9> names = {"SUCCESS",   "UNKNOWN_ERROR",    "TOO_LATE",
                                                "TOO_EARLY", "COLLISION_PACKET", "COLLISION_BEACON",
                                                "TX_FREQ",   "TX_POWER",         "GPS_UNLOCKED"};
  return names[static_cast<std::size_t>(result)];
}

}  // namespace ff
