// UplinkMessage. Field numbers: [shared/api/messages.tsv]; rules of fields: likewise.
#include <algorithm>

#include "protocol/gateway/api_v3/location.hpp"
#include "protocol/gateway/api_v3/upstream.hpp"

namespace ff::gateway::api_v3 {
namespace {

constexpr std::size_t phy_payload_bytes_max = 255;
constexpr std::uint64_t frequency_hz_min = 100'000;
constexpr std::uint64_t frequency_hz_max = 100'000'000'000;
constexpr std::uint32_t channel_index_max = 255;

// --- data rate ---------------------------------------------------------------------------------

struct RawRate {
  // Of each kind the fields 1, 2 and 3; of FSK the first alone.
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  std::string coding_rate;
};

Status into(const Field& field, RawRate& target) {
  constexpr MessageField<RawRate> fields[] = {
      {1, &store<&RawRate::first, RawRate>},
      {2, &store<&RawRate::second, RawRate>},
      {3, &store<&RawRate::coding_rate, RawRate>},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

/// A oneof: the last that comes counts.
struct RawDataRate {
  std::uint64_t kind = 0;
  RawRate rate;
};

template <std::uint64_t kind>
Status take_rate(const Field& field, RawDataRate& target) {
  target = {kind, {}};
  return into(field, target.rate);
}

Status into(const Field& field, RawDataRate& target) {
  constexpr MessageField<RawDataRate> fields[] = {
      {1, &take_rate<1>}, {2, &take_rate<2>}, {3, &take_rate<3>}};
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

/// Older gateways leave the coding rate of LoRa out.
Result<DataRate> lora(const RawRate& raw) {
  LoraDataRate rate;
  if (raw.second < 5 || raw.second > 12)
    return refuse_field("spreading_factor", "value must be between 5 and 12");
  if (raw.first == 0) return refuse_field("bandwidth", "value is required");
  rate.spreading_factor = static_cast<std::uint8_t>(raw.second);
  rate.bandwidth_hz = raw.first;
  if (!raw.coding_rate.empty()) rate.coding_rate = parse_coding_rate(raw.coding_rate);
  if (rate.coding_rate == CodingRate::none)
    return refuse_field("coding_rate", "value must be a coding rate");
  return DataRate{rate};
}

Result<DataRate> lr_fhss(const RawRate& raw) {
  LrFhssDataRate rate;
  if (raw.first > 255) return refuse_field("modulation_type", "value must be at most 255");
  if (raw.second == 0) return refuse_field("operating_channel_width", "value is required");
  rate.modulation_type = static_cast<std::uint8_t>(raw.first);
  rate.operating_channel_width_hz = raw.second;
  rate.coding_rate = parse_coding_rate(raw.coding_rate);
  if (rate.coding_rate == CodingRate::none)
    return refuse_field("coding_rate", "value must be a coding rate");
  return DataRate{rate};
}

Result<DataRate> data_rate(const RawDataRate& raw) {
  switch (raw.kind) {
    case 1:
      return lora(raw.rate);
    case 2:
      if (raw.rate.first == 0) return refuse_field("bit_rate", "value is required");
      return DataRate{FskDataRate{raw.rate.first}};
    case 3:
      return lr_fhss(raw.rate);
    default:
      return refuse_field("data_rate", "value is required");
  }
}

// --- settings and metadata ---------------------------------------------------------------------

struct RawSettings {
  RawDataRate data_rate;
  std::uint64_t frequency = 0;
  std::uint32_t timestamp = 0;
  std::optional<UtcTime> time;
};

Status into(const Field& field, RawSettings& target) {
  constexpr MessageField<RawSettings> fields[] = {
      {1, &store<&RawSettings::data_rate, RawSettings>},
      {4, &store<&RawSettings::frequency, RawSettings>},
      {6, &store<&RawSettings::timestamp, RawSettings>},
      {7, &store<&RawSettings::time, RawSettings>},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

Status take_signal_rssi(const Field& field, RxMetadata& rx) {
  Wrapped<float> rssi;
  FF_CHECK(gateway::into(field, rssi));
  rx.signal_rssi_dbm = rssi.value;
  return {};
}
Status take_encrypted_fine_timestamp(const Field& field, RxMetadata& rx) {
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  rx.encrypted_fine_timestamp = to_owned(bytes);
  return {};
}
Status take_location(const Field& field, RxMetadata& rx) {
  FF_TRY(rx.location, read_location(field));
  return {};
}
Status take_channel(const Field& field, RxMetadata& rx) {
  FF_CHECK(gateway::into(field, rx.channel_index));
  if (rx.channel_index > channel_index_max)
    return refuse_field("channel_index", "value must be less than or equal to 255");
  return {};
}

Result<RxMetadata> read_metadata(const Field& field, UtcTime received_at) {
  constexpr MessageField<RxMetadata> fields[] = {
      {2, &store<&RxMetadata::antenna_index, RxMetadata>},
      {3, &store<&RxMetadata::time, RxMetadata>},
      {4, &store<&RxMetadata::timestamp_us, RxMetadata>},
      {5, &store<&RxMetadata::fine_timestamp_ns, RxMetadata>},
      {6, &take_encrypted_fine_timestamp},
      {7, &store<&RxMetadata::encrypted_fine_timestamp_key_id, RxMetadata>},
      {8, &store<&RxMetadata::rssi_dbm, RxMetadata>},
      {9, &store<&RxMetadata::channel_rssi_dbm, RxMetadata>},
      {10, &store<&RxMetadata::rssi_standard_deviation, RxMetadata>},
      {11, &store<&RxMetadata::snr_db, RxMetadata>},
      {12, &store<&RxMetadata::frequency_offset_hz, RxMetadata>},
      {13, &take_location},
      {16, &take_signal_rssi},
      {17, &take_channel},
      {19, &store<&RxMetadata::hopping_width, RxMetadata>},
      {20, &store<&RxMetadata::frequency_drift, RxMetadata>},
      {21, &store<&RxMetadata::gps_time, RxMetadata>},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  RxMetadata rx;
  rx.received_at = received_at;
  FF_CHECK(read_message(bytes, fields, rx));
  return rx;
}

// --- the message -------------------------------------------------------------------------------

struct RawUplink {
  UtcTime received_at;
  ByteView payload;
  std::optional<RawSettings> settings;
  std::vector<RxMetadata> metadata;
  std::vector<std::string> correlation_ids;
  std::optional<Wrapped<bool>> crc_ok;
};

Status take_metadata(const Field& field, RawUplink& uplink) {
  if (uplink.metadata.size() == list_items_max) return fail(invalid_message);
  FF_TRY(auto rx, read_metadata(field, uplink.received_at));
  uplink.metadata.push_back(std::move(rx));
  return {};
}

Result<UplinkSettings> settings_of(const RawSettings& raw) {
  UplinkSettings out;
  FF_TRY(out.data_rate, data_rate(raw.data_rate));
  if (raw.frequency < frequency_hz_min || raw.frequency > frequency_hz_max)
    return refuse_field("frequency", "value must be greater than or equal to 100000");
  out.frequency = Frequency::hz(raw.frequency);
  out.timestamp_us = raw.timestamp;
  out.time = raw.time;
  return out;
}

/// The counter is what answers are timed by; gateways write it in one of two places, or in both.
void complete_timestamps(UplinkFrame& frame) {
  auto& of_settings = frame.settings.timestamp_us;
  auto& all = frame.rx_metadata;
  if (of_settings == 0) {
    const auto first = std::ranges::min_element(all, {}, [](const RxMetadata& rx) {
      // Unknown ones are the last.
      return rx.timestamp_us - 1;
    });
    of_settings = first->timestamp_us;
  }
  for (auto& rx : all) {
    if (rx.timestamp_us == 0) rx.timestamp_us = of_settings;
  }
}

}  // namespace

Result<UplinkFrame> decode_uplink(ByteView message, UtcTime received_at) {
  constexpr MessageField<RawUplink> fields[] = {
      {1, &store<&RawUplink::payload, RawUplink>},
      {4, &store<&RawUplink::settings, RawUplink>},
      {5, &take_metadata},
      {7, &store<&RawUplink::correlation_ids, RawUplink>},
      {11, &store<&RawUplink::crc_ok, RawUplink>},
  };
  if (message.size() > message_bytes_max) return fail(invalid_message);
  RawUplink raw{.received_at = received_at};
  FF_CHECK(read_message(message, fields, raw));
  if (raw.payload.empty() || raw.payload.size() > phy_payload_bytes_max)
    return refuse_field("raw_payload", "value length must be between 1 and 255 bytes");
  if (!raw.settings) return refuse_field("settings", "value is required");
  if (raw.metadata.empty()) return refuse_field("rx_metadata", "value is required");
  UplinkFrame frame;
  frame.phy_payload = to_owned(raw.payload);
  FF_TRY(frame.settings, settings_of(*raw.settings));
  frame.rx_metadata = std::move(raw.metadata);
  frame.received_at = received_at;
  if (raw.crc_ok) frame.crc_ok = raw.crc_ok->value;
  frame.correlation_ids = std::move(raw.correlation_ids);
  complete_timestamps(frame);
  return frame;
}

}  // namespace ff::gateway::api_v3
