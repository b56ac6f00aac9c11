// Frames and gateways of the roaming tests.
#pragma once

#include <memory>

#include "protocol/phy/mic.hpp"
#include "protocol/types/frames.hpp"

namespace ff::roaming::test {

/// Of NetID 000013: type 0, id 0x13.
inline constexpr DevAddr dev_addr{0x26011234};
inline constexpr DevEui dev_eui{0x0004A30B001C0530};
inline constexpr JoinEui join_eui{0x70B3D57ED0000001};
inline Aes128Key key() {
  return Aes128Key::from(Bytes(16, 0x42));
}

/// An unconfirmed data uplink of 1.0.x on FPort 1.
inline Bytes data_uplink(std::uint32_t f_cnt, const Aes128Key& nwk_s_key = key()) {
  Bytes out{0x40};
  append_le<4>(out, dev_addr.value());
  out.push_back(0);
  append_le<2>(out, f_cnt);
  append(out, Bytes{1, 0xAA, 0xBB});
  const auto mic =
      phy::mic_1_0(crypto::CmacKey(nwk_s_key), {phy::Direction::up, dev_addr, FCnt32{f_cnt}}, out);
  append_le<4>(out, mic.value());
  return out;
}
/// The same of 1.1: only the second half of its MIC is FNwkSIntKey's.
inline Bytes data_uplink_1_1(std::uint32_t f_cnt, const Aes128Key& f_nwk_s_int_key = key()) {
  auto out = data_uplink(f_cnt, f_nwk_s_int_key);
  const auto cmac_f = phy::Mic{static_cast<std::uint32_t>(read_le<4>(ByteView(out).last(4)))};
  out.resize(out.size() - 4);
  append_le<4>(out, phy::uplink_mic_1_1(0xBEEF, cmac_f).value());
  return out;
}
inline Bytes join_request(std::uint16_t dev_nonce = 1, DevEui of = dev_eui) {
  Bytes out{0x00};
  append_le<8>(out, join_eui.value());
  append_le<8>(out, of.value());
  append_le<2>(out, dev_nonce);
  append(out, Bytes{9, 9, 9, 9});
  return out;
}
/// Type 1 names the JoinEUI, the others the NetID of the device's home.
inline Bytes rejoin_request(phy::RejoinType type, NetId home = NetId{0x13}) {
  Bytes out{0xC0, static_cast<std::uint8_t>(type)};
  if (type == phy::RejoinType::full_context) {
    append_le<8>(out, join_eui.value());
  } else {
    append_le<3>(out, home.value());
  }
  append_le<8>(out, dev_eui.value());
  append(out, Bytes{1, 0, 9, 9, 9, 9});
  return out;
}
inline Bytes data_downlink() {
  Bytes out{0x60};
  append_le<4>(out, dev_addr.value());
  append(out, Bytes{0, 1, 0, 1, 0xAA, 9, 9, 9, 9});
  return out;
}

inline RxMetadata heard_by(const std::string& gateway, float snr) {
  RxMetadata out;
  out.gateway = {GatewayId(gateway), GatewayEui{0x00800000A0000000 + gateway.size()}};
  out.rssi_dbm = -80;
  out.snr_db = snr;
  out.uplink_token = to_owned(as_bytes("token of " + gateway));
  return out;
}
inline std::shared_ptr<const UplinkFrame> frame_of(Bytes phy_payload, RxMetadata metadata) {
  UplinkFrame out;
  out.phy_payload = std::move(phy_payload);
  out.settings.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  out.settings.frequency = Frequency::hz(868'100'000);
  out.rx_metadata = {std::move(metadata)};
  out.band_id = "EU_863_870";
  return std::make_shared<const UplinkFrame>(std::move(out));
}

}  // namespace ff::roaming::test
