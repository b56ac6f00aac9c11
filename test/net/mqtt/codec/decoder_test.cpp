#include "net/mqtt/codec/decoder.hpp"

#include <gtest/gtest.h>

#include "net/mqtt/codec/encoder.hpp"
#include "protocol/base/random.hpp"
#include "test/net/mqtt/codec/packet_table.hpp"
#include "test/net/mqtt/codec/printers.hpp"

namespace ff::mqtt {
namespace {

using enum Version;
using R = ReasonCode;

struct Refused {
  std::string name;
  Version version;
  std::string hex;
  ReasonCode reason;
};

void expect_refused(const std::vector<Refused>& rows) {
  for (const auto& row : rows) {
    Decoder decoder({}, row.version);
    decoder.append(from_hex(row.hex));
    auto packet = decoder.next();
    ASSERT_TRUE(packet) << row.name << " is incomplete";
    ASSERT_FALSE(*packet) << row.name << " is " << to_string(**packet);
    EXPECT_EQ(packet->error().reason, row.reason) << row.name << ": " << packet->error().what;
  }
}

TEST(Decoder, RefusesBadHeaders) {
  expect_refused({
      {"packet type 0", v3_1_1, "00 00", R::malformed_packet},
      {"AUTH before MQTT 5", v3_1_1, "f0 00", R::malformed_packet},
      {"a length of five bytes", v3_1_1, "30 ffffffff01", R::malformed_packet},
      {"a length with a needless byte", v3_1_1, "30 8100", R::malformed_packet},
      {"a packet beyond the limit, from its header alone", v3_1_1, "30 ffffff7f",
       R::packet_too_large},
      {"SUBSCRIBE without its flag", v3_1_1, "80 06 0001 0001 61 01", R::malformed_packet},
      {"PUBREL without its flag", v5, "60 02 0001", R::malformed_packet},
      {"PINGREQ with a flag", v3_1_1, "c1 00", R::malformed_packet},
      {"PINGREQ with a body", v3_1_1, "c0 01 00", R::malformed_packet},
      {"a TLS client hello", v3_1_1, "16 03 01 02 00", R::malformed_packet},
      {"QoS 3", v3_1_1, "36 05 0001 61 0001", R::malformed_packet},
      {"DUP with QoS 0", v3_1_1, "38 03 0001 61", R::malformed_packet},
  });
}

TEST(Decoder, RefusesBadConnects) {
  expect_refused({
      {"another protocol", v3_1_1, "10 0d 0004 4d51545a 04 02 0000 0001 61", R::protocol_error},
      {"level 6", v3_1_1, "10 0d 0004 4d515454 06 02 0000 0001 61",
       R::unsupported_protocol_version},
      {"level 3 called MQTT", v3_1_1, "10 0d 0004 4d515454 03 02 0000 0001 61",
       R::unsupported_protocol_version},
      {"level 4 called MQIsdp", v3_1_1, "10 0f 0006 4d5149736470 04 02 0000 0001 61",
       R::unsupported_protocol_version},
      {"the reserved flag", v3_1_1, "10 0d 0004 4d515454 04 03 0000 0001 61", R::malformed_packet},
      {"will QoS without will", v3_1_1, "10 0d 0004 4d515454 04 0a 0000 0001 61",
       R::malformed_packet},
      {"will retain without will", v5, "10 0e 0004 4d515454 05 22 0000 00 0001 61",
       R::malformed_packet},
      {"will QoS 3", v3_1_1, "10 13 0004 4d515454 04 1e 0000 0001 61 0001 74 0001 70",
       R::malformed_packet},
      {"a password without a user", v3_1_1, "10 10 0004 4d515454 04 42 0000 0001 61 0001 70",
       R::malformed_packet},
      {"a missing user name", v3_1_1, "10 0d 0004 4d515454 04 82 0000 0001 61",
       R::malformed_packet},
      {"bytes behind the end", v3_1_1, "10 0e 0004 4d515454 04 02 0000 0001 61 00",
       R::malformed_packet},
      {"receive maximum 0", v5, "10 11 0004 4d515454 05 02 0000 03 21 0000 0001 61",
       R::protocol_error},
      {"maximum packet size 0", v5, "10 13 0004 4d515454 05 02 0000 05 27 00000000 0001 61",
       R::protocol_error},
      {"a client id that is not UTF-8", v5, "10 0e 0004 4d515454 05 02 0000 00 0001 ff",
       R::malformed_packet},
  });
}

TEST(Decoder, RefusesBadBodies) {
  expect_refused({
      {"a publish with id 0", v3_1_1, "32 05 0001 61 0000", R::protocol_error},
      {"an ack with id 0", v3_1_1, "40 02 0000", R::protocol_error},
      {"an ack with a foreign reason", v5, "40 03 0001 92", R::malformed_packet},
      {"an ack with an unknown reason", v5, "40 03 0001 ff", R::malformed_packet},
      {"a reason in an ack of MQTT 3", v3_1_1, "40 03 0001 00", R::malformed_packet},
      {"a subscribe without filters", v3_1_1, "82 02 0001", R::protocol_error},
      {"an unsubscribe without filters", v5, "a2 03 0001 00", R::protocol_error},
      {"a subscription with QoS 3", v3_1_1, "82 06 0001 0001 61 03", R::malformed_packet},
      {"options of MQTT 5 in MQTT 3.1.1", v3_1_1, "82 06 0001 0001 61 04", R::malformed_packet},
      {"reserved options", v5, "82 07 0001 00 0001 61 40", R::malformed_packet},
      {"retain handling 3", v5, "82 07 0001 00 0001 61 30", R::malformed_packet},
      {"a filter longer than its packet", v3_1_1, "82 06 0001 0005 61 01", R::malformed_packet},
      {"a topic with U+0000", v3_1_1, "30 03 0001 00", R::malformed_packet},
      {"a body in a DISCONNECT of MQTT 3", v3_1_1, "e0 01 00", R::malformed_packet},
      {"a CONNACK with reserved flags", v3_1_1, "20 02 02 00", R::malformed_packet},
      {"a CONNACK with return code 6", v3_1_1, "20 02 00 06", R::malformed_packet},
      {"a SUBACK with return code 3", v3_1_1, "90 03 0001 03", R::malformed_packet},
  });
}

TEST(Decoder, RefusesBadProperties) {
  expect_refused({
      {"an unknown property", v5, "30 06 0001 61 02 7f 00", R::malformed_packet},
      {"a property of another packet", v5, "30 07 0001 61 03 13 0001", R::malformed_packet},
      {"a repeated property", v5, "30 08 0001 61 04 01 00 01 00", R::protocol_error},
      {"a byte that is no flag", v5, "30 06 0001 61 02 01 02", R::protocol_error},
      {"subscription identifier 0", v5, "82 09 0001 02 0b 00 0001 61 00", R::protocol_error},
      {"two subscription identifiers", v5, "82 0b 0001 04 0b 01 0b 02 0001 61 00",
       R::protocol_error},
      {"a list longer than the packet", v5, "30 04 0001 61 05", R::malformed_packet},
      {"a value longer than the list", v5, "30 08 0001 61 03 03 0004 61", R::malformed_packet},
      {"a list that ends inside a value", v5, "30 07 0001 61 02 02 0000", R::malformed_packet},
      {"a will property outside the will", v5,
       "10 13 0004 4d515454 05 02 0000 05 18 00000001 0001 61", R::malformed_packet},
  });
}

TEST(Decoder, AConnectSetsTheVersionAlsoWhenItIsRefused) {
  struct Row {
    std::string hex;
    Version expected;
  };
  for (const auto& row : std::vector<Row>{
           {"10 0f 0006 4d5149736470 03 02 003c 0001 61", v3_1},
           {"10 0d 0004 4d515454 04 02 0000 0001 61", v3_1_1},
           {"10 0e 0004 4d515454 05 02 0000 00 0001 61", v5},
           {"10 0d 0004 4d515454 06 02 0000 0001 61", v5},
           {"10 0d 0004 4d515454 02 02 0000 0001 61", v3_1},
           {"10 0f 0006 4d5149736470 04 02 0000 0001 61", v3_1_1},
       }) {
    Decoder decoder({});
    decoder.append(from_hex(row.hex));
    EXPECT_TRUE(decoder.next());
    EXPECT_EQ(decoder.version(), row.expected) << row.hex;
  }
}

TEST(Decoder, BoundsPropertiesAndFilters) {
  Decoder decoder({.packet_size_max = 1000, .properties_max = 2, .filters_max = 2}, v5);
  Publish publish{.topic = "a"};
  for (int i = 0; i < 3; ++i)
    publish.properties.add(PropertyId::user_property, UserProperty{"k", "v"});
  decoder.append(encode(publish, v5).flat());
  EXPECT_EQ(decoder.next()->error().reason, R::quota_exceeded);

  Decoder other({.packet_size_max = 1000, .properties_max = 2, .filters_max = 2}, v5);
  other.append(encode(Unsubscribe{.packet_id = 1, .filters = {"a", "b", "c"}}, v5).flat());
  EXPECT_EQ(other.next()->error().reason, R::quota_exceeded);
}

TEST(Decoder, TheLargestPacketIsTakenAndOneByteMoreIsNot) {
  Publish publish{.topic = "a", .payload = Payload(Bytes(200))};
  auto bytes = encode(publish, v3_1_1).flat();
  Decoder exact({.packet_size_max = bytes.size()});
  exact.append(bytes);
  EXPECT_EQ(**exact.next(), Packet(publish));
  Decoder less({.packet_size_max = bytes.size() - 1});
  less.append(ByteView(bytes).first(3));
  EXPECT_EQ(less.next()->error().reason, R::packet_too_large);
}

TEST(Decoder, StaysInItsError) {
  Decoder decoder({});
  decoder.append(from_hex("00 00 c0 00"));
  EXPECT_FALSE(*decoder.next());
  decoder.append(from_hex("c0 00"));
  EXPECT_EQ(decoder.next()->error().reason, R::malformed_packet);
}

TEST(Decoder, SplittingTheStreamAnywhereGivesTheSamePackets) {
  Bytes stream;
  std::vector<Packet> expected;
  for (const auto& row : canonical_packets()) {
    if (row.version != v5) continue;
    append(stream, from_hex(row.hex));
    expected.push_back(row.packet);
  }
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    Decoder decoder({}, v5);
    std::vector<Packet> packets;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      decoder.append(ByteView(stream).subspan(at, std::min(step, stream.size() - at)));
      while (auto packet = decoder.next()) {
        ASSERT_TRUE(*packet) << (*packet).error().what;
        packets.push_back(std::move(**packet));
      }
    }
    ASSERT_EQ(packets, expected) << "in pieces of " << step;
  }
}

TEST(Decoder, IsTotalOnRandomBytes) {
  auto random = make_seeded_random(3);
  for (int round = 0; round < 20'000; ++round) {
    Bytes bytes(random->below(64));
    random->fill(bytes);
    Decoder decoder({.packet_size_max = 100}, round % 2 == 0 ? v5 : v3_1_1);
    decoder.append(bytes);
    for (auto packet = decoder.next(); packet && *packet; packet = decoder.next()) {
    }
    EXPECT_LE(decoder.buffered(), bytes.size());
  }
}

TEST(Decoder, IsTotalOnDamagedPackets) {
  auto random = make_seeded_random(4);
  for (const auto& row : canonical_packets()) {
    for (int round = 0; round < 200; ++round) {
      auto bytes = from_hex(row.hex);
      bytes[random->below(bytes.size())] = static_cast<std::uint8_t>(random->next());
      Decoder decoder({}, row.version);
      decoder.append(bytes);
      auto packet = decoder.next();
      if (packet && *packet) {
        // Whatever was understood can be written again.
        EXPECT_FALSE(encode(**packet, decoder.version()).head.empty());
      }
    }
  }
}

}  // namespace
}  // namespace ff::mqtt
