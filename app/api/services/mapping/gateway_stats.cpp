#include "app/api/services/mapping/gateway_stats.hpp"

#include "app/api/services/mapping/values.hpp"
#include "net/address/endpoint.hpp"

namespace ff::api {
namespace {

using gateway_server::ConnectionStats;

void put_times(const ConnectionStats& stats, pb::GatewayConnectionStats& out) {
  if (stats.connected_at) put_time(*stats.connected_at, *out.mutable_connected_at());
  if (stats.disconnected_at) put_time(*stats.disconnected_at, *out.mutable_disconnected_at());
  if (stats.last_status_received_at) {
    put_time(*stats.last_status_received_at, *out.mutable_last_status_received_at());
  }
  if (stats.last_uplink_received_at) {
    put_time(*stats.last_uplink_received_at, *out.mutable_last_uplink_received_at());
  }
  if (stats.last_downlink_received_at) {
    put_time(*stats.last_downlink_received_at, *out.mutable_last_downlink_received_at());
  }
  if (stats.last_tx_acknowledgment_received_at) {
    put_time(*stats.last_tx_acknowledgment_received_at,
             *out.mutable_last_tx_acknowledgment_received_at());
  }
}

/// The port of those that have one is not the API's.
std::string ip_of(const std::string& remote_address) {
  const auto endpoint = net::Endpoint::parse(remote_address);
  return endpoint ? endpoint->address_text() : remote_address;
}

}  // namespace

void put_status(const GatewayStatus& status, pb::GatewayStatus& out) {
  if (status.time) put_time(*status.time, *out.mutable_time());
  if (status.boot_time) put_time(*status.boot_time, *out.mutable_boot_time());
  for (const auto& [name, version] : status.versions) (*out.mutable_versions())[name] = version;
  for (const auto& ip : status.ip) out.add_ip(ip);
  for (const auto& [name, value] : status.metrics) (*out.mutable_metrics())[name] = value;
  for (const auto& location : status.antenna_locations) {
    auto& place = *out.add_antenna_locations();
    place.set_latitude(location.latitude);
    place.set_longitude(location.longitude);
    place.set_altitude(location.altitude_m);
    place.set_accuracy(location.accuracy_m);
    place.set_source(static_cast<pb::LocationSource>(location.source));
  }
}

pb::GatewayConnectionStats to_proto(const ConnectionStats& stats) {
  pb::GatewayConnectionStats out;
  put_times(stats, out);
  out.set_protocol(gateway_server::to_string(stats.protocol));
  if (!stats.remote_address.empty())
    out.mutable_gateway_remote_address()->set_ip(ip_of(stats.remote_address));
  if (stats.last_status) put_status(*stats.last_status, *out.mutable_last_status());
  out.set_uplink_count(stats.uplink_count);
  out.set_downlink_count(stats.downlink_count);
  out.set_tx_acknowledgment_count(stats.tx_acknowledgment_count);
  if (stats.round_trip_times) {
    auto& times = *out.mutable_round_trip_times();
    put_duration(stats.round_trip_times->min, *times.mutable_min());
    put_duration(stats.round_trip_times->max, *times.mutable_max());
    put_duration(stats.round_trip_times->median, *times.mutable_median());
    times.set_count(static_cast<std::uint32_t>(stats.round_trip_times->count));
  }
  for (const auto& usage : stats.sub_bands) {
    auto& band = *out.add_sub_bands();
    band.set_min_frequency(usage.limit.min.hz());
    band.set_max_frequency(usage.limit.max.hz());
    band.set_downlink_utilization_limit(static_cast<float>(usage.limit.duty_cycle));
    band.set_downlink_utilization(static_cast<float>(usage.utilization));
  }
  return out;
}

}  // namespace ff::api
