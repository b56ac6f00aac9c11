// What a network that forwarded a frame is told of it at once.
#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/shard/state.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::network_server {
namespace {

constexpr DevAddr address{0x260b1234};
constexpr MonoTime now{std::chrono::seconds{5}};

Aes128Key key_of(std::uint8_t octet) {
  return Aes128Key::from(Bytes(16, octet));
}

std::shared_ptr<const UplinkFrame> uplink(DevAddr dev_addr, std::uint8_t key, std::uint32_t f_cnt) {
  phy::DataFrame frame;
  frame.dev_addr = dev_addr;
  const auto k = key_of(key);
  UplinkFrame out;
  out.phy_payload =
      phy::seal_frame(frame, {k, k, k}, {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{f_cnt}})
          .value();
  return std::make_shared<const UplinkFrame>(std::move(out));
}

ShardState shard() {
  AddressIndex addresses;
  addresses.set(address, {.device = std::make_shared<const DeviceUid>(
                              DeviceUid{ApplicationId("app"), DeviceId("dev")}),
                          .f_nwk_s_int_key = key_of(1),
                          .last_f_cnt_up = FCnt32{4},
                          .mac_version = MacVersion::v1_0_3});
  return {{}, std::move(addresses), {}, now, *make_seeded_random(1)};
}

Result<UplinkOwner> judged(ShardState& state, const std::shared_ptr<const UplinkFrame>& frame,
                           MonoTime at = now) {
  const auto outcome = state.on_uplink(frame, at);
  return state.judgement(*frame, outcome);
}

TEST(Judgement, NamesTheOwnerWithCounterAndKey) {
  auto state = shard();
  const auto owner = judged(state, uplink(address, 1, 7));
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->device.device_id, DeviceId("dev"));
  EXPECT_EQ(owner->f_cnt, FCnt32{7});
  EXPECT_EQ(owner->f_nwk_s_int_key, key_of(1));
  EXPECT_EQ(owner->mac_version, MacVersion::v1_0_3);
}

TEST(Judgement, ACopyHasNoOwnerOfItsOwn) {
  auto state = shard();
  const auto frame = uplink(address, 1, 7);
  EXPECT_TRUE(judged(state, frame));
  const auto copy = judged(state, frame);
  ASSERT_TRUE(copy);
  EXPECT_TRUE(copy->device.device_id.empty());
  const auto late = now + std::chrono::milliseconds{300};
  state.close_windows(late);
  EXPECT_TRUE(judged(state, frame, late).error().is(duplicate_uplink));
}

TEST(Judgement, TellsAForgedFrameFromAnUnknownAddress) {
  auto state = shard();
  EXPECT_TRUE(judged(state, uplink(address, 2, 7)).error().is(uplink_mic_mismatch));
  EXPECT_TRUE(judged(state, uplink(DevAddr{0x260b0000}, 1, 7)).error().is(device_not_found));
  const auto nonsense = std::make_shared<const UplinkFrame>(UplinkFrame{.phy_payload = {1, 2}});
  EXPECT_TRUE(judged(state, nonsense).error().is(decode_payload));
}

}  // namespace
}  // namespace ff::network_server
