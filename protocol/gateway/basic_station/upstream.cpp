#include "protocol/gateway/basic_station/upstream.hpp"

#include "protocol/base/hex.hpp"
#include "protocol/gateway/basic_station/id6.hpp"
#include "protocol/gateway/basic_station/json_fields.hpp"
#include "protocol/gateway/basic_station/raw_frame.hpp"

namespace ff::gateway::basic_station {
namespace {

constexpr std::size_t text_size_max = 256;

struct RawVersion {
  std::string_view station;
  std::string_view firmware;
  std::string_view package;
  std::string_view model;
  std::int32_t protocol = 0;
  bool is_production = false;
  bool has_gps = false;
  bool has_remote_shell = false;
};

void note_feature(std::string_view feature, RawVersion& raw) {
  if (feature == "prod") raw.is_production = true;
  if (feature == "gps") raw.has_gps = true;
  if (feature == "rmtsh") raw.has_remote_shell = true;
}

/// An array, or words in one text.
bool read_features(JsonValue value, RawVersion& raw) {
  std::string_view text;
  if (into(value, text)) {
    while (!text.empty()) {
      const auto end = std::min(text.find(' '), text.size());
      note_feature(text.substr(0, end), raw);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
  }
  simdjson::dom::array features;
  if (value.get_array().get(features) != simdjson::SUCCESS) return false;
  for (const auto feature : features) {
    if (into(feature, text)) note_feature(text, raw);
  }
  return true;
}

constexpr JsonField<RawVersion> version_fields[] = {
    {"station", &store<&RawVersion::station, RawVersion>},
    {"firmware", &store<&RawVersion::firmware, RawVersion>},
    {"package", &store<&RawVersion::package, RawVersion>},
    {"model", &store<&RawVersion::model, RawVersion>},
    {"protocol", &store<&RawVersion::protocol, RawVersion>},
    {"features", &read_features},
};

/// At most `text_size_max` octets, not cut in a character.
std::string bounded(std::string_view text) {
  auto size = std::min(text.size(), text_size_max);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80)
    --size;
  return std::string(text.substr(0, size));
}

Result<StationMessage> version(JsonObject root, const UpstreamContext& context) {
  RawVersion raw;
  if (!read_object(root, std::span<const JsonField<RawVersion>>(version_fields), raw))
    return fail(uplink_message);
  Version out{.status = {},
              .is_production = raw.is_production,
              .has_gps = raw.has_gps,
              .has_remote_shell = raw.has_remote_shell};
  out.status.time = context.received_at;
  const auto add = [&](const char* name, std::string_view text) {
    if (!text.empty()) out.status.versions.emplace(name, bounded(text));
  };
  add("station", raw.station);
  add("firmware", raw.firmware);
  add("package", raw.package);
  add("platform", bounded(raw.model) + " - Firmware " + bounded(raw.firmware) + " - Protocol " +
                      std::to_string(raw.protocol));
  return out;
}

struct RawReport {
  std::int64_t diid = -1;
  std::int64_t xtime = 0;
  std::int64_t gps_us = 0;
};
constexpr JsonField<RawReport> report_fields[] = {
    {"diid", &store<&RawReport::diid, RawReport>},
    {"xtime", &store<&RawReport::xtime, RawReport>},
    {"gpstime", &store<&RawReport::gps_us, RawReport>},
};

Result<StationMessage> report(JsonObject root) {
  RawReport raw;
  if (!read_object(root, std::span<const JsonField<RawReport>>(report_fields), raw) ||
      raw.diid < 0 || raw.diid > std::numeric_limits<std::uint16_t>::max())
    return fail(uplink_message);
  Transmitted out;
  out.diid = static_cast<std::uint16_t>(raw.diid);
  if (raw.xtime != 0) out.xtime = XTime{raw.xtime};
  out.gps_time = from_gps_us(raw.gps_us);
  return out;
}

constexpr JsonField<TimeSyncRequest> time_sync_fields[] = {
    {"txtime", &store<&TimeSyncRequest::txtime, TimeSyncRequest>},
};

Result<StationMessage> time_sync(JsonObject root) {
  TimeSyncRequest out;
  if (!read_object(root, std::span<const JsonField<TimeSyncRequest>>(time_sync_fields), out))
    return fail(uplink_message);
  return out;
}

Result<StationMessage> decode(JsonObject root, const UpstreamContext& context) {
  std::string_view type;
  for (const auto entry : root) {
    if (!same_name(entry.key, "msgtype") || entry.value.is_null()) continue;
    if (!into(entry.value, type)) return fail(uplink_message);
  }
  if (type == "version") return version(root, context);
  if (type == "jreq") return decode_join_request(root, context);
  if (type == "updf") return decode_data_frame(root, context);
  if (type == "propdf") return decode_proprietary(root, context);
  if (type == "dntxed") return report(root);
  if (type == "timesync") return time_sync(root);
  return OtherMessage{};
}

}  // namespace

Result<StationMessage> decode_station_message(ByteView text, const UpstreamContext& context) {
  Result<StationMessage> out = fail(invalid_json);
  const bool is_json = with_root(text, [&](JsonObject root) { out = decode(root, context); });
  if (!is_json) return fail(invalid_json);
  return out;
}

}  // namespace ff::gateway::basic_station
