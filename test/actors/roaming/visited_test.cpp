#include "actors/roaming/visited.hpp"

#include <gtest/gtest.h>

#include "test/actors/roaming/sample.hpp"

namespace ff::roaming {
namespace {

using namespace test;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr NetId partner{0x13};
constexpr MonoTime start{seconds{100}};

TEST(Visited, CopiesAreOneFrameWhenTheirWindowCloses) {
  Visited visited;
  const auto first = frame_of(data_uplink(1), heard_by("one", 5));
  EXPECT_TRUE(visited.hear(first, start));
  visited.want(*first);
  EXPECT_TRUE(
      visited.hear(frame_of(data_uplink(1), heard_by("other", 7)), start + milliseconds{100}));
  EXPECT_TRUE(visited.close(start + milliseconds{199}).empty());
  const auto closed = visited.close(start + milliseconds{200});
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].frame->phy_payload, first->phy_payload);
  EXPECT_EQ(first.use_count(), 1) << "it counts as under way as long as somebody has it";
  EXPECT_EQ(closed[0].rx_metadata.size(), 2U);
}

TEST(Visited, ALateCopyIsNoNewFrame) {
  Visited visited;
  const auto frame = frame_of(data_uplink(1), heard_by("one", 5));
  visited.hear(frame, start);
  visited.want(*frame);
  visited.close(start + milliseconds{200});
  visited.hear(frame, start + milliseconds{300});
  visited.want(*frame);
  EXPECT_TRUE(visited.close(start + milliseconds{900}).empty());
  EXPECT_EQ(visited.windows(), 1U);
  EXPECT_TRUE(visited.close(start + seconds{2}).empty());
  EXPECT_EQ(visited.windows(), 0U);
  EXPECT_FALSE(visited.next_due());
}

TEST(Visited, WhatNobodyWantsIsForgotten) {
  Visited visited;
  visited.hear(frame_of(join_request(), heard_by("one", 5)), start);
  EXPECT_TRUE(visited.close(start + seconds{1}).empty());
}

TEST(Visited, ThereAreNoMoreWindowsThanTheirBound) {
  Visited visited({.windows_max = 1});
  EXPECT_TRUE(visited.hear(frame_of(data_uplink(1), heard_by("one", 5)), start));
  EXPECT_FALSE(visited.hear(frame_of(data_uplink(2), heard_by("one", 5)), start));
}

TEST(Visited, ADeviceWithoutAHomeIsRememberedForAWhileAndTheOldestMakesRoom) {
  Visited visited({.homeless_max = 2});
  const Euis first{join_eui, DevEui{1}};
  const Euis second{join_eui, DevEui{2}};
  const Euis third{join_eui, DevEui{3}};
  visited.add_homeless(first, start);
  EXPECT_TRUE(visited.is_homeless(first, start + seconds{59}));
  EXPECT_FALSE(visited.is_homeless(first, start + seconds{60}));
  EXPECT_FALSE(visited.is_homeless(second, start));
  visited.add_homeless(second, start + seconds{30});
  visited.add_homeless(third, start + seconds{31});
  EXPECT_FALSE(visited.is_homeless(first, start + seconds{31}));
  EXPECT_TRUE(visited.is_homeless(second, start + seconds{31}));
  EXPECT_TRUE(visited.is_homeless(third, start + seconds{31}));
  visited.add_homeless(second, start + seconds{95});
  EXPECT_TRUE(visited.is_homeless(second, start + seconds{96})) << "again";
}

Heard heard_for(NetId net_id) {
  Heard out;
  out.partner = net_id;
  out.frame = frame_of(data_uplink(1), heard_by("one", 5));
  return out;
}

TEST(Visited, ATokenLeadsItsPartnerAloneToTheGatewaysForAWhile) {
  Visited visited;
  auto random = make_seeded_random(1);
  const auto number = visited.remember(heard_for(partner), *random, start);
  const auto token = visited.find(number)->token;
  EXPECT_EQ(token.size(), 16U);
  EXPECT_NE(visited.find(token, partner, start), nullptr);
  EXPECT_EQ(visited.find(token, NetId{0x14}, start), nullptr);
  EXPECT_EQ(visited.find(Bytes{1, 2}, partner, start), nullptr);
  EXPECT_EQ(visited.find(token, partner, start + seconds{20}), nullptr);
  visited.close(start + seconds{20});
  EXPECT_EQ(visited.heard(), 0U);
}

TEST(Visited, TheOldestTokenMakesRoom) {
  Visited visited({.heard_max = 2});
  auto random = make_seeded_random(1);
  const auto first = visited.remember(heard_for(partner), *random, start);
  visited.remember(heard_for(partner), *random, start);
  const auto third = visited.remember(heard_for(partner), *random, start);
  EXPECT_EQ(visited.find(first), nullptr);
  EXPECT_NE(visited.find(third), nullptr);
  EXPECT_EQ(visited.heard(), 2U);
}

TEST(Visited, AStopWithADevEuiLeavesAnotherDeviceOfTheAddress) {
  Visited visited;
  for (const std::uint8_t n : {1, 2}) {
    visited.add({.partner = partner,
                 .dev_addr = dev_addr,
                 .dev_eui = DevEui{n},
                 .f_nwk_s_int_key = Aes128Key::from(Bytes(16, n)),
                 .is_1_1 = false,
                 .f_cnt_up = FCnt32{1},
                 .until = start + seconds{60}});
  }
  const std::vector<DeviceName> ended{{partner, dev_addr}, {partner, DevEui{1}}};
  EXPECT_EQ(visited.stop(partner, DevEui{1}, dev_addr), ended);
  EXPECT_EQ(visited.contexts(), 1U);
  EXPECT_TRUE(visited.stop(partner, DevEui{3}, dev_addr).empty());
  EXPECT_EQ(visited.stop(partner, {}, dev_addr).size(), 2U) << "whichever it is";
}

Context context_until(MonoTime until) {
  return {.partner = partner,
          .dev_addr = dev_addr,
          .dev_eui = {},
          .f_nwk_s_int_key = key(),
          .is_1_1 = false,
          .f_cnt_up = FCnt32{5},
          .until = until};
}
const Context* match(Visited& visited, const Bytes& frame, MonoTime now) {
  return visited.match(*phy::decode_data_frame(frame), now);
}

TEST(Visited, AContextKnowsItsDevicesFramesByMicAndCounter) {
  Visited visited;
  visited.add(context_until(start + seconds{60}));
  EXPECT_EQ(match(visited, data_uplink(5), start), nullptr) << "counters only go forward";
  EXPECT_EQ(match(visited, data_uplink(6, Aes128Key::from(Bytes(16, 1))), start), nullptr);
  const auto* found = match(visited, data_uplink(6), start);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->f_cnt_up, FCnt32{6});
  EXPECT_EQ(match(visited, data_uplink(6), start), nullptr) << "a replay";
  EXPECT_EQ(match(visited, data_uplink(7), start + seconds{60}), nullptr) << "its lifetime is over";
  EXPECT_EQ(visited.contexts(), 0U);
}

TEST(Visited, AContextOf11KnowsHalfOfAMic) {
  Visited visited;
  auto context = context_until(start + seconds{60});
  context.is_1_1 = true;
  visited.add(context);
  EXPECT_EQ(match(visited, data_uplink_1_1(6, Aes128Key::from(Bytes(16, 1))), start), nullptr);
  EXPECT_NE(match(visited, data_uplink_1_1(6), start), nullptr);
  EXPECT_EQ(match(visited, data_uplink_1_1(6), start), nullptr) << "a replay";
  context.is_1_1 = false;
  context.f_nwk_s_int_key = Aes128Key::from(Bytes(16, 7));
  Visited of_1_0;
  of_1_0.add(context);
  EXPECT_EQ(match(of_1_0, data_uplink_1_1(7, context.f_nwk_s_int_key), start), nullptr)
      << "in 1.0 it knows all of it";
}

TEST(Visited, AContextIsRenewedAndEnded) {
  Visited visited;
  visited.add(context_until(start + seconds{60}));
  EXPECT_NE(match(visited, data_uplink(9), start), nullptr);
  visited.add(context_until(start + seconds{600}));
  EXPECT_EQ(visited.contexts(), 1U);
  EXPECT_EQ(match(visited, data_uplink(8), start), nullptr) << "the counter stays where it was";
  EXPECT_TRUE(visited.stop(NetId{0x14}, {}, dev_addr).empty());
  const std::vector<DeviceName> ended{{partner, dev_addr}};
  EXPECT_EQ(visited.stop(partner, {}, dev_addr), ended);
  EXPECT_EQ(visited.contexts(), 0U);
}

TEST(Visited, AContextThatIsEndedByItsEuiNamesItsAddressToo) {
  Visited visited;
  auto context = context_until(start + seconds{60});
  context.dev_eui = dev_eui;
  visited.add(context);
  const std::vector<DeviceName> ended{{partner, dev_addr}, {partner, dev_eui}};
  EXPECT_EQ(visited.stop(partner, dev_eui, {}), ended);
}

const DeviceName device{partner, dev_addr};

TEST(Visited, ADeferredDeviceIsLeftAloneUntilThen) {
  Visited visited;
  visited.defer(device, seconds{10}, start);
  EXPECT_TRUE(visited.is_deferred(device, start + seconds{9}));
  EXPECT_FALSE(visited.is_deferred({partner, DevAddr{8}}, start));
  EXPECT_FALSE(visited.is_deferred(device, start + seconds{10}));
}

TEST(Visited, APartnerDefersNoDeviceOfAnother) {
  Visited visited;
  visited.defer(device, seconds{10}, start);
  EXPECT_FALSE(visited.is_deferred({NetId{0x14}, dev_addr}, start));
  EXPECT_FALSE(visited.is_deferred({partner, DevEui{dev_addr.value()}}, start))
      << "a number is not a name";
}

TEST(Visited, ADeferralLastsADayAtMost) {
  Visited visited;
  visited.defer(device, std::chrono::hours{24 * 365}, start);
  EXPECT_TRUE(visited.is_deferred(device, start + std::chrono::hours{24} - seconds{1}));
  EXPECT_FALSE(visited.is_deferred(device, start + std::chrono::hours{24}));
}

TEST(Visited, DeferralsThatAreOverMakeRoom) {
  Visited visited({.contexts_max = 1});
  const DeviceName other{partner, DevAddr{8}};
  visited.defer(device, seconds{10}, start);
  visited.defer(other, seconds{10}, start);
  EXPECT_FALSE(visited.is_deferred(other, start)) << "there is no room yet";
  visited.defer(device, seconds{20}, start);
  EXPECT_TRUE(visited.is_deferred(device, start + seconds{15})) << "the same needs none";
  visited.defer(other, seconds{10}, start + seconds{20});
  EXPECT_TRUE(visited.is_deferred(other, start + seconds{20}));
}

}  // namespace
}  // namespace ff::roaming
