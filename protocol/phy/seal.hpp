// Whole data frames with a session's network keys: seal what is sent, open what was received, on
// either side. The network server opens uplinks step by step (mic.hpp): it does not know key, data
// rate and channel at once.
#pragma once

#include "protocol/phy/frame_crypto.hpp"
#include "protocol/types/versions.hpp"

namespace ff::phy {

/// In 1.0.x all three are NwkSKey.
struct NetworkSessionKeys {
  Aes128Key f_nwk_s_int_key;
  Aes128Key s_nwk_s_int_key;
  Aes128Key nwk_s_enc_key;
};

struct SealContext {
  MacVersion mac_version = MacVersion::v1_0_3;
  FCnt32 f_cnt;  // full counter; its low half goes on air
  UplinkTransmission
      transmission;  // 1.1: conf_f_cnt counts if ACK is set; data rate and channel for uplinks
};

/// Encrypts FOpts (1.1) and the FRMPayload of FPort 0, encodes `frame` (its `f_cnt` is replaced)
/// and adds the MIC. An application's FRMPayload must be encrypted already (crypt_frm_payload with
/// AppSKey). Fails as encode_unsigned.
[[nodiscard]] Result<Bytes> seal_frame(DataFrame frame, const NetworkSessionKeys& keys,
                                       const SealContext& context);

/// The MIC that `frame` must have.
[[nodiscard]] Mic expected_mic(const DataFrameView& frame, const NetworkSessionKeys& keys,
                               const SealContext& context) noexcept;

/// The reverse of seal_frame: nothing if the MIC does not fit. An application's FRMPayload stays
/// encrypted.
[[nodiscard]] std::optional<DataFrame> open_frame(const DataFrameView& frame,
                                                  const NetworkSessionKeys& keys,
                                                  const SealContext& context);

}  // namespace ff::phy
