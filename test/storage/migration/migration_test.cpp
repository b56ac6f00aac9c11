#include "storage/migration/migration.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "storage/engine/errors.hpp"
#include "storage/engine/memory_engine.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/meta_keys.hpp"

namespace ff::storage {
namespace {

/// Not idempotent on purpose: a record converted twice or not at all shows.
Status append_x(ByteView key, ByteView value, WriteBatch& out) {
  auto changed = to_owned(value);
  changed.push_back('x');
  out.put(Family::session, key, changed);
  return {};
}
/// Moves records to another family and drops odd ones.
Status move_to_device(ByteView key, ByteView value, WriteBatch& out) {
  out.erase(Family::session, key);
  if (key.back() % 2 == 0) out.put(Family::device, key, value);
  return {};
}
Status refuse_five(ByteView key, ByteView, WriteBatch&) {
  if (key.back() == 5) return fail(corruption);
  return {};
}

const std::array<Migration, 2> registry{
    Migration{.version = 2, .name = "append_x", .family = Family::session, .convert = append_x},
    Migration{.version = 3, .name = "move", .family = Family::session, .convert = move_to_device}};

constexpr int records = 20;

void fill(Engine& engine) {
  WriteBatch batch;
  put_format(batch, 1);
  for (int i = 0; i < records; ++i) {
    batch.put(Family::session, Bytes{0, static_cast<std::uint8_t>(i)}, as_bytes("v"));
  }
  ASSERT_TRUE(engine.write(batch, Durability::sync));
}

std::map<Bytes, std::string> contents(const Engine& engine, Family family) {
  std::map<Bytes, std::string> out;
  EXPECT_TRUE(engine.scan({.family = family}, [&](ByteView key, ByteView value) {
    out[to_owned(key)] = std::string(as_text(value));
    return true;
  }));
  return out;
}

void expect_migrated(const Engine& engine) {
  EXPECT_EQ(*read_format(engine), 3U);
  EXPECT_TRUE(contents(engine, Family::session).empty());
  auto devices = contents(engine, Family::device);
  EXPECT_EQ(devices.size(), records / 2U);
  for (const auto& [key, value] : devices) EXPECT_EQ(value, "vx");
  EXPECT_EQ(engine.get(Family::meta, meta_key(meta_name::migration))->has_value(), false);
}

TEST(Migrator, RunsAllMigrationsInOrder) {
  for (std::size_t batch : {1U, 2U, 7U, 10U, 20U, 21U, 1000U}) {
    MemoryEngine engine;
    fill(engine);
    Migrator migrator(engine, registry, batch);
    bool finished = false;
    for (int i = 0; i < 100 && !finished; ++i) finished = migrator.step()->finished;
    EXPECT_TRUE(finished) << batch;
    expect_migrated(engine);
  }
}

TEST(Migrator, ContinuesAfterACrashAtEveryBatch) {
  for (bool applied : {false, true}) {
    for (std::size_t interrupted = 0; interrupted < 16; ++interrupted) {
      MemoryEngine engine;
      fill(engine);
      engine.inject({.error = Error(io_failed), .after = interrupted, .applied = applied});
      bool finished = false;
      int failures = 0;
      for (int i = 0; i < 100 && !finished; ++i) {
        Migrator migrator(engine, registry, 3);
        auto progress = migrator.step();
        if (progress) {
          finished = progress->finished;
        } else {
          ++failures;
          engine.crash();
        }
      }
      EXPECT_EQ(failures, interrupted < 14 ? 1 : 0) << interrupted;
      expect_migrated(engine);
    }
  }
}

TEST(Migrator, RecordsWrittenBesideItAreKept) {
  MemoryEngine engine;
  fill(engine);
  Migrator migrator(engine, std::span(registry).first(1), 4);
  ASSERT_TRUE(migrator.step());
  WriteBatch
      batch;  // One behind the cursor, one ahead; both already in the new form or yet to be seen.
  batch.put(Family::session, Bytes{0, 1}, as_bytes("new"));
  batch.put(Family::session, Bytes{1, 0}, as_bytes("w"));
  ASSERT_TRUE(engine.write(batch, Durability::sync));
  while (!migrator.step()->finished) {
  }
  auto sessions = contents(engine, Family::session);
  EXPECT_EQ(sessions[(Bytes{0, 1})], "new");
  EXPECT_EQ(sessions[(Bytes{1, 0})], "wx");
}

TEST(Migrator, NewerFormatIsRefused) {
  MemoryEngine engine;
  WriteBatch batch;
  put_format(batch, 9);
  ASSERT_TRUE(engine.write(batch, Durability::sync));
  EXPECT_EQ(Migrator(engine, registry).step().error(),
            Error(format_too_new, {{"version", 9}, {"newest", 3}}));
}

TEST(Migrator, StoreWithoutAFormatIsRefused) {
  MemoryEngine engine;
  EXPECT_TRUE(Migrator(engine, registry).step().error().is(format_missing));
}

TEST(Migrator, FailingConversionChangesNothingAndNamesItself) {
  const std::array<Migration, 1> failing{
      Migration{.version = 2, .name = "f", .family = Family::session, .convert = refuse_five}};
  MemoryEngine engine;
  fill(engine);
  Migrator migrator(engine, failing);
  EXPECT_TRUE(migrator.step().error().is(corruption));
  EXPECT_EQ(*read_format(engine), 1U);
}

TEST(Migrator, NothingToDoIsFinished) {
  MemoryEngine engine;
  fill(engine);
  auto progress = Migrator(engine, {}).step();
  EXPECT_TRUE(progress->finished);
  EXPECT_EQ(progress->version, 1U);
}

TEST(Registry, ListsMembershipsOfAnOldStoreBelowTheirMembers) {
  MemoryEngine engine;
  const auto key =
      entity_key(EntityKind::membership, {"application", "app", "organization", "org"});
  WriteBatch batch;
  put_format(batch, 1);
  batch.put(Family::entity, key, as_bytes("m"));
  batch.put(Family::entity, entity_key(EntityKind::application, {"app"}), as_bytes("a"));
  ASSERT_TRUE(engine.write(batch, Durability::sync));
  Migrator migrator(engine, migrations());
  while (!migrator.step()->finished) {
  }
  const auto listed = contents(engine, Family::entity_index);
  ASSERT_EQ(listed.size(), 1U);
  const auto prefix = member_of_prefix("organization", "org");
  EXPECT_EQ(listed.begin()->first, listing_key(prefix, key));
  EXPECT_EQ(contents(engine, Family::entity).size(), 2U);
}

TEST(Registry, IsAscendingWithoutGapsAndComplete) {
  FormatVersion expected = 2;
  for (const auto& migration : migrations()) {
    EXPECT_EQ(migration.version, expected++);
    EXPECT_FALSE(migration.name.empty());
    EXPECT_NE(migration.convert, nullptr);
  }
  EXPECT_EQ(newest_format(migrations()), expected - 1);
}

}  // namespace
}  // namespace ff::storage
