// MIC and encryption of join-accepts, for the join server and for the device.
// The fields inside are protocol/join's (join_accept.hpp).
#pragma once

#include "protocol/phy/errors.hpp"
#include "protocol/phy/frame.hpp"
#include "protocol/types/keys.hpp"

namespace ff::phy {

/// ON-WIRE: JoinReqType, what a 1.1 join-accept answers.
enum class JoinReqType : std::uint8_t {
  rejoin_restore = 0,
  rejoin_full_context = 1,
  rejoin_rekey = 2,
  join_request = 0xff,
};

/// The MIC of a 1.0.x join-accept (OptNeg 0) with the root key that signed the join-request.
/// `message` is MHDR and the fields, 13 or 29 bytes; else fails with join_accept_message_size.
[[nodiscard]] Result<Mic> join_accept_mic_1_0(const Aes128Key& root_key, ByteView message);

/// What a 1.1 join-accept's MIC covers of the request.
struct JoinAcceptContext {
  JoinReqType request_type = JoinReqType::join_request;
  JoinEui join_eui;
  DevNonce dev_nonce;  // of a rejoin-request: its RJcount
};
/// The MIC of a 1.1 join-accept (OptNeg 1) with JSIntKey; `message` as above.
[[nodiscard]] Result<Mic> join_accept_mic_1_1(const Aes128Key& js_int_key,
                                              const JoinAcceptContext& context, ByteView message);

/// The join server's side: fields ‖ MIC (16 or 32 bytes, without MHDR) under the root key, or
/// JSEncKey for rejoins. This is AES *decryption*, so that devices need encryption only. Else fails
/// with join_accept_payload_size.
[[nodiscard]] Result<Bytes> encrypt_join_accept(const Aes128Key& key, ByteView payload);
/// The device's side.
[[nodiscard]] Result<Bytes> decrypt_join_accept(const Aes128Key& key, ByteView encrypted);

}  // namespace ff::phy
