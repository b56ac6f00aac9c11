#include "protocol/relay/forward.hpp"

#include <limits>

#include "protocol/phy/errors.hpp"

namespace ff::relay {
namespace {

constexpr std::size_t header_size = 6;
constexpr int snr_min = -20;
constexpr int snr_max = 11;
constexpr int rssi_min = -142;
constexpr int rssi_max = -15;
constexpr unsigned wor_channel_max = 1;
constexpr unsigned data_rate_max = 15;

Status check(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value >= min && value <= max) return {};
  return fail(phy::field_bound,
              {{"lorawan_field", field}, {"value", value}, {"min", min}, {"max", max}});
}

Status too_short(std::string_view field, std::size_t size, std::size_t min) {
  return fail(phy::encoded_field_length_bound, {{"lorawan_field", field},
                                                {"value", size},
                                                {"min", min},
                                                {"max", std::numeric_limits<std::uint8_t>::max()}});
}

}  // namespace

Result<ForwardedUplink> decode_forwarded_uplink(ByteView frm_payload,
                                                std::uint32_t frequency_step_hz) {
  if (frm_payload.size() <= header_size)
    return tl::unexpected(
        too_short("RelayForwardUplinkReq", frm_payload.size(), header_size + 1).error());
  const auto metadata = static_cast<std::uint32_t>(read_le<3>(frm_payload));
  ForwardedUplink uplink;
  uplink.data_rate = DataRateIndex{static_cast<std::uint8_t>(metadata & 0xfU)};
  uplink.snr_db = static_cast<std::int8_t>(static_cast<int>(metadata >> 4 & 0x1fU) + snr_min);
  uplink.rssi_dbm = static_cast<std::int16_t>(rssi_max - static_cast<int>(metadata >> 9 & 0x7fU));
  uplink.wor_channel = static_cast<std::uint8_t>(metadata >> 16 & 3U);
  if (uplink.wor_channel > wor_channel_max)
    return fail(phy::unknown_field, {{"lorawan_field", "WORChannel"}});
  uplink.frequency = Frequency::hz(read_le<3>(frm_payload.subspan(3)) * frequency_step_hz);
  uplink.phy_payload = to_owned(frm_payload.subspan(header_size));
  return uplink;
}

Result<Bytes> encode_forwarded_uplink(const ForwardedUplink& uplink,
                                      std::uint32_t frequency_step_hz) {
  FF_CHECK(check("DataRate", uplink.data_rate.value(), 0, data_rate_max));
  FF_CHECK(check("SNR", uplink.snr_db, snr_min, snr_max));
  FF_CHECK(check("RSSI", uplink.rssi_dbm, rssi_min, rssi_max));
  FF_CHECK(check("WORChannel", uplink.wor_channel, 0, wor_channel_max));
  const auto steps = frequency_step_hz == 0 ? 0 : uplink.frequency.hz() / frequency_step_hz;
  FF_CHECK(check("Frequency", static_cast<std::int64_t>(steps), 1, 0xffffff));
  if (uplink.phy_payload.empty()) return tl::unexpected(too_short("PHYPayload", 0, 1).error());
  const auto metadata = std::uint32_t{uplink.data_rate.value()} |
                        static_cast<std::uint32_t>(uplink.snr_db - snr_min) << 4 |
                        static_cast<std::uint32_t>(rssi_max - uplink.rssi_dbm) << 9 |
                        std::uint32_t{uplink.wor_channel} << 16;
  Bytes out(header_size);
  write_le<3>(out, metadata);
  write_le<3>(MutableByteView(out).subspan(3), steps);
  append(out, uplink.phy_payload);
  return out;
}

Result<Bytes> encode_forwarded_downlink(ByteView phy_payload) {
  if (phy_payload.empty()) return tl::unexpected(too_short("PHYPayload", 0, 1).error());
  return to_owned(phy_payload);
}

}  // namespace ff::relay
