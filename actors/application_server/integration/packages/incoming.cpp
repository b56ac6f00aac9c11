#include "actors/application_server/integration/packages/incoming.hpp"

#include <algorithm>

#include "actors/application_server/integration/packages/errors.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/region/heard_data_rate.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::application_server::packages {
namespace {

namespace pb = ttn::lorawan::v3;

UtcTime time_of(const google::protobuf::Timestamp& time) {
  return UtcTime(std::chrono::seconds(time.seconds()) + Duration(time.nanos()));
}

template <class Id>
std::optional<Id> id_of(const std::string& field) {
  if (field.size() != sizeof(typename Id::Value)) return std::nullopt;
  constexpr auto size = sizeof(typename Id::Value);
  return Id{static_cast<typename Id::Value>(read_be<size>(as_bytes(field)))};
}

lora_cloud::Reception reception_of(const pb::RxMetadata& from) {
  const auto& place = from.location();
  lora_cloud::Reception out;
  out.gateway_id = from.gateway_ids().gateway_id();
  out.antenna_index = from.antenna_index();
  if (from.fine_timestamp() != 0) out.fine_timestamp_ns = from.fine_timestamp();
  out.rssi_dbm = from.rssi();
  out.snr_db = from.snr();
  out.location = {place.latitude(), place.longitude(), place.altitude(), place.accuracy(),
                  static_cast<LocationSource>(place.source())};
  return out;
}

std::optional<std::uint8_t> data_rate_index_of(const pb::ApplicationUplink& from) {
  const auto& rate = from.settings().data_rate();
  DataRate heard;
  if (rate.has_lora()) {
    heard = LoraDataRate{static_cast<std::uint8_t>(rate.lora().spreading_factor()),
                         rate.lora().bandwidth()};
  } else if (rate.has_fsk()) {
    heard = FskDataRate{rate.fsk().bit_rate()};
  } else {
    return std::nullopt;
  }
  const auto frequency = static_cast<std::uint32_t>(from.settings().frequency());
  const auto index =
      region::heard_data_rate(from.version_ids().band_id(), Frequency::hz(frequency), heard);
  return index ? std::optional(index->value()) : std::nullopt;
}

UtcTime reference_time(const pb::ApplicationUplink& from) {
  auto first = time_of(from.received_at());
  for (const auto& metadata : from.rx_metadata()) {
    if (metadata.has_gps_time()) return time_of(metadata.gps_time());
    if (metadata.has_received_at()) first = std::min(first, time_of(metadata.received_at()));
  }
  return first;
}

Result<ReceivedUplink> uplink_of(const pb::ApplicationUplink& from) {
  ReceivedUplink out;
  out.f_port = static_cast<std::uint8_t>(from.f_port());
  out.f_cnt = from.f_cnt();
  if (!from.has_app_s_key()) out.frm_payload = to_owned(as_bytes(from.frm_payload()));
  if (from.has_decoded_payload()) {
    FF_TRY(out.decoded_payload, api_json::to_json(from.decoded_payload()));
  }
  out.frequency = static_cast<std::uint32_t>(from.settings().frequency());
  out.data_rate_index = data_rate_index_of(from);
  out.received_at = reference_time(from);
  for (const auto& metadata : from.rx_metadata()) {
    if (metadata.has_location()) out.receptions.push_back(reception_of(metadata));
  }
  return out;
}

}  // namespace

Result<Incoming> read_incoming(const ApplicationId& application_id, const OutboxMessage& message) {
  pb::ApplicationUp up;
  if (const auto parsed = api_json::from_json(as_text(message.body), up); !parsed)
    return fail(Error(malformed_message).caused_by(parsed.error()));
  const auto& ids = up.end_device_ids();
  Incoming out;
  out.ids.uid = {application_id, message.device_id};
  out.ids.dev_eui = id_of<DevEui>(ids.dev_eui());
  out.ids.join_eui = id_of<JoinEui>(ids.join_eui());
  out.ids.dev_addr = id_of<DevAddr>(ids.dev_addr());
  out.correlation_ids =
      std::vector<std::string>(up.correlation_ids().begin(), up.correlation_ids().end());
  out.received_at = up.has_received_at() ? time_of(up.received_at()) : message.received_at;
  if (up.has_uplink_message()) {
    FF_TRY(out.uplink, uplink_of(up.uplink_message()));
  } else if (!up.has_join_accept()) {
    return fail(malformed_message);
  }
  return out;
}

}  // namespace ff::application_server::packages
