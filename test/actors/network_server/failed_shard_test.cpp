// A shard that fails, and the one that takes its place.
#include <caf/actor_cast.hpp>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/shard/actor.hpp"
#include "test/actors/network_server/held_commits.hpp"

namespace ff::network_server {
namespace {

class FailedShardTest : public HeldCommitsFixture {
 protected:
  storage::Shard home() const { return storage::shard_of(uid, context->shards.count()); }
  storage::Shard index() const { return storage::shard_of(address, context->shards.count()); }

  void fail_shard(storage::Shard shard) {
    caf::anon_send_exit(caf::actor_cast<caf::actor>(context->shards.at(shard)),
                        caf::exit_reason::unhandled_exception);
    run();
    advance(seconds{1});
  }
  ShardSnapshot snapshot(storage::Shard shard) {
    std::optional<ShardSnapshot> shown;
    caf::anon_send(context->inspectable.at(shard),
                   InspectShard{[&](Result<ShardSnapshot> answer) { shown = *answer; }});
    run();
    return shown.value();
  }
  bool shows(const std::string& metric) const {
    return metrics.text().find(metric) != std::string::npos;
  }
};

TEST_F(FailedShardTest, GoesOnWithItsIndexAndItsDevices) {
  create_device();
  uplink(1);
  advance(seconds{2});
  for (const auto shard : {home(), index()}) fail_shard(shard);
  EXPECT_TRUE(shows("farfield_actors_restarted_total{kind=\"network_server_shard\"}"));
  EXPECT_TRUE(shows("farfield_actors_running{kind=\"device_session\"} 0"));
  uplink(1);
  uplink(2);
  advance(seconds{2});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(FailedShardTest, ADeviceIsNotWrittenByTwoSessions) {
  hold_a_downlink();
  fail_shard(home());
  uplink(2, phy::MType::confirmed_up);
  advance(milliseconds{250});
  EXPECT_EQ(snapshot(home()).sessions, 0U) << "while something of its predecessor is under way";
  release_commits();
  advance(seconds{3});
  EXPECT_EQ(downlink_counters(), (std::vector<std::uint16_t>{1, 2}));
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(FailedShardTest, ASuccessorOfASuccessorWaitsForBoth) {
  hold_a_downlink();
  for (int i = 0; i < 2; ++i) fail_shard(home());
  uplink(2, phy::MType::confirmed_up);
  advance(milliseconds{250});
  EXPECT_EQ(snapshot(home()).sessions, 0U);
  release_commits();
  advance(seconds{3});
  EXPECT_EQ(downlink_counters(), (std::vector<std::uint16_t>{1, 2}));
}

class SuccessorTest : public FailedShardTest {
 protected:
  /// In the place of a shard of which nothing is left. What it will find in the store is nothing.
  void SetUp() override {
    FailedShardTest::SetUp();
    auto alone = std::make_shared<Context>(*context);
    alone->shard_lives = actors::Sharded<std::weak_ptr<const void>>(context->shards.count());
    successor = spawn_successor(*system, alone, index(), [] { return ShardStart(); });
    context->inspectable.route(index()).set(successor);
    run();
  }
  void TearDown() override {
    caf::anon_send_exit(successor, caf::exit_reason::user_shutdown);
    successor = nullptr;
    FailedShardTest::TearDown();
  }
  void open() {
    caf::anon_send(successor, OpenShard{});
    run();
  }
  ShardActor successor;
};

TEST_F(SuccessorTest, HearsOfWhatBecomesDurableBeforeItHasRead) {
  IndexedSession session;
  session.device = std::make_shared<const DeviceUid>(uid);
  session.f_nwk_s_int_key = key;
  bool indexed = false;
  caf::anon_send(successor,
                 IndexSession{uid, address, false, std::make_shared<const IndexedSession>(session),
                              [&] { indexed = true; }});
  run();
  EXPECT_FALSE(indexed) << "a join-accept would leave whose session the next reading may not have";
  open();
  EXPECT_TRUE(indexed);
  EXPECT_EQ(snapshot(index()).addresses, 1U);
}

TEST_F(SuccessorTest, RefusesWhatIsTooMuchToWait) {
  int told = 0;
  int refused = 0;
  const auto frame = std::make_shared<const UplinkFrame>();
  for (int i = 0; i < 16'384 + 2; ++i) {
    caf::anon_send(successor, UplinkReceived{frame, [&](const Result<UplinkOwner>& answer) {
                                               ++told;
                                               refused += answer.error().is(shard_overloaded);
                                             }});
  }
  run();
  EXPECT_EQ(told, 2);
  EXPECT_EQ(refused, 2);
  open();
  EXPECT_EQ(told, 16'384 + 2);
  EXPECT_EQ(refused, 2);
}

TEST_F(SuccessorTest, BeginsAgainWhenMoreChangesThanItCanKeep) {
  for (int i = 0; i < 2 * 16'384; ++i)
    caf::anon_send(successor, IndexSession{uid, address, false, nullptr, {}});
  run();
  EXPECT_EQ(snapshot(index()).addresses, 0U);
  bool ended = false;
  caf::anon_send(successor, IndexSession{uid, address, false, nullptr, {}});
  run();
  successor->attach_functor([&] { ended = true; });
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace ff::network_server
