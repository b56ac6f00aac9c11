#include "actors/support/committer.hpp"

#include <caf/send.hpp>

#include "storage/engine/errors.hpp"
#include "test/support/actors/actor_fixture.hpp"

namespace ff::actors {
namespace {

using storage::Family;

/// Notes what happened, and what was durable at that moment.
struct Recorder final : Release {
  Recorder(std::vector<std::string>& into, std::string of) : log(into), name(std::move(of)) {}
  void committed() noexcept override { log.push_back(name + " committed"); }
  void failed(const Error& error) noexcept override {
    log.push_back(name + " failed " + std::string(error.name()));
  }
  std::vector<std::string>& log;
  std::string name;
};

class CommitterTest : public test::ActorFixture {
 protected:
  void commit(const std::string& key) {
    Commit message;
    message.records.put(Family::meta, as_bytes(key), as_bytes("value"));
    message.release = std::make_shared<Recorder>(log, key);
    caf::anon_send(deps.committer.get(), std::move(message));
  }
  /// One that syncs every 100 ms and not each batch.
  Committer spawn_with_interval(storage::MemoryEngine& other) {
    return spawn_committer(*system, {.engine = &other,
                                     .durability = storage::Durability::no_sync,
                                     .sync_interval = std::chrono::milliseconds{100},
                                     .metrics = &metrics,
                                     .on_store_failed = {},
                                     .own_thread = false});
  }
  std::vector<std::string> log;
};

TEST_F(CommitterTest, WritesWhatWaitsAsOneBatchAndReleasesInOrder) {
  for (const char* key : {"a", "b", "c"}) commit(key);
  run();
  EXPECT_EQ(log, (std::vector<std::string>{"a committed", "b committed", "c committed"}));
  EXPECT_EQ(engine.stats().batches_written, 1U);
  EXPECT_EQ(engine.stats().records_written, 3U);
}

TEST_F(CommitterTest, ShowsWhatItHasWrittenAndWhyItStopped) {
  const auto shown = [this] {
    std::optional<CommitterSnapshot> answer;
    caf::anon_send(deps.committer.get(),
                   InspectCommitter{[&](Result<CommitterSnapshot> result) { answer = *result; }});
    run();
    return answer.value();
  };
  EXPECT_FALSE(shown().last_written_at);
  for (const char* key : {"a", "b", "c"}) commit(key);
  run();
  const auto written = shown();
  EXPECT_EQ(written.commits, 3U);
  EXPECT_EQ(written.writes, 1U);
  EXPECT_EQ(written.last_commits, 3U);
  EXPECT_GT(written.last_bytes, 0U);
  EXPECT_EQ(written.last_written_at, clock->now().utc);
  EXPECT_EQ(written.waiting_commits, 0U);
  EXPECT_FALSE(written.failure);
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  commit("d");
  run();
  ASSERT_TRUE(shown().failure);
  EXPECT_TRUE(shown().failure->is(storage::disk_full));
}

TEST_F(CommitterTest, ReleasesNothingWhenTheWriteFailsAndNothingAfterwards) {
  engine.inject({.call = storage::MemoryCall::write, .error = Error(storage::disk_full)});
  commit("a");
  run();
  commit("b");
  run();
  EXPECT_EQ(log, (std::vector<std::string>{"a failed disk_full", "b failed store_failed"}));
}

TEST_F(CommitterTest, SyncsWithinItsIntervalWhenToldNotToSyncEveryBatch) {
  storage::MemoryEngine other;
  auto committer = spawn_with_interval(other);
  Commit message;
  message.records.put(Family::meta, as_bytes("a"), as_bytes("value"));
  caf::anon_send(committer, message);
  run();
  EXPECT_EQ(other.unsynced(), 1U);
  advance(std::chrono::milliseconds{100});
  EXPECT_EQ(other.unsynced(), 0U);
  caf::anon_send_exit(committer, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(CommitterTest, SyncsWithinItsIntervalAlsoWhatFillsABatchAlone) {
  storage::MemoryEngine other;
  auto committer = spawn_with_interval(other);
  Commit message;
  message.records.put(Family::meta, as_bytes("a"), Bytes(CommitterConfig{}.batch_bytes_max));
  caf::anon_send(committer, message);
  run();
  EXPECT_EQ(other.unsynced(), 1U);
  advance(std::chrono::milliseconds{100});
  EXPECT_EQ(other.unsynced(), 0U);
  caf::anon_send_exit(committer, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(CommitterTest, SyncsAtOnceWhatMustNeverBeLost) {
  storage::MemoryEngine other;
  auto committer = spawn_with_interval(other);
  Commit message;
  message.records.put(Family::meta, as_bytes("a"), as_bytes("value"));
  caf::anon_send(committer, message);
  message.must_sync = true;
  caf::anon_send(committer, message);
  run();
  EXPECT_EQ(other.unsynced(), 0U);
  message.must_sync = false;
  caf::anon_send(committer, message);
  run();
  EXPECT_EQ(other.unsynced(), 1U);
  caf::anon_send_exit(committer, caf::exit_reason::user_shutdown);
  run();
}

TEST_F(CommitterTest, WritesWhatIsQueuedBeforeItEnds) {
  commit("a");
  caf::anon_send_exit(deps.committer.get(), caf::exit_reason::user_shutdown);
  run();
  EXPECT_EQ(log, std::vector<std::string>{"a committed"});
}

}  // namespace
}  // namespace ff::actors
