#include "protocol/gateway/uplink_token.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

namespace ff::gateway {
namespace {

UplinkToken example() {
  UplinkToken token;
  token.gateway = {GatewayId{"gtw-1"}, GatewayEui{0xb827ebfffe123456}};
  token.antenna_index = 1;
  token.timestamp_us = 300;
  token.server_time = UtcTime{std::chrono::seconds{1} + Duration{5}};
  token.concentrator_time = schedule::ConcentratorTime{Duration{300'000}};
  token.gateway_time = UtcTime{std::chrono::seconds{2}};
  return token;
}

/// ON-WIRE golden: written out by hand from the field numbers of ttn.lorawan.v3.UplinkToken.
constexpr const char* example_hex =
    "0a15"  // 1 ids
    "0a11"
    "0a056774772d31"        //   1 gateway_ids, 1 gateway_id
    "1208b827ebfffe123456"  //     2 eui
    "1001"                  //   2 antenna_index
    "10ac02"                // 2 timestamp
    "1a0408011005"          // 3 server_time
    "20e0a712"              // 4 concentrator_time
    "2a020802";             // 5 gateway_time

TEST(UplinkToken, IsProtobuf) {
  EXPECT_EQ(hex_lower(encode_uplink_token(example())), example_hex);
  EXPECT_EQ(decode_uplink_token(*parse_hex(example_hex)), example());
}

TEST(UplinkToken, RoundTripsExtremes) {
  auto token = example();
  token.timestamp_us = 0xffffffff;
  token.concentrator_time = schedule::ConcentratorTime{Duration{-1}};
  token.server_time = UtcTime{Duration{-1}};
  token.gateway_time.reset();
  token.gateway.eui.reset();
  EXPECT_EQ(decode_uplink_token(encode_uplink_token(token)), token);
}

TEST(UplinkToken, SkipsUnknownFields) {
  auto bytes = *parse_hex(
      "3801"
      "4203616263"
      "4d00000000"
      "510000000000000000");
  append(bytes, encode_uplink_token(example()));
  EXPECT_EQ(decode_uplink_token(bytes), example());
}

struct BadToken {
  const char* name;
  const char* hex;
};
constexpr BadToken bad_tokens[] = {
    {"empty", ""},
    {"length beyond the end", "0aff0100"},
    {"varint without end", "10ffffffffffffffffffff"},
    {"truncated varint", "10ff"},
    {"wrong wire type", "0801"},
    {"group", "0b"},
    {"short EUI", "0a0d0a0b0a0561626364651202ffff"},
    {"no gateway id", "0a020a00"},
    {"nanoseconds above a second", "0a090a070a056774772d311a06108094ebdc03"},
    {"time that is too late", "0a090a070a056774772d311a0608818cee891a"},
    {"time that is too early", "0a090a070a056774772d311a0b08ffd7a9c6f8ffffffff01"},
};

TEST(UplinkToken, RefusesMalformedBytes) {
  for (const auto& row : bad_tokens) {
    const auto token = decode_uplink_token(*parse_hex(row.hex));
    ASSERT_FALSE(token) << row.name;
    EXPECT_TRUE(token.error().is(invalid_uplink_token)) << row.name;
  }
}

TEST(UplinkToken, SurvivesAnyTruncationAndMutation) {
  const auto good = encode_uplink_token(example());
  auto random = make_seeded_random(3);
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = good;
    bytes.resize(random->below(bytes.size() + 1));
    if (!bytes.empty())
      bytes[random->below(bytes.size())] = static_cast<std::uint8_t>(random->next());
    const auto token = decode_uplink_token(bytes);
    EXPECT_TRUE(!token || !token->gateway.gateway_id.empty());
  }
}

}  // namespace
}  // namespace ff::gateway
