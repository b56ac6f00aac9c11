#include "protocol/roaming/uplink_token.hpp"

#include <gtest/gtest.h>

namespace ff::roaming {
namespace {

UplinkToken token() {
  return {.visited = NetId{0x42},
          .exchange = 77,
          .received_at = UtcTime(std::chrono::seconds{1'700'000'000}),
          .dev_eui = DevEui{0x0004A30B001C0530},
          .band_id = "EU_863_870",
          .forwarder = {1, 2, 3}};
}

TEST(RoamingUplinkToken, IsReadAsItWasWritten) {
  const auto bytes = encode_uplink_token(token());
  EXPECT_TRUE(is_uplink_token(bytes));
  EXPECT_EQ(decode_uplink_token(bytes), token());
  auto bare = token();
  bare.band_id.clear();
  bare.forwarder.clear();
  EXPECT_EQ(decode_uplink_token(encode_uplink_token(bare)), bare);
}

TEST(RoamingUplinkToken, OtherTokensAreNone) {
  EXPECT_FALSE(decode_uplink_token({}));
  const Bytes gateway{0x0A, 0x0D, 0x0A, 0x0B, 'g', 't', 'w'};
  EXPECT_FALSE(is_uplink_token(gateway));
  const auto whole = encode_uplink_token(token());
  const auto until_forwarder = whole.size() - token().forwarder.size();
  for (std::size_t size = 0; size < until_forwarder; ++size)
    EXPECT_FALSE(decode_uplink_token(ByteView(whole).first(size))) << size;
}

}  // namespace
}  // namespace ff::roaming
