// Bodies of LoRa Cloud's modem and device management (DMS), version 1. Pure; not the package that
// sends them (actors/application_server/integration/packages). [spec integrations §5.2]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::lora_cloud {

inline constexpr std::string_view device_management_namespace =
    "pkg/applicationserver/io/packages/loradms/v1";
inline constexpr ErrorDef device_eui_missing{device_management_namespace, "device_eui_missing",
                                             Code::not_found, "device EUI `{dev_eui}` not found"};
inline constexpr ErrorDef uplink_request_failed{
    device_management_namespace, "uplink_request_failed", Code::internal, "uplink request failed"};
inline constexpr ErrorDef tlv_record_too_small{device_management_namespace, "tlv_record_too_small",
                                               Code::invalid_argument,
                                               "TLV record payload is too small"};
inline constexpr ErrorDef invalid_stream_record{
    "pkg/applicationserver/io/packages/loradms/v1/api/objects", "invalid_stream_record",
    Code::data_loss, "invalid stream record"};
// Without an equivalent in the reference but for the name.
inline constexpr ErrorDef malformed_answer{"pkg/applicationserver/io/packages/loradms/v1/api",
                                           "malformed_answer", Code::data_loss,
                                           "malformed answer: {reason}"};
inline constexpr ErrorDef server_said{"pkg/applicationserver/io/packages/loradms/v1/api", "error",
                                      Code::unknown, "{message}"};

enum class RecordType : std::uint8_t { uplink, joining, gnss, wifi };

/// What a device has sent. What is not there is not sent on.
struct DeviceRecord {
  RecordType type = RecordType::uplink;
  std::optional<std::uint32_t> f_cnt;
  std::optional<std::uint8_t> port;
  std::optional<Bytes> payload;
  std::optional<std::uint8_t> data_rate;   // its index
  std::optional<std::uint32_t> frequency;  // Hz
  std::optional<UtcTime> timestamp;
  bool operator==(const DeviceRecord&) const = default;
};

/// `01-23-45-67-89-AB-CD-EF`.
std::string dashed(DevEui dev_eui);

/// `{"<DevEUI>":{"msgtype":…}}`.
std::string device_management_request(DevEui dev_eui, const DeviceRecord& record);

struct DeviceDownlink {
  std::uint8_t port = 0;
  Bytes payload;
  bool operator==(const DeviceDownlink&) const = default;
};
struct DeviceAnswer {
  std::string result;  // a JSON object
  std::optional<DeviceDownlink> downlink;
  std::optional<Location> position;
  std::vector<Bytes> stream_records;
};

/// Total on any text. Errors: those above.
Result<DeviceAnswer> parse_device_answer(std::string_view body, DevEui dev_eui);

/// What a reassembled stream has of scans: records that go the same way as uplinks, without port
/// and counter. Other tags are passed over. Error: tlv_record_too_small.
Result<std::vector<DeviceRecord>> scans_in(ByteView stream_record);

}  // namespace ff::lora_cloud
