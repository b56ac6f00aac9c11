#include "actors/application_server/mqtt_group/state.hpp"

#include <gtest/gtest.h>

namespace ff::application_server::mqtt_group {
namespace {

using mqtt::ReasonCode;

const MemberId a{1};
const MemberId b{2};
const ConnectionId session{7};

MessagePtr of(const std::string& device) {
  auto message = std::make_shared<OutboxMessage>();
  message->device_id = DeviceId(device);
  return message;
}

struct Text {
  std::string operator()(const AttachSession& e) const {
    return "attach " + std::to_string(e.serial);
  }
  std::string operator()(const SubscribeSession&) const { return "subscribe"; }
  std::string operator()(const SettleSession& e) const {
    return "settle " + std::to_string(e.token.value());
  }
  std::string operator()(const DetachSession& e) const {
    return "detach " + std::to_string(e.connection.value()) + " for " + std::to_string(e.expiry);
  }
  std::string operator()(const TellJoined& e) const { return member("joined", e.member); }
  std::string operator()(const TellRefused& e) const {
    return member("refused", e.member) + ' ' + std::string(mqtt::to_string(e.reason));
  }
  std::string operator()(const Deliver& e) const {
    return member("deliver", e.member) + ':' + std::to_string(e.token.value());
  }
  std::string operator()(const Close& e) const {
    return member("close", e.member) + ' ' + std::string(mqtt::to_string(e.reason));
  }
  std::string operator()(const HandedOver& e) const {
    return "handed over " + std::to_string(e.count);
  }
  std::string operator()(const Wake&) const { return "wake"; }
  std::string operator()(const ReportIdle& e) const { return "idle " + std::to_string(e.orders); }
  static std::string member(const std::string& what, MemberId id) {
    return what + ' ' + std::to_string(id.value());
  }
};
std::string text(const Effects& effects) {
  std::string out;
  for (const auto& effect : effects) {
    if (!out.empty()) out += ", ";
    out += std::visit(Text{}, effect);
  }
  return out;
}

class GroupStateTest : public testing::Test {
 protected:
  GroupState state{GroupsConfig{}};
  MonoTime now;

  std::string join(MemberId member, std::uint32_t expiry = 0, std::uint16_t window = 10) {
    return text(state.join({member, window, expiry}, now));
  }
  std::string deliver(std::uint64_t token, const std::string& device = "d") {
    return text(state.deliver(1, SendToken{token}, of(device), now));
  }
  void open() {
    ASSERT_EQ(join(a), "attach 1, wake");
    ASSERT_EQ(text(state.accepted(1, session)), "subscribe");
    ASSERT_EQ(text(state.subscribed(1, ReasonCode::granted_qos_1, now)), "joined 1");
  }
};

TEST_F(GroupStateTest, TheFirstMemberOpensTheSessionAndAllAreAnsweredWhenItIsThere) {
  EXPECT_EQ(join(a), "attach 1, wake");
  EXPECT_EQ(join(b), "");
  EXPECT_EQ(text(state.accepted(1, session)), "subscribe");
  EXPECT_EQ(deliver(1), "") << "members are told first that they are in";
  EXPECT_EQ(text(state.subscribed(1, ReasonCode::granted_qos_1, now)),
            "joined 1, joined 2, deliver 1:1");
  EXPECT_EQ(deliver(2, "e"), "deliver 2:2");
  EXPECT_EQ(join(MemberId{3}), "joined 3");
  EXPECT_EQ(text(state.settled({a, SendToken{1}}, now)), "settle 1");
  EXPECT_EQ(text(state.settled({a, SendToken{1}}, now)), "");
}

TEST_F(GroupStateTest, TheLastMemberLetsTheSessionRestForTheLongestOfTheirTimes) {
  open();
  EXPECT_EQ(join(b, 100), "joined 2");
  EXPECT_EQ(deliver(1), "deliver 1:1");
  EXPECT_EQ(text(state.leave({b}, now)), "");
  EXPECT_EQ(text(state.leave({a}, now)), "handed over 1, detach 7 for 100, idle 2");
  EXPECT_EQ(text(state.leave({a}, now)), "");
  EXPECT_EQ(deliver(2), "") << "it comes again to whoever is there next";
  EXPECT_EQ(join(a), "attach 2") << "the timer has not run out";
}

TEST_F(GroupStateTest, WhatAMemberLeavesGoesToOthers) {
  open();
  EXPECT_EQ(deliver(1), "deliver 1:1");
  EXPECT_EQ(join(b), "joined 2");
  EXPECT_EQ(text(state.leave({a}, now)), "handed over 1, deliver 2:1");
  EXPECT_EQ(text(state.give_back({b, SendToken{1}}, now)), "");
  EXPECT_EQ(text(state.room({b}, now)), "deliver 2:1");
}

TEST_F(GroupStateTest, ASessionThatCanNotBeIsRefusedToAll) {
  join(a);
  join(b);
  EXPECT_EQ(text(state.refused(1, ReasonCode::quota_exceeded)),
            "refused 1 quota_exceeded, refused 2 quota_exceeded, idle 2");
  EXPECT_EQ(text(state.refused(1, ReasonCode::quota_exceeded)), "");
  EXPECT_EQ(join(a), "attach 2");
  EXPECT_EQ(text(state.accepted(2, session)), "subscribe");
  EXPECT_EQ(text(state.subscribed(2, ReasonCode::quota_exceeded, now)),
            "detach 7 for 0, refused 1 quota_exceeded, idle 3");
}

TEST_F(GroupStateTest, ASessionThatComesTooLateIsGivenBack) {
  join(a, 50);
  EXPECT_EQ(text(state.leave({a}, now)), "idle 1");
  EXPECT_EQ(text(state.accepted(1, session)), "detach 7 for 50");
  EXPECT_EQ(join(b), "attach 2");
  EXPECT_EQ(text(state.accepted(2, ConnectionId{8})), "subscribe");
  EXPECT_EQ(text(state.closed(1, ReasonCode::session_taken_over)), "") << "of the older one";
}

TEST_F(GroupStateTest, WhenTheSessionEndsMembersComeBackByThemselves) {
  open();
  EXPECT_EQ(deliver(1), "deliver 1:1");
  EXPECT_EQ(text(state.closed(1, ReasonCode::server_unavailable)),
            "close 1 server_unavailable, idle 1");
  EXPECT_EQ(text(state.settled({a, SendToken{1}}, now)), "");
}

TEST_F(GroupStateTest, AMemberThatHoldsOthersUpIsCutOff) {
  ASSERT_EQ(join(a, 0, 1), "attach 1, wake");
  ASSERT_EQ(text(state.accepted(1, session)), "subscribe");
  ASSERT_EQ(text(state.subscribed(1, ReasonCode::granted_qos_1, now)), "joined 1");
  EXPECT_EQ(join(b), "joined 2");
  EXPECT_EQ(deliver(1, "d"), "deliver 1:1");
  EXPECT_EQ(deliver(2, "e"), "deliver 2:2");
  EXPECT_EQ(deliver(3, "d"), "") << "it waits for the one before";
  now += GroupsConfig{}.patience - std::chrono::seconds{1};
  EXPECT_EQ(text(state.settled({b, SendToken{2}}, now)), "settle 2");
  EXPECT_EQ(text(state.timer(now)), "wake");
  now += std::chrono::seconds{1};
  EXPECT_EQ(text(state.timer(now)),
            "wake, close 1 server_busy, handed over 1, deliver 2:1, deliver 2:3");
  now += GroupsConfig{}.patience;
  EXPECT_EQ(text(state.timer(now)), "wake") << "the last one stays";
}

TEST_F(GroupStateTest, NothingHappensInAGroupThatRests) {
  EXPECT_EQ(text(state.timer(now)), "");
  EXPECT_EQ(text(state.room({a}, now)), "");
  EXPECT_EQ(text(state.give_back({a, SendToken{1}}, now)), "");
  EXPECT_EQ(text(state.subscribed(1, ReasonCode::success, now)), "");
  EXPECT_EQ(text(state.closed(0, ReasonCode::server_busy)), "");
}

}  // namespace
}  // namespace ff::application_server::mqtt_group
