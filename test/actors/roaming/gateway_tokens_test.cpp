#include "actors/roaming/gateway_tokens.hpp"

#include <gtest/gtest.h>

namespace ff::roaming {
namespace {

namespace bi = backend_interfaces;
using std::chrono::seconds;

constexpr NetId partner{0x13};
constexpr MonoTime start{seconds{100}};

bi::GwInfo gateway(std::uint8_t id, Bytes token, bool may_send = true) {
  bi::GwInfo out;
  out.id = Bytes(8, id);
  out.rssi_dbm = -80.0F;
  out.ul_token = std::move(token);
  out.dl_allowed = may_send;
  return out;
}
bi::UlMetaData heard_by(std::vector<bi::GwInfo> gateways) {
  bi::UlMetaData out;
  out.fns_ul_token = {7};
  out.gateways = std::move(gateways);
  return out;
}
UplinkToken token_of(std::uint64_t exchange, NetId visited = partner, Bytes forwarder = {7}) {
  return {.visited = visited,
          .exchange = exchange,
          .received_at = {},
          .dev_eui = {},
          .band_id = "EU_863_870",
          .forwarder = std::move(forwarder)};
}

TEST(GatewayTokens, AreThoseOfGatewaysThatMaySendForAWhile) {
  GatewayTokens tokens;
  tokens.add(1, partner, heard_by({gateway(1, {1}), gateway(2, {}), gateway(3, {3}, false)}),
             start);
  const auto found = tokens.of(token_of(1), start + seconds{19});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, Bytes(8, 1));
  EXPECT_EQ(found[0].ul_token, Bytes{1});
  EXPECT_FALSE(found[0].rssi_dbm) << "not what it heard";
  EXPECT_TRUE(tokens.of(token_of(1), start + seconds{20}).empty());
  EXPECT_TRUE(tokens.of(token_of(2), start).empty());
  EXPECT_TRUE(tokens.of(token_of(1, NetId{0x14}), start).empty()) << "another network's";
  EXPECT_TRUE(tokens.of(token_of(1, partner, {8}), start).empty())
      << "an exchange of the same number, before a restart";
  tokens.add(2, partner, heard_by({gateway(1, {})}), start);
  EXPECT_EQ(tokens.size(), 1U) << "nothing to remember";
}

TEST(GatewayTokens, HaveBoundsAndTheOldestMakeRoom) {
  GatewayTokens tokens({.exchanges_max = 2, .gateways_max = 1});
  for (std::uint64_t exchange = 1; exchange <= 3; ++exchange)
    tokens.add(exchange, partner, heard_by({gateway(1, {1}), gateway(2, {2})}), start);
  EXPECT_EQ(tokens.size(), 2U);
  EXPECT_TRUE(tokens.of(token_of(1), start).empty());
  EXPECT_EQ(tokens.of(token_of(3), start).size(), 1U);
  tokens.add(4, partner, heard_by({gateway(1, {1})}), start + seconds{20});
  EXPECT_EQ(tokens.size(), 1U) << "those that are over go with the next";
}

}  // namespace
}  // namespace ff::roaming
