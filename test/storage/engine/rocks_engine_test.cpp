#include "storage/engine/rocks_engine.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "storage/engine/errors.hpp"

namespace ff::storage {
namespace {

class RocksEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "ff_rocks_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  Result<std::unique_ptr<Engine>> open(std::string_view name = "db") {
    return open_rocks({.directory = directory_ / name});
  }
  static WriteBatch one(std::string_view key) {
    WriteBatch batch;
    batch.put(Family::device, as_bytes(key), as_bytes("1"));
    return batch;
  }
  static bool has(const Reader& reader, std::string_view key) {
    return reader.get(Family::device, as_bytes(key))->has_value();
  }
  /// The newest write-ahead log of the store.
  std::filesystem::path log_file() {
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ / "db")) {
      if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
    }
    return newest;
  }

  std::filesystem::path directory_;
};

TEST_F(RocksEngineTest, KeepsRecordsAcrossReopening) {
  ASSERT_TRUE((*open())->write(one("a"), Durability::no_sync));
  auto again = open();
  EXPECT_TRUE(has(**again, "a"));
  EXPECT_EQ((*again)->recovery().log_bytes_dropped, 0U);
}

TEST_F(RocksEngineTest, SecondOpeningIsToldWhoHoldsTheDirectory) {
  auto first = open();
  ASSERT_TRUE(first);
  auto second = open();
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(locked)) << second.error().to_string();
  EXPECT_NE(second.error().message().find((directory_ / "db").string()), std::string::npos);
}

TEST_F(RocksEngineTest, MissingStoreIsNotOpenWhenItMustExist) {
  auto opened = open_rocks({.directory = directory_ / "db", .create_if_missing = false});
  ASSERT_FALSE(opened);
  EXPECT_TRUE(opened.error().is(not_open)) << opened.error().to_string();
}

TEST_F(RocksEngineTest, CheckpointOpensAsAStore) {
  auto engine = *open();
  ASSERT_TRUE(engine->write(one("a"), Durability::no_sync));
  ASSERT_TRUE(engine->checkpoint(directory_ / "copy"));
  ASSERT_TRUE(engine->write(one("b"), Durability::no_sync));
  auto copy = open("copy");
  ASSERT_TRUE(copy) << copy.error().to_string();
  EXPECT_TRUE(has(**copy, "a"));
  EXPECT_FALSE(has(**copy, "b"));
}

TEST_F(RocksEngineTest, TornLogTailOpensAndIsReported) {
  ASSERT_TRUE((*open())->write(one("a"), Durability::sync));
  auto engine = *open();
  ASSERT_TRUE(engine->write(one("b"), Durability::sync));
  ASSERT_TRUE(engine->write(one("c"), Durability::sync));
  engine.reset();
  auto log = log_file();
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 3);
  auto again = open();
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(has(**again, "a"));
  EXPECT_TRUE(has(**again, "b"));
  EXPECT_FALSE(has(**again, "c"));
  EXPECT_GT((*again)->recovery().log_bytes_dropped, 0U);
}

TEST_F(RocksEngineTest, RottenLogIsReportedAndNothingBehindItIsRead) {
  auto engine = *open();
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(engine->write(one(key), Durability::sync));
  engine.reset();
  auto log = log_file();
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(log) / 2));
  file.put('\x55');
  file.close();
  auto again = open();
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(has(**again, "a"));
  EXPECT_FALSE(has(**again, "c"));
  EXPECT_GT((*again)->recovery().log_bytes_dropped, 0U);
}

TEST_F(RocksEngineTest, DamagedTableFileIsCorruption) {
  auto engine = *open();
  ASSERT_TRUE(engine->write(one("a"), Durability::sync));
  ASSERT_TRUE(engine->flush());
  engine.reset();
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / "db")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (int i = 0; i < 16; ++i) file.put('\x55');
  }
  auto again = open();
  auto read = again ? (*again)->get(Family::device, as_bytes("a")) : fail(again.error());
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().is(corruption)) << read.error().to_string();
}

}  // namespace
}  // namespace ff::storage
