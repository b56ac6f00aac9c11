#include "app/api/services/mapping/simulated_up.hpp"

#include <algorithm>

#include "actors/events/protobuf_data.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

using application_server::UpKind;
using Case = pb::ApplicationUp::UpCase;

struct Kind {
  Case field;
  UpKind kind;
  std::string_view event;  // empty: none
};
/// Of uplinks the pipeline knows itself. [spec application-server §13]
constexpr Kind kinds[] = {
    {Case::kUplinkNormalized, UpKind::normalized, "as.up.normalized.forward"},
    {Case::kJoinAccept, UpKind::join, "as.up.join.forward"},
    {Case::kDownlinkAck, UpKind::downlink_ack, "as.down.data.ack.forward"},
    {Case::kDownlinkNack, UpKind::downlink_nack, "as.down.data.nack.forward"},
    {Case::kDownlinkSent, UpKind::downlink_sent, "as.down.data.sent.forward"},
    {Case::kDownlinkFailed, UpKind::downlink_failed, "as.down.data.failed.forward"},
    {Case::kDownlinkQueued, UpKind::downlink_queued, ""},
    {Case::kDownlinkQueueInvalidated, UpKind::downlink_queue_invalidated,
     "as.down.data.queue.invalidated.forward"},
    {Case::kLocationSolved, UpKind::location_solved, "as.up.location.forward"},
    {Case::kServiceData, UpKind::service_data, "as.up.service.forward"},
};

DataRate data_rate_of(const pb::DataRate& rate) {
  if (rate.has_fsk()) return FskDataRate{rate.fsk().bit_rate()};
  if (rate.has_lrfhss()) {
    const auto& lrfhss = rate.lrfhss();
    return LrFhssDataRate{lrfhss.operating_channel_width(), parse_coding_rate(lrfhss.coding_rate()),
                          static_cast<std::uint8_t>(lrfhss.modulation_type())};
  }
  const auto& lora = rate.lora();
  return LoraDataRate{static_cast<std::uint8_t>(lora.spreading_factor()), lora.bandwidth(),
                      parse_coding_rate(lora.coding_rate())};
}

RxMetadata metadata_of(const pb::RxMetadata& from) {
  RxMetadata out;
  out.gateway = ids_of(from.gateway_ids());
  out.antenna_index = from.antenna_index();
  out.timestamp_us = from.timestamp();
  if (from.has_time()) out.time = time_of(from.time());
  if (from.has_gps_time()) out.gps_time = time_of(from.gps_time());
  if (from.fine_timestamp() != 0) out.fine_timestamp_ns = from.fine_timestamp();
  out.encrypted_fine_timestamp = bytes_of(from.encrypted_fine_timestamp());
  out.encrypted_fine_timestamp_key_id = from.encrypted_fine_timestamp_key_id();
  out.rssi_dbm = from.rssi();
  out.channel_rssi_dbm = from.channel_rssi();
  if (from.has_signal_rssi()) out.signal_rssi_dbm = from.signal_rssi().value();
  out.rssi_standard_deviation = from.rssi_standard_deviation();
  out.snr_db = from.snr();
  out.frequency_offset_hz = from.frequency_offset();
  out.hopping_width = from.hopping_width();
  out.frequency_drift = from.frequency_drift();
  out.channel_index = from.channel_index();
  if (from.has_location()) out.location = location_of(from.location());
  out.downlink_path_constraint =
      static_cast<DownlinkPathConstraint>(from.downlink_path_constraint());
  out.uplink_token = bytes_of(from.uplink_token());
  if (from.has_received_at()) out.received_at = time_of(from.received_at());
  if (from.has_relay())
    out.relay = RelayMetadata{DeviceId(from.relay().device_id()),
                              static_cast<std::uint8_t>(from.relay().wor_channel())};
  return out;
}

UplinkSettings settings_of(const pb::TxSettings& from) {
  UplinkSettings out;
  out.data_rate = data_rate_of(from.data_rate());
  out.frequency = Frequency::hz(from.frequency());
  out.timestamp_us = from.timestamp();
  if (from.has_time()) out.time = time_of(from.time());
  return out;
}

Result<ApplicationUplink> uplink_of(const pb::ApplicationUplink& from) {
  ApplicationUplink out;
  out.session_key_id = bytes_of(from.session_key_id());
  out.f_port = FPort(static_cast<std::uint8_t>(from.f_port()));
  out.f_cnt = FCnt32(from.f_cnt());
  out.frm_payload = bytes_of(from.frm_payload());
  if (from.has_decoded_payload()) {
    FF_TRY(out.decoded_payload_json, api_json::to_json(from.decoded_payload()));
  }
  out.decoded_payload_warnings.assign(from.decoded_payload_warnings().begin(),
                                      from.decoded_payload_warnings().end());
  for (const auto& measurement : from.normalized_payload()) {
    FF_TRY(auto json, api_json::to_json(measurement));
    out.normalized_payload_json.push_back(std::move(json));
  }
  out.normalized_payload_warnings.assign(from.normalized_payload_warnings().begin(),
                                         from.normalized_payload_warnings().end());
  for (const auto& metadata : from.rx_metadata()) out.rx_metadata.push_back(metadata_of(metadata));
  out.settings = settings_of(from.settings());
  out.received_at = time_of(from.received_at());
  out.last_a_f_cnt_down = FCnt32(from.last_a_f_cnt_down());
  out.confirmed = from.confirmed();
  out.consumed_airtime = duration_of(from.consumed_airtime());
  out.packet_error_rate = from.packet_error_rate();
  for (const auto& [service, location] : from.locations())
    out.locations.emplace(service, location_of(location));
  if (from.has_version_ids()) out.version_ids = version_ids_of(from.version_ids());
  out.net_id = net_id_of(from.network_ids().net_id()).value_or(NetId());
  return out;
}

}  // namespace

Status mark_simulated(pb::ApplicationUp& up, UtcTime now, const std::string& correlation_id) {
  if (up.simulated()) return fail(already_simulated);
  up.set_simulated(true);
  if (!up.has_received_at()) put_time(now, *up.mutable_received_at());
  if (up.has_uplink_message() && !up.uplink_message().has_received_at())
    *up.mutable_uplink_message()->mutable_received_at() = up.received_at();
  const auto is_of_an_uplink = [](const std::string& id) {
    return id.starts_with("gs:uplink:") || id.starts_with("ns:uplink:") ||
           id.starts_with("pba:uplink:") || id.starts_with("as:up:");
  };
  if (std::ranges::none_of(up.correlation_ids(), is_of_an_uplink))
    up.add_correlation_ids("as:up:" + correlation_id);
  return {};
}

void complete_ids(const DeviceIdentifiers& known, pb::ApplicationUp& up) {
  auto& ids = *up.mutable_end_device_ids();
  if (ids.dev_eui().empty() && known.dev_eui) ids.set_dev_eui(to_field(*known.dev_eui));
  if (ids.join_eui().empty() && known.join_eui) ids.set_join_eui(to_field(*known.join_eui));
  if (ids.dev_addr().empty() && known.dev_addr) ids.set_dev_addr(to_field(*known.dev_addr));
}

Result<application_server::SimulateUp> simulation_of(const pb::ApplicationUp& up) {
  application_server::SimulateUp out;
  const auto ids = ids_of(up.end_device_ids());
  const CorrelationIds correlation_ids =
      std::vector<std::string>(up.correlation_ids().begin(), up.correlation_ids().end());
  out.device = ids.uid;
  if (up.has_uplink_message()) {
    FF_TRY(auto uplink, uplink_of(up.uplink_message()));
    out.up = ApplicationUp{.ids = ids,
                           .correlation_ids = correlation_ids,
                           .received_at = time_of(up.received_at()),
                           .up = std::move(uplink),
                           .simulated = true};
    return out;
  }
  FF_TRY(const auto json, api_json::to_json(up));
  const auto* found = std::ranges::find(kinds, up.up_case(), &Kind::field);
  out.up = application_server::ReadyUp{ids.uid.application_id,
                                       {.kind = found->kind,
                                        .device_id = ids.uid.device_id,
                                        .received_at = time_of(up.received_at()),
                                        .body = bytes_of(json)}};
  out.told = {found->event, time_of(up.received_at()), ids, correlation_ids,
              events::protobuf_data(up)};
  return out;
}

}  // namespace ff::api
