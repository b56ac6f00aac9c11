#include "protocol/gateway/basic_station/raw_frame.hpp"

#include "protocol/base/hex.hpp"
#include "protocol/gateway/basic_station/id6.hpp"
#include "protocol/gateway/basic_station/station_rates.hpp"

namespace ff::gateway::basic_station {
namespace {

constexpr std::size_t phy_payload_bytes_max = 255;
constexpr std::size_t f_opts_bytes_max = 15;
constexpr std::uint8_t f_opts_size_bits = 0x0f;
constexpr std::int64_t frequency_max_hz = 100'000'000'000;

struct RawFrame {
  std::int64_t m_hdr = -1;
  // jreq
  std::optional<std::uint64_t> join_eui;
  std::optional<std::uint64_t> dev_eui;
  std::int64_t dev_nonce = -1;
  // updf
  std::optional<std::int64_t> dev_addr;
  std::int64_t f_ctrl = -1;
  std::int64_t f_cnt = -1;
  std::string_view f_opts;
  std::int64_t f_port = -1;
  // all
  std::string_view frm_payload;
  std::optional<std::int64_t> mic;
  double ref_time = 0;
  std::int64_t data_rate = -1;
  std::int64_t frequency = 0;
  // upinfo
  std::int64_t rctx = 0;
  std::int64_t xtime = 0;
  std::int64_t gps_us = 0;
  std::int64_t fine_timestamp_ns = -1;
  double rssi = 0;
  double snr = 0;
  double rx_time = 0;
};

template <auto member>
bool eui(JsonValue value, RawFrame& raw) {
  std::string_view text;
  if (!into(value, text)) return false;
  const auto parsed = parse_station_eui(text);
  if (parsed) raw.*member = *parsed;
  return parsed.has_value();
}

template <auto member>
bool optional_number(JsonValue value, RawFrame& raw) {
  std::int64_t number = 0;
  if (!into(value, number)) return false;
  raw.*member = number;
  return true;
}

constexpr JsonField<RawFrame> upinfo_fields[] = {
    {"rctx", &store<&RawFrame::rctx, RawFrame>},
    {"xtime", &store<&RawFrame::xtime, RawFrame>},
    {"gpstime", &store<&RawFrame::gps_us, RawFrame>},
    {"fts", &store<&RawFrame::fine_timestamp_ns, RawFrame>},
    {"rssi", &store<&RawFrame::rssi, RawFrame>},
    {"snr", &store<&RawFrame::snr, RawFrame>},
    {"rxtime", &store<&RawFrame::rx_time, RawFrame>},
};

bool read_upinfo(JsonValue value, RawFrame& raw) {
  JsonObject object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  return read_object(object, std::span<const JsonField<RawFrame>>(upinfo_fields), raw);
}

constexpr JsonField<RawFrame> frame_fields[] = {
    {"MHdr", &store<&RawFrame::m_hdr, RawFrame>},
    {"JoinEui", &eui<&RawFrame::join_eui>},
    {"DevEui", &eui<&RawFrame::dev_eui>},
    {"DevNonce", &store<&RawFrame::dev_nonce, RawFrame>},
    {"DevAddr", &optional_number<&RawFrame::dev_addr>},
    {"FCtrl", &store<&RawFrame::f_ctrl, RawFrame>},
    {"FCnt", &store<&RawFrame::f_cnt, RawFrame>},
    {"FOpts", &store<&RawFrame::f_opts, RawFrame>},
    {"FPort", &store<&RawFrame::f_port, RawFrame>},
    {"FRMPayload", &store<&RawFrame::frm_payload, RawFrame>},
    {"MIC", &optional_number<&RawFrame::mic>},
    {"RefTime", &store<&RawFrame::ref_time, RawFrame>},
    {"DR", &store<&RawFrame::data_rate, RawFrame>},
    {"Freq", &store<&RawFrame::frequency, RawFrame>},
    {"upinfo", &read_upinfo},
};

bool read_frame(JsonObject root, RawFrame& raw) {
  return read_object(root, std::span<const JsonField<RawFrame>>(frame_fields), raw);
}

bool fits(std::int64_t number, int bits) noexcept {
  return number >= 0 && number < std::int64_t{1} << bits;
}
/// 32 bits that a station writes as a signed number.
bool fits_32(std::int64_t number) noexcept {
  return number >= std::numeric_limits<std::int32_t>::min() &&
         number <= std::numeric_limits<std::uint32_t>::max();
}

/// Seconds since 1970; nothing for 0 and for what no clock says.
std::optional<UtcTime> from_seconds(double seconds) noexcept {
  constexpr double seconds_max = 9e9;
  if (!(seconds > 0 && seconds < seconds_max)) return std::nullopt;
  return UtcTime{std::chrono::microseconds{std::llround(seconds * 1e6)}};
}

RxMetadata metadata(const RawFrame& raw, const UpstreamContext& context) {
  RxMetadata rx;
  rx.gateway = context.gateway;
  rx.antenna_index = static_cast<std::uint32_t>(raw.rctx);
  rx.timestamp_us = static_cast<std::uint32_t>(XTime{raw.xtime}.counter_us());
  rx.gps_time = from_gps_us(raw.gps_us);
  rx.time = rx.gps_time ? rx.gps_time : from_seconds(raw.rx_time);
  if (raw.fine_timestamp_ns >= 0)
    rx.fine_timestamp_ns = static_cast<std::uint64_t>(raw.fine_timestamp_ns);
  rx.rssi_dbm = static_cast<float>(raw.rssi);
  rx.channel_rssi_dbm = rx.rssi_dbm;
  rx.snr_db = static_cast<float>(raw.snr);
  rx.received_at = context.received_at;
  return rx;
}

/// What all frames have; `phy_payload` is the frame's own.
Result<StationMessage> heard(const RawFrame& raw, Bytes phy_payload,
                             const UpstreamContext& context) {
  // Without its counter a frame can not be answered, and says nothing of the clock.
  if (raw.xtime == 0 || !fits(raw.rctx, 32) || raw.frequency <= 0 ||
      raw.frequency > frequency_max_hz || phy_payload.size() > phy_payload_bytes_max)
    return fail(uplink_message);
  const auto* rate =
      fits(raw.data_rate, 4)
          ? station_rate(context.region, DataRateIndex{static_cast<std::uint8_t>(raw.data_rate)})
          : nullptr;
  if (rate == nullptr || rate->direction == region::Direction::downlink)
    return fail(unknown_data_rate);
  HeardFrame out;
  out.xtime = XTime{raw.xtime};
  out.ref_time = from_seconds(raw.ref_time);
  auto& frame = out.frame;
  frame.phy_payload = std::move(phy_payload);
  frame.settings.data_rate = rate->data_rate;
  frame.settings.frequency = Frequency::hz(static_cast<std::uint64_t>(raw.frequency));
  frame.received_at = context.received_at;
  const auto& rx = frame.rx_metadata.emplace_back(metadata(raw, context));
  frame.settings.timestamp_us = rx.timestamp_us;
  frame.settings.time = rx.time;
  return out;
}

}  // namespace

std::optional<UtcTime> from_gps_us(std::int64_t us) noexcept {
  constexpr std::int64_t us_max = 8'000'000'000'000'000;
  if (us <= 0 || us > us_max) return std::nullopt;
  return to_utc(GpsTime{std::chrono::microseconds{us}});
}

Result<StationMessage> decode_join_request(JsonObject root, const UpstreamContext& context) {
  RawFrame raw;
  if (!read_frame(root, raw) || !fits(raw.m_hdr, 8) || !raw.join_eui || !raw.dev_eui ||
      !fits(raw.dev_nonce, 16) || !raw.mic || !fits_32(*raw.mic))
    return fail(join_request_message);
  Bytes phy;
  append_le<1>(phy, static_cast<std::uint64_t>(raw.m_hdr));
  append_le<8>(phy, *raw.join_eui);
  append_le<8>(phy, *raw.dev_eui);
  append_le<2>(phy, static_cast<std::uint64_t>(raw.dev_nonce));
  append_le<4>(phy, static_cast<std::uint64_t>(*raw.mic));
  return heard(raw, std::move(phy), context);
}

Result<StationMessage> decode_data_frame(JsonObject root, const UpstreamContext& context) {
  RawFrame raw;
  if (!read_frame(root, raw) || !fits(raw.m_hdr, 8) || !raw.dev_addr || !fits_32(*raw.dev_addr) ||
      !fits(raw.f_ctrl, 8) || !fits(raw.f_cnt, 16) || raw.f_port < -1 || raw.f_port > 255 ||
      !raw.mic || !fits_32(*raw.mic))
    return fail(uplink_data_frame);
  const auto f_opts = parse_hex(raw.f_opts);
  const auto frm_payload = parse_hex(raw.frm_payload);
  // The lengths must be those that the octets on air had.
  if (!f_opts || !frm_payload || f_opts->size() > f_opts_bytes_max ||
      f_opts->size() != (static_cast<std::uint64_t>(raw.f_ctrl) & f_opts_size_bits) ||
      (raw.f_port < 0 && !frm_payload->empty()))
    return fail(uplink_data_frame);
  Bytes phy;
  append_le<1>(phy, static_cast<std::uint64_t>(raw.m_hdr));
  append_le<4>(phy, static_cast<std::uint64_t>(*raw.dev_addr));
  append_le<1>(phy, static_cast<std::uint64_t>(raw.f_ctrl));
  append_le<2>(phy, static_cast<std::uint64_t>(raw.f_cnt));
  append(phy, *f_opts);
  if (raw.f_port >= 0) append_le<1>(phy, static_cast<std::uint64_t>(raw.f_port));
  append(phy, *frm_payload);
  append_le<4>(phy, static_cast<std::uint64_t>(*raw.mic));
  return heard(raw, std::move(phy), context);
}

Result<StationMessage> decode_proprietary(JsonObject root, const UpstreamContext& context) {
  RawFrame raw;
  if (!read_frame(root, raw)) return fail(uplink_message);
  auto phy = parse_hex(raw.frm_payload);
  if (!phy || phy->empty()) return fail(uplink_message);
  return heard(raw, std::move(*phy), context);
}

}  // namespace ff::gateway::basic_station
