// What travels on the frame plane between gateway server and network server: receptions,
// transmission requests, acknowledgements. Compact own types; the API's protobuf messages are made
// from them at the edges only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/correlation_ids.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/radio.hpp"
#include "protocol/types/versions.hpp"

namespace ff {

/// ON-WIRE: ttn.lorawan.v3.LocationSource.
enum class LocationSource : std::uint8_t {
  unknown = 0,
  gps = 1,
  registry = 3,
  ip_geolocation = 4,
  wifi_rssi = 5,
  bt_rssi = 6,
  lora_rssi = 7,
  lora_tdoa = 8,
  combined = 9,
};

struct Location {
  double latitude = 0;   // degrees
  double longitude = 0;  // degrees
  std::int32_t altitude_m = 0;
  std::int32_t accuracy_m = 0;
  LocationSource source = LocationSource::unknown;
  bool operator==(const Location&) const = default;
};

/// ON-WIRE: ttn.lorawan.v3.DownlinkPathConstraint.
enum class DownlinkPathConstraint : std::uint8_t { none = 0, prefer_other = 1, never = 2 };

/// ON-WIRE: ttn.lorawan.v3.TxSchedulePriority. Ceilings of the duty cycle: spec gateway-server
/// §9.3.
enum class TxPriority : std::uint8_t {
  lowest = 0,
  low = 1,
  below_normal = 2,
  normal = 3,
  above_normal = 4,
  high = 5,
  highest = 6,
};

/// Which relay heard an uplink, and on which of its channels.
struct RelayMetadata {
  DeviceId device_id;
  std::uint8_t wor_channel = 0;  // ON-WIRE: ttn.lorawan.v3.RelayWORChannel; 0 default, 1 second
  bool operator==(const RelayMetadata&) const = default;
};

/// One gateway antenna's reception of an uplink. [spec message-formats §3.2]
struct RxMetadata {
  GatewayIdentifiers gateway;
  std::uint32_t antenna_index = 0;
  std::uint32_t timestamp_us = 0;   // concentrator counter, wraps at 2^32
  std::optional<UtcTime> time;      // gateway's wall clock
  std::optional<UtcTime> gps_time;  // from the gateway's GPS, as UTC
  std::optional<std::uint64_t> fine_timestamp_ns;
  Bytes encrypted_fine_timestamp = {};  // empty: none; for the owner of the gateway's AES key
  std::string encrypted_fine_timestamp_key_id = {};
  float rssi_dbm = 0;
  float channel_rssi_dbm = 0;
  std::optional<float> signal_rssi_dbm;
  float rssi_standard_deviation = 0;
  float snr_db = 0;
  std::int64_t frequency_offset_hz = 0;
  std::uint32_t hopping_width = 0;   // LR-FHSS: steps of its hopping grid
  std::int32_t frequency_drift = 0;  // LR-FHSS: Hz between the begin and the end of the frame
  std::uint32_t channel_index = 0;
  std::optional<Location> location;
  DownlinkPathConstraint downlink_path_constraint = DownlinkPathConstraint::none;
  Bytes uplink_token;                  // empty: this antenna can not transmit
  UtcTime received_at;                 // at the gateway server
  std::optional<RelayMetadata> relay;  // set: heard by a relay, not by a gateway
  bool operator==(const RxMetadata&) const = default;
};

struct UplinkSettings {
  DataRate data_rate;
  Frequency frequency;
  std::uint32_t timestamp_us = 0;  // smallest of the metadata
  std::optional<UtcTime> time;
  bool operator==(const UplinkSettings&) const = default;
};

/// One frame as one gateway received it (several antennas: several metadata).
struct UplinkFrame {
  Bytes phy_payload;
  UplinkSettings settings;
  std::vector<RxMetadata> rx_metadata;
  UtcTime received_at;
  std::optional<bool> crc_ok;
  std::string band_id;  // of the gateway's frequency plan, `EU_863_870`
  CorrelationIds correlation_ids;
  bool operator==(const UplinkFrame&) const = default;
};

/// How a gateway can be reached for an answer.
struct DownlinkPath {
  GatewayIdentifiers gateway;
  std::uint32_t antenna_index = 0;
  Bytes uplink_token;  // empty for a fixed path (class B/C)
  bool operator==(const DownlinkPath&) const = default;
};

struct RxWindow {
  DataRate data_rate;
  Frequency frequency;
  bool operator==(const RxWindow&) const = default;
};

/// A transmission the network server asks for. The gateway picks the window. [spec gateway-server
/// §9.2]
struct TxRequest {
  DeviceClass device_class = DeviceClass::a;
  std::vector<DownlinkPath> paths;    // tried in order
  std::chrono::seconds rx1_delay{1};  // class A; 1-15 s; RX2 opens one second later
  std::optional<RxWindow> rx1;
  std::optional<RxWindow> rx2;
  TxPriority priority = TxPriority::normal;
  std::optional<UtcTime> absolute_time;  // class B/C
  /// Class C without a time of its own: a neighbouring gateway is on air until then.
  std::optional<UtcTime> not_before;
  std::string frequency_plan_id;  // the device's plan
  bool operator==(const TxRequest&) const = default;
};

struct DownlinkFrame {
  DeviceUid device;  // whose session asked; comes back in the acknowledgment
  Bytes phy_payload;
  TxRequest request;
  CorrelationIds correlation_ids;
  bool operator==(const DownlinkFrame&) const = default;
};

/// What a gateway connection answers when it has scheduled a downlink.
struct ScheduledDownlink {
  GatewayId gateway_id;
  std::uint8_t window = 1;  // 1 or 2
  Duration delay{0};        // until the start of the emission
  /// Whether the gateway has ever reported an emission: if not, its silence says nothing.
  bool reports = true;
  bool operator==(const ScheduledDownlink&) const = default;
};

/// ON-WIRE: ttn.lorawan.v3.TxAcknowledgment.Result.
enum class TxResult : std::uint8_t {
  success = 0,
  unknown_error = 1,
  too_late = 2,
  too_early = 3,
  collision_packet = 4,
  collision_beacon = 5,
  tx_freq = 6,
  tx_power = 7,
  gps_unlocked = 8,
};
const char* to_string(TxResult result) noexcept;

/// A gateway's report of an emission; correlation ids are those of the downlink.
struct TxAcknowledgment {
  DeviceUid device;  // of the downlink
  TxResult result = TxResult::success;
  CorrelationIds correlation_ids;
  bool operator==(const TxAcknowledgment&) const = default;
};

}  // namespace ff
