// The bounds and times of groups of shared subscriptions. How many groups an application may have
// is the bound of its stored sessions (mqtt_session/config.hpp): each group is one.
#pragma once

#include <chrono>
#include <cstdint>

#include "protocol/base/time.hpp"

namespace ff::application_server::mqtt_group {

struct GroupsConfig {
  /// Messages of a group under way, at all its members together.
  std::uint16_t window = 1024;
  /// Seconds that a group with members outlives a crash of ours.
  std::uint32_t expiry = 7 * 24 * 3600;
  /// A member that settles nothing for so long, while messages wait, is cut off: what it has goes
  /// to others.
  Duration patience = std::chrono::minutes{1};
  Duration look_interval = std::chrono::seconds{10};
};

}  // namespace ff::application_server::mqtt_group
