#include "protocol/join/session_keys.hpp"

namespace ff::join {
namespace {

using crypto::Aes128;
using crypto::Block;

/// ON-WIRE: first byte of the derivation blocks; both sides must agree.
namespace type {
constexpr std::uint8_t nwk_s_key = 0x01;  // also FNwkSIntKey
constexpr std::uint8_t app_s_key = 0x02;
constexpr std::uint8_t s_nwk_s_int_key = 0x03;
constexpr std::uint8_t nwk_s_enc_key = 0x04;
constexpr std::uint8_t js_enc_key = 0x05;
constexpr std::uint8_t js_int_key = 0x06;
constexpr std::uint8_t root_wor_s_key = 0x01;
constexpr std::uint8_t wor_integrity = 0x01;
constexpr std::uint8_t wor_encryption = 0x02;
constexpr std::uint8_t mc_root_key_1_0 = 0x00;
constexpr std::uint8_t mc_root_key_1_1 = 0x20;
constexpr std::uint8_t mc_ke_key = 0x00;
constexpr std::uint8_t mc_app_s_key = 0x01;
constexpr std::uint8_t mc_nwk_s_key = 0x02;
}  // namespace type

Aes128Key derive(const Aes128& root, Block block, std::uint8_t key_type) noexcept {
  block[0] = key_type;
  block = root.encrypt(block);
  Aes128Key key(block);
  crypto::wipe(block);
  return key;
}

Aes128Key derive_for_eui(const Aes128Key& root, DevEui dev_eui, std::uint8_t key_type) noexcept {
  Block block{};
  write_le<8>(MutableByteView(block).subspan(1), dev_eui.value());
  return derive(Aes128(root), block, key_type);
}

Aes128Key derive_for_addr(const Aes128Key& root, DevAddr dev_addr, std::uint8_t key_type) noexcept {
  Block block{};
  write_le<4>(MutableByteView(block).subspan(1), dev_addr.value());
  return derive(Aes128(root), block, key_type);
}

}  // namespace

SessionKeys derive_session_keys_1_0(const Aes128Key& network_key, const Aes128Key& application_key,
                                    const JoinContext& context) noexcept {
  Block block{};
  const MutableByteView bytes(block);
  write_le<3>(bytes.subspan(1), context.join_nonce.value());
  write_le<3>(bytes.subspan(4), context.net_id.value());
  write_le<2>(bytes.subspan(7), context.dev_nonce.value());
  const auto nwk_s_key = derive(Aes128(network_key), block, type::nwk_s_key);
  return {{nwk_s_key, nwk_s_key, nwk_s_key},
          derive(Aes128(application_key), block, type::app_s_key)};
}

SessionKeys derive_session_keys_1_1(const Aes128Key& nwk_key, const Aes128Key& app_key,
                                    const JoinContext& context) noexcept {
  Block block{};
  const MutableByteView bytes(block);
  write_le<3>(bytes.subspan(1), context.join_nonce.value());
  write_le<8>(bytes.subspan(4), context.join_eui.value());
  write_le<2>(bytes.subspan(12), context.dev_nonce.value());
  const Aes128 network(nwk_key);
  return {{derive(network, block, type::nwk_s_key), derive(network, block, type::s_nwk_s_int_key),
           derive(network, block, type::nwk_s_enc_key)},
          derive(Aes128(app_key), block, type::app_s_key)};
}

Aes128Key derive_js_int_key(const Aes128Key& nwk_key, DevEui dev_eui) noexcept {
  return derive_for_eui(nwk_key, dev_eui, type::js_int_key);
}

Aes128Key derive_js_enc_key(const Aes128Key& nwk_key, DevEui dev_eui) noexcept {
  return derive_for_eui(nwk_key, dev_eui, type::js_enc_key);
}

Aes128Key derive_root_wor_s_key(const Aes128Key& nwk_s_enc_key) noexcept {
  return derive(Aes128(nwk_s_enc_key), {}, type::root_wor_s_key);
}

WorSessionKeys derive_wor_session_keys(const Aes128Key& root_wor_s_key, DevAddr dev_addr) noexcept {
  return {derive_for_addr(root_wor_s_key, dev_addr, type::wor_integrity),
          derive_for_addr(root_wor_s_key, dev_addr, type::wor_encryption)};
}

Aes128Key derive_mc_root_key_1_0(const Aes128Key& gen_app_key) noexcept {
  return derive(Aes128(gen_app_key), {}, type::mc_root_key_1_0);
}

Aes128Key derive_mc_root_key_1_1(const Aes128Key& app_key) noexcept {
  return derive(Aes128(app_key), {}, type::mc_root_key_1_1);
}

Aes128Key derive_mc_ke_key(const Aes128Key& mc_root_key) noexcept {
  return derive(Aes128(mc_root_key), {}, type::mc_ke_key);
}

Aes128Key derive_mc_app_s_key(const Aes128Key& mc_key, DevAddr mc_addr) noexcept {
  return derive_for_addr(mc_key, mc_addr, type::mc_app_s_key);
}

Aes128Key derive_mc_nwk_s_key(const Aes128Key& mc_key, DevAddr mc_addr) noexcept {
  return derive_for_addr(mc_key, mc_addr, type::mc_nwk_s_key);
}

Aes128Key encrypt_mc_key(const Aes128Key& mc_ke_key, const Aes128Key& mc_key) noexcept {
  Block block{};
  Aes128(mc_ke_key).decrypt(mc_key.bytes(), block);
  return Aes128Key(block);
}

}  // namespace ff::join
