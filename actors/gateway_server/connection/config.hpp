// Settings of the gateway server with the reference's defaults. [spec gateway-server §1.1]
// Not what operators write: config/schema maps `gs.*` onto this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/address/address_block.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway_server {

/// `gs.udp`.
struct UdpConfig {
  Duration downlink_path_expires = std::chrono::seconds{90};
  Duration connection_expires = std::chrono::minutes{3};
  Duration connection_error_expires = std::chrono::minutes{5};
  Duration schedule_late_time = std::chrono::milliseconds{800};
  Duration addr_change_block{0};  // 0: any address
  bool rate_limiting = true;
  std::size_t rate_limiting_messages = 10;  // 1 to rate_limiting_messages_max
  Duration rate_limiting_threshold = std::chrono::milliseconds{10};
  /// EUIs known at once; datagrams of others are dropped.
  std::size_t links_max = 200'000;
  /// EUIs whose first datagram came from one address; 0: no bound.
  std::size_t links_per_address_max = 0;
  /// Datagrams waiting for the frontend; more are dropped.
  std::size_t datagrams_max = 51'200;
};
inline constexpr std::size_t rate_limiting_messages_max = 16;

/// `gs.basic-station`.
struct BasicStationConfig {
  /// Stations are sent to `wss`, also by a listener without TLS.
  bool use_traffic_tls_address = false;
  bool allow_unauthenticated = false;
  /// Stations with GPS send class B beacons.
  bool beaconing = false;
  /// Stations are told the names of regions that Basic Station itself knows.
  bool reference_region_names = false;
  /// Operators may run commands on stations and open shells.
  bool remote_control = false;
  Duration ws_ping_interval = std::chrono::seconds{30};
  std::uint32_t missed_pong_threshold = 2;
  Duration time_sync_interval = std::chrono::seconds{200};
  /// Longer round trips are no measurements.
  Duration max_valid_round_trip_delay = std::chrono::seconds{10};
  /// Of one listener; more are closed at once. 0: no bound for one address.
  std::size_t connections_max = 65'536;
  std::size_t connections_per_address_max = 0;
};

/// Who uplinks are handed to: this cluster's network server, and the agent that takes frames of
/// other networks' devices to Packet Broker (packet_broker.hpp).
enum class UpstreamHost : std::uint8_t { cluster, packetbroker };
inline constexpr std::size_t upstream_host_count = 2;
/// As in the reference's metrics and errors.
inline constexpr std::string_view to_string(UpstreamHost host) noexcept {
  return host == UpstreamHost::cluster ? "cluster" : "packetbroker";
}

/// An entry of `gs.forward`.
struct ForwardRule {
  UpstreamHost host = UpstreamHost::cluster;
  DevAddrPrefix prefix;
};

/// `gs`.
struct GatewayServerConfig {
  bool require_registered_gateways = false;
  Duration fetch_gateway_interval = std::chrono::minutes{10};
  double fetch_gateway_jitter = 0.2;
  Duration update_connection_stats_interval = std::chrono::minutes{1};
  Duration update_connection_stats_debounce_time = std::chrono::seconds{30};
  double update_connection_stats_debounce_jitter = 0.25;
  /// How long statistics of a gateway are shown that was connected last, and of one that has gone
  /// without a word.
  Duration connection_stats_disconnect_ttl = std::chrono::hours{48};
  Duration connection_stats_ttl = std::chrono::hours{12};
  Duration update_gateway_location_debounce_time = std::chrono::hours{1};
  /// Who gets uplinks of which addresses. A host that is named gets all join-requests.
  std::vector<ForwardRule> forward = {ForwardRule{}};
  /// Whose `X-Real-IP` is believed.
  std::vector<net::AddressBlock> trusted_proxies;
  /// Uplinks on their way from all gateways to the store; more are dropped.
  std::size_t uplinks_max = 50'000;
  UdpConfig udp;
  BasicStationConfig basic_station;
};

}  // namespace ff::gateway_server
