#include "protocol/relay/uplink_token.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

namespace ff::relay {
namespace {

UplinkToken full() {
  return {.relay = {.uid = {ApplicationId("app"), DeviceId("relay-1")},
                    .dev_eui = DevEui{0x0102030405060708},
                    .join_eui = JoinEui{0},
                    .dev_addr = DevAddr{0x260b1234}},
          .session_key_id = {1, 2},
          .f_cnt = FCnt32{300}};
}

// ON-WIRE: ttn.lorawan.v3.RelayUplinkToken.
TEST(RelayUplinkToken, HasItsGoldenBytes) {
  EXPECT_EQ(hex_lower(encode_uplink_token(full())),
            "0a2a0a0772656c61792d3112050a0361707022080102030405060708"
            "2a0800000000000000003204260b1234120201021"
            "8ac02");
  EXPECT_EQ(decode_uplink_token(encode_uplink_token(full())).value(), full());
}

TEST(RelayUplinkToken, NeedsOnlyTheRelay) {
  const UplinkToken least{{{ApplicationId("app"), DeviceId("dev")}, {}, {}, {}}, {}, {}};
  EXPECT_EQ(decode_uplink_token(encode_uplink_token(least)).value(), least);
  EXPECT_TRUE(decode_uplink_token({}).error().is(invalid_uplink_token));
  UplinkToken nobody = full();
  nobody.relay.uid.device_id = DeviceId("No!");
  EXPECT_FALSE(decode_uplink_token(encode_uplink_token(nobody)));
}

// Property: decoding is total, and encoding gives back what it read.
TEST(RelayUplinkToken, DecodingIsTotal) {
  auto random = make_seeded_random(4);
  const auto good = encode_uplink_token(full());
  for (int i = 0; i < 5000; ++i) {
    auto bytes = good;
    for (auto edits = random->below(3) + 1; edits > 0; --edits)
      bytes[random->below(bytes.size())] = static_cast<std::uint8_t>(random->next());
    if (random->below(2) == 0) bytes.resize(random->below(bytes.size()));
    const auto read = decode_uplink_token(bytes);
    if (!read) continue;
    EXPECT_EQ(decode_uplink_token(encode_uplink_token(*read)).value(), *read);
  }
}

}  // namespace
}  // namespace ff::relay
