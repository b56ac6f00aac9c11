#include "protocol/gateway/semtech_udp/packet.hpp"

namespace ff::gateway::semtech_udp {
namespace {

constexpr std::array<const char*, 6> type_names = {"push_data", "push_ack", "pull_data",
                                                   "pull_resp", "pull_ack", "tx_ack"};

bool from_gateway(PacketType type) {
  return type == PacketType::push_data || type == PacketType::pull_data ||
         type == PacketType::tx_ack;
}

}  // namespace

const char* to_string(PacketType type) noexcept {
  return type_names[static_cast<std::size_t>(type)];
}

Result<Packet> parse_packet(ByteView datagram) {
  if (datagram.size() < header_bytes) return fail(invalid_packet_type);
  const auto version = datagram[0];
  const auto type = datagram[3];
  if ((version != 1 && version != 2) || type >= type_names.size()) return fail(invalid_packet_type);
  Packet packet;
  packet.version = version;
  packet.token = Token{static_cast<std::uint16_t>(read_be<2>(datagram.subspan(1)))};
  packet.type = static_cast<PacketType>(type);
  if (!from_gateway(packet.type)) {
    packet.body = datagram.subspan(header_bytes);
    return packet;
  }
  if (datagram.size() < gateway_header_bytes) return fail(no_eui);
  packet.eui = GatewayEui{read_be<8>(datagram.subspan(header_bytes))};
  packet.body = datagram.subspan(gateway_header_bytes);
  return packet;
}

std::optional<std::array<std::uint8_t, header_bytes>> acknowledgment(
    const Packet& packet) noexcept {
  PacketType type;
  if (packet.type == PacketType::push_data)
    type = PacketType::push_ack;
  else if (packet.type == PacketType::pull_data)
    type = PacketType::pull_ack;
  else
    return std::nullopt;
  std::array<std::uint8_t, header_bytes> out{packet.version, 0, 0, static_cast<std::uint8_t>(type)};
  write_be<2>(MutableByteView(out).subspan(1), packet.token.value());
  return out;
}

Bytes make_packet(PacketType type, std::uint8_t version, Token token, std::optional<GatewayEui> eui,
                  std::string_view body) {
  Bytes out;
  out.reserve(gateway_header_bytes + body.size());
  out.push_back(version);
  append_be<2>(out, token.value());
  out.push_back(static_cast<std::uint8_t>(type));
  if (eui) append_be<8>(out, eui->value());
  append(out, as_bytes(body));
  return out;
}

}  // namespace ff::gateway::semtech_udp
