#include "protocol/gateway/semtech_udp/push_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "protocol/base/base64.hpp"
#include "protocol/gateway/data_rate_text.hpp"
#include "protocol/gateway/semtech_udp/packet.hpp"
#include "protocol/gateway/semtech_udp/stat.hpp"

namespace ff::gateway::semtech_udp {
namespace {

/// Forwarders send at most 255 frames at once, gateways have at most two boards of eight antennas.
constexpr std::size_t frames_max = 256;
constexpr std::size_t antennas_max = 16;
constexpr std::size_t phy_payload_bytes_max = 255;

/// One antenna's reception (`rsig`), or the only one's (the frame's own fields).
struct RawSignal {
  std::uint32_t antenna = 0;
  std::optional<std::uint32_t> channel;
  double channel_rssi = 0;
  std::optional<double> signal_rssi;
  double rssi_deviation = 0;
  double snr = 0;
  std::optional<std::uint64_t> fine_timestamp;
  std::string_view encrypted_fine_timestamp;  // base64
  std::int64_t frequency_offset = 0;
  std::int32_t frequency_drift = 0;
};

struct RawFrame {
  std::uint32_t timestamp = 0;
  std::optional<std::int64_t> gps_ms;
  std::string_view time;
  double frequency_mhz = 0;
  std::int64_t crc_status = 0;
  std::string_view modulation;
  std::string_view data_rate;
  std::uint32_t bit_rate = 0;
  std::string_view coding_rate;
  std::string_view data;
  std::uint32_t hopping_width = 0;
  std::uint32_t aes_key = 0;  // of encrypted fine timestamps
  RawSignal own;
  std::vector<RawSignal> signals;
};

constexpr JsonField<RawSignal> signal_fields[] = {
    {"ant", &store<&RawSignal::antenna, RawSignal>},
    {"chan", &store<&RawSignal::channel, RawSignal>},
    {"rssic", &store<&RawSignal::channel_rssi, RawSignal>},
    {"rssis", &store<&RawSignal::signal_rssi, RawSignal>},
    {"rssisd", &store<&RawSignal::rssi_deviation, RawSignal>},
    {"lsnr", &store<&RawSignal::snr, RawSignal>},
    {"etime", &store<&RawSignal::encrypted_fine_timestamp, RawSignal>},
    {"ftime", &store<&RawSignal::fine_timestamp, RawSignal>},
    {"foff", &store<&RawSignal::frequency_offset, RawSignal>},
    {"fdri", &store<&RawSignal::frequency_drift, RawSignal>},
};

JsonError read_data_rate(JsonValue& value, RawFrame& frame) {
  simdjson::ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  if (type == simdjson::ondemand::json_type::number) return into(value, frame.bit_rate);
  return into(value, frame.data_rate);
}

JsonError read_signals(JsonValue& value, RawFrame& frame) {
  if (is_null(value)) return simdjson::SUCCESS;
  simdjson::ondemand::array array;
  if (const auto error = value.get_array().get(array)) return error;
  for (auto element : array) {
    simdjson::ondemand::object object;
    if (const auto error = element.get_object().get(object)) return error;
    if (frame.signals.size() == antennas_max) return simdjson::CAPACITY;
    auto& signal = frame.signals.emplace_back();
    const auto fields = std::span<const JsonField<RawSignal>>(signal_fields);
    if (const auto error = read_object(object, fields, signal)) return error;
  }
  return simdjson::SUCCESS;
}

template <auto member>
JsonError own(JsonValue& value, RawFrame& frame) {
  return into(value, frame.own.*member);
}

constexpr JsonField<RawFrame> frame_fields[] = {
    {"tmst", &store<&RawFrame::timestamp, RawFrame>},
    {"time", &store<&RawFrame::time, RawFrame>},
    {"tmms", &store<&RawFrame::gps_ms, RawFrame>},
    {"chan", &own<&RawSignal::channel>},
    {"freq", &store<&RawFrame::frequency_mhz, RawFrame>},
    {"stat", &store<&RawFrame::crc_status, RawFrame>},
    {"modu", &store<&RawFrame::modulation, RawFrame>},
    {"datr", &read_data_rate},
    {"codr", &store<&RawFrame::coding_rate, RawFrame>},
    {"rssi", &own<&RawSignal::channel_rssi>},
    {"rssis", &own<&RawSignal::signal_rssi>},
    {"lsnr", &own<&RawSignal::snr>},
    {"foff", &own<&RawSignal::frequency_offset>},
    {"fdri", &own<&RawSignal::frequency_drift>},
    {"hpw", &store<&RawFrame::hopping_width, RawFrame>},
    {"ftime", &own<&RawSignal::fine_timestamp>},
    {"aesk", &store<&RawFrame::aes_key, RawFrame>},
    {"data", &store<&RawFrame::data, RawFrame>},
    {"rsig", &read_signals},
};

Result<DataRate> data_rate(const RawFrame& raw) {
  if (raw.modulation == "LORA") {
    if (const auto lora = parse_lora(raw.data_rate, raw.coding_rate)) return DataRate{*lora};
  } else if (raw.modulation == "FSK") {
    if (raw.bit_rate != 0) return DataRate{FskDataRate{raw.bit_rate}};
  } else if (raw.modulation == "LR-FHSS") {
    if (const auto lr_fhss = parse_lr_fhss(raw.data_rate, raw.coding_rate))
      return DataRate{*lr_fhss};
  }
  return fail(invalid_data_rate);
}

/// To the nearest Hz: 868.1 must not become 868099999, channels are compared exactly.
Result<Frequency> frequency(double mhz) {
  constexpr double mhz_max = 100'000;
  if (!(mhz > 0) || mhz > mhz_max) return fail(invalid_payload);
  return Frequency::hz(static_cast<std::uint64_t>(std::llround(mhz * 1e6)));
}

std::optional<UtcTime> gps_time(const RawFrame& raw) {
  constexpr std::int64_t ms_max = 8'000'000'000'000;
  if (!raw.gps_ms || *raw.gps_ms <= 0 || *raw.gps_ms > ms_max) return std::nullopt;
  return to_utc(GpsTime{std::chrono::milliseconds{*raw.gps_ms}});
}

std::optional<bool> crc_ok(std::int64_t status) {
  if (status == 0) return std::nullopt;
  return status > 0;
}

RxMetadata metadata(const RawFrame& raw, const RawSignal& signal, const PushDataContext& context) {
  RxMetadata rx;
  rx.gateway = context.gateway;
  rx.antenna_index = signal.antenna;
  rx.timestamp_us = raw.timestamp;
  rx.fine_timestamp_ns = signal.fine_timestamp;
  // One that can not be read is as good as none.
  if (auto encrypted = base64_decode(signal.encrypted_fine_timestamp);
      encrypted && !encrypted->empty()) {
    rx.encrypted_fine_timestamp = std::move(*encrypted);
    rx.encrypted_fine_timestamp_key_id = std::to_string(raw.aes_key);
  }
  rx.rssi_dbm = static_cast<float>(signal.channel_rssi);
  rx.channel_rssi_dbm = rx.rssi_dbm;
  if (signal.signal_rssi) rx.signal_rssi_dbm = static_cast<float>(*signal.signal_rssi);
  rx.rssi_standard_deviation = static_cast<float>(signal.rssi_deviation);
  rx.snr_db = static_cast<float>(signal.snr);
  rx.frequency_offset_hz = signal.frequency_offset;
  rx.frequency_drift = signal.frequency_drift;
  rx.hopping_width = raw.hopping_width;
  rx.channel_index = signal.channel.value_or(raw.own.channel.value_or(0));
  rx.received_at = context.received_at;
  return rx;
}

Result<UplinkFrame> uplink(const RawFrame& raw, const PushDataContext& context) {
  UplinkFrame frame;
  auto payload = base64_decode(raw.data);
  if (!payload || payload->size() > phy_payload_bytes_max) return fail(invalid_payload);
  frame.phy_payload = std::move(*payload);
  FF_TRY(frame.settings.data_rate, data_rate(raw));
  FF_TRY(frame.settings.frequency, frequency(raw.frequency_mhz));
  frame.settings.timestamp_us = raw.timestamp;
  const auto gps = gps_time(raw);
  frame.settings.time = gps ? gps : parse_rfc3339(raw.time);
  frame.received_at = context.received_at;
  frame.crc_ok = crc_ok(raw.crc_status);
  const std::span<const RawSignal> signals =
      raw.signals.empty() ? std::span(&raw.own, 1) : std::span(raw.signals);
  frame.rx_metadata.reserve(signals.size());
  for (const auto& signal : signals) {
    auto& rx = frame.rx_metadata.emplace_back(metadata(raw, signal, context));
    rx.time = frame.settings.time;
    rx.gps_time = gps;
  }
  return frame;
}

bool better(const UplinkFrame& a, const UplinkFrame& b) {
  const auto broken = [](const UplinkFrame& frame) { return frame.crc_ok == false; };
  if (broken(a) != broken(b)) return broken(b);
  return a.rx_metadata.front().rssi_dbm > b.rx_metadata.front().rssi_dbm;
}

/// Boards that heard the same frame report it twice in one datagram; the strongest report stands
/// for all.
void add_best(std::vector<UplinkFrame>& frames, UplinkFrame&& frame) {
  const auto copy = std::find_if(frames.begin(), frames.end(), [&](const UplinkFrame& other) {
    return other.phy_payload == frame.phy_payload;
  });
  if (copy == frames.end())
    frames.push_back(std::move(frame));
  else if (better(frame, *copy))
    *copy = std::move(frame);
}

std::string_view reason_of(JsonError error) {
  switch (error) {
    case simdjson::INCORRECT_TYPE:
    case simdjson::NUMBER_ERROR:
      return "type";
    case simdjson::NUMBER_OUT_OF_RANGE:
    case simdjson::CAPACITY:
      return "range";
    default:
      return "syntax";
  }
}

/// Semtech's forwarder says so of frames without a coding rate in their header: a false preamble,
/// with a CRC that is wrong or missing.
constexpr std::string_view noise_coding_rate = "OFF";

Status read_frames(JsonValue& value, const PushDataContext& context, PushData& push) {
  if (is_null(value)) return {};
  simdjson::ondemand::array array;
  if (value.get_array().get(array)) return fail(invalid_payload);
  std::size_t count = 0;
  std::optional<Error> refused;
  for (auto element : array) {
    simdjson::ondemand::object object;
    if (element.get_object().get(object) || ++count > frames_max) return fail(invalid_payload);
    RawFrame raw;
    std::string_view wrong;
    const auto error =
        read_object(object, std::span<const JsonField<RawFrame>>(frame_fields), raw, &wrong);
    if (error && wrong.empty()) return fail(invalid_payload);
    if (error) return fail(invalid_payload, {{"field", wrong}, {"reason", reason_of(error)}});
    auto frame = uplink(raw, context);
    if (frame) {
      add_best(push.uplinks, *std::move(frame));
      continue;
    }
    ++push.frames_refused;
    if (raw.coding_rate != noise_coding_rate) refused = frame.error();
  }
  if (refused && push.uplinks.empty()) return tl::unexpected<Error>(*std::move(refused));
  return {};
}

void read_status(JsonValue& value, const PushDataContext& context, PushData& push) {
  if (is_null(value)) return;
  simdjson::ondemand::object object;
  if (!value.get_object().get(object)) push.status = read_stat(object, context);
  push.status_ignored = !push.status;
}

}  // namespace

struct PushDataDecoder::Impl {
  simdjson::ondemand::parser parser;
  std::vector<char> buffer = std::vector<char>(datagram_bytes_max + simdjson::SIMDJSON_PADDING);
};

PushDataDecoder::PushDataDecoder() : impl_(std::make_unique<Impl>()) {}
PushDataDecoder::~PushDataDecoder() = default;
PushDataDecoder::PushDataDecoder(PushDataDecoder&&) noexcept = default;
PushDataDecoder& PushDataDecoder::operator=(PushDataDecoder&&) noexcept = default;

Result<PushData> PushDataDecoder::decode(ByteView body, const PushDataContext& context) {
  if (body.empty() || body.size() > datagram_bytes_max) return fail(invalid_payload);
  std::memcpy(impl_->buffer.data(), body.data(), body.size());
  simdjson::ondemand::document document;
  simdjson::ondemand::object root;
  const simdjson::padded_string_view text(impl_->buffer.data(), body.size(), impl_->buffer.size());
  if (impl_->parser.iterate(text).get(document) || document.get_object().get(root))
    return fail(invalid_payload);
  PushData push;
  for (auto entry : root) {
    std::string_view key;
    JsonValue value;
    if (entry.unescaped_key().get(key) || entry.value().get(value)) return fail(invalid_payload);
    if (key == "rxpk") FF_CHECK(read_frames(value, context, push));
    if (key == "stat") read_status(value, context, push);
  }
  if (!at_end(document)) return fail(invalid_payload);
  return push;
}

}  // namespace ff::gateway::semtech_udp
