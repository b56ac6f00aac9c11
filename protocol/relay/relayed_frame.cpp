#include "protocol/relay/relayed_frame.hpp"

#include <optional>
#include <utility>

namespace ff::relay {
namespace {

/// What stands for all relays where a gateway is expected.
constexpr const char* gateway_id = "relay";

struct Times {
  std::optional<UtcTime> time;
  std::optional<UtcTime> gps_time;
  UtcTime received_at;
};

/// Of the gateway that knows best when the carrier ended: the first with GPS, else the first to
/// receive it.
Times times_of(const Carrier& carrier) {
  Times times{carrier.frame.received_at, {}, carrier.frame.received_at};
  for (const auto& metadata : carrier.rx_metadata) {
    if (metadata.gps_time) return {metadata.time, metadata.gps_time, metadata.received_at};
    if (metadata.received_at != UtcTime{} && metadata.received_at < times.received_at)
      times = {metadata.time, {}, metadata.received_at};
  }
  return times;
}

}  // namespace

UplinkFrame relayed_frame(const ForwardedUplink& uplink, const DataRate& data_rate,
                          const Carrier& carrier, RelayMetadata relay, Bytes token) {
  const auto corrected = [&](UtcTime time) { return time - carrier.airtime - forward_delay; };
  const auto if_known = [&](std::optional<UtcTime> time) {
    return time ? std::optional(corrected(*time)) : std::nullopt;
  };
  const auto times = times_of(carrier);
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId{gateway_id};
  metadata.time = if_known(times.time);
  metadata.gps_time = if_known(times.gps_time);
  metadata.received_at = corrected(times.received_at);
  metadata.rssi_dbm = metadata.channel_rssi_dbm = uplink.rssi_dbm;
  metadata.snr_db = uplink.snr_db;
  metadata.uplink_token = std::move(token);
  metadata.relay = std::move(relay);
  UplinkFrame frame;
  frame.phy_payload = uplink.phy_payload;
  frame.settings.data_rate = data_rate;
  frame.settings.frequency = uplink.frequency;
  frame.settings.time = if_known(carrier.frame.settings.time);
  frame.rx_metadata.push_back(std::move(metadata));
  frame.received_at = carrier.frame.received_at;
  frame.band_id = carrier.frame.band_id;
  frame.correlation_ids = carrier.frame.correlation_ids;
  return frame;
}

}  // namespace ff::relay
