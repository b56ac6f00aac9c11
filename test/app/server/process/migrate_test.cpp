// A start on the store of an older program, and who asks for its end meanwhile.
#include "app/server/process/migrate.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "app/server/process/process.hpp"
#include "app/server/process/signals.hpp"
#include "storage/directory/open.hpp"
#include "storage/engine/memory_engine.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/meta_keys.hpp"

namespace ff::app {
namespace {

using storage::Family;

constexpr std::size_t memberships = 600;  // more than one batch

void make_old(storage::Engine& engine) {
  storage::WriteBatch batch;
  storage::put_format(batch, 1);
  for (std::size_t i = 0; i < memberships; ++i) {
    const auto key =
        storage::entity_key(storage::EntityKind::membership,
                            {"application", "app" + std::to_string(i), "organization", "org"});
    batch.put(Family::entity, key, as_bytes("m"));
  }
  ASSERT_TRUE(engine.write(batch, storage::Durability::sync));
}

std::size_t count(const storage::Engine& engine, Family family) {
  return *engine.scan({.family = family}, [](ByteView, ByteView) { return true; });
}

bool is_under_way(const storage::Engine& engine) {
  return *storage::read_format(engine) == 1U &&
         engine.get(Family::meta, storage::meta_key(storage::meta_name::migration))->has_value();
}

TEST(MigrateStore, StopsBetweenBatchesAndGoesOnThere) {
  storage::MemoryEngine engine;
  make_old(engine);
  int asked = 0;
  const auto interrupt = [&asked] { return ++asked % 2 == 0; };
  EXPECT_TRUE(migrate_store(engine, interrupt).error().is(migration_interrupted));
  EXPECT_EQ(asked, 2);
  EXPECT_TRUE(is_under_way(engine));
  const auto listed = count(engine, Family::entity_index);
  EXPECT_GT(listed, 0U);
  EXPECT_LT(listed, memberships);
  EXPECT_TRUE(migrate_store(engine, interrupt));
  EXPECT_EQ(asked, 2) << "one batch was left";
  EXPECT_EQ(count(engine, Family::entity_index), memberships);
  EXPECT_EQ(*storage::read_format(engine), storage::newest_format(storage::migrations()));
}

constexpr int is_as_expected = 11;

Result<storage::OpenStore> open(const std::filesystem::path& directory) {
  return storage::open_directory({.directory = directory},
                                 {.shard_count = *storage::ShardCount::make(64)},
                                 *make_secure_random());
}

/// As a process that is asked to end while it starts.
void start_and_end() {
  const auto directory =
      std::filesystem::path(testing::TempDir()) / ("farfield-migrate-" + std::to_string(getpid()));
  block_signals();
  make_old(*open(directory)->engine);
  kill(getpid(), SIGTERM);
  const auto config =
      config::load({{"--storage.directory=" + directory.string(), "--log.level=error"}, {}, {}});
  const auto ended = run_server(config->config, nullptr);
  const bool resumes = is_under_way(*open(directory)->engine);
  std::filesystem::remove_all(directory);
  _exit(ended == ExitCode::ok && resumes ? is_as_expected : 1);
}

class MigrationDeathTest : public testing::Test {
 protected:
  // A new process, whose signals are its own.
  MigrationDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(MigrationDeathTest, ASignalEndsAStartThatMigratesAndTheNextOneGoesOn) {
  EXPECT_EXIT(start_and_end(), testing::ExitedWithCode(is_as_expected), "");
}

void exit_at_the_second_signal() {
  block_signals();
  kill(getpid(), SIGTERM);
  const bool first = end_was_asked();
  const bool again = end_was_asked();
  if (!first || again) _exit(1);
  arm_second_signal();
  kill(getpid(), SIGTERM);
  _exit(2);
}

TEST_F(MigrationDeathTest, TheNextSignalIsTheSecond) {
  EXPECT_EXIT(exit_at_the_second_signal(), testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace ff::app
