// The key streams of FRMPayload and FOpts; encrypting and decrypting are the same operation.
// Join-accepts are in join_accept_crypto.hpp, MICs in mic.hpp.
#pragma once

#include "protocol/phy/mic.hpp"
#include "protocol/types/keys.hpp"

namespace ff::phy {

/// En- or decrypts FRMPayload in place: with AppSKey, or for FPort 0 with NwkSEncKey (NwkSKey
/// in 1.0.x). At most 255 bytes (asserted). [TS001-1.0.4 §4.3.3]
void crypt_frm_payload(const Aes128Key& key, const FrameContext& context,
                       MutableByteView payload) noexcept;

/// ON-WIRE: A[4] of the FOpts key stream, the counter that numbers the frame. [TS001-1.1 erratum
/// FOpts encryption]
enum class FOptsCounter : std::uint8_t {
  f_cnt_up_or_n_f_cnt_down = 1,
  a_f_cnt_down = 2,
};
/// A downlink with an application port is numbered by AFCntDown, all others by FCntUp or NFCntDown.
constexpr FOptsCounter f_opts_counter(Direction direction, std::optional<FPort> f_port) noexcept {
  const bool application = f_port && f_port->value() != 0;
  return direction == Direction::down && application ? FOptsCounter::a_f_cnt_down
                                                     : FOptsCounter::f_cnt_up_or_n_f_cnt_down;
}
/// En- or decrypts FOpts of LoRaWAN 1.1 in place, at most 15 bytes (asserted); 1.0.x sends them
/// plain.
void crypt_f_opts(const Aes128Key& nwk_s_enc_key, const FrameContext& context, FOptsCounter counter,
                  MutableByteView f_opts) noexcept;

}  // namespace ff::phy
