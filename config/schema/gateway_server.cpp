// `gs.*`: gateways. Defaults are the reference's. [spec configuration-and-metrics §4]
#include "config/schema/schema.hpp"

namespace ff::config {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Knob> udp_knobs() {
  return {
      {"gs.udp.listeners",
       "Addresses for the Semtech UDP protocol, each with the frequency plan of gateways that have "
       "none.",
       ":1700=", many(udp_listener(), FF_PLACE(gs.udp.listeners), Shape::map)},
      {"gs.udp.frontends",
       "Sockets and threads' worth of work that a listener is shared out to; 0 is one for four "
       "cores.",
       "0", one(count<std::size_t>(0, 64), FF_PLACE(gs.udp.frontends))},
      {"gs.udp.allow", "Addresses that may send; none listed: all.", "",
       many(address_block(), FF_PLACE(gs.udp.allow))},
      {"gs.udp.block", "Addresses that may not send, also if they are allowed.", "",
       many(address_block(), FF_PLACE(gs.udp.block))},
      {"gs.udp.downlink-path-expires",
       "A downlink path is forgotten this long after the last pull.", "1m30s",
       one(duration(seconds{1}, hours{1}), FF_PLACE(gs.udp.downlink_path_expires))},
      {"gs.udp.connection-expires", "A silent gateway is disconnected after this.", "3m",
       one(duration(seconds{1}, hours{24}), FF_PLACE(gs.udp.connection_expires))},
      {"gs.udp.connection-error-expires",
       "A refused gateway is not asked about again for this long.", "5m",
       one(duration(seconds{1}, hours{24}), FF_PLACE(gs.udp.connection_error_expires))},
      {"gs.udp.schedule-late-time",
       "Gateways that can not queue get a downlink this long before its time.", "800ms",
       one(duration(milliseconds{50}, seconds{10}), FF_PLACE(gs.udp.schedule_late_time))},
      {"gs.udp.addr-change-block",
       "A gateway may not change its address within this; 0 allows it at any time.", "0s",
       one(duration(seconds{0}, hours{24}), FF_PLACE(gs.udp.addr_change_block))},
      {"gs.udp.rate-limiting.enable", "Drops datagrams of a gateway that sends too many.", "true",
       one(flag(), FF_PLACE(gs.udp.rate_limiting))},
      {"gs.udp.rate-limiting.messages", "Datagrams that may come within the threshold.", "10",
       one(count<std::size_t>(1, 16), FF_PLACE(gs.udp.rate_limiting_messages))},
      {"gs.udp.rate-limiting.threshold", "The time in which they may come.", "10ms",
       one(duration(milliseconds{1}, minutes{1}), FF_PLACE(gs.udp.rate_limiting_threshold))},
      {"gs.udp.gateways-max", "EUIs known at once; datagrams of others are dropped.", "200000",
       one(count<std::size_t>(1, 10'000'000), FF_PLACE(gs.udp.links_max))},
      {"gs.udp.gateways-per-address-max",
       "EUIs known at once that came first from one address; 0 is no bound.", "0",
       one(count<std::size_t>(0, 10'000'000), FF_PLACE(gs.udp.links_per_address_max))},
      {"gs.udp.datagrams-max", "Datagrams waiting to be read; more are dropped.", "51200",
       one(count<std::size_t>(64, 10'000'000), FF_PLACE(gs.udp.datagrams_max))},
  };
}

std::vector<Knob> basic_station_knobs() {
  return {
      {"gs.basic-station.listen", "Address for LoRa Basics Stations (LNS) without TLS.", ":1887",
       one(listen_address(), FF_PLACE(gs.basic_station.listen.plain))},
      {"gs.basic-station.listen-tls", "The same with TLS; needs tls.source.", ":8887",
       one(listen_address(), FF_PLACE(gs.basic_station.listen.tls))},
      {"gs.tabs-hubs.listen",
       "Address for Tabs Hubs (LNS) without TLS; all else is as for stations.", ":1888",
       one(listen_address(), FF_PLACE(gs.tabs_hubs.listen.plain))},
      {"gs.tabs-hubs.listen-tls", "The same with TLS; needs tls.source.", ":8888",
       one(listen_address(), FF_PLACE(gs.tabs_hubs.listen.tls))},
      {"gs.ttigw.listen-tls",
       "Address for gateways of The Things Industries, whose protocol is not public: they are told "
       "so; needs tls.source.",
       ":8889", one(listen_address(), FF_PLACE(gs.ttigw.listen.tls))},
      {"gs.basic-station.fallback-frequency-plan-id",
       "Frequency plan of stations that nobody has registered; empty: they are refused.", "",
       one(name_or_nothing(), FF_PLACE(gs.basic_station.fallback_frequency_plan_id))},
      {"gs.basic-station.use-traffic-tls-address",
       "Sends stations to a TLS address, also when they asked without TLS: for a proxy that ends "
       "TLS.",
       "false", one(flag(), FF_PLACE(gs.basic_station.use_traffic_tls_address))},
      {"gs.basic-station.allow-unauthenticated", "Serves stations without an API key.", "false",
       one(flag(), FF_PLACE(gs.basic_station.allow_unauthenticated))},
      {"gs.basic-station.beaconing", "Stations with GPS send class B beacons.", "false",
       one(flag(), FF_PLACE(gs.basic_station.beaconing))},
      {"gs.basic-station.remote-control",
       "Who may write a gateway's secrets may run commands on its station and open shells.",
       "false", one(flag(), FF_PLACE(gs.basic_station.remote_control))},
      {"gs.basic-station.ws-ping-interval", "How often a station is pinged.", "30s",
       one(duration(seconds{1}, hours{1}), FF_PLACE(gs.basic_station.ws_ping_interval))},
      {"gs.basic-station.missed-pong-threshold",
       "A station that answered a ping once is disconnected after missing more than these.", "2",
       one(count<std::uint32_t>(1, 1000), FF_PLACE(gs.basic_station.missed_pong_threshold))},
      {"gs.basic-station.time-sync-interval",
       "How often a station that does not do it by itself is asked to synchronise its clock.",
       "3m20s",
       one(duration(minutes{1}, hours{24}), FF_PLACE(gs.basic_station.time_sync_interval))},
      {"gs.basic-station.max-valid-round-trip-delay", "Longer round trips are no measurements.",
       "10s",
       one(duration(milliseconds{1}, minutes{10}),
           FF_PLACE(gs.basic_station.max_valid_round_trip_delay))},
      {"gs.basic-station.connections-max",
       "Connections of one listener at a time; more are closed at once.", "65536",
       one(count<std::size_t>(1, 1'000'000), FF_PLACE(gs.basic_station.connections_max))},
      {"gs.basic-station.connections-per-address-max",
       "The same for one remote address; 0 is no bound.", "0",
       one(count<std::size_t>(0, 1'000'000),
           FF_PLACE(gs.basic_station.connections_per_address_max))},
  };
}

std::vector<Knob> mqtt_knobs() {
  return {
      {"gs.mqtt.listen", "Address of the MQTT server for gateways without TLS.", ":1882",
       one(listen_address(), FF_PLACE(gs.mqtt.listen.plain))},
      {"gs.mqtt.listen-tls", "The same with TLS; needs tls.source.", ":8882",
       one(listen_address(), FF_PLACE(gs.mqtt.listen.tls))},
      {"gs.mqtt.public-address", "Where gateways are told to connect without TLS.",
       "localhost:1882", one(server_address(), FF_PLACE(gs.mqtt.public_address.plain))},
      {"gs.mqtt.public-tls-address", "Where gateways are told to connect with TLS.",
       "localhost:8882", one(server_address(), FF_PLACE(gs.mqtt.public_address.tls))},
      {"gs.mqtt.connections-max", "Connections of one listener at a time; more are closed at once.",
       "65536", one(count<std::size_t>(1, 1'000'000), FF_PLACE(gs.mqtt.connections_max))},
      {"gs.mqtt.connections-per-address-max", "The same for one remote address; 0 is no bound.",
       "0", one(count<std::size_t>(0, 1'000'000), FF_PLACE(gs.mqtt.connections_per_address_max))},
  };
}

std::vector<Knob> mqtt_v2_knobs() {
  return {
      {"gs.mqtt-v2.listen", "Address of the MQTT server for gateways of the legacy protocol.",
       ":1881", one(listen_address(), FF_PLACE(gs.mqtt_v2.listen.plain))},
      {"gs.mqtt-v2.listen-tls", "The same with TLS; needs tls.source.", ":8881",
       one(listen_address(), FF_PLACE(gs.mqtt_v2.listen.tls))},
      {"gs.mqtt-v2.public-address", "Where legacy gateways are told to connect without TLS.",
       "localhost:1881", one(server_address(), FF_PLACE(gs.mqtt_v2.public_address.plain))},
      {"gs.mqtt-v2.public-tls-address", "Where legacy gateways are told to connect with TLS.",
       "localhost:8881", one(server_address(), FF_PLACE(gs.mqtt_v2.public_address.tls))},
      {"gs.mqtt-v2.connections-max",
       "Connections of one listener at a time; more are closed at once.", "65536",
       one(count<std::size_t>(1, 1'000'000), FF_PLACE(gs.mqtt_v2.connections_max))},
      {"gs.mqtt-v2.connections-per-address-max", "The same for one remote address; 0 is no bound.",
       "0",
       one(count<std::size_t>(0, 1'000'000), FF_PLACE(gs.mqtt_v2.connections_per_address_max))},
  };
}

}  // namespace

std::vector<Knob> gateway_server_knobs() {
  std::vector<Knob> rows = {
      {"gs.require-registered-gateways", "Refuses gateways that nobody has registered.", "false",
       one(flag(), FF_PLACE(gs.require_registered_gateways))},
      {"gs.uplinks-max",
       "Uplinks on their way from all gateways to the store, for a de-duplication window at least; "
       "more are "
       "dropped.",
       "50000", one(count<std::size_t>(64, 100'000'000), FF_PLACE(gs.uplinks_max))},
      {"gs.fetch-gateway-interval", "How often a connected gateway's settings are looked up.",
       "10m", one(duration(seconds{1}, hours{24}), FF_PLACE(gs.fetch_gateway_interval))},
      {"gs.fetch-gateway-jitter", "The interval varies by this share, up and down.", "0.2",
       one(number(0, 1), FF_PLACE(gs.fetch_gateway_jitter))},
      {"gs.update-connection-stats-interval", "How often statistics are stored at least.", "1m",
       one(duration(seconds{1}, hours{24}), FF_PLACE(gs.update_connection_stats_interval))},
      {"gs.update-connection-stats-debounce-time", "How often statistics are stored at most.",
       "30s",
       one(duration(seconds{1}, hours{24}), FF_PLACE(gs.update_connection_stats_debounce_time))},
      {"gs.connection-stats-ttl",
       "How long statistics of a gateway are shown whose connection ended without a trace.", "12h",
       one(duration(minutes{1}, hours{24 * 365}), FF_PLACE(gs.connection_stats_ttl))},
      {"gs.connection-stats-disconnect-ttl",
       "How long statistics of a gateway are shown after it has disconnected.", "48h",
       one(duration(minutes{1}, hours{24 * 365}), FF_PLACE(gs.connection_stats_disconnect_ttl))},
      {"gs.update-gateway-location-debounce-time",
       "How often at most a gateway's position is written to the registry.", "1h",
       one(duration(seconds{1}, hours{24 * 30}),
           FF_PLACE(gs.update_gateway_location_debounce_time))},
      {"gs.forward",
       "Who gets uplinks of which device addresses: this cluster's network server, `cluster` or an "
       "empty name, and `packetbroker`. What is set replaces the default.",
       "=00000000/0", many(forward_entry(), FF_PLACE(gs.forward), Shape::map)},
  };
  for (auto& row : udp_knobs()) rows.push_back(std::move(row));
  for (auto& row : basic_station_knobs()) rows.push_back(std::move(row));
  for (auto& row : mqtt_knobs()) rows.push_back(std::move(row));
  for (auto& row : mqtt_v2_knobs()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace ff::config
