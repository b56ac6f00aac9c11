// What a gateway says of itself now and then: clocks, versions, position, counters. Not its
// settings.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/types/frames.hpp"

namespace ff {

/// ON-WIRE: the fields of ttn.lorawan.v3.GatewayStatus. [spec gateway-server §2.8]
struct GatewayStatus {
  std::optional<UtcTime> time;
  std::optional<UtcTime> boot_time;
  std::map<std::string, std::string> versions;
  std::vector<Location> antenna_locations;
  std::vector<std::string> ip;
  std::map<std::string, float> metrics;
  bool operator==(const GatewayStatus&) const = default;
};

}  // namespace ff
