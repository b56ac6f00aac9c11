// The legacy UplinkMessage.
#include "protocol/gateway/data_rate_text.hpp"
#include "protocol/gateway/mqtt_v2/location.hpp"
#include "protocol/gateway/mqtt_v2/upstream.hpp"

namespace ff::gateway::mqtt_v2 {
namespace {

constexpr std::size_t phy_payload_bytes_max = 255;
constexpr std::uint64_t frequency_hz_min = 100'000;
constexpr std::uint64_t frequency_hz_max = 100'000'000'000;

/// ON-WIRE: the legacy Modulation.
enum class Modulation : std::uint32_t { lora = 0, fsk = 1 };

struct RawLorawan {
  std::uint32_t modulation = 0;
  std::string data_rate;
  std::uint32_t bit_rate = 0;
  std::string coding_rate;
};

Status into(const Field& field, RawLorawan& target) {
  constexpr MessageField<RawLorawan> fields[] = {
      {11, &store<&RawLorawan::modulation, RawLorawan>},
      {12, &store<&RawLorawan::data_rate, RawLorawan>},
      {13, &store<&RawLorawan::bit_rate, RawLorawan>},
      {14, &store<&RawLorawan::coding_rate, RawLorawan>},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

struct RawAntenna {
  std::uint32_t antenna = 0;
  std::uint32_t channel = 0;
  float rssi = 0;
  float snr = 0;
  float channel_rssi = 0;
  float rssi_standard_deviation = 0;
  std::int64_t frequency_offset = 0;
  ByteView encrypted_time;
  std::uint64_t fine_time = 0;
};

Status into(const Field& field, RawAntenna& target) {
  constexpr MessageField<RawAntenna> fields[] = {
      {1, &store<&RawAntenna::antenna, RawAntenna>},
      {2, &store<&RawAntenna::channel, RawAntenna>},
      {3, &store<&RawAntenna::rssi, RawAntenna>},
      {4, &store<&RawAntenna::snr, RawAntenna>},
      {5, &store<&RawAntenna::channel_rssi, RawAntenna>},
      {6, &store<&RawAntenna::rssi_standard_deviation, RawAntenna>},
      {7, &store<&RawAntenna::frequency_offset, RawAntenna>},
      {10, &store<&RawAntenna::encrypted_time, RawAntenna>},
      {11, &store<&RawAntenna::fine_time, RawAntenna>},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

struct RawGateway {
  std::uint32_t timestamp = 0;
  std::int64_t time = 0;
  ByteView encrypted_time;
  std::uint32_t channel = 0;
  std::vector<RawAntenna> antennas;
  std::uint64_t frequency = 0;
  float rssi = 0;
  float snr = 0;
  std::optional<Location> location;
};

Status take_location(const Field& field, RawGateway& target) {
  FF_TRY(target.location, read_location(field));
  return {};
}

Status into(const Field& field, RawGateway& target) {
  constexpr MessageField<RawGateway> fields[] = {
      {11, &store<&RawGateway::timestamp, RawGateway>},
      {12, &store<&RawGateway::time, RawGateway>},
      {13, &store<&RawGateway::encrypted_time, RawGateway>},
      {22, &store<&RawGateway::channel, RawGateway>},
      {30, &store<&RawGateway::antennas, RawGateway>},
      {31, &store<&RawGateway::frequency, RawGateway>},
      {32, &store<&RawGateway::rssi, RawGateway>},
      {33, &store<&RawGateway::snr, RawGateway>},
      {41, &take_location},
  };
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

struct RawUplink {
  ByteView payload;
  std::optional<RawLorawan> lorawan;
  RawGateway gateway;
};

/// A oneof with one member.
Status take_protocol(const Field& field, RawUplink& target) {
  constexpr MessageField<RawUplink> fields[] = {{1, &store<&RawUplink::lorawan, RawUplink>}};
  ByteView bytes;
  FF_CHECK(gateway::into(field, bytes));
  return read_message(bytes, fields, target);
}

Result<DataRate> data_rate(const RawLorawan& raw) {
  switch (Modulation{raw.modulation}) {
    case Modulation::lora:
      if (const auto rate = parse_lora(raw.data_rate, raw.coding_rate)) return DataRate{*rate};
      return refuse_field("data_rate", "value must be a data rate of LoRa");
    case Modulation::fsk:
      if (raw.bit_rate != 0) return DataRate{FskDataRate{raw.bit_rate}};
      return refuse_field("bit_rate", "value is required");
  }
  return fail(invalid_modulation, {{"modulation", raw.modulation}});
}

RxMetadata metadata(const RawGateway& raw, const RawAntenna& antenna, UtcTime received_at) {
  RxMetadata rx;
  rx.antenna_index = antenna.antenna;
  rx.timestamp_us = raw.timestamp;
  if (raw.time > 0) rx.time = UtcTime{Duration{raw.time}};
  if (antenna.fine_time != 0) rx.fine_timestamp_ns = antenna.fine_time;
  rx.encrypted_fine_timestamp = to_owned(antenna.encrypted_time);
  // Concentrators that measure one of the two only.
  rx.channel_rssi_dbm = antenna.channel_rssi != 0 ? antenna.channel_rssi : antenna.rssi;
  rx.rssi_dbm = rx.channel_rssi_dbm;
  rx.rssi_standard_deviation = antenna.rssi_standard_deviation;
  rx.snr_db = antenna.snr;
  rx.frequency_offset_hz = antenna.frequency_offset;
  rx.channel_index = antenna.channel;
  rx.location = raw.location;
  rx.received_at = received_at;
  return rx;
}

void add_metadata(const RawGateway& raw, UplinkFrame& frame) {
  for (const auto& antenna : raw.antennas)
    frame.rx_metadata.push_back(metadata(raw, antenna, frame.received_at));
  if (!raw.antennas.empty()) return;
  RawAntenna only;
  only.channel = raw.channel;
  only.rssi = raw.rssi;
  only.snr = raw.snr;
  only.encrypted_time = raw.encrypted_time;
  frame.rx_metadata.push_back(metadata(raw, only, frame.received_at));
}

}  // namespace

Result<UplinkFrame> decode_uplink(ByteView message, UtcTime received_at) {
  constexpr MessageField<RawUplink> fields[] = {
      {1, &store<&RawUplink::payload, RawUplink>},
      {11, &take_protocol},
      {12, &store<&RawUplink::gateway, RawUplink>},
  };
  if (message.size() > message_bytes_max) return fail(invalid_message);
  RawUplink raw;
  FF_CHECK(read_message(message, fields, raw));
  if (!raw.lorawan) return fail(lorawan_metadata);
  if (raw.payload.empty() || raw.payload.size() > phy_payload_bytes_max)
    return refuse_field("payload", "value length must be between 1 and 255 bytes");
  UplinkFrame frame;
  frame.phy_payload = to_owned(raw.payload);
  frame.received_at = received_at;
  FF_TRY(frame.settings.data_rate, data_rate(*raw.lorawan));
  if (raw.gateway.frequency < frequency_hz_min || raw.gateway.frequency > frequency_hz_max)
    return refuse_field("frequency", "value must be greater than or equal to 100000");
  frame.settings.frequency = Frequency::hz(raw.gateway.frequency);
  frame.settings.timestamp_us = raw.gateway.timestamp;
  add_metadata(raw.gateway, frame);
  frame.settings.time = frame.rx_metadata.front().time;
  return frame;
}

}  // namespace ff::gateway::mqtt_v2
