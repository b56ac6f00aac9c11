#include "protocol/gateway/semtech_udp/packet.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::gateway::semtech_udp {
namespace {

struct GoodPacket {
  const char* hex;
  PacketType type;
  bool has_eui;
  const char* acknowledgment;  // hex, empty: none
};
constexpr GoodPacket good_packets[] = {
    {"0212ac00b827ebfffe1234567b7d", PacketType::push_data, true, "0212ac01"},
    {"0112ab02b827ebfffe123456", PacketType::pull_data, true, "0112ab04"},
    {"02000105b827ebfffe123456", PacketType::tx_ack, true, ""},
    {"020001037b7d", PacketType::pull_resp, false, ""},
    {"02000101", PacketType::push_ack, false, ""},
    {"02000104", PacketType::pull_ack, false, ""},
};

TEST(SemtechPacket, ParsesEveryTypeAndMakesItsAcknowledgment) {
  for (const auto& row : good_packets) {
    const auto datagram = *parse_hex(row.hex);
    const auto packet = parse_packet(datagram);
    ASSERT_TRUE(packet) << row.hex;
    EXPECT_EQ(packet->type, row.type) << row.hex;
    EXPECT_EQ(packet->version, datagram[0]) << row.hex;
    EXPECT_EQ(packet->eui.has_value(), row.has_eui) << row.hex;
    if (row.has_eui) {
      EXPECT_EQ(packet->eui, GatewayEui{0xb827ebfffe123456});
    }
    const auto ack = acknowledgment(*packet);
    EXPECT_EQ(ack ? hex_lower(*ack) : "", row.acknowledgment) << row.hex;
    EXPECT_EQ(make_packet(packet->type, packet->version, packet->token, packet->eui,
                          as_text(packet->body)),
              datagram);
  }
}

struct BadPacket {
  const char* hex;
  const ErrorDef* error;
};
const BadPacket bad_packets[] = {
    {"", &invalid_packet_type},
    {"021234", &invalid_packet_type},
    {"00123400b827ebfffe123456", &invalid_packet_type},
    {"03123400b827ebfffe123456", &invalid_packet_type},
    {"02123406b827ebfffe123456", &invalid_packet_type},
    {"02123400", &no_eui},
    {"02123402b827ebfffe1234", &no_eui},
    {"02123405b827ebfffe1234", &no_eui},
};

TEST(SemtechPacket, RefusesOtherBytes) {
  for (const auto& row : bad_packets) {
    const auto datagram = *parse_hex(row.hex);
    const auto packet = parse_packet(datagram);
    ASSERT_FALSE(packet) << row.hex;
    EXPECT_TRUE(packet.error().is(*row.error)) << row.hex;
  }
}

}  // namespace
}  // namespace ff::gateway::semtech_udp
