#include "protocol/phy/seal.hpp"

#include "protocol/phy/frame_encoder.hpp"

namespace ff::phy {
namespace {

bool is_1_1(MacVersion version) noexcept {
  return at_least(version, MacVersion::v1_1);
}

void crypt_network_parts(DataFrame& frame, const Aes128Key& nwk_s_enc_key,
                         const SealContext& seal) noexcept {
  const auto direction = direction_of(frame.m_type);
  const FrameContext context{direction, frame.dev_addr, seal.f_cnt};
  if (is_1_1(seal.mac_version)) {
    crypt_f_opts(nwk_s_enc_key, context, f_opts_counter(direction, frame.f_port), frame.f_opts);
  }
  if (frame.f_port == FPort{0}) crypt_frm_payload(nwk_s_enc_key, context, frame.frm_payload);
}

}  // namespace

Mic expected_mic(const DataFrameView& frame, const NetworkSessionKeys& keys,
                 const SealContext& seal) noexcept {
  const FrameContext context{direction_of(frame.m_type), frame.dev_addr, seal.f_cnt};
  const auto message = frame.signed_part;
  if (!is_1_1(seal.mac_version))
    return mic_1_0(crypto::CmacKey(keys.f_nwk_s_int_key), context, message);
  auto transmission = seal.transmission;
  if (!frame.f_ctrl.ack) transmission.conf_f_cnt = 0;
  const crypto::CmacKey s_key(keys.s_nwk_s_int_key);
  if (context.direction == Direction::down) {
    return downlink_mic_1_1(s_key, context, transmission.conf_f_cnt, message);
  }
  return uplink_mic_1_1(uplink_cmac_s(s_key, context, transmission, message),
                        mic_1_0(crypto::CmacKey(keys.f_nwk_s_int_key), context, message));
}

Result<Bytes> seal_frame(DataFrame frame, const NetworkSessionKeys& keys,
                         const SealContext& context) {
  frame.f_cnt = low_half(context.f_cnt);
  FF_CHECK(encode_unsigned(frame));  // Before encrypting, which bounds its input by assertion.
  crypt_network_parts(frame, keys.nwk_s_enc_key, context);
  FF_TRY(auto bytes, encode_unsigned(frame));
  DataFrameView view;
  view.m_type = frame.m_type;
  view.dev_addr = frame.dev_addr;
  view.f_ctrl = frame.f_ctrl;
  view.signed_part = bytes;
  append_mic(bytes, expected_mic(view, keys, context));
  return bytes;
}

std::optional<DataFrame> open_frame(const DataFrameView& frame, const NetworkSessionKeys& keys,
                                    const SealContext& context) {
  if (expected_mic(frame, keys, context) != frame.mic) return std::nullopt;
  DataFrame opened{.m_type = frame.m_type,
                   .dev_addr = frame.dev_addr,
                   .f_ctrl = frame.f_ctrl,
                   .f_cnt = frame.f_cnt,
                   .f_opts = to_owned(frame.f_opts),
                   .f_port = frame.f_port,
                   .frm_payload = to_owned(frame.frm_payload)};
  crypt_network_parts(opened, keys.nwk_s_enc_key, context);
  return opened;
}

}  // namespace ff::phy
