// Encodes frames up to their MIC; sealing them with keys is seal.hpp's.
#pragma once

#include "protocol/phy/errors.hpp"
#include "protocol/phy/frame.hpp"

namespace ff::phy {

/// The frame without MIC. Fails with encoded_field_length_bound when FOpts or the whole frame (with
/// MIC, 255 bytes) is too long, with unknown_field for another type than data, and with encode for
/// a payload without FPort.
[[nodiscard]] Result<Bytes> encode_unsigned(const DataFrame& frame);

/// The frame without MIC; always 19 bytes.
[[nodiscard]] Bytes encode_unsigned(const JoinRequest& request);

/// The frame without MIC. Fails with field_with_max when the NetID has more than 24 bits.
[[nodiscard]] Result<Bytes> encode_unsigned(const RejoinRequest& request);

/// Completes a frame.
void append_mic(Bytes& frame, Mic mic);

/// MHDR and `payload`. Fails with encoded_field_length_bound above 254 bytes.
[[nodiscard]] Result<Bytes> encode_proprietary(ByteView payload);

}  // namespace ff::phy
