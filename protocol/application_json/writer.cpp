#include "protocol/application_json/writer.hpp"

#include <array>

#include "protocol/application_json/text.hpp"

namespace ff::application_json {
namespace {

constexpr std::array<std::string_view, 7> priority_names = {
    "LOWEST", "LOW", "BELOW_NORMAL", "NORMAL", "ABOVE_NORMAL", "HIGH", "HIGHEST"};
constexpr std::array<std::string_view, 3> constraint_names = {
    "DOWNLINK_PATH_CONSTRAINT_NONE", "DOWNLINK_PATH_CONSTRAINT_PREFER_OTHER",
    "DOWNLINK_PATH_CONSTRAINT_NEVER"};
/// In the order of ApplicationUpPayload.
constexpr std::array<std::string_view, std::variant_size_v<ApplicationUpPayload>> kind_names = {
    "uplink_message",  "join_accept",   "downlink_queued",  "downlink_sent",
    "downlink_ack",    "downlink_nack", "downlink_failed",  "downlink_queue_invalidated",
    "location_solved", "service_data",  "uplink_normalized"};

std::string_view source_name(LocationSource source) noexcept {
  switch (source) {
    case LocationSource::unknown:
      break;
    case LocationSource::gps:
      return "SOURCE_GPS";
    case LocationSource::registry:
      return "SOURCE_REGISTRY";
    case LocationSource::ip_geolocation:
      return "SOURCE_IP_GEOLOCATION";
    case LocationSource::wifi_rssi:
      return "SOURCE_WIFI_RSSI_GEOLOCATION";
    case LocationSource::bt_rssi:
      return "SOURCE_BT_RSSI_GEOLOCATION";
    case LocationSource::lora_rssi:
      return "SOURCE_LORA_RSSI_GEOLOCATION";
    case LocationSource::lora_tdoa:
      return "SOURCE_LORA_TDOA_GEOLOCATION";
    case LocationSource::combined:
      return "SOURCE_COMBINED_GEOLOCATION";
  }
  return {};
}

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index == 0 || index >= N ? std::string_view{} : names[index];
}

bool is_set(UtcTime time) noexcept {
  return time != UtcTime{};
}

void write(std::string& out, const RxMetadata& rx);
void write(std::string& out, const ClassBCGateway& gateway);
void write(std::string& out, const ApplicationDownlink& downlink);
void write(std::string& out, const Error& error);

template <class T>
void append_list(Object& object, std::string_view name, const std::vector<T>& values,
                 std::string& out) {
  if (values.empty()) return;
  object.member(name);
  char separator = '[';
  for (const auto& value : values) {
    out += separator;
    write(out, value);
    separator = ',';
  }
  out += ']';
}

void write(std::string& out, const DeviceIdentifiers& ids) {
  Object object(out);
  object.text("device_id", ids.uid.device_id.text());
  Object application(object.member("application_ids"));
  application.text("application_id", ids.uid.application_id.text());
  application.close();
  if (ids.dev_eui) object.hex("dev_eui", ids.dev_eui->value(), 16);
  if (ids.join_eui) object.hex("join_eui", ids.join_eui->value(), 16);
  if (ids.dev_addr) object.hex("dev_addr", ids.dev_addr->value(), 8);
  object.close();
}

void write(std::string& out, const GatewayIdentifiers& ids) {
  Object object(out);
  object.text("gateway_id", ids.gateway_id.text());
  if (ids.eui) object.hex("eui", ids.eui->value(), 16);
  object.close();
}

void write(std::string& out, const Location& location) {
  Object object(out);
  object.number("latitude", location.latitude);
  object.number("longitude", location.longitude);
  object.number("altitude", location.altitude_m);
  object.number("accuracy", location.accuracy_m);
  object.text("source", source_name(location.source));
  object.close();
}

void write(std::string& out, const RelayMetadata& relay) {
  Object object(out);
  object.text("device_id", relay.device_id.text());
  // The default channel is zero, which is not written.
  if (relay.wor_channel == 1) object.text("wor_channel", "RELAY_WOR_CHANNEL_SECONDARY");
  object.close();
}

void write(std::string& out, const RxMetadata& rx) {
  Object object(out);
  write(object.member("gateway_ids"), rx.gateway);
  object.number("antenna_index", rx.antenna_index);
  object.time("time", rx.time);
  object.number("timestamp", rx.timestamp_us);
  if (rx.fine_timestamp_ns) object.number_text("fine_timestamp", *rx.fine_timestamp_ns);
  object.base64("encrypted_fine_timestamp", rx.encrypted_fine_timestamp);
  object.text("encrypted_fine_timestamp_key_id", rx.encrypted_fine_timestamp_key_id);
  object.number("rssi", rx.rssi_dbm);
  if (rx.signal_rssi_dbm) append_number(object.member("signal_rssi"), *rx.signal_rssi_dbm);
  object.number("channel_rssi", rx.channel_rssi_dbm);
  object.number("rssi_standard_deviation", rx.rssi_standard_deviation);
  object.number("snr", rx.snr_db);
  object.number_text("frequency_offset", rx.frequency_offset_hz);
  if (rx.location) write(object.member("location"), *rx.location);
  object.text("downlink_path_constraint", name_of(constraint_names, rx.downlink_path_constraint));
  object.base64("uplink_token", rx.uplink_token);
  object.number("channel_index", rx.channel_index);
  object.number("hopping_width", rx.hopping_width);
  object.number("frequency_drift", rx.frequency_drift);
  object.time("gps_time", rx.gps_time);
  if (is_set(rx.received_at)) object.time("received_at", rx.received_at);
  if (rx.relay) write(object.member("relay"), *rx.relay);
  object.close();
}

void append_modulation(Object& parent, const LoraDataRate& lora) {
  Object object(parent.member("lora"));
  object.number("bandwidth", lora.bandwidth_hz);
  object.number("spreading_factor", lora.spreading_factor);
  object.text("coding_rate", to_string(lora.coding_rate));
  object.close();
}
void append_modulation(Object& parent, const FskDataRate& fsk) {
  Object object(parent.member("fsk"));
  object.number("bit_rate", fsk.bit_rate_bps);
  object.close();
}
void append_modulation(Object& parent, const LrFhssDataRate& lr_fhss) {
  Object object(parent.member("lrfhss"));
  object.number("modulation_type", lr_fhss.modulation_type);
  object.number("operating_channel_width", lr_fhss.operating_channel_width_hz);
  object.text("coding_rate", to_string(lr_fhss.coding_rate));
  object.close();
}

void write(std::string& out, const UplinkSettings& settings) {
  Object object(out);
  Object data_rate(object.member("data_rate"));
  std::visit([&](const auto& modulation) { append_modulation(data_rate, modulation); },
             settings.data_rate);
  data_rate.close();
  object.number_text("frequency", settings.frequency.hz());
  object.number("timestamp", settings.timestamp_us);
  object.time("time", settings.time);
  object.close();
}

void write(std::string& out, const KeyEnvelope& envelope) {
  Object object(out);
  if (envelope.key) {
    out.reserve(out.size() + 48);
    object.member("key") += '"';
    for (auto byte : envelope.key->bytes()) {
      constexpr std::string_view digits = "0123456789ABCDEF";
      out += digits[byte >> 4U];
      out += digits[byte & 0xFU];
    }
    out += '"';
  }
  object.text("kek_label", envelope.kek_label);
  object.base64("encrypted_key", envelope.encrypted_key);
  object.close();
}

/// What an uplink and its measurements begin with.
void write_frame(Object& object, const ApplicationUplink& uplink) {
  object.base64("session_key_id", uplink.session_key_id);
  object.number("f_port", uplink.f_port.value());
  object.number("f_cnt", uplink.f_cnt.value());
  object.base64("frm_payload", uplink.frm_payload);
}

void write_airtime(std::string& out, Object& object, const ApplicationUplink& uplink) {
  if (uplink.consumed_airtime == Duration{0}) return;
  object.member("consumed_airtime") += '"';
  append_duration_text(out, uplink.consumed_airtime);
  out += '"';
}

void write_device(std::string& out, Object& object, const ApplicationUplink& uplink) {
  if (!uplink.locations.empty()) {
    Object locations(object.member("locations"));
    for (const auto& [service, location] : uplink.locations) {
      locations.key(service);
      write(out, location);
    }
    locations.close();
  }
  if (!uplink.version_ids) return;
  Object ids(object.member("version_ids"));
  ids.text("brand_id", uplink.version_ids->brand_id);
  ids.text("model_id", uplink.version_ids->model_id);
  ids.text("hardware_version", uplink.version_ids->hardware_version);
  ids.text("firmware_version", uplink.version_ids->firmware_version);
  ids.text("band_id", uplink.version_ids->band_id);
  ids.close();
}

void write_network(Object& object, const ApplicationUplink& uplink) {
  Object network(object.member("network_ids"));
  network.hex("net_id", uplink.net_id.value(), 6);
  network.close();
}

void write(std::string& out, const ApplicationUplink& uplink) {
  Object object(out);
  write_frame(object, uplink);
  object.json("decoded_payload", uplink.decoded_payload_json);
  object.texts("decoded_payload_warnings", uplink.decoded_payload_warnings);
  object.jsons("normalized_payload", uplink.normalized_payload_json);
  object.texts("normalized_payload_warnings", uplink.normalized_payload_warnings);
  append_list(object, "rx_metadata", uplink.rx_metadata, out);
  write(object.member("settings"), uplink.settings);
  if (is_set(uplink.received_at)) object.time("received_at", uplink.received_at);
  if (uplink.app_s_key) write(object.member("app_s_key"), *uplink.app_s_key);
  object.number("last_a_f_cnt_down", uplink.last_a_f_cnt_down.value());
  object.flag("confirmed", uplink.confirmed);
  write_airtime(out, object, uplink);
  object.number("packet_error_rate", uplink.packet_error_rate);
  write_device(out, object, uplink);
  write_network(object, uplink);
  object.close();
}

/// The measurement is one object, not a list. [spec message-formats §3.4]
void write(std::string& out, const UplinkNormalized& up) {
  const auto& uplink = up.uplink;
  Object object(out);
  write_frame(object, uplink);
  if (!uplink.normalized_payload_json.empty())
    object.json("normalized_payload", uplink.normalized_payload_json.front());
  object.texts("normalized_payload_warnings", uplink.normalized_payload_warnings);
  append_list(object, "rx_metadata", uplink.rx_metadata, out);
  write(object.member("settings"), uplink.settings);
  if (is_set(uplink.received_at)) object.time("received_at", uplink.received_at);
  object.flag("confirmed", uplink.confirmed);
  write_airtime(out, object, uplink);
  write_device(out, object, uplink);
  write_network(object, uplink);
  object.close();
}

void write(std::string& out, const ApplicationJoinAccept& accept) {
  Object object(out);
  object.base64("session_key_id", accept.session_key_id);
  if (accept.app_s_key) write(object.member("app_s_key"), *accept.app_s_key);
  append_list(object, "invalidated_downlinks", accept.invalidated_downlinks, out);
  if (is_set(accept.received_at)) object.time("received_at", accept.received_at);
  object.close();
}

void write(std::string& out, const ClassBCGateway& gateway) {
  Object object(out);
  write(object.member("gateway_ids"), gateway.gateway);
  object.number("antenna_index", gateway.antenna_index);
  object.number("group_index", gateway.group_index);
  object.close();
}

void write(std::string& out, const DownlinkQueued& up) {
  write(out, up.downlink);
}
void write(std::string& out, const DownlinkSent& up) {
  write(out, up.downlink);
}
void write(std::string& out, const DownlinkAcked& up) {
  write(out, up.downlink);
}
void write(std::string& out, const DownlinkNacked& up) {
  write(out, up.downlink);
}
void write(std::string& out, const DownlinkFailed& up) {
  Object object(out);
  write(object.member("downlink"), up.downlink);
  if (up.error) write(object.member("error"), *up.error);
  object.close();
}
void write(std::string& out, const DownlinkQueueInvalidated& up) {
  Object object(out);
  append_list(object, "downlinks", up.downlinks, out);
  object.number("last_f_cnt_down", up.last_f_cnt_down.value());
  object.base64("session_key_id", up.session_key_id);
  object.close();
}
void write(std::string& out, const LocationSolved& up) {
  Object object(out);
  object.text("service", up.service);
  write(object.member("location"), up.location);
  object.close();
}
void write(std::string& out, const ServiceData& up) {
  Object object(out);
  object.text("service", up.service);
  object.json("data", up.data_json);
  object.close();
}

void write(std::string& out, const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return append_string(out, *text);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return append_number(out, *integer);
  if (const auto* number = std::get_if<double>(&value)) return append_number(out, *number);
  if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
    return;
  }
  char separator = '[';
  for (const auto& text : std::get<std::vector<std::string>>(value)) {
    out += separator;
    append_string(out, text);
    separator = ',';
  }
  if (separator == '[') out += '[';
  out += ']';
}

void write(std::string& out, const Error& error) {
  Object object(out);
  object.text("namespace", error.def().name_space);
  object.text("name", error.name());
  object.text("message_format", error.def().message);
  if (!error.attributes().empty()) {
    Object attributes(object.member("attributes"));
    for (const auto& attribute : error.attributes())
      write(attributes.member(attribute.name), attribute.value);
    attributes.close();
  }
  if (error.cause() != nullptr) write(object.member("cause"), *error.cause());
  object.number("code", static_cast<std::uint32_t>(error.code()));
  object.close();
}

void write(std::string& out, const ApplicationDownlink& downlink) {
  Object object(out);
  object.base64("session_key_id", downlink.session_key_id);
  object.number("f_port", downlink.f_port.value());
  object.number("f_cnt", downlink.f_cnt.value());
  object.base64("frm_payload", downlink.frm_payload);
  object.json("decoded_payload", downlink.decoded_payload_json);
  object.texts("decoded_payload_warnings", downlink.decoded_payload_warnings);
  object.flag("confirmed", downlink.confirmed);
  if (downlink.class_b_c) {
    Object class_b_c(object.member("class_b_c"));
    append_list(class_b_c, "gateways", downlink.class_b_c->gateways, out);
    class_b_c.time("absolute_time", downlink.class_b_c->absolute_time);
    class_b_c.close();
  }
  object.text("priority", name_of(priority_names, downlink.priority));
  object.texts("correlation_ids", downlink.correlation_ids.list());
  if (downlink.confirmed_retry) {
    Object retry(object.member("confirmed_retry"));
    retry.number("attempt", downlink.confirmed_retry->attempt);
    if (const auto max = downlink.confirmed_retry->max_attempts) {
      append_number(retry.member("max_attempts"), std::uint64_t{*max});
    }
    retry.close();
  }
  object.close();
}

void write(std::string& out, const ApplicationUp& up) {
  Object object(out);
  write(object.member("end_device_ids"), up.ids);
  object.texts("correlation_ids", up.correlation_ids.list());
  if (is_set(up.received_at)) object.time("received_at", up.received_at);
  object.member(kind_name(up));
  std::visit([&](const auto& payload) { write(out, payload); }, up.up);
  object.flag("simulated", up.simulated);
  object.close();
}

}  // namespace

void append(std::string& out, const ApplicationUp& up) {
  write(out, up);
}
void append(std::string& out, const ApplicationDownlink& downlink) {
  write(out, downlink);
}
void append(std::string& out, const Error& error) {
  write(out, error);
}

std::string to_json(const ApplicationUp& up) {
  std::string out;
  out.reserve(2048);
  append(out, up);
  return out;
}

std::string to_json(const std::vector<ApplicationDownlink>& downlinks) {
  std::string out;
  Object object(out);
  append_list(object, "downlinks", downlinks, out);
  object.close();
  return out;
}

std::string_view kind_name(const ApplicationUp& up) noexcept {
  return kind_names[up.up.index()];
}

}  // namespace ff::application_json
