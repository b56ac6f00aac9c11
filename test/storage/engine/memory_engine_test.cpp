#include "storage/engine/memory_engine.hpp"

#include <gtest/gtest.h>

#include "storage/engine/errors.hpp"

namespace ff::storage {
namespace {

WriteBatch one(std::string_view key) {
  WriteBatch batch;
  batch.put(Family::device, as_bytes(key), as_bytes("1"));
  return batch;
}
bool has(const Reader& reader, std::string_view key) {
  return reader.get(Family::device, as_bytes(key))->has_value();
}

TEST(MemoryEngine, CrashLosesWhatWasNotSynced) {
  MemoryEngine engine;
  ASSERT_TRUE(engine.write(one("a"), Durability::sync));
  ASSERT_TRUE(engine.write(one("b"), Durability::no_sync));
  ASSERT_TRUE(engine.write(one("c"), Durability::no_sync));
  EXPECT_EQ(engine.unsynced(), 2U);
  engine.crash(1);
  EXPECT_TRUE(has(engine, "a"));
  EXPECT_TRUE(has(engine, "b"));
  EXPECT_FALSE(has(engine, "c"));
}

TEST(MemoryEngine, SyncedWriteMakesEarlierOnesDurable) {
  MemoryEngine engine;
  ASSERT_TRUE(engine.write(one("a"), Durability::no_sync));
  ASSERT_TRUE(engine.write(WriteBatch(), Durability::sync));
  engine.crash();
  EXPECT_TRUE(has(engine, "a"));
}

TEST(MemoryEngine, FailedWriteFailsAllLaterOnesUntilReopened) {
  MemoryEngine engine;
  engine.inject({.call = MemoryCall::write, .error = Error(disk_full), .after = 1});
  EXPECT_TRUE(engine.write(one("a"), Durability::sync));
  EXPECT_EQ(engine.write(one("b"), Durability::sync).error(), Error(disk_full));
  EXPECT_EQ(engine.write(one("c"), Durability::sync).error(), Error(disk_full));
  engine.crash();
  EXPECT_TRUE(engine.write(one("d"), Durability::sync));
  EXPECT_TRUE(has(engine, "a"));
  EXPECT_FALSE(has(engine, "b"));
  EXPECT_FALSE(has(engine, "c"));
}

TEST(MemoryEngine, FailedWriteMayHaveReachedTheDisk) {
  MemoryEngine engine;
  engine.inject({.call = MemoryCall::write, .error = Error(io_failed), .applied = true});
  EXPECT_FALSE(engine.write(one("a"), Durability::sync));
  engine.crash();
  EXPECT_TRUE(has(engine, "a"));
}

TEST(MemoryEngine, FailedReadFailsOnce) {
  MemoryEngine engine;
  engine.inject({.call = MemoryCall::read, .error = Error(corruption)});
  EXPECT_FALSE(engine.get(Family::device, as_bytes("a")));
  EXPECT_TRUE(engine.get(Family::device, as_bytes("a")));
}

TEST(MemoryEngine, CheckpointOpensAsACopy) {
  MemoryEngine engine;
  ASSERT_TRUE(engine.write(one("a"), Durability::no_sync));
  ASSERT_TRUE(engine.checkpoint("copy"));
  ASSERT_TRUE(engine.write(one("b"), Durability::no_sync));
  auto copy = engine.open_checkpoint("copy");
  ASSERT_NE(copy, nullptr);
  EXPECT_TRUE(has(*copy, "a"));
  EXPECT_FALSE(has(*copy, "b"));
  ASSERT_TRUE(copy->write(one("c"), Durability::sync));
  EXPECT_FALSE(has(engine, "c"));
  EXPECT_EQ(engine.open_checkpoint("other"), nullptr);
}

}  // namespace
}  // namespace ff::storage
