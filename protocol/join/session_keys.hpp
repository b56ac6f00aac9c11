// Derivation of every key that is not a root key: session, join server, relay and multicast keys.
// Choosing the root keys is root_keys.hpp's; wrapping for transport is
// protocol/crypto/key_wrap.hpp's.
#pragma once

#include <cstdint>

#include "protocol/phy/seal.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"

namespace ff::join {

/// What a join fixes and both sides know. [spec join-server §6]
struct JoinContext {
  JoinNonce join_nonce;
  DevNonce dev_nonce;  // of a rejoin: its RJcount
  NetId net_id;        // counts in 1.0.x
  JoinEui join_eui;    // counts in 1.1
};

/// In 1.0.x the three network keys are the same NwkSKey.
struct SessionKeys {
  phy::NetworkSessionKeys network;
  Aes128Key app_s_key;
};

/// Session keys of LoRaWAN 1.0.x, also of a 1.1 device whose join-accept has OptNeg 0.
[[nodiscard]] SessionKeys derive_session_keys_1_0(const Aes128Key& network_key,
                                                  const Aes128Key& application_key,
                                                  const JoinContext& context) noexcept;
/// Session keys of LoRaWAN 1.1.
[[nodiscard]] SessionKeys derive_session_keys_1_1(const Aes128Key& nwk_key,
                                                  const Aes128Key& app_key,
                                                  const JoinContext& context) noexcept;

/// Signs 1.1 join-accepts and rejoin-requests of type 1.
[[nodiscard]] Aes128Key derive_js_int_key(const Aes128Key& nwk_key, DevEui dev_eui) noexcept;
/// Encrypts join-accepts that answer rejoin-requests.
[[nodiscard]] Aes128Key derive_js_enc_key(const Aes128Key& nwk_key, DevEui dev_eui) noexcept;

/// The relay's root key for a served device, from the device's NwkSEncKey (NwkSKey in 1.0.x).
/// [TS011]
[[nodiscard]] Aes128Key derive_root_wor_s_key(const Aes128Key& nwk_s_enc_key) noexcept;
struct WorSessionKeys {
  Aes128Key integrity;
  Aes128Key encryption;
};
/// What relay and device derive for wake-on-radio frames. [TS011]
[[nodiscard]] WorSessionKeys derive_wor_session_keys(const Aes128Key& root_wor_s_key,
                                                     DevAddr dev_addr) noexcept;

/// Root of a device's multicast keys: from GenAppKey in 1.0.x, from AppKey in 1.1. [TS005 §4]
[[nodiscard]] Aes128Key derive_mc_root_key_1_0(const Aes128Key& gen_app_key) noexcept;
[[nodiscard]] Aes128Key derive_mc_root_key_1_1(const Aes128Key& app_key) noexcept;
[[nodiscard]] Aes128Key derive_mc_ke_key(const Aes128Key& mc_root_key) noexcept;
[[nodiscard]] Aes128Key derive_mc_app_s_key(const Aes128Key& mc_key, DevAddr mc_addr) noexcept;
[[nodiscard]] Aes128Key derive_mc_nwk_s_key(const Aes128Key& mc_key, DevAddr mc_addr) noexcept;
/// McKey as McGroupSetupReq carries it; the device recovers it by encrypting.
[[nodiscard]] Aes128Key encrypt_mc_key(const Aes128Key& mc_ke_key,
                                       const Aes128Key& mc_key) noexcept;

}  // namespace ff::join
