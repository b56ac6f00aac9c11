#include "test/net/mqtt/codec/packet_table.hpp"

#include <gtest/gtest.h>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/codec/encoder.hpp"
#include "test/net/mqtt/codec/printers.hpp"

namespace ff::mqtt {
namespace {

using enum Version;
using Id = PropertyId;
using R = ReasonCode;

constexpr auto at_least_once = QoS::at_least_once;
constexpr auto exactly_once = QoS::exactly_once;

void add_connects(std::vector<PacketRow>& rows) {
  rows.push_back({"a bare connect of MQTT 3.1", v3_1, "10 0f 0006 4d5149736470 03 02 003c 0001 61",
                  Connect{.version = v3_1, .keep_alive = 60, .client_id = "a"}});
  rows.push_back({"a bare connect of MQTT 3.1.1", v3_1_1, "10 0d 0004 4d515454 04 02 0000 0001 61",
                  Connect{.version = v3_1_1, .client_id = "a"}});
  rows.push_back({"a bare connect of MQTT 5", v5, "10 0e 0004 4d515454 05 02 0000 00 0001 61",
                  Connect{.version = v5, .client_id = "a"}});
  rows.push_back(
      {"credentials, will and a kept session", v3_1_1,
       "10 20 0004 4d515454 04 ec 000a 0001 61 0003 772f74 0002 6869 0002 7531 0004 6e616d65",
       Connect{
           .version = v3_1_1,
           .clean_start = false,
           .keep_alive = 10,
           .client_id = "a",
           .will =
               Will{.topic = "w/t", .payload = Payload("hi"), .qos = at_least_once, .retain = true},
           .username = "u1",
           .password = Bytes{'n', 'a', 'm', 'e'}}});
  rows.push_back({"properties of the packet and of the will", v5,
                  "10 2e 0004 4d515454 05 04 000a 0b 11 0000000a 21 0014 22 0005"
                  "0001 61 0e 18 00000005 01 01 26 0001 6b 0001 76 0001 74 0001 70",
                  Connect{.version = v5,
                          .clean_start = false,
                          .keep_alive = 10,
                          .client_id = "a",
                          .will = Will{.topic = "t",
                                       .payload = Payload("p"),
                                       .properties = {{Id::will_delay_interval, 5U},
                                                      {Id::payload_format_indicator, 1U},
                                                      {Id::user_property, UserProperty{"k", "v"}}}},
                          .properties = {{Id::session_expiry_interval, 10U},
                                         {Id::receive_maximum, 20U},
                                         {Id::topic_alias_maximum, 5U}}}});
  rows.push_back({"a password without a user name", v5,
                  "10 11 0004 4d515454 05 42 0000 00 0001 61 0001 70",
                  Connect{.version = v5, .client_id = "a", .password = Bytes{'p'}}});
}

void add_connacks(std::vector<PacketRow>& rows) {
  rows.push_back({"accepted", v3_1_1, "20 02 00 00", Connack{}});
  rows.push_back(
      {"accepted with a session", v3_1_1, "20 02 01 00", Connack{.session_present = true}});
  rows.push_back(
      {"refused version", v3_1, "20 02 00 01", Connack{.reason = R::unsupported_protocol_version}});
  rows.push_back({"refused identifier", v3_1_1, "20 02 00 02",
                  Connack{.reason = R::client_identifier_not_valid}});
  rows.push_back({"unavailable", v3_1_1, "20 02 00 03", Connack{.reason = R::server_unavailable}});
  rows.push_back(
      {"bad password", v3_1_1, "20 02 00 04", Connack{.reason = R::bad_username_or_password}});
  rows.push_back({"not authorised", v3_1_1, "20 02 00 05", Connack{.reason = R::not_authorized}});
  rows.push_back({"refused in MQTT 5", v5, "20 03 00 87 00", Connack{.reason = R::not_authorized}});
  rows.push_back({"accepted with limits", v5,
                  "20 12 01 00 0f 27 00100000 12 0002 6964 22 0010 2a 00",
                  Connack{.session_present = true,
                          .properties = {{Id::maximum_packet_size, 0x100000U},
                                         {Id::assigned_client_identifier, "id"},
                                         {Id::topic_alias_maximum, 16U},
                                         {Id::shared_subscription_available, 0U}}}});
}

void add_publishes(std::vector<PacketRow>& rows) {
  rows.push_back(
      {"QoS 0", v3_1_1, "30 05 0001 61 6869", Publish{.topic = "a", .payload = Payload("hi")}});
  rows.push_back({"no payload", v3_1, "30 03 0001 61", Publish{.topic = "a"}});
  rows.push_back({"retained QoS 1 again", v3_1_1, "3b 06 0001 61 1234 ff",
                  Publish{.topic = "a",
                          .payload = Payload(Bytes{0xff}),
                          .qos = at_least_once,
                          .retain = true,
                          .dup = true,
                          .packet_id = 0x1234}});
  rows.push_back(
      {"QoS 2 of MQTT 5", v5, "34 07 0001 61 0001 00 78",
       Publish{.topic = "a", .payload = Payload("x"), .qos = exactly_once, .packet_id = 1}});
  rows.push_back(
      {"all properties of a message", v5,
       "30 2b 0001 61 26 01 01 02 0000003c 23 0007 08 0001 72 09 0002 beef 26 0001 6b 0001 76"
       " 0b 7f 0b 8001 03 0004 612f6263 31",
       Publish{.topic = "a",
               .payload = Payload("1"),
               .properties = {{Id::payload_format_indicator, 1U},
                              {Id::message_expiry_interval, 60U},
                              {Id::topic_alias, 7U},
                              {Id::response_topic, "r"},
                              {Id::correlation_data, Bytes{0xbe, 0xef}},
                              {Id::user_property, UserProperty{"k", "v"}},
                              {Id::subscription_identifier, 127U},
                              {Id::subscription_identifier, 128U},
                              {Id::content_type, "a/bc"}}}});
}

void add_acknowledgements(std::vector<PacketRow>& rows) {
  rows.push_back({"PUBACK", v3_1_1, "40 02 0001", Puback{.packet_id = 1}});
  rows.push_back({"PUBREC", v3_1_1, "50 02 0001", Pubrec{.packet_id = 1}});
  rows.push_back({"PUBREL", v3_1_1, "62 02 0001", Pubrel{.packet_id = 1}});
  rows.push_back({"PUBCOMP", v3_1, "70 02 ffff", Pubcomp{.packet_id = 0xffff}});
  rows.push_back({"PUBACK, short form", v5, "40 02 0001", Puback{.packet_id = 1}});
  rows.push_back({"PUBACK with reason", v5, "40 03 0001 87",
                  Puback{.packet_id = 1, .reason = R::not_authorized}});
  rows.push_back(
      {"PUBREC with reason and text", v5, "50 08 0001 97 04 1f 0001 78",
       Pubrec{
           .packet_id = 1, .reason = R::quota_exceeded, .properties = {{Id::reason_string, "x"}}}});
  rows.push_back({"PUBREL of an unknown id", v5, "62 03 0001 92",
                  Pubrel{.packet_id = 1, .reason = R::packet_identifier_not_found}});
  rows.push_back({"PUBCOMP of an unknown id", v5, "70 03 0001 92",
                  Pubcomp{.packet_id = 1, .reason = R::packet_identifier_not_found}});
}

void add_subscriptions(std::vector<PacketRow>& rows) {
  rows.push_back({"SUBSCRIBE to two filters", v3_1_1, "82 0c 0001 0003 612f23 01 0001 2b 02",
                  Subscribe{.packet_id = 1,
                            .subscriptions = {{.filter = "a/#", .qos = at_least_once},
                                              {.filter = "+", .qos = exactly_once}}}});
  rows.push_back({"SUBSCRIBE with options and an identifier", v5,
                  "82 0a 0002 03 0b 8102 0001 61 2d",
                  Subscribe{.packet_id = 2,
                            .subscriptions = {{.filter = "a",
                                               .qos = at_least_once,
                                               .no_local = true,
                                               .retain_as_published = true,
                                               .retain_handling = RetainHandling::never}},
                            .properties = {{Id::subscription_identifier, 257U}}}});
  rows.push_back(
      {"SUBACK", v3_1_1, "90 05 0001 00 01 80",
       Suback{.packet_id = 1, .reasons = {R::success, R::granted_qos_1, R::unspecified_error}}});
  rows.push_back({"SUBACK of MQTT 5", v5, "90 06 0001 00 02 8f 9e",
                  Suback{.packet_id = 1,
                         .reasons = {R::granted_qos_2, R::topic_filter_invalid,
                                     R::shared_subscriptions_not_supported}}});
  rows.push_back({"UNSUBSCRIBE", v3_1_1, "a2 08 0009 0001 61 0001 62",
                  Unsubscribe{.packet_id = 9, .filters = {"a", "b"}}});
  rows.push_back({"UNSUBSCRIBE of MQTT 5", v5, "a2 06 0009 00 0001 61",
                  Unsubscribe{.packet_id = 9, .filters = {"a"}}});
  rows.push_back({"UNSUBACK", v3_1_1, "b0 02 0009", Unsuback{.packet_id = 9}});
  rows.push_back({"UNSUBACK of MQTT 5", v5, "b0 05 0009 00 00 11",
                  Unsuback{.packet_id = 9, .reasons = {R::success, R::no_subscription_existed}}});
}

void add_rest(std::vector<PacketRow>& rows) {
  rows.push_back({"PINGREQ", v3_1, "c0 00", Pingreq{}});
  rows.push_back({"PINGRESP", v5, "d0 00", Pingresp{}});
  rows.push_back({"DISCONNECT", v3_1_1, "e0 00", Disconnect{}});
  rows.push_back({"DISCONNECT of MQTT 5", v5, "e0 00", Disconnect{}});
  rows.push_back(
      {"DISCONNECT with will", v5, "e0 01 04", Disconnect{.reason = R::disconnect_with_will}});
  rows.push_back({"DISCONNECT with expiry", v5, "e0 07 00 05 11 00000e10",
                  Disconnect{.properties = {{Id::session_expiry_interval, 3600U}}}});
  rows.push_back({"AUTH", v5, "f0 00", Auth{}});
  rows.push_back({"AUTH, continued", v5, "f0 0a 18 08 15 0001 6d 16 0001 64",
                  Auth{.reason = R::continue_authentication,
                       .properties = {{Id::authentication_method, "m"},
                                      {Id::authentication_data, Bytes{'d'}}}}});
}

/// The packet, or the error as text.
std::string outcome(const PacketRow& row, ByteView bytes) {
  Decoder decoder({}, row.version);
  decoder.append(bytes);
  auto packet = decoder.next();
  if (!packet) return "incomplete";
  if (!*packet) return std::string(packet->error().what);
  EXPECT_EQ(**packet, row.packet) << row.name;
  EXPECT_EQ(decoder.buffered(), 0U) << row.name;
  return "decoded";
}

TEST(PacketTable, EveryPacketIsDecodedFromItsBytes) {
  for (const auto& row : canonical_packets())
    EXPECT_EQ(outcome(row, from_hex(row.hex)), "decoded") << row.name;
  for (const auto& row : tolerated_packets())
    EXPECT_EQ(outcome(row, from_hex(row.hex)), "decoded") << row.name;
}

TEST(PacketTable, EveryPacketIsEncodedToItsBytes) {
  for (const auto& row : canonical_packets()) {
    EXPECT_EQ(hex_lower(encode(row.packet, row.version).flat()), hex_lower(from_hex(row.hex)))
        << row.name;
  }
}

TEST(PacketTable, HasEveryTypeOfPacketInVersionFive) {
  std::vector<bool> seen(16);
  for (const auto& row : canonical_packets()) {
    if (row.version == v5) seen[static_cast<std::size_t>(type_of(row.packet))] = true;
  }
  for (std::size_t type = 1; type < 16; ++type) {
    if (type == 12) continue;  // PINGREQ is the same bytes in all versions.
    EXPECT_TRUE(seen[type]) << to_string(static_cast<PacketType>(type));
  }
}

TEST(PacketTable, NoPrefixOfAPacketIsAPacketOrAnError) {
  for (const auto& row : canonical_packets()) {
    auto bytes = from_hex(row.hex);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(outcome(row, ByteView(bytes).first(size)), "incomplete")
          << row.name << " cut at " << size;
    }
  }
}

TEST(PacketTable, ABodyThatIsCutShortIsAnErrorOrAnotherPacket) {
  for (const auto& row : canonical_packets()) {
    auto bytes = from_hex(row.hex);
    for (std::size_t size = 2; size < bytes.size(); ++size) {
      auto cut = Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      cut[1] = static_cast<std::uint8_t>(size - 2);
      Decoder decoder({}, row.version);
      decoder.append(cut);
      auto packet = decoder.next();
      ASSERT_TRUE(packet) << row.name;
      if (*packet) {
        EXPECT_NE(**packet, row.packet) << row.name << " cut at " << size;
      }
    }
  }
}

TEST(PacketTable, PacketsPrintTheirTypeAndFieldsButNoPassword) {
  EXPECT_EQ(to_string(Packet(Publish{
                .topic = "a", .payload = Payload("hi"), .qos = at_least_once, .packet_id = 3})),
            "PUBLISH topic=\"a\" bytes=2 qos=1 id=3");
  EXPECT_EQ(
      to_string(Packet(Connect{.client_id = "c", .username = "u", .password = Bytes{'s', 'e'}})),
      "CONNECT level=4 client_id=\"c\" clean_start keep_alive=0 username=\"u\" password");
  EXPECT_EQ(to_string(Packet(Puback{.packet_id = 1, .properties = {{Id::reason_string, "why"}}})),
            "PUBACK id=1 reason=success properties={reason_string=\"why\"}");
  for (const auto& row : canonical_packets()) {
    EXPECT_TRUE(to_string(row.packet).starts_with(to_string(type_of(row.packet)))) << row.name;
  }
}

}  // namespace

std::vector<PacketRow> canonical_packets() {
  std::vector<PacketRow> rows;
  add_connects(rows);
  add_connacks(rows);
  add_publishes(rows);
  add_acknowledgements(rows);
  add_subscriptions(rows);
  add_rest(rows);
  return rows;
}

std::vector<PacketRow> tolerated_packets() {
  return {
      {"the version of a connect is its own", v5, "10 0d 0004 4d515454 04 02 0000 0001 61",
       Connect{.version = v3_1_1, .client_id = "a"}},
      {"MQTT 3.1 with the reserved flag", v3_1, "10 0f 0006 4d5149736470 03 03 0000 0001 61",
       Connect{.version = v3_1, .client_id = "a"}},
      {"MQTT 3.1 with flags for credentials and none", v3_1,
       "10 0f 0006 4d5149736470 03 c2 0000 0001 61", Connect{.version = v3_1, .client_id = "a"}},
      {"MQTT 3.1 repeats a SUBSCRIBE", v3_1, "8a 06 0001 0001 61 01",
       Subscribe{.packet_id = 1, .subscriptions = {{.filter = "a", .qos = at_least_once}}}},
      {"a PUBACK with an explicit success", v5, "40 03 0001 00", Puback{.packet_id = 1}},
      {"a PUBACK with success and no properties", v5, "40 04 0001 00 00", Puback{.packet_id = 1}},
      {"a DISCONNECT with no properties", v5, "e0 02 00 00", Disconnect{}},
  };
}

}  // namespace ff::mqtt
