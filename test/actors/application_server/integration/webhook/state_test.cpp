#include <gtest/gtest.h>

#include "test/actors/application_server/integration/webhook/world.hpp"

namespace ff::application_server::webhook {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(WebhookDelivery, SendsMessagesOfADeviceOneAfterTheOther) {
  World world;
  world.settle();
  world.publish(0, "dev-a");
  world.publish(0, "dev-a");
  world.publish(0, "dev-b");
  world.publish(1, "dev-c");
  EXPECT_EQ(world.under_way(), "0-1 0-3 1-1");
  world.answer(true);
  EXPECT_EQ(world.under_way(), "0-3 1-1 0-2");
}

TEST(WebhookDelivery, SendsNotTooManyAtOnce) {
  World world({.concurrency = 2});
  world.settle();
  for (const auto* device : {"dev-a", "dev-b", "dev-c"}) world.publish(0, device);
  EXPECT_EQ(world.under_way(), "0-1 0-2");
  world.answer(true);
  EXPECT_EQ(world.under_way(), "0-2 0-3");
}

TEST(WebhookDelivery, LeavesOutKindsThatHaveNoPath) {
  World world;
  world.settle();
  world.publish(0, "dev-a", true, UpKind::join);
  world.publish(0, "dev-a");
  EXPECT_EQ(world.under_way(), "0-2");
  world.answer(true);
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 2U);
}

TEST(WebhookDelivery, TheCursorStopsBeforeWhatIsNotDelivered) {
  World world;
  world.settle();
  for (const auto* device : {"dev-a", "dev-b", "dev-c"}) world.publish(0, device);
  world.answer_at(1, true);
  world.answer_at(1, true);
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 0U);
  world.answer(true);
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 3U);
}

TEST(WebhookDelivery, AFailedMessageIsTriedAgainAndHoldsUpItsDeviceAlone) {
  World world;
  world.settle();
  world.publish(0, "dev-a");
  world.answer(false);
  world.publish(0, "dev-a");
  world.publish(0, "dev-b");
  EXPECT_EQ(world.under_way(), "0-3");
  world.answer(true);
  world.advance(seconds{1});
  EXPECT_EQ(world.under_way(), "0-1");
  world.answer(false);
  world.advance(seconds{1});
  EXPECT_EQ(world.under_way(), "");
  world.advance(seconds{1});
  EXPECT_EQ(world.under_way(), "0-1");
  world.answer(true);
  EXPECT_EQ(world.under_way(), "0-2");
}

TEST(WebhookDelivery, AnEndpointThatFailsIsLeftAloneAndTriedByOneRequest) {
  World world({.concurrency = 8, .circuit_failures = 3});
  world.settle();
  for (const auto* device : {"dev-a", "dev-b", "dev-c", "dev-d"}) world.publish(0, device);
  for (int i = 0; i < 4; ++i) world.answer(false);
  EXPECT_TRUE(world.state->snapshot(world.now).open);
  world.publish(1, "dev-e");
  EXPECT_EQ(world.under_way(), "");
  world.advance(seconds{2});
  EXPECT_EQ(world.sends.size(), 1U);
  world.answer(false);
  world.advance(seconds{3});
  EXPECT_EQ(world.sends.size(), 0U);
  world.advance(seconds{1});
  EXPECT_EQ(world.sends.size(), 1U);
  world.answer(true);
  EXPECT_FALSE(world.state->snapshot(world.now).open);
  world.advance(minutes{1});
  while (!world.sends.empty()) world.answer(true);
  EXPECT_EQ(world.delivered.size(), 5U);
  EXPECT_EQ(world.health.state, Health::State::healthy);
}

TEST(WebhookDelivery, TheReferencesHealthRulesCanBeAskedFor) {
  World world({.unhealthy_attempts = 2, .unhealthy_retry = minutes{10}});
  world.settle();
  world.publish(0, "dev-a");
  world.publish(0, "dev-b");
  world.answer(false);
  world.answer(false);
  EXPECT_EQ(world.health.failed_attempts, 1U);  // told with the next cursors
  world.advance(minutes{9});
  EXPECT_EQ(world.health.failed_attempts, 2U);
  EXPECT_EQ(world.under_way(), "");
  // It stays disabled over a restart.
  world.start();
  world.settle();
  EXPECT_EQ(world.under_way(), "");
  world.advance(minutes{1});
  EXPECT_EQ(world.sends.size(), 1U);
  // Somebody says that it is well: the rest goes too.
  world.take(world.state->reset_health(1, world.now));
  EXPECT_EQ(world.sends.size(), 2U);
  world.settle();
  EXPECT_EQ(world.answered, std::vector<RequestId>{1});
  EXPECT_EQ(world.health.state, Health::State::unknown);
}

TEST(WebhookDelivery, OtherSettingsAreTriedAtOnce) {
  World world({.circuit_failures = 1});
  world.settle();
  world.publish(0, "dev-a");
  world.answer(false);
  EXPECT_EQ(world.under_way(), "");
  world.webhook.base_url = "https://other.example.com";
  world.take(world.state->configure(std::make_shared<const Webhook>(world.webhook), world.now));
  EXPECT_EQ(world.under_way(), "0-1");
}

TEST(WebhookDelivery, AMessageThatIsRefusedBecomesADeadLetter) {
  World world({.attempts_max = 3});
  world.settle();
  world.publish(0, "dev-a");
  world.publish(0, "dev-a");
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(world.under_way(), "0-1") << i;
    world.answer(false, true);
    if (i < 2) world.advance(seconds{2});
  }
  // Its letter is durable before the next one leaves.
  EXPECT_EQ(world.under_way(), "");
  world.settle();
  EXPECT_EQ(world.under_way(), "0-2");
  world.answer(true);
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 2U);
  const auto letters = world.letters();
  ASSERT_EQ(letters.size(), 1U);
  const auto& letter = letters.front().second;
  EXPECT_EQ(as_text(letter.body), "0-1");
  EXPECT_EQ(letter.attempts, 3U);
  EXPECT_EQ(letter.reason.name, "request");
  EXPECT_EQ(letter.reason.attributes.at("status_code"), "400");
}

TEST(WebhookDelivery, AMessageThatAlwaysFailsDoesNotStopItsDeviceForEver) {
  World world({.attempts_max = 3});
  world.settle();
  world.publish(0, "dev-a");
  for (int i = 0; i < 20 && world.letters().empty(); ++i) {
    // The endpoint takes others meanwhile: this message is the reason.
    world.answer(false);
    world.publish(1, "dev-b");
    world.answer(true);
    world.advance(minutes{5});
  }
  EXPECT_EQ(world.letters().size(), 1U);
}

TEST(WebhookDelivery, ADeviceThatIsNeverTakenDoesNotHoldUpTheOthers) {
  World world({.held_max = 4, .attempts_max = 3});
  world.settle();
  const auto refuse_first = [&] {
    for (std::size_t i = 0; i < world.sends.size(); ++i) {
      const bool is_bad = world.sends[i].message->device_id == DeviceId("dev-bad");
      return world.answer_at(i, !is_bad, true);
    }
  };
  for (int i = 0; i < 20; ++i) {
    world.publish(0, "dev-bad");
    world.publish(0, "dev-good");
    for (int j = 0; j < 4; ++j) {
      refuse_first();
      world.settle();
    }
    world.advance(seconds{1});
  }
  for (int i = 0; i < 60; ++i) {
    refuse_first();
    world.settle();
    world.advance(std::chrono::milliseconds{200});
  }
  EXPECT_EQ(world.delivered.size(), 20U);
  EXPECT_EQ(world.letters().size(), 20U);
  // Three attempts for the first, one for each other.
  EXPECT_LE(world.failures, 25U);
}

TEST(WebhookDelivery, AnEndpointThatAsksForPatienceCostsNoMessage) {
  World world({.attempts_max = 2});
  world.settle();
  world.publish(0, "dev-a");
  for (int i = 0; i < 20; ++i) {
    const auto token = world.sends.front().token;
    world.sends.pop_front();
    world.take(world.state->sent(
        token, {.error = Error(request_failed, {{"status_code", 429}}), .busy = true}, world.now));
    world.publish(1, "dev-b");
    world.answer(true);
    world.advance(minutes{5});
  }
  EXPECT_EQ(world.under_way(), "0-1");
  EXPECT_TRUE(world.letters().empty());
}

TEST(WebhookDelivery, AnEndpointThatIsDownCostsNoMessageUntilItIsTooOld) {
  World world({.age_max = hours{24}});
  world.settle();
  world.publish(0, "dev-a");
  for (int i = 0; i < 200; ++i) {
    if (!world.sends.empty()) world.answer(false);
    world.advance(minutes{5});
  }
  EXPECT_TRUE(world.letters().empty());
  world.advance(hours{10});
  if (!world.sends.empty()) world.answer(false);
  world.settle();
  ASSERT_EQ(world.letters().size(), 1U);
  EXPECT_EQ(world.letters().front().second.reason.name, "expired");
}

TEST(WebhookDelivery, DeadLettersAreBounded) {
  World world({.attempts_max = 1, .dead_letters_max = 2});
  world.settle();
  for (int i = 0; i < 3; ++i) {
    world.publish(0, "dev-a");
    world.answer(false, true);
    world.settle();
  }
  ASSERT_EQ(world.letters().size(), 2U);
  EXPECT_EQ(as_text(world.letters().front().second.body), "0-2");
}

TEST(WebhookDelivery, DeadLettersAreDeliveredOnceMoreOnDemand) {
  World world({.attempts_max = 1});
  world.settle();
  for (int i = 0; i < 3; ++i) {
    world.publish(0, "dev-a");
    world.answer(false, true);
    world.settle();
  }
  world.take(world.state->redeliver(7, world.now));
  world.settle();
  EXPECT_EQ(world.answered, std::vector<RequestId>{7});
  EXPECT_EQ(world.under_way(), "0-1");
  world.answer(true);
  EXPECT_EQ(world.under_way(), "0-2");
  world.answer(false);
  EXPECT_EQ(world.under_way(), "0-3");
  world.answer(true);
  world.settle();
  ASSERT_EQ(world.letters().size(), 1U);
  EXPECT_EQ(as_text(world.letters().front().second.body), "0-2");
  world.take(world.state->discard_letters(8, world.now));
  world.settle();
  EXPECT_TRUE(world.letters().empty());
}

TEST(WebhookDelivery, ReadsWhatItDidNotHear) {
  World world({.batch = 2});
  world.settle();
  for (int i = 0; i < 5; ++i) world.publish(0, "dev-" + std::to_string(i) + "x", false);
  world.take(world.state->missed(world.now));
  world.settle();
  EXPECT_EQ(world.under_way(), "0-1 0-2 0-3 0-4 0-5");
}

TEST(WebhookDelivery, LooksForMessagesNowAndThen) {
  World world;
  world.settle();
  world.publish(0, "dev-a", false);
  EXPECT_EQ(world.under_way(), "");
  world.advance(minutes{2});
  EXPECT_EQ(world.under_way(), "0-1");
}

TEST(WebhookDelivery, HoldsNoMoreThanItMay) {
  World world({.concurrency = 1, .held_max = 3, .batch = 2});
  world.settle();
  for (int i = 0; i < 10; ++i) world.publish(0, "dev-a");
  world.settle();
  EXPECT_LE(world.state->snapshot(world.now).held, 3U);
  EXPECT_GE(world.state->snapshot(world.now).behind, 5U);
  while (!world.sends.empty()) {
    world.answer(true);
    world.settle();
  }
  EXPECT_EQ(world.delivered.size(), 10U);
}

TEST(WebhookDelivery, CountsWhatIsGone) {
  World world;
  for (int i = 0; i < 5; ++i) world.publish(0, "dev-a", false);
  world.gone[0] = 3;
  world.start();
  world.settle();
  EXPECT_EQ(world.lost, 3U);
  EXPECT_EQ(world.under_way(), "0-4");
}

TEST(WebhookDelivery, AReplayGoesBesideLiveMessages) {
  World world;
  world.settle();
  for (int i = 0; i < 3; ++i) {
    world.publish(0, "dev-a");
    world.answer(true);
    world.publish(0, "dev-b");
    world.answer(true);
  }
  world.delivered.clear();
  ReplayOrder order{DeviceId("dev-a"), {}, {}, {{Shard{0}, OutboxSequence{1}, OutboxSequence{6}}}};
  world.take(world.state->order_replay(order, 5, world.now));
  world.settle();
  EXPECT_EQ(world.answered, std::vector<RequestId>{5});
  EXPECT_EQ(world.under_way(), "0-3");
  // A live message of the same device does not wait.
  world.publish(0, "dev-a");
  EXPECT_EQ(world.under_way(), "0-3 0-7");
  world.take(world.state->order_replay(order, 6, world.now));
  EXPECT_EQ(world.refused, std::vector<std::string>{"replay_running"});
  while (!world.sends.empty()) world.answer(true);
  EXPECT_EQ(world.delivered, (std::vector<std::string>{"0-3", "0-7", "0-5"}));
  world.advance(seconds{2});
  EXPECT_FALSE(world.state->snapshot(world.now).replay);
  EXPECT_EQ(world.stored_cursor(0), 7U);
}

TEST(WebhookDelivery, AReplayKnowsItsTime) {
  World world;
  world.settle();
  const auto begin = world.now.utc;
  for (int i = 0; i < 4; ++i) {
    world.publish(0, "dev-a");
    world.answer(true);
    world.advance(minutes{1});
  }
  world.delivered.clear();
  ReplayOrder order{{},
                    begin + minutes{1},
                    begin + minutes{3},
                    {{Shard{0}, OutboxSequence{0}, OutboxSequence{4}}}};
  world.take(world.state->order_replay(order, 1, world.now));
  world.settle();
  while (!world.sends.empty()) world.answer(true);
  EXPECT_EQ(world.delivered, (std::vector<std::string>{"0-2", "0-3"}));
}

TEST(WebhookDelivery, AReplayGoesOnAfterARestart) {
  World world;
  world.settle();
  for (int i = 0; i < 4; ++i) {
    world.publish(0, "dev-a");
    world.answer(true);
  }
  world.advance(seconds{2});
  world.delivered.clear();
  world.take(world.state->order_replay(
      {{}, {}, {}, {{Shard{0}, OutboxSequence{0}, OutboxSequence{4}}}}, 1, world.now));
  world.settle();
  world.answer(true);
  world.answer(true);
  world.advance(seconds{2});
  world.start();
  world.settle();
  while (!world.sends.empty()) world.answer(true);
  EXPECT_EQ(world.delivered, (std::vector<std::string>{"0-1", "0-2", "0-3", "0-4"}));
}

TEST(WebhookDelivery, AStartInThePastKeepsTheOrder) {
  World world;
  world.settle();
  for (int i = 0; i < 3; ++i) {
    world.publish(0, "dev-a");
    world.answer(true);
  }
  world.advance(seconds{2});
  world.delivered.clear();
  world.publish(0, "dev-a");  // under way
  world.publish(0, "dev-a");  // waits for it
  world.take(world.state->start_from({OutboxSequence{0}, OutboxSequence{0}}, 1, world.now));
  world.publish(0, "dev-a");
  world.publish(1, "dev-b");
  world.settle();
  EXPECT_EQ(world.answered, std::vector<RequestId>{1});
  EXPECT_EQ(world.stored_cursor(0), 0U);
  while (!world.sends.empty()) {
    world.answer(true);
    world.settle();
  }
  std::erase(world.delivered, "1-1");
  EXPECT_EQ(world.delivered,
            (std::vector<std::string>{"0-4", "0-1", "0-2", "0-3", "0-4", "0-5", "0-6"}));
  world.advance(seconds{2});
  EXPECT_EQ(world.stored_cursor(0), 6U);
  EXPECT_EQ(world.stored_cursor(1), 1U);
}

TEST(WebhookDelivery, AStartIsWhereItWasAfterACrash) {
  World world;
  world.settle();
  for (int i = 0; i < 4; ++i) {
    world.publish(0, "dev-a");
    world.answer(true);
  }
  world.advance(seconds{2});
  world.delivered.clear();
  world.take(world.state->start_from({OutboxSequence{1}, OutboxSequence{0}}, 1, world.now));
  world.settle();
  world.start();
  world.settle();
  while (!world.sends.empty()) world.answer(true);
  EXPECT_EQ(world.delivered, (std::vector<std::string>{"0-2", "0-3", "0-4"}));
}

TEST(WebhookDelivery, AnAnswerThatWasReadBeforeTheStartIsNotTaken) {
  World world;
  for (int i = 0; i < 3; ++i) world.publish(0, "dev-a", false);
  world.start();
  while (world.reads.empty()) ASSERT_TRUE(world.step());
  const auto old = world.reads.front();
  world.reads.clear();
  world.take(world.state->start_from({OutboxSequence{2}, OutboxSequence{0}}, 1, world.now));
  world.take(world.state->read(old.serial, world.outbox[0], world.now));
  EXPECT_EQ(world.under_way(), "");
  world.settle();
  EXPECT_EQ(world.under_way(), "0-3");
}

TEST(WebhookDelivery, AReplayCanBeCancelled) {
  World world;
  world.settle();
  for (int i = 0; i < 4; ++i) {
    world.publish(0, "dev-a");
    world.answer(true);
  }
  const ReplayOrder order{{}, {}, {}, {{Shard{0}, OutboxSequence{0}, OutboxSequence{4}}}};
  world.take(world.state->order_replay(order, 1, world.now));
  world.settle();
  world.take(world.state->cancel_replay(2, world.now));
  world.settle();
  world.answer(true);
  EXPECT_EQ(world.under_way(), "");
  EXPECT_EQ(world.answered, (std::vector<RequestId>{1, 2}));
  world.take(world.state->order_replay(order, 3, world.now));
  world.settle();
  EXPECT_EQ(world.under_way(), "0-1");
}

TEST(WebhookDelivery, BeingBusyIsNoFailureOfTheEndpoint) {
  World world({.circuit_failures = 1});
  world.settle();
  world.publish(0, "dev-a");
  world.take(
      world.state->sent(world.sends.front().token, {.error = {}, .not_tried = true}, world.now));
  world.sends.clear();
  EXPECT_FALSE(world.state->snapshot(world.now).open);
  EXPECT_EQ(world.health.state, Health::State::unknown);
  world.advance(seconds{1});
  EXPECT_EQ(world.under_way(), "0-1");
}

/// Whatever endpoint, store and process do: every message at least once or as a dead letter, in
/// order per device.
TEST(WebhookDelivery, LosesNothingWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    World world({.concurrency = 3,
                 .held_max = 8,
                 .batch = 3,
                 .attempts_max = 3,
                 .circuit_failures = 4,
                 .dead_letters_max = 10'000},
                2, seed);
    auto& random = *world.random;
    std::size_t published = 0;
    for (int i = 0; i < 600; ++i) {
      const auto dice = random.below(100);
      if (dice < 30 && published < 120) {
        const auto device = random.below(5);
        world.publish(device % 2, "dev-" + std::to_string(device) + "x", random.below(4) > 0);
        ++published;
      } else if (dice < 60) {
        if (!world.sends.empty())
          world.answer_at(random.below(world.sends.size()), random.below(3) > 0,
                          random.below(4) == 0);
      } else if (dice < 85) {
        world.step();
      } else if (dice < 98) {
        world.advance(std::chrono::milliseconds{random.below(4000)});
      } else {
        world.start();  // what was not committed is gone
      }
    }
    for (int i = 0; i < 10'000; ++i) {
      world.settle();
      if (!world.sends.empty()) {
        world.answer(true);
      } else {
        world.advance(minutes{1});
        if (world.sends.empty() && world.stored_cursor(0) == world.outbox[0].size() &&
            world.stored_cursor(1) == world.outbox[1].size())
          break;
      }
    }
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < world.delivered.size(); ++i) first.emplace(world.delivered[i], i);
    std::set<std::string> dead;
    for (const auto& [number, letter] : world.letters())
      dead.insert(std::string(as_text(letter.body)));
    for (const auto& rows : world.outbox) {
      std::map<DeviceId, std::size_t> last;
      for (const auto& up : rows) {
        const std::string name(as_text(up.message->body));
        const auto found = first.find(name);
        ASSERT_TRUE(found != first.end() || dead.contains(name)) << "seed " << seed << " " << name;
        if (found == first.end() || dead.contains(name)) continue;
        const auto before = last.find(up.message->device_id);
        if (before != last.end()) {
          ASSERT_LT(before->second, found->second) << "seed " << seed;
        }
        last[up.message->device_id] = found->second;
      }
    }
  }
}

}  // namespace
}  // namespace ff::application_server::webhook
