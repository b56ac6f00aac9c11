#include "protocol/gateway/basic_station/discovery.hpp"

#include <gtest/gtest.h>

#include "protocol/base/random.hpp"
#include "protocol/gateway/basic_station/id6.hpp"

namespace ff::gateway::basic_station {
namespace {

constexpr std::uint64_t eui = 0xb827ebfffe123456;

TEST(Id6, ShortensOneRunOfZeros) {
  struct Row {
    std::uint64_t eui;
    const char* text;
  };
  const Row rows[] = {{eui, "b827:ebff:fe12:3456"},
                      {0, "::0"},
                      {1, "::1"},
                      {0x1000000000000, "1::"},
                      {0xf000000000001, "f::1"},
                      {0xa000b, "::a:b"},
                      {0xa00000000000b, "a::b"},
                      {0xa0000000c000b, "a:0:c:b"},
                      {0x0000000a000b000c, "0:a:b:c"}};
  for (const auto& row : rows) {
    EXPECT_EQ(to_id6(row.eui), row.text);
    EXPECT_EQ(*parse_station_eui(row.text), row.eui) << row.text;
  }
}

TEST(Id6, ReadsWhateverItWrites) {
  const auto random = make_seeded_random(7);
  for (int i = 0; i < 10'000; ++i) {
    auto value = random->next();
    // Groups of zeros, often.
    for (int group = 0; group < 4; ++group) {
      if (random->below(2) == 0) value &= ~(std::uint64_t{0xffff} << (16 * group));
    }
    const auto read = parse_station_eui(to_id6(value));
    ASSERT_TRUE(read) << to_id6(value);
    EXPECT_EQ(*read, value);
  }
}

TEST(Id6, ReadsOctets) {
  for (const auto* text :
       {"b8-27-eb-ff-fe-12-34-56", "B8:27:EB:FF:FE:12:34:56", "B827EBFFFE123456"})
    EXPECT_EQ(*parse_station_eui(text), eui) << text;
}

TEST(Id6, RefusesEverythingElse) {
  for (const auto* text :
       {"", ":", ":::", "1", "1:2:3", "1:2:3:4:5", "1::2::3", "1:2:3:4::", "::1:2:3:4", "12345::1",
        "g::1", "b8-27-eb-ff-fe-12-34", "b8-27-eb-ff-fe-12-34-5", "b827-ebff-fe12-3456-1",
        "b827ebfffe12345", "1 ::2", "-1::"}) {
    const auto read = parse_station_eui(text);
    ASSERT_FALSE(read) << text;
    EXPECT_TRUE(read.error().is(invalid_id6));
  }
}

TEST(Discovery, ReadsEveryFormOfAnEui) {
  for (const auto* text :
       {R"({"router":"b827:ebff:fe12:3456"})", R"({"router":13269834311782249558})",
        R"({"router":-5176909761927302058})", R"({"Router":"b8-27-eb-ff-fe-12-34-56"})",
        R"({"other":{"router":1},"router":"B8:27:EB:FF:FE:12:34:56"})"}) {
    const auto read = decode_discovery(as_bytes(text));
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, GatewayEui{eui}) << text;
  }
}

TEST(Discovery, RefusesOtherRequests) {
  struct Row {
    const char* text;
    const ErrorDef& error;
  };
  const Row rows[] = {{"", invalid_json},
                      {"[]", invalid_json},
                      {R"({"router":1)", invalid_json},
                      {R"({"router":1} x)", invalid_json},
                      {R"({"router":[]})", invalid_id6},
                      {R"({"router":1.5})", invalid_id6},
                      {R"({"router":"x"})", invalid_id6},
                      {R"({"router":0})", empty_gateway_eui},
                      {R"({"router":"::0"})", empty_gateway_eui},
                      {R"({"router":null})", empty_gateway_eui},
                      {"{}", empty_gateway_eui}};
  for (const auto& row : rows) {
    const auto read = decode_discovery(as_bytes(row.text));
    ASSERT_FALSE(read) << row.text;
    EXPECT_TRUE(read.error().is(row.error)) << row.text << " " << read.error().to_string();
  }
}

TEST(Discovery, AnswersAsTheReferenceDoes) {
  EXPECT_EQ(
      discovery_answer(GatewayEui{eui}, traffic_uri(true, "lns.example.com:8887", GatewayEui{eui})),
      R"({"router":"b827:ebff:fe12:3456","muxs":"muxs-::0",)"
      R"("uri":"wss://lns.example.com:8887/traffic/eui-B827EBFFFE123456"})");
  EXPECT_EQ(traffic_uri(false, "h", GatewayEui{1}), "ws://h/traffic/eui-0000000000000001");
  EXPECT_EQ(discovery_error(GatewayEui{1}, "no \"LINK\"\n"),
            R"({"router":"::1","error":"no \"LINK\"\u000a"})");
}

TEST(Discovery, KnowsIdsOfTraffic) {
  EXPECT_EQ(parse_traffic_id("eui-B827EBFFFE123456"), GatewayEui{eui});
  EXPECT_EQ(parse_traffic_id("eui-b827ebfffe123456"), GatewayEui{eui});
  for (const auto* id :
       {"", "eui-", "B827EBFFFE123456", "EUI-B827EBFFFE123456", "eui-B827EBFFFE12345",
        "eui-B827EBFFFE1234567", "eui-B827EBFFFE12345g", "eui-B827EBFFFE12345/"})
    EXPECT_EQ(parse_traffic_id(id), std::nullopt) << id;
}

TEST(Discovery, HostsAreNotReflectedBlindly) {
  for (const auto* host : {"lns.example.com:8887", "127.0.0.1", "[::1]:1887", "my_host"})
    EXPECT_TRUE(is_plain_host(host));
  EXPECT_FALSE(is_plain_host(""));
  EXPECT_FALSE(is_plain_host("a/b"));
  EXPECT_FALSE(is_plain_host("a\"b"));
  EXPECT_FALSE(is_plain_host("user@host"));
  EXPECT_FALSE(is_plain_host(std::string(81, 'a')));
}

}  // namespace
}  // namespace ff::gateway::basic_station
