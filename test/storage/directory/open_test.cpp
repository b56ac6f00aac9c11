#include "storage/directory/open.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "storage/engine/errors.hpp"
#include "storage/engine/memory_engine.hpp"
#include "storage/keys/meta_keys.hpp"
#include "test/support/storage/fault_env.hpp"

namespace ff::storage {
namespace {

struct ClaimStore : testing::Test {
  Result<StoreIdentity> claim(std::uint32_t shards = 64) {
    return claim_store(
        engine, {.shard_count = *ShardCount::make(shards), .counter_jump_block = 100}, *random);
  }
  MemoryEngine engine;
  std::unique_ptr<Random> random = make_seeded_random(1);
};

TEST_F(ClaimStore, FirstStartMakesTheStore) {
  auto identity = claim();
  ASSERT_TRUE(identity);
  EXPECT_TRUE(identity->created);
  EXPECT_EQ(identity->format, newest_format(migrations()));
  EXPECT_EQ(identity->shard_count.value(), 64U);
  EXPECT_EQ(identity->boot_epoch, 1U);
  EXPECT_EQ(identity->counter_jump, CounterJump{});
}

TEST_F(ClaimStore, LaterStartsKeepTheIdentityAndCountUp) {
  auto first = claim();
  for (std::uint64_t epoch = 2; epoch < 5; ++epoch) {
    engine.crash();  // What was claimed is durable.
    auto later = claim();
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->created);
    EXPECT_EQ(later->boot_epoch, epoch);
    EXPECT_EQ(later->node_uuid, first->node_uuid);
  }
}

TEST_F(ClaimStore, UuidIsVersion4) {
  auto text = to_string(claim()->node_uuid);
  ASSERT_EQ(text.size(), 36U);
  for (std::size_t at : {8U, 13U, 18U, 23U}) EXPECT_EQ(text[at], '-');
  EXPECT_EQ(text[14], '4');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
}

TEST_F(ClaimStore, OtherShardCountIsRefusedAndSaysWhatToDo) {
  ASSERT_TRUE(claim(64));
  auto other = claim(128);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error(), Error(shard_count_mismatch, {{"configured", 128}, {"stored", 64}}));
  EXPECT_EQ(
      other.error().message(),
      "setting `storage.shards` is 128, but the data directory was created with 64; the number can "
      "not change: set `storage.shards` to 64 or use a new directory");
  EXPECT_EQ(claim(64)->boot_epoch, 2U) << "a refused start does not count";
}

TEST_F(ClaimStore, NewerFormatIsRefused) {
  ASSERT_TRUE(claim());
  WriteBatch batch;
  put_format(batch, 99);
  ASSERT_TRUE(engine.write(batch, Durability::sync));
  EXPECT_TRUE(claim().error().is(format_too_new));
}

TEST_F(ClaimStore, ForeignRecordsAreRefused) {
  WriteBatch batch;
  batch.put(Family::entity, Bytes{1}, Bytes{1});
  ASSERT_TRUE(engine.write(batch, Durability::sync));
  EXPECT_TRUE(claim().error().is(format_missing));
}

TEST_F(ClaimStore, DamagedMetaIsCorruption) {
  struct Row {
    std::string_view name;
    Bytes value;
  };
  const Row rows[] = {{meta_name::shard_count, {0, 0, 0, 3}}, {meta_name::shard_count, {64}},
                      {meta_name::node_uuid, {1, 2, 3}},      {meta_name::boot_epoch, {}},
                      {meta_name::counter_jump, {1}},         {meta_name::format_version, {1}}};
  for (const auto& row : rows) {
    MemoryEngine store;
    ASSERT_TRUE(claim_store(store, {}, *random));
    WriteBatch batch;
    batch.put(Family::meta, meta_key(row.name), row.value);
    ASSERT_TRUE(store.write(batch, Durability::sync));
    auto claimed = claim_store(store, {}, *random);
    ASSERT_FALSE(claimed) << row.name;
    EXPECT_TRUE(claimed.error().is(corruption)) << row.name;
  }
}

TEST_F(ClaimStore, DamagedLogMakesCountersJumpOncePerDamage) {
  ASSERT_TRUE(claim());
  engine.report_recovery({.log_bytes_dropped = 7});
  EXPECT_EQ(claim()->counter_jump, CounterJump{100});
  EXPECT_EQ(claim()->counter_jump, CounterJump{200});
  engine.report_recovery({});
  auto last = claim();
  EXPECT_EQ(last->counter_jump, CounterJump{200});
  EXPECT_EQ(last->log_bytes_dropped, 0U);
}

/// RocksDB keeps what it could recover: the next start sees no damage.
TEST_F(ClaimStore, ARefusedStartDoesNotForgetTheDamage) {
  ASSERT_TRUE(claim());
  engine.report_recovery({.log_bytes_dropped = 7});
  EXPECT_TRUE(claim(32).error().is(shard_count_mismatch));
  engine.report_recovery({});
  EXPECT_EQ(claim()->counter_jump, CounterJump{100});
}

TEST_F(ClaimStore, FailedWriteIsNoClaim) {
  engine.inject({.error = Error(disk_full)});
  EXPECT_TRUE(claim().error().is(disk_full));
  engine.crash();
  EXPECT_TRUE(claim()->created);
}

class OpenDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "ff_open_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  std::filesystem::path root_;
  std::unique_ptr<Random> random_ = make_seeded_random(1);
};

TEST_F(OpenDirectory, CreatesDirectoryForItsOwnerAlone) {
  auto path = root_ / "a" / "b";
  {
    auto opened = open_directory({.directory = path}, {}, *random_);
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_TRUE(opened->identity.created);
  }
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(open_directory({.directory = path}, {}, *random_)->identity.boot_epoch, 2U);
}

TEST_F(OpenDirectory, FileInTheWayIsNamed) {
  std::ofstream(root_ / "file") << "x";
  auto opened = open_directory({.directory = root_ / "file"}, {}, *random_);
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().is(directory_unusable)) << opened.error().to_string();
}

TEST_F(OpenDirectory, InterruptedRestoreIsRefused) {
  std::filesystem::create_directory(root_ / "db.restoring");
  auto opened = open_directory({.directory = root_}, {}, *random_);
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().is(restore_incomplete));
}

TEST_F(OpenDirectory, BootEpochNeverRepeatsThroughPowerLoss) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    test::FaultEnv disk(seed);
    std::uint64_t last = 0;
    for (int i = 0; i < 8; ++i) {
      disk.cut_power_after(40 + 15 * static_cast<std::uint64_t>(i));
      if (auto opened = open_directory({.directory = "/", .maybe_env = disk.env()}, {}, *random_)) {
        EXPECT_GT(opened->identity.boot_epoch, last) << seed;
        last = opened->identity.boot_epoch;
      }
      disk.restart(test::Tear::cut);
    }
    EXPECT_GT(last, 0U) << seed;
  }
}

}  // namespace
}  // namespace ff::storage
