// The binary frame of Semtech's UDP protocol: version, token, type, EUI. The JSON inside is
// push_data.hpp, tx_ack.hpp and pull_resp.hpp.
//
//   byte  0        1..2    3      4..11                 12..
//         version  token   type   EUI (gateway's only)  JSON
#pragma once

#include <array>
#include <optional>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/gateway/semtech_udp/errors.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway::semtech_udp {

/// ON-WIRE.
enum class PacketType : std::uint8_t {
  push_data = 0,
  push_ack = 1,
  pull_data = 2,
  pull_resp = 3,
  pull_ack = 4,
  tx_ack = 5,
};
const char* to_string(PacketType type) noexcept;

/// Two bytes, most significant first; echoed in acknowledgements.
using Token = Strong<struct TokenTag, std::uint16_t>;

/// Largest UDP payload over IPv4.
inline constexpr std::size_t datagram_bytes_max = 65'507;
inline constexpr std::size_t header_bytes = 4;
inline constexpr std::size_t gateway_header_bytes = 12;

struct Packet {
  std::uint8_t version = 2;  // 1 or 2
  Token token;
  PacketType type = PacketType::push_data;
  std::optional<GatewayEui> eui;  // push_data, pull_data, tx_ack
  ByteView body;                  // JSON, may be empty; borrowed from the datagram
};

/// Errors: packet_type for short datagrams, versions other than 1 and 2 and unknown types; no_eui
/// when a gateway's packet ends before its EUI.
Result<Packet> parse_packet(ByteView datagram);

/// The PUSH_ACK or PULL_ACK that answers `packet`; nothing for packets that are not acknowledged.
std::optional<std::array<std::uint8_t, header_bytes>> acknowledgment(const Packet& packet) noexcept;

/// Header of a packet to a gateway, or, with `eui`, of one from a gateway (simulators and tests).
Bytes make_packet(PacketType type, std::uint8_t version, Token token,
                  std::optional<GatewayEui> eui = {}, std::string_view body = {});

}  // namespace ff::gateway::semtech_udp
