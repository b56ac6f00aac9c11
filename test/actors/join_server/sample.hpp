// A device and its join-requests, for the tests of the join server.
#pragma once

#include "actors/join_server/device.hpp"
#include "actors/join_server/messages.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/join/session_keys.hpp"

namespace ff::join_server::test {

inline constexpr JoinEui join_eui{0x70B3D57ED0000001};
inline constexpr DevEui dev_eui{0x0004A30B001C0530};

inline Aes128Key key_of_byte(std::uint8_t byte) {
  std::array<std::uint8_t, Aes128Key::size> bytes{};
  bytes.fill(byte);
  return Aes128Key(bytes);
}
inline KeyEnvelope plain(const Aes128Key& key) {
  return {.key = key, .kek_label = {}, .encrypted_key = {}};
}

inline JoinDevice device() {
  JoinDevice out;
  out.ids.uid = {ApplicationId("app"), DeviceId("dev")};
  out.ids.join_eui = join_eui;
  out.ids.dev_eui = dev_eui;
  out.root_key_id = "key-1";
  out.app_key = plain(key_of_byte(0x11));
  return out;
}

/// What a device with AppKey 11…11 (NwkKey 22…22 from 1.1 on) sends, and the network server hands
/// over.
inline HandleJoin join(MacVersion version, std::uint16_t dev_nonce) {
  const bool v1_1 = at_least(version, MacVersion::v1_1);
  HandleJoin out;
  out.join_request = join::seal_join_request({join_eui, dev_eui, DevNonce{dev_nonce}},
                                             key_of_byte(v1_1 ? 0x22 : 0x11));
  out.join_eui = join_eui;
  out.dev_eui = dev_eui;
  out.dev_addr = DevAddr{0x26011234};
  out.mac_version = version;
  out.net_id = NetId{0x13};
  out.dl_settings = v1_1 ? 0x80 : 0x00;
  out.rx_delay = 5;
  return out;
}

/// A rejoin-request of a 1.1 device in a session with SNwkSIntKey 33…33.
inline HandleJoin rejoin(phy::RejoinType type, std::uint16_t count) {
  const bool full = type == phy::RejoinType::full_context;
  const auto signing =
      full ? join::derive_js_int_key(key_of_byte(0x22), dev_eui) : key_of_byte(0x33);
  auto out = join(MacVersion::v1_1, 0);
  out.join_request = join::seal_rejoin_request({.type = type,
                                                .net_id = full ? NetId{} : NetId{0x13},
                                                .join_eui = full ? join_eui : JoinEui{},
                                                .dev_eui = dev_eui,
                                                .rejoin_count = count},
                                               signing)
                         .value();
  return out;
}

}  // namespace ff::join_server::test
