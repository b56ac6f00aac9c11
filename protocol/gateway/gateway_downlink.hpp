// A downlink as a gateway gets it: everything decided, ready for any gateway protocol's encoder.
// Not the network server's request (frames.hpp TxRequest): that leaves the window to the gateway
// server.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/types/frames.hpp"

namespace ff::gateway {

struct GatewayDownlink {
  Bytes phy_payload;
  DataRate data_rate;
  Frequency frequency;
  float eirp_dbm = 0;  // antenna gain already subtracted
  bool invert_polarization = true;
  bool enable_crc = false;
  std::uint32_t antenna_index = 0;
  /// Concentrator counter at the start; also known for an absolute time, but then not what the
  /// gateway is told.
  std::optional<std::uint32_t> timestamp_us;
  /// Start by the gateway's GPS clock.
  std::optional<UtcTime> absolute_time;
  bool operator==(const GatewayDownlink&) const = default;
};

}  // namespace ff::gateway
