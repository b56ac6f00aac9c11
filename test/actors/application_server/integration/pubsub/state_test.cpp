#include <gtest/gtest.h>

#include "actors/application_server/integration/pubsub/back_off.hpp"
#include "test/actors/application_server/integration/pubsub/world.hpp"

namespace ff::application_server::pubsub {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(PubSubBackOff, FollowsTheReferencesSeries) {
  const auto random = make_seeded_random(1);
  const Duration usual[] = {milliseconds{100}, seconds{1}, seconds{10}, minutes{1}, minutes{1}};
  const Duration persistent[] = {milliseconds{100}, seconds{1},  seconds{10}, minutes{1},
                                 minutes{5},        minutes{15}, minutes{30}, minutes{30}};
  const auto check = [&](std::uint64_t number, bool stays, Duration expected) {
    const auto delay = back_off(number, stays, *random);
    EXPECT_GE(delay, expected * 9 / 10) << number;
    EXPECT_LE(delay, expected * 11 / 10) << number;
  };
  for (std::uint64_t i = 0; i < std::size(usual); ++i) check(i, false, usual[i]);
  for (std::uint64_t i = 0; i < std::size(persistent); ++i) check(i, true, persistent[i]);
}

TEST(PubSubBackOff, AnErrorWithoutACodeOfItsOwnHasThatOfItsCause) {
  EXPECT_FALSE(is_persistent(Error(connect_failed)));
  EXPECT_TRUE(is_persistent(Error(connect_failed).caused_by(Error(provider_disabled))));
  EXPECT_FALSE(is_persistent(Error(connect_failed).caused_by(Error(not_acknowledged))));
}

TEST(PubSubIntegration, SendsWhenConnectedAndMessagesOfADeviceOneAfterTheOther) {
  World world;
  world.settle();
  world.publish(0, "dev-a");
  world.publish(0, "dev-a");
  world.publish(0, "dev-b");
  world.publish(1, "dev-c");
  EXPECT_EQ(world.under_way(), "");
  world.accept();
  EXPECT_EQ(world.started, 1U);
  EXPECT_EQ(world.under_way(), "0-1 0-3 1-1");
  world.acknowledge();
  EXPECT_EQ(world.under_way(), "0-3 1-1 0-2");
}

TEST(PubSubIntegration, SendsNotMoreThanTheWindowAndHoldsNotMoreThanItHasRoomFor) {
  World world({.window = 2, .held_max = 3});
  world.settle();
  world.accept();
  for (int i = 0; i < 6; ++i) world.publish(0, "dev-" + std::to_string(i));
  EXPECT_EQ(world.under_way(), "0-1 0-2");
  EXPECT_EQ(world.state->snapshot(world.now).held, 3U);
  while (!world.sends.empty()) world.acknowledge();
  EXPECT_EQ(world.delivered.size(), 6U);
}

TEST(PubSubIntegration, LeavesOutKindsThatHaveNoTopic) {
  World world;
  world.settle();
  world.accept();
  world.publish(0, "dev-a", true, UpKind::join);
  world.publish(0, "dev-a");
  EXPECT_EQ(world.under_way(), "0-2");
  world.acknowledge();
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 2U);
}

TEST(PubSubIntegration, TheCursorStopsBeforeWhatIsNotAcknowledged) {
  World world;
  world.settle();
  world.accept();
  for (const auto* device : {"dev-a", "dev-b", "dev-c"}) world.publish(0, device);
  world.acknowledge(1);
  world.acknowledge(1);
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 0U);
  world.acknowledge();
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 3U);
}

TEST(PubSubIntegration, ACrashBetweenPublishAndCursorSendsAgain) {
  World world;
  world.settle();
  world.accept();
  world.publish(0, "dev-a");
  world.acknowledge();
  // The cursor was not written yet.
  world.start();
  world.settle();
  world.accept();
  EXPECT_EQ(world.under_way(), "0-1");
  world.acknowledge();
  world.advance(seconds{2});
  world.start();
  world.settle();
  world.accept();
  EXPECT_EQ(world.under_way(), "");
  EXPECT_EQ(world.delivered, (std::vector<std::string>{"0-1", "0-1"}));
}

TEST(PubSubIntegration, ConnectsAgainLessAndLessOftenAndSendsAgainWhatWasUnderWay) {
  World world;
  world.settle();
  world.accept();
  world.publish(0, "dev-a");
  world.publish(0, "dev-b");
  world.publish(0, "dev-a");
  world.lose();
  EXPECT_EQ(world.disconnects, 1U);
  EXPECT_EQ(world.state->snapshot(world.now).phase, Phase::waiting);
  EXPECT_EQ(world.connects, 1U);
  world.advance(milliseconds{120});
  EXPECT_EQ(world.connects, 2U);
  world.refuse();
  world.advance(milliseconds{800});
  EXPECT_EQ(world.connects, 2U);
  world.advance(milliseconds{400});
  EXPECT_EQ(world.connects, 3U);
  world.accept();
  EXPECT_EQ(world.under_way(), "0-1 0-2");
  world.acknowledge();
  EXPECT_EQ(world.state->snapshot(world.now).failures, 0U);
  EXPECT_EQ(world.failures, (std::vector<std::string>{"publish_failed", "connect_failed"}));
}

TEST(PubSubIntegration, AnOlderConnectionSaysNothingAnyMore) {
  World world;
  world.settle();
  world.accept();
  world.publish(0, "dev-a");
  const auto old = world.connection;
  const auto token = world.sends.front().token;
  world.lose();
  world.advance(milliseconds{120});
  world.accept();
  world.take(world.state->acknowledged(old, token, {}, world.now));
  world.take(world.state->failed(old, Error(publish_failed), world.now));
  EXPECT_EQ(world.under_way(), "0-1");
  EXPECT_TRUE(world.state->is_connected());
}

TEST(PubSubIntegration, ABrokerThatDoesNotAcknowledgeIsConnectedToAnew) {
  World world({.acknowledge_timeout = seconds{5}});
  world.settle();
  world.accept();
  world.publish(0, "dev-a");
  world.advance(seconds{4});
  EXPECT_TRUE(world.state->is_connected());
  world.advance(seconds{1});
  EXPECT_FALSE(world.state->is_connected());
  EXPECT_EQ(world.failures, std::vector<std::string>{"not_acknowledged"});
  world.advance(milliseconds{120});
  world.accept();
  EXPECT_EQ(world.under_way(), "0-1");
}

TEST(PubSubIntegration, AConnectionThatNeverComesIsGivenUp) {
  World world({.connect_timeout = seconds{20}});
  world.settle();
  world.advance(seconds{21});
  EXPECT_EQ(world.connects, 2U);
  EXPECT_EQ(world.failures, std::vector<std::string>{"not_connected"});
}

TEST(PubSubIntegration, ARefusedMessageHoldsUpItsDeviceAlone) {
  World world({.acknowledge_timeout = hours{10}, .attempts_max = 3});
  world.settle();
  world.accept();
  world.publish(0, "dev-a");
  world.publish(0, "dev-a");
  world.publish(0, "dev-b");
  world.reject();
  EXPECT_EQ(world.under_way(), "0-3");
  world.acknowledge();
  // The broker takes others, so the message is at fault.
  while (world.given_up.empty()) {
    world.advance(minutes{2});
    ASSERT_EQ(world.under_way(), "0-1");
    world.publish(1, "dev-c");
    world.reject();
    while (!world.sends.empty() && World::name_of(world.sends.front()) != "0-2")
      world.acknowledge();
  }
  EXPECT_EQ(world.given_up, std::vector<std::string>{"publish_failed"});
  EXPECT_EQ(world.under_way(), "0-2");
}

TEST(PubSubIntegration, ABrokerThatRefusesEverythingCostsNothing) {
  World world({.acknowledge_timeout = hours{10}, .attempts_max = 3});
  world.settle();
  world.accept();
  world.publish(0, "dev-a");
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(world.under_way(), "0-1");
    world.reject();
    world.advance(minutes{2});
  }
  EXPECT_TRUE(world.given_up.empty());
}

TEST(PubSubIntegration, AMessageThatEndsEveryConnectionIsFoundAndGivenUp) {
  World world({.attempts_max = 2});
  world.settle();
  world.publish(0, "dev-bad");
  for (int i = 0; i < 5; ++i) world.publish(0, "dev-" + std::to_string(i));
  int connections = 0;
  for (; connections < 20 && world.given_up.empty(); ++connections) {
    world.reconnect();
    world.publish(1, "dev-x");
    // The broker takes what comes before the bad one, and ends the connection when it reads that.
    while (!world.sends.empty() && World::name_of(world.sends.front()) != "0-1")
      world.acknowledge();
    ASSERT_FALSE(world.sends.empty());
    world.lose();
  }
  EXPECT_EQ(world.given_up.size(), 1U);
  EXPECT_LT(connections, 12);
  world.reconnect();
  while (!world.sends.empty()) world.acknowledge();
  EXPECT_EQ(world.state->snapshot(world.now).held, 0U);
  EXPECT_EQ(std::ranges::count(world.delivered, "0-1"), 0);
  EXPECT_EQ(world.delivered.size(), 5U + static_cast<std::size_t>(connections));
}

TEST(PubSubIntegration, AMessageThatIsTooOldIsGivenUpWhenItFails) {
  World world({.age_max = hours{1}});
  world.settle();
  world.publish(0, "dev-a");
  world.advance(hours{2});
  world.reconnect();
  world.lose();
  EXPECT_EQ(world.given_up, std::vector<std::string>{"expired"});
}

TEST(PubSubIntegration, MessagesThatDidNotComeLiveAreRead) {
  World world;
  world.settle();
  world.accept();
  world.publish(0, "dev-a", false);
  world.publish(0, "dev-b", false);
  world.take(world.state->missed(world.now));
  world.settle();
  EXPECT_EQ(world.under_way(), "0-1 0-2");
  while (!world.sends.empty()) world.acknowledge();
  world.publish(1, "dev-c", false);
  world.advance(minutes{1});
  EXPECT_EQ(world.under_way(), "1-1");
}

TEST(PubSubIntegration, CountsWhatIsGoneFromTheOutbox) {
  World world;
  for (int i = 0; i < 5; ++i) world.publish(0, "dev-a", false);
  world.gone[0] = 3;
  world.settle();
  EXPECT_EQ(world.lost, 3U);
  world.accept();
  EXPECT_EQ(world.under_way(), "0-4");
}

/// Whatever happens: everything arrives, in order for each device; a cursor is never behind
/// something that has not.
TEST(PubSubIntegration, LosesNothingAndKeepsTheOrderWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    World world({.window = 4, .held_max = 8, .batch = 3, .attempts_max = 1000}, 2, seed);
    const auto dice = make_seeded_random(1000 + seed);
    for (int step = 0; step < 400; ++step) {
      switch (dice->below(8)) {
        case 0:
        case 1: {
          // A device's messages are in one shard.
          const auto device = dice->below(4);
          world.publish(device % 2, "dev-" + std::to_string(device), dice->below(3) > 0);
          break;
        }
        case 2:
          if (world.state->snapshot(world.now).phase == Phase::connecting) world.accept();
          break;
        case 3:
          if (!world.sends.empty()) world.acknowledge(dice->below(world.sends.size()));
          break;
        case 4:
          if (dice->below(6) == 0 && world.state->is_connected())
            world.lose(dice->below(world.sends.size() + 1));
          break;
        case 5:
          if (dice->below(10) == 0) world.start();
          break;
        case 6:
          world.advance(milliseconds{dice->below(3000)});
          break;
        default:
          world.step();
      }
      for (std::size_t shard = 0; shard < 2; ++shard) {
        for (std::uint64_t i = 0; i < world.stored_cursor(shard); ++i) {
          const auto name = std::to_string(shard) + "-" + std::to_string(i + 1);
          ASSERT_NE(std::ranges::count(world.delivered, name), 0) << "seed " << seed << " " << name;
        }
      }
    }
    const auto is_open = [&] {
      const auto snapshot = world.state->snapshot(world.now);
      return snapshot.held + snapshot.behind > 0;
    };
    // What did not come live is found after a while.
    for (int i = 0; i < 1000 && (i < 5 || is_open()); ++i) {
      world.settle();
      if (world.state->snapshot(world.now).phase == Phase::connecting) world.accept();
      while (!world.sends.empty()) world.acknowledge();
      world.advance(minutes{2});
    }
    EXPECT_TRUE(world.given_up.empty());
    EXPECT_TRUE(world.all_in_order()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ff::application_server::pubsub
