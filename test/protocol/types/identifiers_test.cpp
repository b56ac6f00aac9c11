#include "protocol/types/identifiers.hpp"

#include <gtest/gtest.h>

#include "protocol/types/keys.hpp"
#include "protocol/types/radio.hpp"
#include "protocol/types/versions.hpp"

namespace ff {
namespace {

TEST(TextId, FollowsTheApiPattern) {
  for (const char* good : {"abc", "a1b", "food-safety", "a-b-c", "eui-0102030405060708"}) {
    EXPECT_TRUE(is_valid_id(good)) << good;
  }
  for (const char* bad : {"", "ab", "-ab", "ab-", "a--b", "Abc", "a_b", "a b",
                          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(is_valid_id(bad)) << bad;
  }
}

struct PrefixRow {
  std::uint32_t net_id;
  std::uint32_t prefix;
  int length;
};

TEST(DevAddrPrefix, FollowsTheNetIdType) {
  // [shared/lorawan/vectors/netid_devaddr.json; spec network-server §20]
  const PrefixRow rows[] = {{0x000000, 0x00000000, 7},
                            {0x000013, 0x26000000, 7},
                            {0x200013, 0x93000000, 8},
                            {0x600013, 0xe0260000, 15}};
  for (const auto& row : rows) {
    auto prefix = prefix_of(NetId{row.net_id});
    EXPECT_EQ(prefix.length, row.length) << to_string(NetId{row.net_id});
    EXPECT_EQ(to_string(prefix.dev_addr), to_string(DevAddr{row.prefix}));
  }
}

TEST(DevAddrPrefix, ContainsOnlyItsRange) {
  const DevAddrPrefix prefix{DevAddr{0x26000000}, 7};
  EXPECT_TRUE(prefix.contains(DevAddr{0x260b1234}));
  EXPECT_TRUE(prefix.contains(DevAddr{0x27ffffff}));
  EXPECT_FALSE(prefix.contains(DevAddr{0x28000000}));
  EXPECT_TRUE((DevAddrPrefix{DevAddr{0}, 0}).contains(DevAddr{0xffffffff}));
  EXPECT_FALSE((DevAddrPrefix{DevAddr{1}, 32}).contains(DevAddr{2}));
}

TEST(MacVersion, OrdersOneOneAfterOneZeroFour) {
  EXPECT_TRUE(at_least(MacVersion::v1_1, MacVersion::v1_0_4));
  EXPECT_TRUE(at_least(MacVersion::v1_0_4, MacVersion::v1_0_3));
  EXPECT_FALSE(at_least(MacVersion::v1_0_3, MacVersion::v1_0_4));
}

TEST(DataRate, PrintsAsGatewaysWriteIt) {
  EXPECT_EQ(to_string(DataRate{LoraDataRate{7, 125000, CodingRate::cr4_5}}), "SF7BW125");
  EXPECT_EQ(to_string(DataRate{FskDataRate{50000}}), "50000");
  EXPECT_EQ(to_string(DataRate{LrFhssDataRate{137000, CodingRate::cr1_3, 0}}), "M0CW137");
  EXPECT_EQ(parse_coding_rate("4/8"), CodingRate::cr4_8);
}

TEST(Aes128Key, ComparesByValue) {
  auto key = Aes128Key::from(Bytes(16, 7));
  EXPECT_FALSE(key.is_zero());
  EXPECT_EQ(key, Aes128Key::from(Bytes(16, 7)));
  EXPECT_TRUE(Aes128Key().is_zero());
}

}  // namespace
}  // namespace ff
