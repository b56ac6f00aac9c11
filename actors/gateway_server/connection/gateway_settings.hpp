// What the gateway server knows of a registered gateway, and the port through which it asks.
// Not the API's Gateway entity: the registry's implementation maps it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/support/reply.hpp"
#include "protocol/types/frames.hpp"

namespace ff::gateway_server {

struct GatewayAntenna {
  float gain_dbi = 0;
  std::optional<Location> location;
  bool operator==(const GatewayAntenna&) const = default;
};

struct GatewaySettings {
  GatewayIdentifiers ids;
  bool is_registered = true;  // false: what admission makes up for one that is not
  std::vector<std::string> frequency_plan_ids;  // 1 to 8, of one band
  std::vector<GatewayAntenna> antennas;
  bool enforce_duty_cycle = true;
  std::optional<Duration> schedule_anytime_delay;
  bool schedule_downlink_late = false;
  DownlinkPathConstraint downlink_path_constraint = DownlinkPathConstraint::none;
  bool location_public = false;
  bool status_public = false;
  bool update_location_from_status = false;
  bool require_authenticated_connection = false;
  bool disable_packet_broker_forwarding = false;
  std::string gateway_server_address;
  /// Attributes `model` and `firmware`: what the gateway said of itself last.
  std::string model = {};
  std::string firmware = {};
  bool operator==(const GatewaySettings&) const = default;
};

/// Of the registered antennas; 0 if there are none.
float greatest_gain_dbi(const GatewaySettings& settings) noexcept;

/// Whether a connection made with `before` must end when the registry says `after`: anything
/// differs but what the gateway said of itself: an antenna's position by its GPS, its model and
/// firmware. [spec gateway-server §2.2]
bool needs_reconnect(const GatewaySettings& before, const GatewaySettings& after);

/// Implemented over storage; an in-memory double is in test/support.
class GatewayRegistry {
 public:
  virtual ~GatewayRegistry() = default;
  /// Looks up by gateway id if there is one, else by EUI. Answers once, on any thread; an error
  /// with Code::not_found when no such gateway is registered. Never blocks.
  virtual void find(const GatewayIdentifiers& ids, actors::Reply<GatewaySettings> reply) = 0;
  /// Writes what a gateway says of itself: antennas in their order, those that are not registered
  /// yet included; attributes `model` and `firmware`. Of a gateway that is gone: nothing. A failure
  /// is logged. Never blocks.
  virtual void update_locations(const GatewayId& gateway_id, std::vector<Location> antennas) = 0;
  virtual void update_versions(const GatewayId& gateway_id, std::string model,
                               std::string firmware) = 0;
};

}  // namespace ff::gateway_server
