// Joins of devices that our join server does not know, as their sessions decide.
#include <gtest/gtest.h>

#include "protocol/roaming/uplink_token.hpp"
#include "test/actors/network_server/session/joining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.

constexpr ErrorDef device_unknown{"pkg/joinserver", "device_not_found", Code::not_found, ""};
constexpr ErrorDef join_eui_unknown{"pkg/joinserver", "unknown_join_eui", Code::invalid_argument,
                                    ""};
constexpr ErrorDef mic_wrong{"pkg/joinserver", "mic_mismatch", Code::invalid_argument, ""};
constexpr ErrorDef kek_missing{"pkg/joinserver", "kek", Code::not_found, ""};
constexpr ErrorDef sealing_key_missing{"pkg/crypto/cryptoutil", "key_not_found", Code::not_found,
                                       ""};

TEST(Interop, AnUnknownDeviceIsAskedForElsewhereWithTheSameQuestion) {
  for (const auto* error : {&device_unknown, &join_eui_unknown}) {
    JoiningRig rig;
    const auto ours = rig.questions(rig.request());
    ASSERT_EQ(ours.size(), 1U);
    EXPECT_FALSE(ours[0].interop);
    const auto outcome = rig.handle(JoinAnswered{ours[0].attempt, fail(*error)});
    const auto theirs = rig.questions(outcome);
    ASSERT_EQ(theirs.size(), 1U) << error->name;
    EXPECT_TRUE(theirs[0].interop);
    EXPECT_EQ(theirs[0].attempt, ours[0].attempt);
    EXPECT_EQ(theirs[0].dev_addr, ours[0].dev_addr);
    EXPECT_EQ(theirs[0].join_request, ours[0].join_request);
    EXPECT_EQ(rig.events(outcome),
              (std::vector<std::string>{"ns.up.join.cluster.fail", "ns.up.join.interop.attempt"}));
    const auto joined = rig.handle(
        JoinAnswered{theirs[0].attempt, JoinAnswer{Bytes(17, 0x20), {{8}, key, key, key, {}}, {}}});
    EXPECT_EQ(rig.events(joined).front(), "ns.up.join.interop.success");
    ASSERT_TRUE(rig.session().device()->pending_session);
    EXPECT_EQ(rig.session().device()->pending_session->dev_addr, ours[0].dev_addr);
  }
}

TEST(Interop, WhatTheOthersSayIsTheEnd) {
  JoiningRig rig;
  const auto ours = rig.questions(rig.request());
  rig.handle(JoinAnswered{ours[0].attempt, fail(device_unknown)});
  const auto outcome = rig.handle(JoinAnswered{ours[0].attempt, fail(device_unknown)});
  EXPECT_TRUE(rig.questions(outcome).empty());
  EXPECT_EQ(rig.events(outcome),
            (std::vector<std::string>{"ns.up.join.interop.fail", "ns.up.join.drop"}));
}

TEST(Interop, NobodyElseIsAskedWhenOurJoinServerKnowsTheDevice) {
  for (const auto* error : {&mic_wrong, &kek_missing, &sealing_key_missing}) {
    JoiningRig rig;
    const auto ours = rig.questions(rig.request());
    const auto outcome = rig.handle(JoinAnswered{ours[0].attempt, fail(*error)});
    EXPECT_TRUE(rig.questions(outcome).empty()) << error->name;
    EXPECT_EQ(rig.events(outcome),
              (std::vector<std::string>{"ns.up.join.cluster.fail", "ns.up.join.drop"}))
        << error->name;
  }
}

TEST(Interop, NobodyElseIsAskedWithoutJoinServersOfOthers) {
  JoiningRig rig;
  rig.config.interop = false;
  const auto ours = rig.questions(rig.request());
  EXPECT_TRUE(
      rig.questions(rig.handle(JoinAnswered{ours[0].attempt, fail(device_unknown)})).empty());
}

TEST(Forwarded, ANetworkThatForwardedAJoinHearsWhyItIsRefused) {
  RxMetadata forwarded;
  forwarded.uplink_token = roaming::encode_uplink_token({.visited = NetId{0x42}, .exchange = 7});
  RxMetadata own;
  own.uplink_token = {0x0A, 1, 2};
  JoiningRig rig;
  rig.config.interop = false;
  const auto ours = rig.questions(rig.request({own, forwarded}));
  const auto outcome = rig.handle(JoinAnswered{ours.at(0).attempt, fail(mic_wrong)});
  const auto told = all<RefuseForwarded>(outcome);
  ASSERT_EQ(told.size(), 1U) << "gateways of ours wait for nothing";
  EXPECT_EQ(told[0].uplink_token, forwarded.uplink_token);
  EXPECT_TRUE(told[0].error.is(mic_wrong));
  JoiningRig abp;
  abp.device.supports_join = false;
  EXPECT_EQ(all<RefuseForwarded>(abp.request({forwarded})).size(), 1U) << "before it is asked for";
}

}  // namespace
}  // namespace ff::network_server
