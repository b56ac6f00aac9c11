#include "actors/application_server/mqtt_group/sharing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "protocol/base/random.hpp"

namespace ff::application_server::mqtt_group {
namespace {

const MemberId a{1};
const MemberId b{2};

MessagePtr of(const std::string& device) {
  auto message = std::make_shared<OutboxMessage>();
  message->device_id = DeviceId(device);
  return message;
}

struct Group {
  Sharing sharing;
  MonoTime now;
  std::uint64_t tokens = 0;

  /// `1:7` is message 7 to member 1.
  std::string sent() {
    std::string out;
    for (const auto& one : sharing.dispatch(now)) {
      if (!out.empty()) out += ' ';
      out += std::to_string(one.member.value()) + ':' + std::to_string(one.token.value());
    }
    return out;
  }
  std::string joins(MemberId member, std::uint16_t window) {
    sharing.join(member, window);
    return sent();
  }
  std::string leaves(MemberId member) {
    sharing.leave(member);
    return sent();
  }
  std::string gets(const std::string& device) {
    sharing.add(SendToken{++tokens}, of(device));
    return sent();
  }
  std::string settles(MemberId member, std::uint64_t token) {
    return sharing.settle(member, SendToken{token}, now) ? sent() : "not its";
  }
};

TEST(Sharing, EachMessageGoesToOneMemberInTurn) {
  Group group;
  group.joins(a, 10);
  group.joins(b, 10);
  EXPECT_EQ(group.gets("d1"), "1:1");
  EXPECT_EQ(group.gets("d2"), "2:2");
  EXPECT_EQ(group.gets("d3"), "1:3");
  EXPECT_EQ(group.settles(a, 1), "");
  EXPECT_EQ(group.settles(a, 3), "");
  EXPECT_EQ(group.gets("d4"), "1:4") << "b has one, a none";
  EXPECT_EQ(group.settles(b, 4), "not its");
  EXPECT_EQ(group.settles(a, 99), "not its");
}

TEST(Sharing, ADevicesMessagesStayTogetherWhileOneIsUnderWay) {
  Group group;
  group.joins(a, 10);
  group.joins(b, 10);
  EXPECT_EQ(group.gets("d1"), "1:1");
  EXPECT_EQ(group.gets("d1"), "1:2");
  EXPECT_EQ(group.gets("d2"), "2:3");
  EXPECT_EQ(group.settles(a, 1) + group.settles(a, 2), "");
  EXPECT_EQ(group.gets("d3"), "1:4");
  EXPECT_EQ(group.gets("d2"), "2:5") << "its first one is still there";
}

TEST(Sharing, WhoIsFullWaitsAndDevicesDoNotOvertakeThemselves) {
  Group group;
  group.joins(a, 1);
  EXPECT_EQ(group.gets("d1"), "1:1");
  EXPECT_EQ(group.gets("d1") + group.gets("d2") + group.gets("d1"), "");
  EXPECT_EQ(group.joins(b, 10), "2:3") << "of d1 one is under way elsewhere";
  EXPECT_EQ(group.settles(a, 1), "1:2");
  EXPECT_EQ(group.settles(a, 2), "1:4") << "it has nothing, b has one";
}

TEST(Sharing, WhatAMemberLeavesGoesToOthersInItsOldPlace) {
  Group group;
  group.joins(a, 10);
  EXPECT_EQ(group.gets("d1"), "1:1");
  EXPECT_EQ(group.gets("d2"), "1:2");
  EXPECT_EQ(group.gets("d1"), "1:3");
  group.joins(b, 10);
  EXPECT_EQ(group.settles(a, 2), "");
  EXPECT_EQ(group.leaves(a), "2:1 2:3");
  EXPECT_EQ(group.settles(a, 1), "not its");
  EXPECT_EQ(group.leaves(b), "");
  EXPECT_TRUE(group.sharing.is_empty());
  EXPECT_EQ(group.joins(a, 10), "1:1 1:3");
  EXPECT_EQ(group.sharing.leave(a), 2U);
  EXPECT_EQ(group.sharing.leave(a), 0U) << "it has left";
}

TEST(Sharing, AMessageThatIsGivenBackGoesElsewhere) {
  Group group;
  group.joins(a, 10);
  EXPECT_EQ(group.gets("d1"), "1:1");
  group.sharing.give_back(a, SendToken{1});
  EXPECT_EQ(group.sent(), "") << "a has said that it has no room";
  EXPECT_EQ(group.gets("d2"), "");
  group.sharing.room(a);
  EXPECT_EQ(group.sent(), "1:1 1:2");
  group.joins(b, 10);
  group.sharing.give_back(a, SendToken{2});
  EXPECT_EQ(group.sent(), "2:2");
  group.sharing.give_back(a, SendToken{2});
  EXPECT_EQ(group.sent(), "") << "it is b's";
}

TEST(Sharing, AMemberThatSettlesNothingStallsThoseWhoWaitForIt) {
  Group group;
  const Duration patience = std::chrono::seconds{60};
  group.joins(a, 1);
  group.gets("d1");
  group.gets("d1");
  group.now += std::chrono::seconds{100};
  EXPECT_TRUE(group.sharing.stalled(group.now, patience).empty()) << "it is alone";
  group.joins(b, 1);
  EXPECT_EQ(group.sharing.stalled(group.now, patience), std::vector{a});
  EXPECT_EQ(group.settles(a, 1), "2:2") << "a has used its turn";
  EXPECT_TRUE(group.sharing.stalled(group.now, patience).empty());
  group.now += std::chrono::seconds{100};
  EXPECT_TRUE(group.sharing.stalled(group.now, patience).empty()) << "nobody waits";
  group.gets("d2");
  EXPECT_EQ(group.gets("d2"), "");
  group.now += std::chrono::seconds{59};
  EXPECT_EQ(group.sharing.stalled(group.now, patience), std::vector{b})
      << "a has had its one for 59 s";
}

/// Whatever members do: each message is at one member at most, and what a member gets of a device
/// it gets in order; in the end everything is settled once.
TEST(Sharing, NothingIsLostTwiceOrOutOfOrder) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto random = make_seeded_random(seed);
    Group group;
    std::map<std::uint64_t, MemberId> at;
    std::map<std::uint64_t, std::string> device_of;
    std::set<std::uint64_t> settled;
    const auto carry_out = [&] {
      for (const auto& send : group.sharing.dispatch(group.now)) {
        const auto token = send.token.value();
        ASSERT_FALSE(settled.contains(token));
        ASSERT_TRUE(at.emplace(token, send.member).second) << "it is somewhere already";
        for (const auto& [other, member] : at) {
          if (device_of[other] != device_of[token] || other == token) continue;
          ASSERT_LT(other, token) << "overtaken";
          ASSERT_EQ(member, send.member) << "one device at two members";
        }
      }
    };
    const auto settle_one = [&] {
      if (at.empty()) return;
      auto one = at.begin();
      std::advance(one, static_cast<long>(random->next() % at.size()));
      ASSERT_TRUE(group.sharing.settle(one->second, SendToken{one->first}, group.now));
      ASSERT_TRUE(settled.insert(one->first).second);
      at.erase(one);
    };
    const auto leave = [&](MemberId member) {
      group.sharing.leave(member);
      std::erase_if(at, [&](const auto& one) { return one.second == member; });
    };
    for (int step = 0; step < 200; ++step) {
      const MemberId member{1 + random->next() % 4};
      switch (random->next() % 6) {
        case 0:
          group.sharing.join(member, static_cast<std::uint16_t>(1 + random->next() % 3));
          break;
        case 1:
          leave(member);
          break;
        case 2:
          settle_one();
          break;
        case 3:
          group.sharing.room(member);
          break;
        default: {
          const auto device = "d" + std::to_string(random->next() % 3);
          device_of[++group.tokens] = device;
          group.sharing.add(SendToken{group.tokens}, of(device));
        }
      }
      carry_out();
    }
    for (std::uint64_t i = 1; i <= 4; ++i) leave(MemberId{i});
    group.sharing.join(MemberId{9}, 2);
    carry_out();
    while (!at.empty()) {
      settle_one();
      carry_out();
    }
    EXPECT_EQ(settled.size(), group.tokens) << seed;
  }
}

}  // namespace
}  // namespace ff::application_server::mqtt_group
