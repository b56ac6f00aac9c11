#include "storage/directory/backup.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "storage/directory/open.hpp"
#include "storage/engine/errors.hpp"
#include "storage/engine/memory_engine.hpp"

namespace ff::storage {
namespace {

class Backup : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "ff_backup_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  Result<OpenStore> open(const char* name) {
    return open_directory({.directory = root_ / name}, {}, *random_);
  }
  static void put(Engine& engine, std::string_view key) {
    WriteBatch batch;
    batch.put(Family::device, as_bytes(key), as_bytes("1"));
    ASSERT_TRUE(engine.write(batch, Durability::sync));
  }
  static bool has(const Engine& engine, std::string_view key) {
    return engine.get(Family::device, as_bytes(key))->has_value();
  }

  std::filesystem::path root_;
  std::unique_ptr<Random> random_ = make_seeded_random(1);
};

TEST_F(Backup, RestoredDirectoryHasTheRecordsAndJumps) {
  NodeUuid uuid;
  {
    auto store = open("live");
    uuid = store->identity.node_uuid;
    put(*store->engine, "before");
    auto made = backup(*store->engine, root_ / "backups" / "one");
    ASSERT_TRUE(made) << made.error().to_string();
    put(*store->engine, "after");
  }
  auto restored = restore({root_ / "backups" / "one", root_ / "new", 500});
  ASSERT_TRUE(restored) << restored.error().to_string();
  auto store = open("new");
  ASSERT_TRUE(store) << store.error().to_string();
  EXPECT_TRUE(has(*store->engine, "before"));
  EXPECT_FALSE(has(*store->engine, "after"));
  EXPECT_EQ(store->identity.counter_jump, CounterJump{500});
  EXPECT_EQ(store->identity.node_uuid, uuid);
  EXPECT_FALSE(store->identity.created);
}

TEST_F(Backup, JumpsOfRestoredRestoresAddUp) {
  ASSERT_TRUE(backup(*open("live")->engine, root_ / "one"));
  ASSERT_TRUE(restore({root_ / "one", root_ / "second", 500}));
  ASSERT_TRUE(backup(*open("second")->engine, root_ / "two"));
  ASSERT_TRUE(restore({root_ / "two", root_ / "third", 500}));
  EXPECT_EQ(open("third")->identity.counter_jump, CounterJump{1000});
  EXPECT_EQ(open("second")->identity.counter_jump, CounterJump{500});
}

TEST_F(Backup, JumpThatDevicesWouldNotFollowIsRefused) {
  ASSERT_TRUE(backup(*open("live")->engine, root_ / "one"));
  for (std::uint64_t block : {0U, 16384U, 65536U}) {
    auto refused = restore({root_ / "one", root_ / "new", block});
    ASSERT_FALSE(refused) << block;
    EXPECT_TRUE(refused.error().is(counter_jump_refused)) << refused.error().to_string();
  }
  EXPECT_TRUE(restore({root_ / "one", root_ / "new", counter_jump_block_max}));
}

TEST_F(Backup, RestoringDoesNotChangeTheBackup) {
  ASSERT_TRUE(backup(*open("live")->engine, root_ / "one"));
  ASSERT_TRUE(restore({root_ / "one", root_ / "a", 500}));
  ASSERT_TRUE(restore({root_ / "one", root_ / "b", 500}));
  EXPECT_EQ(open("b")->identity.counter_jump, CounterJump{500});
}

TEST_F(Backup, ExistingTargetIsRefused) {
  auto store = open("live");
  ASSERT_TRUE(backup(*store->engine, root_ / "one"));
  EXPECT_TRUE(backup(*store->engine, root_ / "one").error().is(backup_exists));
}

TEST_F(Backup, FailedCheckpointLeavesNothingBehind) {
  MemoryEngine engine;
  engine.inject({.call = MemoryCall::checkpoint, .error = Error(disk_full)});
  EXPECT_TRUE(backup(engine, root_ / "one").error().is(disk_full));
  EXPECT_FALSE(std::filesystem::exists(root_ / "one"));
}

TEST_F(Backup, RestoreRefusesWhatIsNoBackupAndAFullTarget) {
  std::filesystem::create_directory(root_ / "empty");
  EXPECT_TRUE(restore({root_ / "empty", root_ / "new", 1}).error().is(restore_refused));
  EXPECT_TRUE(restore({root_ / "missing", root_ / "new", 1}).error().is(restore_refused));
  ASSERT_TRUE(backup(*open("live")->engine, root_ / "one"));
  EXPECT_TRUE(restore({root_ / "one", root_ / "live", 1}).error().is(restore_refused));
  EXPECT_FALSE(open("live")->identity.created);
}

TEST_F(Backup, RestoreOfADamagedBackupIsNeverServed) {
  ASSERT_TRUE(backup(*open("live")->engine, root_ / "one"));
  std::ofstream(root_ / "one" / "db" / "CURRENT") << "MANIFEST-999999\n";
  EXPECT_FALSE(restore({root_ / "one", root_ / "new", 1}));
  auto opened = open("new");
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().is(restore_incomplete)) << opened.error().to_string();
}

}  // namespace
}  // namespace ff::storage
