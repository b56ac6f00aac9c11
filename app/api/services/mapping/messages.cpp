#include "app/api/services/mapping/messages.hpp"

#include "app/api/services/mapping/radio.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

// Chains are short; the bound keeps the message within what receivers take apart.
constexpr int causes_max = 16;

void put_location(const Location& location, pb::Location& out) {
  out.set_latitude(location.latitude);
  out.set_longitude(location.longitude);
  out.set_altitude(location.altitude_m);
  out.set_accuracy(location.accuracy_m);
  out.set_source(static_cast<pb::LocationSource>(location.source));
}

struct PutDataRate {
  pb::DataRate& out;
  void operator()(const LoraDataRate& rate) const {
    auto& lora = *out.mutable_lora();
    lora.set_bandwidth(rate.bandwidth_hz);
    lora.set_spreading_factor(rate.spreading_factor);
    lora.set_coding_rate(to_string(rate.coding_rate));
  }
  void operator()(const FskDataRate& rate) const {
    out.mutable_fsk()->set_bit_rate(rate.bit_rate_bps);
  }
  void operator()(const LrFhssDataRate& rate) const {
    auto& lrfhss = *out.mutable_lrfhss();
    lrfhss.set_modulation_type(rate.modulation_type);
    lrfhss.set_operating_channel_width(rate.operating_channel_width_hz);
    lrfhss.set_coding_rate(to_string(rate.coding_rate));
  }
};

/// What an uplink and its measurements say of the device.
template <class Message>
void put_device(const ApplicationUplink& uplink, Message& out) {
  for (const auto& [service, location] : uplink.locations)
    put_location(location, (*out.mutable_locations())[service]);
  if (uplink.version_ids) put_version_ids(*uplink.version_ids, *out.mutable_version_ids());
}

void put_uplink(const ApplicationUplink& uplink, pb::ApplicationUplink& out) {
  out.set_session_key_id(text_of(uplink.session_key_id));
  out.set_f_port(uplink.f_port.value());
  out.set_f_cnt(uplink.f_cnt.value());
  out.set_frm_payload(text_of(uplink.frm_payload));
  if (!uplink.decoded_payload_json.empty()) {
    put_object(uplink.decoded_payload_json, *out.mutable_decoded_payload());
  }
  for (const auto& warning : uplink.decoded_payload_warnings)
    out.add_decoded_payload_warnings(warning);
  for (const auto& measurement : uplink.normalized_payload_json)
    put_object(measurement, *out.add_normalized_payload());
  for (const auto& warning : uplink.normalized_payload_warnings)
    out.add_normalized_payload_warnings(warning);
  for (const auto& metadata : uplink.rx_metadata) put_metadata(metadata, *out.add_rx_metadata());
  put_settings(uplink.settings, *out.mutable_settings());
  put_time(uplink.received_at, *out.mutable_received_at());
  if (uplink.app_s_key) put_key(*uplink.app_s_key, *out.mutable_app_s_key());
  out.set_last_a_f_cnt_down(uplink.last_a_f_cnt_down.value());
  out.set_confirmed(uplink.confirmed);
  if (uplink.consumed_airtime.count() != 0) {
    put_duration(uplink.consumed_airtime, *out.mutable_consumed_airtime());
  }
  out.set_packet_error_rate(uplink.packet_error_rate);
  put_device(uplink, out);
  out.mutable_network_ids()->set_net_id(to_field(uplink.net_id));
}

/// [spec message-formats §3.4]
void put_normalized(const ApplicationUplink& uplink, pb::ApplicationUplinkNormalized& out) {
  out.set_session_key_id(text_of(uplink.session_key_id));
  out.set_f_port(uplink.f_port.value());
  out.set_f_cnt(uplink.f_cnt.value());
  out.set_frm_payload(text_of(uplink.frm_payload));
  if (!uplink.normalized_payload_json.empty())
    put_object(uplink.normalized_payload_json.front(), *out.mutable_normalized_payload());
  for (const auto& warning : uplink.normalized_payload_warnings)
    out.add_normalized_payload_warnings(warning);
  for (const auto& metadata : uplink.rx_metadata) put_metadata(metadata, *out.add_rx_metadata());
  put_settings(uplink.settings, *out.mutable_settings());
  put_time(uplink.received_at, *out.mutable_received_at());
  out.set_confirmed(uplink.confirmed);
  if (uplink.consumed_airtime.count() != 0)
    put_duration(uplink.consumed_airtime, *out.mutable_consumed_airtime());
  put_device(uplink, out);
  out.mutable_network_ids()->set_net_id(to_field(uplink.net_id));
}

struct PutUp {
  pb::ApplicationUp& out;

  void operator()(const ApplicationUplink& up) const {
    put_uplink(up, *out.mutable_uplink_message());
  }
  void operator()(const ApplicationJoinAccept& up) const {
    auto& accept = *out.mutable_join_accept();
    accept.set_session_key_id(text_of(up.session_key_id));
    if (up.app_s_key) put_key(*up.app_s_key, *accept.mutable_app_s_key());
    for (const auto& downlink : up.invalidated_downlinks) {
      put_downlink(downlink, *accept.add_invalidated_downlinks());
    }
    put_time(up.received_at, *accept.mutable_received_at());
  }
  void operator()(const DownlinkQueued& up) const {
    put_downlink(up.downlink, *out.mutable_downlink_queued());
  }
  void operator()(const DownlinkSent& up) const {
    put_downlink(up.downlink, *out.mutable_downlink_sent());
  }
  void operator()(const DownlinkAcked& up) const {
    put_downlink(up.downlink, *out.mutable_downlink_ack());
  }
  void operator()(const DownlinkNacked& up) const {
    put_downlink(up.downlink, *out.mutable_downlink_nack());
  }
  void operator()(const DownlinkFailed& up) const {
    put_downlink(up.downlink, *out.mutable_downlink_failed()->mutable_downlink());
    if (up.error) put_error(*up.error, *out.mutable_downlink_failed()->mutable_error());
  }
  void operator()(const DownlinkQueueInvalidated& up) const {
    auto& invalidated = *out.mutable_downlink_queue_invalidated();
    for (const auto& downlink : up.downlinks) put_downlink(downlink, *invalidated.add_downlinks());
    invalidated.set_last_f_cnt_down(up.last_f_cnt_down.value());
    invalidated.set_session_key_id(text_of(up.session_key_id));
  }
  void operator()(const LocationSolved& up) const {
    out.mutable_location_solved()->set_service(up.service);
    put_location(up.location, *out.mutable_location_solved()->mutable_location());
  }
  void operator()(const ServiceData& up) const {
    out.mutable_service_data()->set_service(up.service);
    put_object(up.data_json, *out.mutable_service_data()->mutable_data());
  }
  void operator()(const UplinkNormalized& up) const {
    put_normalized(up.uplink, *out.mutable_uplink_normalized());
  }
};

struct PutValue {
  google::protobuf::Value& out;
  void operator()(const std::string& text) const { out.set_string_value(text); }
  void operator()(std::int64_t number) const { out.set_number_value(static_cast<double>(number)); }
  void operator()(double number) const { out.set_number_value(number); }
  void operator()(bool flag) const { out.set_bool_value(flag); }
  void operator()(const std::vector<std::string>& list) const {
    auto& values = *out.mutable_list_value();
    for (const auto& entry : list) values.add_values()->set_string_value(entry);
  }
};

void fill(const Error& error, int causes, pb::ErrorDetails& out) {
  const auto& def = error.def();
  out.set_namespace_(std::string(def.name_space));
  out.set_name(std::string(def.name));
  out.set_message_format(std::string(def.message));
  out.set_code(static_cast<std::uint32_t>(def.code));
  for (const auto& [name, value] : error.attributes()) {
    std::visit(PutValue{(*out.mutable_attributes()->mutable_fields())[name]}, value);
  }
  if (error.cause() && causes > 0) fill(*error.cause(), causes - 1, *out.mutable_cause());
}

void put_class_b_c(const ClassBC& from, pb::ApplicationDownlink::ClassBC& out) {
  for (const auto& gateway : from.gateways) {
    auto& ids = *out.add_gateways();
    put_ids(gateway.gateway, *ids.mutable_gateway_ids());
    ids.set_antenna_index(gateway.antenna_index);
    ids.set_group_index(gateway.group_index);
  }
  if (from.absolute_time) put_time(*from.absolute_time, *out.mutable_absolute_time());
}

ClassBC class_b_c_of(const pb::ApplicationDownlink::ClassBC& from) {
  ClassBC out;
  for (const auto& gateway : from.gateways()) {
    out.gateways.push_back(
        {ids_of(gateway.gateway_ids()), gateway.antenna_index(), gateway.group_index()});
  }
  if (from.has_absolute_time()) out.absolute_time = time_of(from.absolute_time());
  return out;
}

}  // namespace

void put_metadata(const RxMetadata& metadata, pb::RxMetadata& out) {
  put_ids(metadata.gateway, *out.mutable_gateway_ids());
  out.set_antenna_index(metadata.antenna_index);
  out.set_timestamp(metadata.timestamp_us);
  if (metadata.time) put_time(*metadata.time, *out.mutable_time());
  if (metadata.gps_time) put_time(*metadata.gps_time, *out.mutable_gps_time());
  if (metadata.fine_timestamp_ns) out.set_fine_timestamp(*metadata.fine_timestamp_ns);
  out.set_encrypted_fine_timestamp(text_of(metadata.encrypted_fine_timestamp));
  out.set_encrypted_fine_timestamp_key_id(metadata.encrypted_fine_timestamp_key_id);
  out.set_rssi(metadata.rssi_dbm);
  out.set_channel_rssi(metadata.channel_rssi_dbm);
  if (metadata.signal_rssi_dbm) out.mutable_signal_rssi()->set_value(*metadata.signal_rssi_dbm);
  out.set_rssi_standard_deviation(metadata.rssi_standard_deviation);
  out.set_snr(metadata.snr_db);
  out.set_frequency_offset(metadata.frequency_offset_hz);
  out.set_hopping_width(metadata.hopping_width);
  out.set_frequency_drift(metadata.frequency_drift);
  out.set_channel_index(metadata.channel_index);
  if (metadata.location) put_location(*metadata.location, *out.mutable_location());
  out.set_downlink_path_constraint(
      static_cast<pb::DownlinkPathConstraint>(metadata.downlink_path_constraint));
  out.set_uplink_token(text_of(metadata.uplink_token));
  put_time(metadata.received_at, *out.mutable_received_at());
  if (metadata.relay) {
    out.mutable_relay()->set_device_id(metadata.relay->device_id.text());
    out.mutable_relay()->set_wor_channel(
        static_cast<pb::RelayWORChannel>(metadata.relay->wor_channel));
  }
}

void put_settings(const UplinkSettings& settings, pb::TxSettings& out) {
  put_data_rate(settings.data_rate, *out.mutable_data_rate());
  out.set_frequency(settings.frequency.hz());
  out.set_timestamp(settings.timestamp_us);
  if (settings.time) put_time(*settings.time, *out.mutable_time());
}

void put_error(const Error& error, pb::ErrorDetails& out) {
  fill(error, causes_max, out);
}

void put_downlink(const ApplicationDownlink& downlink, pb::ApplicationDownlink& out) {
  out.set_session_key_id(text_of(downlink.session_key_id));
  out.set_f_port(downlink.f_port.value());
  out.set_f_cnt(downlink.f_cnt.value());
  out.set_frm_payload(text_of(downlink.frm_payload));
  if (!downlink.decoded_payload_json.empty()) {
    put_object(downlink.decoded_payload_json, *out.mutable_decoded_payload());
  }
  for (const auto& warning : downlink.decoded_payload_warnings)
    out.add_decoded_payload_warnings(warning);
  out.set_confirmed(downlink.confirmed);
  out.set_priority(static_cast<pb::TxSchedulePriority>(downlink.priority));
  if (downlink.class_b_c) put_class_b_c(*downlink.class_b_c, *out.mutable_class_b_c());
  for (const auto& id : downlink.correlation_ids) out.add_correlation_ids(id);
  if (!downlink.confirmed_retry) return;
  auto& retry = *out.mutable_confirmed_retry();
  retry.set_attempt(downlink.confirmed_retry->attempt);
  if (downlink.confirmed_retry->max_attempts) {
    retry.mutable_max_attempts()->set_value(*downlink.confirmed_retry->max_attempts);
  }
}

ApplicationDownlink downlink_of(const pb::ApplicationDownlink& downlink) {
  ApplicationDownlink out;
  out.session_key_id = bytes_of(downlink.session_key_id());
  out.f_port = FPort(static_cast<std::uint8_t>(downlink.f_port()));
  out.f_cnt = FCnt32(downlink.f_cnt());
  out.frm_payload = bytes_of(downlink.frm_payload());
  if (downlink.has_decoded_payload()) {
    if (auto json = api_json::to_json(downlink.decoded_payload()))
      out.decoded_payload_json = *std::move(json);
  }
  out.confirmed = downlink.confirmed();
  out.priority = static_cast<TxPriority>(downlink.priority());
  if (downlink.has_class_b_c()) out.class_b_c = class_b_c_of(downlink.class_b_c());
  out.correlation_ids = std::vector<std::string>(downlink.correlation_ids().begin(),
                                                 downlink.correlation_ids().end());
  if (downlink.has_confirmed_retry()) {
    const auto& retry = downlink.confirmed_retry();
    out.confirmed_retry = ConfirmedRetry{retry.attempt(), std::nullopt};
    if (retry.has_max_attempts()) out.confirmed_retry->max_attempts = retry.max_attempts().value();
  }
  return out;
}

Location location_of(const pb::Location& location) {
  return {location.latitude(), location.longitude(), location.altitude(), location.accuracy(),
          static_cast<LocationSource>(location.source())};
}

void put_version_ids(const DeviceVersionIds& ids, pb::EndDeviceVersionIdentifiers& out) {
  out.set_brand_id(ids.brand_id);
  out.set_model_id(ids.model_id);
  out.set_hardware_version(ids.hardware_version);
  out.set_firmware_version(ids.firmware_version);
  out.set_band_id(ids.band_id);
}

DeviceVersionIds version_ids_of(const pb::EndDeviceVersionIdentifiers& ids) {
  return {ids.brand_id(), ids.model_id(), ids.hardware_version(), ids.firmware_version(),
          ids.band_id()};
}

void put_data_rate(const DataRate& data_rate, pb::DataRate& out) {
  std::visit(PutDataRate{out}, data_rate);
}

void put_up(const ApplicationUp& up, pb::ApplicationUp& out) {
  put_ids(up.ids, *out.mutable_end_device_ids());
  for (const auto& id : up.correlation_ids) out.add_correlation_ids(id);
  put_time(up.received_at, *out.mutable_received_at());
  std::visit(PutUp{out}, up.up);
  out.set_simulated(up.simulated);
}

}  // namespace ff::api
