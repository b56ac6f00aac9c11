#include "actors/gateway_server/memory/actor.hpp"

#include <gtest/gtest.h>

#include <caf/send.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/memory/record.hpp"
#include "test/actors/gateway_server/memory/sample.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;

const GatewayId gateway{"gtw-1"};

class GatewayMemoryTest : public test::ActorFixture {
 protected:
  GatewayMemoryTest() { start(); }
  ~GatewayMemoryTest() override { stop(); }

  void start() {
    keeper = spawn_gateway_memory(*system, {.deps = deps,
                                            .store = &engine,
                                            .disconnected_ttl = 10min,
                                            .silent_ttl = 3min,
                                            .sweep_interval = 1min,
                                            .attendance = attendance,
                                            .own_thread = false});
    route.set(keeper);
    run();
  }
  void stop() {
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
    run();
    keeper = nullptr;
    route.clear();
  }
  Result<GatewayMemory> recall(const GatewayId& id = gateway) {
    std::optional<Result<GatewayMemory>> answer;
    memories->recall(id, [&](auto memory) { answer = std::move(memory); });
    run();
    if (!answer) throw std::runtime_error("no answer");
    return *answer;
  }
  /// As of now, and of a connection that has ended unless it is said to go on.
  GatewayMemory memory(bool goes_on = false) {
    auto memory = test::full_memory();
    memory.stored_at = clock->now().utc;
    if (goes_on) return memory;
    memory.stats.connected_at.reset();
    memory.stats.disconnected_at = memory.stored_at;
    return memory;
  }
  bool has_row(const GatewayId& id = gateway) {
    return engine.get(storage::Family::entity, gateway_memory_key(id))->has_value();
  }

  MemoryHandle keeper;
  actors::Route<MemoryHandle> route;
  std::shared_ptr<Attendance> attendance = std::make_shared<Attendance>(route);
  std::shared_ptr<GatewayMemories> memories = make_gateway_memories(route, attendance);
};

TEST_F(GatewayMemoryTest, WaitsForThoseWhoHaveSomethingToSayWhenTheyEnd) {
  auto first = memories->attend();
  auto second = memories->attend();
  EXPECT_EQ(attendance->count(), 2U);
  first.reset();
  run();
  EXPECT_TRUE(recall().error().is(not_connected)) << "it goes on";
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  run();
  EXPECT_FALSE(has_row());
  // As a connection does: its last words, then it is gone.
  memories->remember(gateway, memory());
  second.reset();
  run();
  EXPECT_TRUE(has_row());
  start();
  EXPECT_EQ(recall()->stats.uplink_count, 5U);
}

TEST_F(GatewayMemoryTest, WaitsForTheStoreAndForNobodyForEver) {
  memories->remember(gateway, memory());
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  run();
  EXPECT_TRUE(has_row()) << "what was in its mailbox is written";
  start();
  const auto hangs = memories->attend();
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  advance(2900ms);
  EXPECT_TRUE(recall()) << "it waits";
  advance(200ms);
  std::optional<bool> is_known;
  memories->recall(gateway, [&](auto found) { is_known = found.has_value(); });
  run();
  EXPECT_FALSE(is_known) << "it has ended";
}

TEST_F(GatewayMemoryTest, RecallsAfterARestart) {
  EXPECT_TRUE(recall().error().is(not_connected));
  memories->remember(gateway, memory());
  run();
  stop();
  start();
  const auto found = recall();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->emissions, test::full_memory().emissions);
  EXPECT_EQ(found->stats.uplink_count, 5U);
  EXPECT_TRUE(recall(GatewayId{"gtw-2"}).error().is(not_connected));
}

TEST_F(GatewayMemoryTest, RecallsWhatIsNotWrittenYet) {
  memories->remember(gateway, memory());
  auto newer = memory();
  newer.stats.uplink_count = 6;
  std::optional<Result<GatewayMemory>> answer;
  memories->remember(gateway, newer);
  memories->recall(gateway, [&](auto found) { answer = std::move(found); });
  run();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->stats.uplink_count, 6U);
  EXPECT_EQ(recall()->stats.uplink_count, 6U);
}

TEST_F(GatewayMemoryTest, ForgetsAfterATimeThatDependsOnTheEnd) {
  const GatewayId silent{"gtw-silent"};
  memories->remember(gateway, memory());
  memories->remember(silent, memory(true));
  run();
  advance(150s);
  EXPECT_TRUE(recall());
  EXPECT_TRUE(recall(silent));
  advance(100s);
  EXPECT_TRUE(recall(silent).error().is(not_connected));
  EXPECT_FALSE(has_row(silent)) << "not swept";
  EXPECT_TRUE(recall());
  advance(7min);
  EXPECT_FALSE(recall());
  EXPECT_FALSE(has_row());
}

TEST_F(GatewayMemoryTest, SweepsMoreThanOnePage) {
  for (int i = 0; i < 2500; ++i)
    memories->remember(GatewayId{"gtw-" + std::to_string(i)}, memory(i % 2 == 0));
  run();
  advance(4min);
  for (int i = 0; i < 2500; ++i)
    EXPECT_EQ(has_row(GatewayId{"gtw-" + std::to_string(i)}), i % 2 != 0) << i;
}

TEST_F(GatewayMemoryTest, SweepsRowsThatNobodyCanRead) {
  storage::WriteBatch batch;
  batch.put(storage::Family::entity, gateway_memory_key(gateway), Bytes{0xff, 0xff});
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
  EXPECT_FALSE(recall());
  advance(61min);
  EXPECT_FALSE(has_row());
}

TEST(LastStats, EndWhenTheLastWordWasHeard) {
  const auto stats = last_stats(test::full_memory());
  EXPECT_FALSE(stats.connected_at);
  EXPECT_EQ(stats.disconnected_at, test::full_memory().stored_at);
}

}  // namespace
}  // namespace ff::gateway_server
