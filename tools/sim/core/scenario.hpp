// What a simulation does: how many gateways, how often devices send, what goes wrong on purpose.
// Not the devices themselves (identity.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/base/time.hpp"
#include "tools/sim/core/device.hpp"
#include "tools/sim/core/line.hpp"
#include "tools/sim/core/radio.hpp"

namespace ff::sim {

struct Scenario {
  std::uint64_t seed = 1;
  RadioOptions radio;
  /// The other gateways have the EUIs after it.
  GatewayEui first_gateway{0x0016'C001'FF00'0000};
  /// Gateways share so many sockets for downlinks, which then can not be told apart; 0: none does.
  std::size_t pull_sockets = 0;
  /// Gateways have GPS time and send beacons.
  bool gps = false;
  /// What gateways' counters show at the start; nothing: each something else.
  std::optional<std::uint32_t> gateway_counter;
  /// Each gateway's counter runs faster or slower than time by up to so many parts in a million.
  double gateway_drift_ppm = 0;
  /// Each gateway loses its power about so often; 0: never.
  Duration gateway_restart_interval{0};
  /// From gateways to the server and back.
  LineOptions line;
  DeviceOptions device;

  /// Between two uplinks of a device.
  Duration period = std::chrono::seconds{60};
  /// Each interval differs by up to this share of the period.
  double jitter = 0.1;
  /// Every so often, `burst_size` devices send at the same moment, on top of their period.
  Duration burst_interval{0};
  std::uint32_t burst_size = 0;
  /// Devices of a join storm send their first join-request within this time; 0: all at once.
  Duration join_spread = std::chrono::seconds{10};

  /// Sending ends after this time or this number of unique uplinks, whichever comes first; 0: no
  /// limit.
  Duration duration{0};
  std::uint64_t uplinks = 0;
  /// Then the run waits at most this long for what is under way.
  Duration drain = std::chrono::seconds{10};

  FPort f_port{1};
  std::size_t payload_size = 12;
  double confirmed_ratio = 0;
  /// Frames of other networks, as a share of our own uplinks.
  double foreign_ratio = 0;
  /// Every n-th uplink asks for time and link check; 0: never.
  std::uint32_t request_interval = 0;
  /// Every n-th time a device of 1.1 would send an uplink, it rejoins instead; 0: only when the
  /// network asks.
  std::uint32_t rejoin_interval = 0;
  phy::RejoinType rejoin_type = phy::RejoinType::restore;
  /// One application downlink for each device, pushed after the first uplink that was delivered and
  /// that it sent in its class.
  bool push_downlinks = false;
  /// From that delivery to the push: longer than the windows of the uplink for class C.
  Duration push_delay{0};
  FPort downlink_f_port{15};
  /// Whether somebody reports what the application receives.
  bool has_application = true;
};

}  // namespace ff::sim
