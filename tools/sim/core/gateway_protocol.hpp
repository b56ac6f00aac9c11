// The gateway's side of the Semtech UDP protocol, version 2: encodes what a gateway sends and reads
// what a server sends. Written apart from the server's codec (protocol/gateway), so that each
// checks the other. Not a gateway's rules (gateway.hpp). [spec gateway-server §3]
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/radio.hpp"

namespace ff::sim {

/// ON-WIRE.
enum class PacketType : std::uint8_t {
  push_data = 0,
  push_ack = 1,
  pull_data = 2,
  pull_resp = 3,
  pull_ack = 4,
  tx_ack = 5,
};

/// First bytes of what a gateway sends.
struct PacketHeader {
  std::uint16_t token = 0;
  GatewayEui eui;
};

/// What is the same in all gateways' copies of a frame, as JSON: encode once, send k times.
struct FrameText {
  Frequency frequency;
  std::uint8_t channel = 0;
  DataRate data_rate;
  ByteView phy_payload;
};
/// Replaces `out`, which keeps its memory.
void write_frame_text(std::string& out, const FrameText& frame);

/// What differs between the copies.
struct CopyOfFrame {
  std::uint32_t tmst = 0;
  std::optional<std::int64_t> gps_ms;  // of gateways that have GPS
  int rssi_dbm = 0;
  float snr_db = 0;
};
/// Replaces `out` with a PUSH_DATA of one rxpk. `frame_text` is from write_frame_text.
void write_push_data(Bytes& out, PacketHeader header, const CopyOfFrame& copy,
                     std::string_view frame_text);

/// Counters of a `stat` object.
struct GatewayStatus {
  std::string_view time;  // `2026-11-20 14:00:00 UTC`
  std::uint64_t received = 0;
  std::uint64_t forwarded = 0;
  std::uint64_t downlinks = 0;
  std::uint64_t transmitted = 0;
};
void write_status(Bytes& out, PacketHeader header, const GatewayStatus& status);
void write_pull_data(Bytes& out, PacketHeader header);

/// Why a gateway does not send, as TX_ACK says it.
enum class TxError : std::uint8_t {
  none,
  too_late,
  too_early,
  collision_packet,
  collision_beacon,
  tx_freq,
  gps_unlocked,
};
inline constexpr std::size_t tx_error_count = 7;
/// `NONE`, `TOO_LATE`, ...
std::string_view to_string(TxError error) noexcept;
/// `header.token` is the PULL_RESP's.
void write_tx_ack(Bytes& out, PacketHeader header, TxError error);

/// A downlink to send. Exactly one of `tmst`, `gps_ms` and `immediate` counts, in this order.
struct TxRequest {
  std::uint16_t token = 0;
  std::optional<std::uint32_t> tmst;
  std::optional<std::int64_t> gps_ms;
  bool immediate = false;
  Frequency frequency;
  DataRate data_rate;
  bool inverted_polarity = false;
  double power_dbm = 0;
  Bytes phy_payload;
};

struct Acknowledgement {
  PacketType type = PacketType::push_ack;  // or pull_ack
  std::uint16_t token = 0;
};
using ServerPacket = std::variant<Acknowledgement, TxRequest>;

inline constexpr ErrorDef bad_server_packet{"tools/sim", "bad_server_packet",
                                            Code::invalid_argument, "bad packet: {reason}"};

/// Any bytes. Strict: a server's mistake is an error that names the field.
[[nodiscard]] Result<ServerPacket> parse_server_packet(ByteView datagram);

}  // namespace ff::sim
