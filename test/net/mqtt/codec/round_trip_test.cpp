#include <gtest/gtest.h>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/codec/encoder.hpp"
#include "net/mqtt/codec/property_codec.hpp"
#include "test/net/mqtt/codec/printers.hpp"
#include "test/net/mqtt/codec/random_packet.hpp"

namespace ff::mqtt {
namespace {

class RoundTrip : public testing::TestWithParam<Version> {};

TEST_P(RoundTrip, DecodingUndoesEncoding) {
  auto random = make_seeded_random(11);
  for (int round = 0; round < 20'000; ++round) {
    auto packet = random_packet(*random, GetParam());
    auto frame = encode(packet, GetParam());
    Decoder decoder({}, GetParam());
    decoder.append(frame.flat());
    auto decoded = decoder.next();
    ASSERT_TRUE(decoded) << to_string(packet);
    ASSERT_TRUE(*decoded) << (*decoded).error().what << ": " << to_string(packet);
    ASSERT_EQ(**decoded, packet);
    ASSERT_EQ(decoder.buffered(), 0U);
  }
}

TEST_P(RoundTrip, EncodingUndoesDecoding) {
  auto random = make_seeded_random(12);
  for (int round = 0; round < 5'000; ++round) {
    auto frame = encode(random_packet(*random, GetParam()), GetParam());
    Decoder decoder({}, GetParam());
    decoder.append(frame.flat());
    auto decoded = decoder.next();
    ASSERT_EQ(encode(**decoded, GetParam()).flat(), frame.flat()) << to_string(**decoded);
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, RoundTrip,
                         testing::Values(Version::v3_1, Version::v3_1_1, Version::v5));

TEST(Encoder, SubscribersShareOnePayload) {
  Payload payload(Bytes(1000, 7));
  Properties none;
  std::vector<std::uint32_t> ids;
  std::vector<Frame> frames;
  for (std::uint16_t id = 1; id <= 100; ++id) {
    frames.push_back(encode_publish({.topic = "a/b",
                                     .payload = payload,
                                     .properties = none,
                                     .subscription_ids = ids,
                                     .qos = QoS::at_least_once,
                                     .packet_id = id},
                                    Version::v3_1_1));
  }
  for (const auto& frame : frames) {
    EXPECT_EQ(frame.payload.shared().get(), payload.shared().get());
    EXPECT_LT(frame.head.size(), 12U);
  }
  EXPECT_EQ(payload.shared().use_count(), 101);
}

TEST(Encoder, SubscriptionIdentifiersComeBeforeTheMessagesProperties) {
  Payload payload("x");
  Properties properties{{PropertyId::content_type, "t"}};
  std::vector<std::uint32_t> ids = {1, 300};
  PublishView view{
      .topic = "a", .payload = payload, .properties = properties, .subscription_ids = ids};
  EXPECT_EQ(hex_lower(encode_publish(view, Version::v5).flat()),
            "300e000161090b010bac0203000174"
            "78");
  EXPECT_EQ(hex_lower(encode_publish(view, Version::v3_1_1).flat()), "300400016178");
}

TEST(Encoder, LeavesOutWhatAVersionCanNotSay) {
  Puback refused{.packet_id = 1, .reason = ReasonCode::not_authorized};
  EXPECT_EQ(hex_lower(encode(refused, Version::v3_1_1).flat()), "40020001");
  Disconnect bye{.reason = ReasonCode::server_shutting_down};
  EXPECT_EQ(hex_lower(encode(bye, Version::v3_1_1).flat()), "e000");
  Suback suback{.packet_id = 1, .reasons = {ReasonCode::topic_filter_invalid}};
  EXPECT_EQ(hex_lower(encode(suback, Version::v3_1_1).flat()), "9003000180");
  Connack connack{.session_present = true, .reason = ReasonCode::server_busy};
  EXPECT_EQ(hex_lower(encode(connack, Version::v3_1).flat()), "20020003");
  EXPECT_EQ(
      hex_lower(encode(Connack{.reason = ReasonCode::packet_too_large}, Version::v3_1_1).flat()),
      "20020005");
}

TEST(VariableByteInteger, HasTheStandardsBoundaries) {
  struct Row {
    std::uint32_t value;
    std::string hex;
  };
  for (const auto& row : std::vector<Row>{{0, "00"},
                                          {127, "7f"},
                                          {128, "8001"},
                                          {16'383, "ff7f"},
                                          {16'384, "808001"},
                                          {2'097'151, "ffff7f"},
                                          {2'097'152, "80808001"},
                                          {268'435'455, "ffffff7f"}}) {
    Bytes bytes;
    append_variable(bytes, row.value);
    EXPECT_EQ(hex_lower(bytes), row.hex);
    Reader reader(bytes);
    EXPECT_EQ(reader.variable(), row.value);
    EXPECT_TRUE(reader.ok() && reader.empty());
  }
  for (const auto* hex : {"", "80", "8000", "808000", "80808080", "ffffffff"}) {
    auto bytes = from_hex(hex);
    Reader reader(bytes);
    reader.variable();
    EXPECT_FALSE(reader.ok()) << hex;
  }
}

TEST(MqttText, IsWellFormedUtf8WithoutNull) {
  struct Row {
    std::string hex;
    bool valid;
  };
  for (const auto& row : std::vector<Row>{
           {"", true},         {"61", true},        {"c3a9", true},      {"e282ac", true},
           {"f09f9880", true}, {"efbbbf", true},    {"01", true},        {"7f", true},
           {"f48fbfbf", true}, {"ed9fbf", true},    {"ee8080", true},    {"00", false},
           {"6100", false},    {"80", false},       {"c3", false},       {"c328", false},
           {"c080", false},    {"c1bf", false},     {"e0809f", false},   {"eda080", false},
           {"edbfbf", false},  {"f08080af", false}, {"f4908080", false}, {"f5808080", false},
           {"ff", false},      {"e282", false},     {"f09f98", false},   {"e228a1", false},
       }) {
    EXPECT_EQ(is_mqtt_text(as_text(from_hex(row.hex))), row.valid) << row.hex;
  }
}

}  // namespace
}  // namespace ff::mqtt
