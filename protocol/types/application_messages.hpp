// What travels between network server, application server and applications: uplinks, join-accepts,
// downlinks and what became of them. JSON and protobuf forms are made at the edges. [spec
// message-formats]
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/types/correlation_ids.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/keys.hpp"

namespace ff {

/// 16 bytes (a ULID) when we made it; up to 2048 bytes when imported.
using SessionKeyId = Bytes;

/// A key in clear, or wrapped by the key-encryption key `kek_label` (RFC 3394).
struct KeyEnvelope {
  std::optional<Aes128Key> key;
  std::string kek_label;
  Bytes encrypted_key;
  bool operator==(const KeyEnvelope&) const = default;
};

struct ClassBCGateway {
  GatewayIdentifiers gateway;
  std::uint32_t antenna_index = 0;
  std::uint32_t group_index = 0;
  bool operator==(const ClassBCGateway&) const = default;
};
struct ClassBC {
  std::vector<ClassBCGateway> gateways;
  std::optional<UtcTime> absolute_time;
  bool operator==(const ClassBC&) const = default;
};
struct ConfirmedRetry {
  std::uint32_t attempt = 0;
  std::optional<std::uint32_t> max_attempts;
  bool operator==(const ConfirmedRetry&) const = default;
};

/// A downlink for an application port. `frm_payload` is ciphertext between application and network
/// server, plain text towards applications. `decoded_payload_json` is a JSON object, or empty.
struct ApplicationDownlink {
  SessionKeyId session_key_id;
  FPort f_port;
  FCnt32 f_cnt;
  Bytes frm_payload;
  std::string decoded_payload_json;
  std::vector<std::string> decoded_payload_warnings;
  bool confirmed = false;
  TxPriority priority = TxPriority::lowest;
  std::optional<ClassBC> class_b_c;
  CorrelationIds correlation_ids;
  std::optional<ConfirmedRetry> confirmed_retry;
  bool operator==(const ApplicationDownlink&) const = default;
};

/// Which product a device is, in the words of the device repository. Free texts; empty: not said.
struct DeviceVersionIds {
  std::string brand_id;
  std::string model_id;
  std::string hardware_version;
  std::string firmware_version;
  std::string band_id;  // `EU_863_870`
  bool operator==(const DeviceVersionIds&) const = default;
};

/// Where a device is, by who says so: `user`, `frm-payload`, a package's name.
using Locations = std::map<std::string, Location>;

struct ApplicationUplink {
  SessionKeyId session_key_id;
  FPort f_port;
  FCnt32 f_cnt;
  Bytes frm_payload;
  std::string decoded_payload_json;
  std::vector<std::string> decoded_payload_warnings;
  /// One JSON object per measurement. [spec application-server §10.3]
  std::vector<std::string> normalized_payload_json;
  std::vector<std::string> normalized_payload_warnings;
  std::vector<RxMetadata> rx_metadata;
  UplinkSettings settings;
  UtcTime received_at;
  std::optional<KeyEnvelope> app_s_key;  // only when payload crypto is skipped
  FCnt32 last_a_f_cnt_down;
  bool confirmed = false;
  Duration consumed_airtime{0};
  float packet_error_rate = 0;
  Locations locations;
  std::optional<DeviceVersionIds> version_ids;
  NetId net_id;
  bool operator==(const ApplicationUplink&) const = default;
};

struct ApplicationJoinAccept {
  SessionKeyId session_key_id;
  std::optional<KeyEnvelope> app_s_key;
  std::vector<ApplicationDownlink> invalidated_downlinks;
  UtcTime received_at;
  bool operator==(const ApplicationJoinAccept&) const = default;
};

struct DownlinkQueued {
  ApplicationDownlink downlink;
  bool operator==(const DownlinkQueued&) const = default;
};
struct DownlinkSent {
  ApplicationDownlink downlink;
  bool operator==(const DownlinkSent&) const = default;
};
struct DownlinkAcked {
  ApplicationDownlink downlink;
  bool operator==(const DownlinkAcked&) const = default;
};
struct DownlinkNacked {
  ApplicationDownlink downlink;
  bool operator==(const DownlinkNacked&) const = default;
};
struct DownlinkFailed {
  ApplicationDownlink downlink;
  std::optional<Error> error;
  bool operator==(const DownlinkFailed&) const = default;
};
struct DownlinkQueueInvalidated {
  std::vector<ApplicationDownlink> downlinks;
  FCnt32 last_f_cnt_down;
  SessionKeyId session_key_id;
  bool operator==(const DownlinkQueueInvalidated&) const = default;
};
struct LocationSolved {
  std::string service;
  Location location;
  bool operator==(const LocationSolved&) const = default;
};
/// `data_json` is a JSON object.
struct ServiceData {
  std::string service;
  std::string data_json;
  bool operator==(const ServiceData&) const = default;
};

/// One measurement of an uplink, as a message of its own: `normalized_payload_json` has one
/// element; what belongs to the uplink alone is not written. [spec message-formats §3.4]
struct UplinkNormalized {
  ApplicationUplink uplink;
  bool operator==(const UplinkNormalized&) const = default;
};

using ApplicationUpPayload =
    std::variant<ApplicationUplink, ApplicationJoinAccept, DownlinkQueued, DownlinkSent,
                 DownlinkAcked, DownlinkNacked, DownlinkFailed, DownlinkQueueInvalidated,
                 LocationSolved, ServiceData, UplinkNormalized>;

/// One message for an application. `ids.dev_addr` is the new address in a join-accept.
struct ApplicationUp {
  DeviceIdentifiers ids;
  CorrelationIds correlation_ids;
  UtcTime received_at;  // at the application server
  ApplicationUpPayload up;
  bool simulated = false;
  bool operator==(const ApplicationUp&) const = default;
};

}  // namespace ff
