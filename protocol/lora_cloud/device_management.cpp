#include "protocol/lora_cloud/device_management.hpp"

#include <boost/json/array.hpp>

#include "protocol/base/hex.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/lora_cloud/fields.hpp"

namespace ff::lora_cloud {
namespace {

namespace json = boost::json;

std::string_view name_of(RecordType type) {
  switch (type) {
    case RecordType::uplink:
      return "updf";
    case RecordType::joining:
      return "joining";
    case RecordType::gnss:
      return "gnss";
    case RecordType::wifi:
      return "wifi";
  }
  return "unknown";
}

/// Seconds since 1970, with fractions: microseconds, because a double has no room for more.
double seconds_of(UtcTime time) {
  const auto us = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch());
  return static_cast<double>(us.count()) / 1e6;
}

Error malformed(std::string_view reason) {
  return Error(malformed_answer, {{"reason", reason}});
}

std::optional<Bytes> hex_of(const json::value* maybe_value) {
  const auto* text = maybe_value == nullptr ? nullptr : maybe_value->if_string();
  if (text == nullptr) return std::nullopt;
  return parse_hex(std::string_view(text->data(), text->size()));
}

Result<std::optional<DeviceDownlink>> downlink_of(const json::value& result) {
  const auto* downlink = member(result, "dnlink");
  if (downlink == nullptr) return std::optional<DeviceDownlink>();
  const auto port = number_of(*downlink, "port").value_or(0);
  auto payload = hex_of(member(*downlink, "payload"));
  if (port < 0 || port > 255 || !payload) return fail(malformed("dnlink"));
  return std::optional(DeviceDownlink{static_cast<std::uint8_t>(port), *std::move(payload)});
}

std::optional<Location> position_of(const json::value& result) {
  const auto* position = member(result, "position_solution");
  if (position == nullptr) return std::nullopt;
  auto out = place_of_llh(*position);
  const auto* algorithm = member(*position, "algorithm_type");
  const auto* text = algorithm == nullptr ? nullptr : algorithm->if_string();
  if (!out || text == nullptr) return out;
  if (*text == "gnss" || *text == "gnssng") out->source = LocationSource::gps;
  if (*text == "wifi") out->source = LocationSource::wifi_rssi;
  return out;
}

/// Each is `[offset, "hex"]`.
Result<std::vector<Bytes>> stream_records_of(const json::value& result) {
  std::vector<Bytes> out;
  const auto* records = member(result, "stream_records");
  if (records == nullptr) return out;
  if (!records->is_array()) return fail(invalid_stream_record);
  for (const auto& record : records->get_array()) {
    const auto* pair = record.if_array();
    if (pair == nullptr || pair->size() != 2) return fail(invalid_stream_record);
    auto bytes = hex_of(&(*pair)[1]);
    if (!bytes) return fail(invalid_stream_record);
    out.push_back(*std::move(bytes));
  }
  return out;
}

/// Of ours, however its name is written.
const json::value* answer_for(const json::object& answers, DevEui dev_eui) {
  for (const auto& [name, value] : answers) {
    std::string digits;
    for (const char c : name) {
      if (c != '-') digits += c;
    }
    if (parse_hex_number(digits, 16) == dev_eui.value()) return &value;
  }
  return nullptr;
}

/// Tags of LoRa Edge's streams. [spec integrations §5.2]
enum Tag : std::uint8_t {
  gnss_5 = 0x05,
  gnss_6 = 0x06,
  gnss_7 = 0x07,
  wifi_legacy = 0x08,
  wifi_timed = 0x0E,
};
/// Time and flags in front of the access points.
constexpr std::size_t wifi_header = 5;

DeviceRecord wifi_record(ByteView access_points) {
  Bytes payload{0x01};
  append(payload, access_points);
  return {.type = RecordType::wifi, .payload = std::move(payload)};
}

std::optional<DeviceRecord> scan_of(std::uint8_t tag, ByteView value) {
  switch (tag) {
    case gnss_5:
    case gnss_6:
    case gnss_7:
      return DeviceRecord{.type = RecordType::gnss, .payload = to_owned(value)};
    case wifi_legacy:
      return wifi_record(value);
    case wifi_timed:
      if (value.size() < wifi_header) return std::nullopt;
      return wifi_record(value.subspan(wifi_header));
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string dashed(DevEui dev_eui) {
  const auto digits = hex_upper(dev_eui.value(), 16);
  std::string out = digits.substr(0, 2);
  for (std::size_t i = 2; i < digits.size(); i += 2) out += "-" + digits.substr(i, 2);
  return out;
}

std::string device_management_request(DevEui dev_eui, const DeviceRecord& record) {
  json::object fields;
  fields["msgtype"] = name_of(record.type);
  if (record.f_cnt) fields["fcnt"] = *record.f_cnt;
  if (record.port) fields["port"] = *record.port;
  if (record.payload) fields["payload"] = hex_lower(*record.payload);
  if (record.data_rate) fields["dr"] = *record.data_rate;
  if (record.frequency) fields["freq"] = *record.frequency;
  if (record.timestamp) fields["timestamp"] = seconds_of(*record.timestamp);
  json::object body;
  body[dashed(dev_eui)] = std::move(fields);
  return formatter::to_text(body);
}

Result<DeviceAnswer> parse_device_answer(std::string_view body, DevEui dev_eui) {
  const auto document = formatter::parse_document(body);
  if (!document) return fail(malformed("no JSON"));
  // With and without an envelope: both are in use.
  const auto* envelope = member(*document, "result");
  const auto& answers = envelope == nullptr ? *document : *envelope;
  if (!answers.is_object()) return fail(malformed("no object"));
  const auto* answer = answer_for(answers.get_object(), dev_eui);
  if (answer == nullptr) return fail(device_eui_missing, {{"dev_eui", dashed(dev_eui)}});
  if (const auto* error = member(*answer, "error");
      error != nullptr && error->is_string() && !error->get_string().empty()) {
    const std::string text(error->get_string().data(), error->get_string().size());
    return fail(Error(uplink_request_failed).caused_by(Error(server_said, {{"message", text}})));
  }
  const auto* result = member(*answer, "result");
  if (result == nullptr || !result->is_object()) return fail(malformed("no result"));
  DeviceAnswer out{.result = formatter::to_text(*result)};
  FF_TRY(out.downlink, downlink_of(*result));
  out.position = position_of(*result);
  FF_TRY(out.stream_records, stream_records_of(*result));
  return out;
}

Result<std::vector<DeviceRecord>> scans_in(ByteView stream_record) {
  std::vector<DeviceRecord> out;
  while (stream_record.size() >= 2) {
    const std::size_t size = stream_record[1];
    if (size + 2 > stream_record.size()) return fail(tlv_record_too_small);
    if (auto scan = scan_of(stream_record[0], stream_record.subspan(2, size)))
      out.push_back(*std::move(scan));
    stream_record = stream_record.subspan(2 + size);
  }
  return out;
}

}  // namespace ff::lora_cloud
