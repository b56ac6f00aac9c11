// The parts of a PHYPayload as values, and their limits. Layout: README.md of this folder.
// Not for decoding (frame_view.hpp), encoding (frame_encoder.hpp) or MAC commands (protocol/mac).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/base/bytes.hpp"
#include "protocol/base/strong.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::phy {

/// The largest PHYPayload that LoRa and FSK modems carry, and the smallest of a data frame.
inline constexpr std::size_t phy_payload_size_max = 255;
inline constexpr std::size_t data_frame_size_min = 12;
inline constexpr std::size_t f_opts_size_max = 15;
inline constexpr std::size_t mic_size = 4;
inline constexpr std::size_t join_request_size = 23;
inline constexpr std::size_t join_accept_size_short = 17;
inline constexpr std::size_t join_accept_size_long = 33;

/// ON-WIRE: bits 7-5 of MHDR. [TS001-1.0.4 §4.2.1; TS001-1.1 §4.2.1]
enum class MType : std::uint8_t {
  join_request = 0,
  join_accept = 1,
  unconfirmed_up = 2,
  unconfirmed_down = 3,
  confirmed_up = 4,
  confirmed_down = 5,
  rejoin_request = 6,
  proprietary = 7,
};

/// `JOIN_REQUEST`, `UNCONFIRMED_UP`, ... as in the API.
const char* to_string(MType m_type) noexcept;

constexpr bool is_data(MType m_type) noexcept {
  return m_type >= MType::unconfirmed_up && m_type <= MType::confirmed_down;
}
constexpr bool is_confirmed(MType m_type) noexcept {
  return m_type == MType::confirmed_up || m_type == MType::confirmed_down;
}

/// ON-WIRE: as in the A, B0 and B1 blocks.
enum class Direction : std::uint8_t { up = 0, down = 1 };

/// Of a data frame's type.
constexpr Direction direction_of(MType m_type) noexcept {
  return m_type == MType::unconfirmed_down || m_type == MType::confirmed_down ? Direction::down
                                                                              : Direction::up;
}

/// Major 0 is LoRaWAN R1; the decoder lets others pass, so that each server can name its own error.
struct Mhdr {
  MType m_type = MType::join_request;
  std::uint8_t major = 0;  // 0-3
  bool operator==(const Mhdr&) const = default;
};
constexpr Mhdr decode_mhdr(std::uint8_t byte) noexcept {
  return {static_cast<MType>(byte >> 5), static_cast<std::uint8_t>(byte & 3)};
}
constexpr std::uint8_t encode_mhdr(Mhdr mhdr) noexcept {
  return static_cast<std::uint8_t>(static_cast<unsigned>(mhdr.m_type) << 5 | (mhdr.major & 3U));
}

/// The flags of FCtrl. Flags of the other direction are false when decoded and ignored when
/// encoded.
struct FCtrl {
  bool adr = false;
  bool adr_ack_req = false;  // up
  bool ack = false;
  bool class_b = false;    // up
  bool f_pending = false;  // down
  bool operator==(const FCtrl&) const = default;
};
/// FCtrl without FOptsLen, its low four bits.
FCtrl decode_f_ctrl(std::uint8_t byte, Direction direction) noexcept;
/// `f_opts_size` is at most 15 (asserted).
std::uint8_t encode_f_ctrl(FCtrl f_ctrl, Direction direction, std::size_t f_opts_size) noexcept;

/// Four bytes on air, the first in the low bits.
using Mic = Strong<struct MicTag, std::uint32_t>;

/// [TS001-1.0.4 §6.2.2]
struct JoinRequest {
  JoinEui join_eui;
  DevEui dev_eui;
  DevNonce dev_nonce;
  bool operator==(const JoinRequest&) const = default;
};

/// ON-WIRE: [TS001-1.1 §6.2.4]
enum class RejoinType : std::uint8_t { restore = 0, full_context = 1, rekey = 2 };

/// Types 0 and 2 carry a NetID, type 1 a JoinEUI; the other one is zero.
struct RejoinRequest {
  RejoinType type = RejoinType::restore;
  NetId net_id;
  JoinEui join_eui;
  DevEui dev_eui;
  std::uint16_t rejoin_count = 0;  // RJcount0 (types 0 and 2) or RJcount1
  bool operator==(const RejoinRequest&) const = default;
};

/// A data frame to encode. `f_opts` and `frm_payload` are as they go on air: encrypt before.
/// On air `f_cnt` is the low half of the counter of its direction.
struct DataFrame {
  MType m_type = MType::unconfirmed_up;
  DevAddr dev_addr;
  FCtrl f_ctrl;
  FCnt16 f_cnt;
  Bytes f_opts;  // at most 15 bytes
  std::optional<FPort> f_port;
  Bytes frm_payload;  // empty without f_port
  bool operator==(const DataFrame&) const = default;
};

}  // namespace ff::phy
