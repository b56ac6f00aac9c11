// Message integrity codes of every frame, both directions and versions, and candidates for the key
// search. Which key belongs to which device is the caller's.
#pragma once

#include "protocol/crypto/cmac.hpp"
#include "protocol/phy/errors.hpp"
#include "protocol/phy/frame.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/types/radio.hpp"

namespace ff::phy {

/// What, beside its bytes, identifies a data frame to cipher and MIC.
struct FrameContext {
  Direction direction = Direction::up;
  DevAddr dev_addr;
  FCnt32 f_cnt;  // full counter: FCntUp, or the downlink counter that the frame uses
};

/// The B0 block without ConfFCnt: of 1.0.x in both directions and of cmacF in 1.1.
/// `message_size` counts the frame without MIC and is at most 255 (asserted).
[[nodiscard]] crypto::Block b0_block(const FrameContext& context,
                                     std::size_t message_size) noexcept;

/// The MIC of a LoRaWAN 1.0.x data frame with NwkSKey. `signed_part` is the frame without MIC, 1 to
/// 255 bytes.
[[nodiscard]] Mic mic_1_0(const crypto::CmacKey& nwk_s_key, const FrameContext& context,
                          ByteView signed_part) noexcept;

/// What the MIC of a 1.1 uplink covers of its transmission.
struct UplinkTransmission {
  std::uint16_t conf_f_cnt =
      0;  // low half of the confirmed downlink's counter if ACK is set, else 0
  DataRateIndex tx_dr;
  ChannelIndex tx_ch;
};
/// The half of a 1.1 uplink's MIC made with SNwkSIntKey: only the low 16 bits count.
[[nodiscard]] std::uint16_t uplink_cmac_s(const crypto::CmacKey& s_nwk_s_int_key,
                                          const FrameContext& context,
                                          const UplinkTransmission& transmission,
                                          ByteView signed_part) noexcept;
/// The whole MIC of a 1.1 uplink from its halves; `cmac_f` is mic_1_0 with FNwkSIntKey.
constexpr Mic uplink_mic_1_1(std::uint16_t cmac_s, Mic cmac_f) noexcept {
  return Mic{std::uint32_t{cmac_s} | (cmac_f.value() & 0xffffU) << 16};
}
/// The MIC of a 1.1 downlink. `conf_f_cnt` is the low half of the acknowledged uplink's counter if
/// ACK is set, else 0.
[[nodiscard]] Mic downlink_mic_1_1(const crypto::CmacKey& s_nwk_s_int_key,
                                   const FrameContext& context, std::uint16_t conf_f_cnt,
                                   ByteView signed_part) noexcept;

/// How much of an uplink's MIC the network's forwarding key explains.
enum class UplinkMic : std::uint8_t {
  whole,        // 1.0.x: all four bytes
  second_half,  // 1.1: bytes 2 and 3; the first half needs SNwkSIntKey, data rate and channel
};

/// A session to try: its FNwkSIntKey (NwkSKey in 1.0.x) and the full counter the frame would have.
template <class Key>
crypto::Candidate<Key> uplink_candidate(const Key& f_nwk_s_int_key, FCnt32 f_cnt, Mic mic,
                                        UplinkMic kind) noexcept {
  if (kind == UplinkMic::whole) return {&f_nwk_s_int_key, f_cnt.value(), mic.value(), 0xffffffff};
  return {&f_nwk_s_int_key, f_cnt.value(), mic.value() >> 16, 0xffff};
}
/// The first candidate whose key made `frame`'s MIC; candidates from uplink_candidate with the
/// frame's MIC. Never allocates. `frame` is an uplink.
template <class Key>
[[nodiscard]] std::optional<std::size_t> match_uplink(
    std::span<const crypto::Candidate<Key>> candidates, const DataFrameView& frame) noexcept {
  const auto b0 = b0_block({Direction::up, frame.dev_addr, FCnt32{0}}, frame.signed_part.size());
  return crypto::match(candidates, b0, frame.signed_part);
}

/// The MIC of a join-request (19 bytes) with NwkKey, or AppKey in 1.0.x. Fails with
/// join_request_payload_size.
[[nodiscard]] Result<Mic> join_request_mic(const Aes128Key& root_key, ByteView signed_part);

/// The MIC of a rejoin-request: types 0 and 2 (15 bytes) with SNwkSIntKey, type 1 (20 bytes) with
/// JSIntKey. Fails with rejoin_request_size.
[[nodiscard]] Result<Mic> rejoin_request_mic(const Aes128Key& key, ByteView signed_part);

}  // namespace ff::phy
