#include "net/mqtt/codec/reason.hpp"

#include <gtest/gtest.h>

#include <set>

#include "net/mqtt/codec/properties.hpp"
#include "test/net/mqtt/codec/printers.hpp"

namespace ff::mqtt {
namespace {

using R = ReasonCode;
using Id = PropertyId;

TEST(ReasonCode, HasTheNumberOfCodesOfTheStandard) {
  int count = 0;
  std::set<std::string_view> names;
  for (int value = 0; value <= 0xFF; ++value) {
    auto name = to_string(static_cast<ReasonCode>(value));
    if (name == "unknown") continue;
    ++count;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_EQ(count, 43);
}

TEST(ReasonCode, BelongsToThePacketsOfTheStandard) {
  struct Row {
    PacketType type;
    std::vector<int> codes;
  };
  for (const auto& [type, codes] : std::vector<Row>{
           {PacketType::connack,
            {0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
             0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F}},
           {PacketType::puback, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}},
           {PacketType::pubrec, {0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}},
           {PacketType::pubrel, {0x00, 0x92}},
           {PacketType::pubcomp, {0x00, 0x92}},
           {PacketType::suback,
            {0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2}},
           {PacketType::unsuback, {0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91}},
           {PacketType::disconnect, {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C,
                                     0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
                                     0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2}},
           {PacketType::auth, {0x00, 0x18, 0x19}},
           {PacketType::publish, {}},
       }) {
    std::set<int> expected(codes.begin(), codes.end());
    for (int value = 0; value <= 0xFF; ++value) {
      EXPECT_EQ(is_allowed(static_cast<ReasonCode>(value), type), expected.contains(value))
          << to_string(type) << " " << value;
    }
  }
}

TEST(ReasonCode, NearestIsAllowedAndAsGoodOrBad) {
  using enum PacketType;
  for (auto type : {connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, disconnect}) {
    for (int value = 0; value <= 0xFF; ++value) {
      auto code = static_cast<ReasonCode>(value);
      auto nearest = nearest_allowed(code, type);
      EXPECT_TRUE(is_allowed(nearest, type)) << to_string(type) << " " << value;
      EXPECT_EQ(is_failure(nearest), is_failure(code));
      if (is_allowed(code, type)) {
        EXPECT_EQ(nearest, code);
      }
    }
  }
  EXPECT_EQ(nearest_allowed(R::server_unavailable, disconnect), R::server_busy);
  EXPECT_EQ(nearest_allowed(R::banned, disconnect), R::not_authorized);
}

TEST(ReasonCode, ReturnCodesOfMqtt3MapBothWays) {
  for (std::uint8_t code = 0; code <= 5; ++code) {
    EXPECT_EQ(to_v3_return_code(from_v3_return_code(code).value()), code);
  }
  EXPECT_FALSE(from_v3_return_code(6));
  EXPECT_FALSE(from_v3_return_code(255));
  EXPECT_EQ(to_v3_return_code(R::quota_exceeded), 3);
  EXPECT_EQ(to_v3_return_code(R::banned), 5);
  EXPECT_FALSE(to_v3_return_code(R::malformed_packet));
}

TEST(PropertyRules, AreThoseOfTheStandard) {
  EXPECT_EQ(property_rules().size(), 27U);
  std::set<PropertyId> ids;
  for (const auto& rule : property_rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second);
    EXPECT_EQ(find_rule(static_cast<std::uint32_t>(rule.id)), &rule);
    EXPECT_NE(rule.packets, 0) << rule.name;
  }
  EXPECT_EQ(find_rule(0), nullptr);
  EXPECT_EQ(find_rule(0x2B), nullptr);
  EXPECT_EQ(find_rule(0x126), nullptr);
}

TEST(PropertyRules, PutEveryPropertyWhereTheStandardDoes) {
  using enum PacketType;
  struct Row {
    PacketType type;
    std::set<int> ids;
  };
  for (const auto& [type, ids] : std::vector<Row>{
           {connect, {0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27}},
           {connack,
            {0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27,
             0x28, 0x29, 0x2A}},
           {publish, {0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26}},
           {puback, {0x1F, 0x26}},
           {pubrec, {0x1F, 0x26}},
           {pubrel, {0x1F, 0x26}},
           {pubcomp, {0x1F, 0x26}},
           {subscribe, {0x0B, 0x26}},
           {suback, {0x1F, 0x26}},
           {unsubscribe, {0x26}},
           {unsuback, {0x1F, 0x26}},
           {pingreq, {}},
           {disconnect, {0x11, 0x1C, 0x1F, 0x26}},
           {auth, {0x15, 0x16, 0x1F, 0x26}},
       }) {
    for (const auto& rule : property_rules()) {
      EXPECT_EQ(rule.allowed_in(type), ids.contains(static_cast<int>(rule.id)))
          << to_string(type) << rule.name;
    }
  }
  const std::set<int> in_will = {0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26};
  for (const auto& rule : property_rules()) {
    EXPECT_EQ(rule.allowed_in_will(), in_will.contains(static_cast<int>(rule.id))) << rule.name;
  }
}

TEST(Properties, AreFoundByIdentifierAndType) {
  Properties list{{Id::content_type, "a/b"}, {Id::topic_alias, 3U}};
  list.add(Id::user_property, UserProperty{"k", "v"})
      .add(Id::user_property, UserProperty{"k", "w"});
  EXPECT_EQ(list.number(Id::topic_alias), 3U);
  EXPECT_EQ(*list.text(Id::content_type), "a/b");
  EXPECT_FALSE(list.number(Id::content_type));
  EXPECT_EQ(list.text(Id::topic_alias), nullptr);
  EXPECT_FALSE(list.contains(Id::response_topic));
  EXPECT_EQ(list.size(), 4U);
  list.erase(Id::user_property);
  EXPECT_EQ(to_string(list), "{content_type=\"a/b\", topic_alias=3}");
}

TEST(Payload, ComparesBytesAndSharesThem) {
  const Payload a("hello");
  const auto shared = [](Payload copy) { return copy.shared(); };
  EXPECT_EQ(shared(a), a.shared());
  EXPECT_EQ(a, Payload("hello"));
  EXPECT_NE(a, Payload("hellp"));
  EXPECT_EQ(Payload(), Payload(""));
  EXPECT_EQ(as_text(a.view()), "hello");
}

}  // namespace
}  // namespace ff::mqtt
