// The conformance suite of every Engine: what the memory double promises, the disk must keep, and
// the other way.
#include "storage/engine/engine.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/random.hpp"
#include "storage/engine/memory_engine.hpp"
#include "storage/engine/rocks_engine.hpp"

namespace ff::storage {
namespace {

class EngineTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "ff_engine_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    open();
  }
  void TearDown() override {
    engine_.reset();
    std::filesystem::remove_all(directory_);
  }

  bool on_disk() const { return std::string_view(GetParam()) == "rocks"; }
  void open() {
    engine_.reset();
    if (on_disk()) {
      auto opened = open_rocks({.directory = directory_ / "db", .write_buffer_bytes = 1U << 20U});
      ASSERT_TRUE(opened) << opened.error().to_string();
      engine_ = *std::move(opened);
    } else {
      engine_ = std::make_unique<MemoryEngine>();
    }
  }

  void put(Family family, std::string_view key, std::string_view value) {
    WriteBatch batch;
    batch.put(family, as_bytes(key), as_bytes(value));
    ASSERT_TRUE(engine_->write(batch, Durability::no_sync));
  }
  std::string get(const Reader& reader, Family family, std::string_view key) {
    auto value = reader.get(family, as_bytes(key));
    EXPECT_TRUE(value);
    return *value ? std::string(as_text(**value)) : "(none)";
  }
  std::string keys(const Reader& reader, const Scan& scan) {
    std::string out;
    EXPECT_TRUE(reader.scan(scan, [&](ByteView key, ByteView) {
      out += std::string(as_text(key)) + " ";
      return true;
    }));
    return out;
  }
  static KeyRange range(std::string_view first, std::string_view last) {
    return {to_owned(as_bytes(first)), to_owned(as_bytes(last))};
  }

  std::filesystem::path directory_;
  std::unique_ptr<Engine> engine_;
};

INSTANTIATE_TEST_SUITE_P(Engines, EngineTest, testing::Values("memory", "rocks"),
                         [](const auto& row) { return std::string(row.param); });

TEST_P(EngineTest, ReadsWhatWasWrittenPerFamily) {
  put(Family::device, "k", "in device");
  put(Family::session, "k", "in session");
  EXPECT_EQ(get(*engine_, Family::device, "k"), "in device");
  EXPECT_EQ(get(*engine_, Family::session, "k"), "in session");
  EXPECT_EQ(get(*engine_, Family::entity, "k"), "(none)");
}

TEST_P(EngineTest, LaterChangesOfABatchWin) {
  WriteBatch batch;
  batch.put(Family::device, as_bytes("a"), as_bytes("1"));
  batch.put(Family::device, as_bytes("b"), as_bytes("1"));
  batch.erase_range(Family::device, as_bytes("a"), as_bytes("c"));
  batch.put(Family::device, as_bytes("b"), as_bytes("2"));
  ASSERT_TRUE(engine_->write(batch, Durability::sync));
  EXPECT_EQ(get(*engine_, Family::device, "a"), "(none)");
  EXPECT_EQ(get(*engine_, Family::device, "b"), "2");
}

TEST_P(EngineTest, ExtendingPutsBehindWhatIsThere) {
  const auto extend = [&](std::string_view key, std::string_view tail) {
    WriteBatch batch;
    batch.extend(Family::session, as_bytes(key), as_bytes(tail));
    ASSERT_TRUE(engine_->write(batch, Durability::sync));
  };
  extend("new", "a");
  put(Family::session, "k", "1");
  extend("k", "2");
  ASSERT_TRUE(engine_->flush());
  extend("k", "3");
  auto snapshot = engine_->snapshot();
  extend("k", "");
  extend("k", "45");
  EXPECT_EQ(get(*engine_, Family::session, "new"), "a");
  EXPECT_EQ(get(*engine_, Family::session, "k"), "12345");
  EXPECT_EQ(get(*snapshot, Family::session, "k"), "123");
  snapshot.reset();
  ASSERT_TRUE(engine_->flush());
  ASSERT_TRUE(engine_->compact(Family::session, {}));
  EXPECT_EQ(get(*engine_, Family::session, "k"), "12345");
  put(Family::session, "k", "again");
  extend("k", "!");
  EXPECT_EQ(*(*engine_->multi_get(Family::session, std::vector<Bytes>{{'k'}}))[0],
            to_owned(as_bytes("again!")));
  WriteBatch batch;
  batch.erase(Family::session, as_bytes("k"));
  batch.extend(Family::session, as_bytes("k"), as_bytes("fresh"));
  ASSERT_TRUE(engine_->write(batch, Durability::sync));
  EXPECT_EQ(get(*engine_, Family::session, "k"), "fresh");
}

TEST_P(EngineTest, EmptyKeysAndValuesAreAllowed) {
  put(Family::meta, "", "");
  EXPECT_EQ(get(*engine_, Family::meta, ""), "");
}

TEST_P(EngineTest, MultiGetAnswersInTheKeysOrder) {
  put(Family::session, "a", "1");
  put(Family::session, "c", "3");
  std::vector<Bytes> wanted{{'c'}, {'b'}, {'a'}, {'c'}};
  auto values = engine_->multi_get(Family::session, wanted);
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 4U);
  EXPECT_EQ((*values)[0], Bytes{'3'});
  EXPECT_EQ((*values)[1], std::nullopt);
  EXPECT_EQ((*values)[2], Bytes{'1'});
  EXPECT_EQ((*values)[3], Bytes{'3'});
  EXPECT_TRUE(engine_->multi_get(Family::session, {})->empty());
}

TEST_P(EngineTest, ScansAreBoundedOrderedAndLimited) {
  for (const char* key : {"d", "a", "c", "b", "e"}) put(Family::event, key, "x");
  struct Row {
    const char* name;
    Scan scan;
    const char* keys;
  };
  const auto reverse = Direction::reverse;
  const Row rows[] = {
      {"all", {.family = Family::event}, "a b c d e "},
      {"end is exclusive", {.family = Family::event, .range = range("b", "d")}, "b c "},
      {"open end", {.family = Family::event, .range = range("d", "")}, "d e "},
      {"reverse", {Family::event, range("b", "d"), reverse}, "c b "},
      {"reverse all", {Family::event, {}, reverse}, "e d c b a "},
      {"reverse with a limit", {Family::event, {}, reverse, 2}, "e d "},
      {"limit", {Family::event, range("b", ""), Direction::forward, 2}, "b c "},
      {"limit 0", {Family::event, {}, Direction::forward, 0}, ""},
      {"between keys", {Family::event, range("aa", "ab")}, ""},
      {"inverted", {Family::event, range("d", "b")}, ""},
      {"other family", {Family::series}, ""},
  };
  for (bool flushed : {false, true}) {
    if (flushed) {
      ASSERT_TRUE(engine_->flush());
    }
    for (const auto& row : rows) EXPECT_EQ(keys(*engine_, row.scan), row.keys) << row.name;
  }
}

TEST_P(EngineTest, VisitorEndsTheScan) {
  for (const char* key : {"a", "b", "c"}) put(Family::event, key, "x");
  int seen = 0;
  auto visited =
      engine_->scan({.family = Family::event}, [&](ByteView, ByteView) { return ++seen < 2; });
  EXPECT_EQ(*visited, 2U);
  EXPECT_EQ(seen, 2);
}

TEST_P(EngineTest, VisitorMayWrite) {
  for (const char* key : {"a", "b", "c"}) put(Family::event, key, "x");
  auto visited = engine_->scan({.family = Family::event}, [&](ByteView key, ByteView) {
    put(Family::event, std::string(as_text(key)) + "+", "y");
    return true;
  });
  EXPECT_EQ(*visited, 3U);
  EXPECT_EQ(keys(*engine_, {.family = Family::event}), "a a+ b b+ c c+ ");
}

TEST_P(EngineTest, SnapshotStaysWhatItWas) {
  put(Family::device, "a", "1");
  put(Family::device, "b", "1");
  auto snapshot = engine_->snapshot();
  WriteBatch batch;
  batch.put(Family::device, as_bytes("a"), as_bytes("2"));
  batch.erase(Family::device, as_bytes("b"));
  batch.put(Family::device, as_bytes("c"), as_bytes("2"));
  ASSERT_TRUE(engine_->write(batch, Durability::no_sync));
  EXPECT_EQ(get(*snapshot, Family::device, "a"), "1");
  EXPECT_EQ(keys(*snapshot, {.family = Family::device}), "a b ");
  EXPECT_EQ(*(*snapshot->multi_get(Family::device, std::vector<Bytes>{{'b'}}))[0], Bytes{'1'});
  EXPECT_EQ(keys(*engine_, {.family = Family::device}), "a c ");
  snapshot.reset();
}

TEST_P(EngineTest, PrefixFilterNeverHidesARecord) {
  // Keys of the family with a prefix filter, shorter and longer than its prefix, in table files and
  // in memory.
  std::map<std::string, int> model;
  auto random = make_seeded_random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string key(random->below(10), 'x');
    for (auto& c : key) c = static_cast<char>('a' + random->below(3));
    model[key] = 1;
    put(Family::address_index, key, "v");
    if (i == 1000) {
      ASSERT_TRUE(engine_->flush());
    }
  }
  for (int i = 0; i < 300; ++i) {
    std::string prefix(random->below(9), 'x');
    for (auto& c : prefix) c = static_cast<char>('a' + random->below(3));
    std::string expected;
    for (const auto& [key, one] : model) {
      if (key.starts_with(prefix)) expected += key + " ";
    }
    Scan scan{.family = Family::address_index, .range = prefix_range(as_bytes(prefix))};
    ASSERT_EQ(keys(*engine_, scan), expected) << prefix;
  }
}

TEST_P(EngineTest, CheckpointIsNotRefusedOnceAndIsRefusedTwice) {
  put(Family::device, "a", "1");
  EXPECT_TRUE(engine_->checkpoint(directory_ / "copy"));
  EXPECT_FALSE(engine_->checkpoint(directory_ / "copy"));
}

TEST_P(EngineTest, ApproximateBytesGrowWithTheRange) {
  for (int i = 0; i < 1000; ++i)
    put(Family::outbox, std::to_string(1000 + i), std::string(500, 'x'));
  ASSERT_TRUE(engine_->flush());
  auto some = engine_->approximate_bytes(Family::outbox, range("1000", "1100"));
  auto all = engine_->approximate_bytes(Family::outbox, {});
  EXPECT_GT(*all, *some);
  EXPECT_EQ(*engine_->approximate_bytes(Family::event, {}), 0U);
}

TEST_P(EngineTest, CompactingKeepsTheRecords) {
  for (int i = 0; i < 100; ++i) put(Family::outbox, std::to_string(100 + i), "x");
  WriteBatch batch;
  batch.erase_range(Family::outbox, as_bytes("100"), as_bytes("198"));
  ASSERT_TRUE(engine_->write(batch, Durability::sync));
  ASSERT_TRUE(engine_->flush());
  ASSERT_TRUE(engine_->compact(Family::outbox, {}));
  EXPECT_EQ(keys(*engine_, {.family = Family::outbox}), "198 199 ");
}

TEST_P(EngineTest, StatsCountWrites) {
  auto before = engine_->stats();
  WriteBatch batch;
  batch.put(Family::device, as_bytes("a"), as_bytes("1"));
  batch.put(Family::device, as_bytes("b"), as_bytes("1"));
  ASSERT_TRUE(engine_->write(batch, Durability::sync));
  auto after = engine_->stats();
  EXPECT_EQ(after.batches_written - before.batches_written, 1U);
  EXPECT_EQ(after.records_written - before.records_written, 2U);
  EXPECT_GT(after.bytes_written, before.bytes_written);
  EXPECT_EQ(after.syncs - before.syncs, 1U);
  EXPECT_FALSE(after.stalled);
}

TEST(PrefixRange, EndsAtTheNextPrefix) {
  EXPECT_EQ(prefix_range(Bytes{1, 2}).last, (Bytes{1, 3}));
  EXPECT_EQ(prefix_range(Bytes{1, 0xFF, 0xFF}).last, (Bytes{2}));
  EXPECT_EQ(prefix_range(Bytes{0xFF, 0xFF}).last, Bytes{});
  EXPECT_EQ(prefix_range({}), KeyRange{});
}

}  // namespace
}  // namespace ff::storage
