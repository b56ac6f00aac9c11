// The engine's promises under power loss and failing disks, on the real RocksDB over a simulated
// disk: every batch is whole or absent, what survives is a prefix of the writes, and nothing
// acknowledged with sync is lost.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "storage/engine/errors.hpp"
#include "storage/engine/rocks_engine.hpp"
#include "test/support/storage/fault_env.hpp"

namespace ff::storage {
namespace {

using test::DiskCall;
using test::DiskError;
using test::FaultEnv;
using test::Tear;

/// Contents of the families that the batches touch, by family and key.
using Model = std::map<std::pair<Family, Bytes>, Bytes>;

constexpr Family families[] = {Family::session, Family::outbox, Family::address_index,
                               Family::meta};

/// The same batch for the same number, always.
WriteBatch batch_of(std::uint32_t number) {
  std::mt19937 random(number);
  WriteBatch batch;
  Bytes value(random() % 300, static_cast<std::uint8_t>(number));
  append_be<4>(value, number);
  for (auto n = 1 + random() % 8; n > 0; --n) {
    auto family = families[random() % 3];
    Bytes key{0, static_cast<std::uint8_t>(random() % 40), 1, 1, 1, 1, 1};
    if (random() % 5 == 0) {
      batch.erase(family, key);
    } else if (random() % 3 == 0) {
      batch.extend(family, key, value);
    } else {
      batch.put(family, key, value);
    }
  }
  if (random() % 10 == 0) batch.erase_range(Family::outbox, Bytes{0, 5}, Bytes{0, 9});
  Bytes count;
  append_be<4>(count, number);
  batch.put(Family::meta, as_bytes("count"), count);
  return batch;
}

void apply_to(Model& model, const WriteBatch& batch) {
  for (const auto& change : batch) {
    std::pair at(change.family, to_owned(change.key));
    if (change.change == Change::put) {
      model[at] = to_owned(change.value);
    } else if (change.change == Change::extend) {
      append(model[at], change.value);
    } else if (change.change == Change::erase) {
      model.erase(at);
    } else {
      model.erase(model.lower_bound(at),
                  model.lower_bound({change.family, to_owned(change.value)}));
    }
  }
}

Model read_all(const Engine& engine) {
  Model model;
  for (auto family : families) {
    EXPECT_TRUE(engine.scan({.family = family}, [&](ByteView key, ByteView value) {
      model[{family, to_owned(key)}] = to_owned(value);
      return true;
    }));
  }
  return model;
}

/// Seeds per property; FF_CRASH_SEEDS raises it for a soak.
std::uint64_t seeds() {
  const char* text = std::getenv("FF_CRASH_SEEDS");
  return text == nullptr ? 40 : std::strtoull(text, nullptr, 10);
}

/// One store on one disk that keeps losing power, and what must be on it.
class Trial {
 public:
  explicit Trial(std::uint64_t seed) : disk(seed), random(seed) {}

  bool open() {
    auto opened = open_rocks({.directory = "/data",
                              .block_cache_bytes = 1U << 20U,
                              .write_buffer_bytes = 128U << 10U,
                              .log_bytes_max = 64U << 10U,
                              .maybe_env = disk.env()});
    if (opened) engine = *std::move(opened);
    last_error = opened ? "" : opened.error().to_string();
    // The manifest has no rule for wrong bytes at its unsynced end, so RocksDB refuses: nothing is
    // lost silently, and file systems that write data before sizes (ext4, XFS) do not produce them.
    // Only an opening that succeeds writes a new manifest; until then the bytes stay.
    refused = garbage && !opened && opened.error().is(corruption) &&
              last_error.find("MANIFEST") != std::string::npos;
    if (opened) garbage = false;
    return opened.has_value();
  }

  /// Writes until something fails or `batches` are done.
  void write(std::uint32_t batches) {
    for (; batches > 0; --batches) {
      auto durability = random() % 3 == 0 ? Durability::no_sync : Durability::sync;
      ++issued;
      if (!engine->write(batch_of(issued), durability)) return;
      if (durability == Durability::sync) acknowledged = issued;
      if (random() % 60 == 0 && !engine->flush()) return;
    }
  }

  void crash() {
    disk.cut_power_after(0);
    engine.reset();
    auto tear = random() % 2 == 0 ? Tear::cut : Tear::garbage;
    garbage |= tear == Tear::garbage;
    disk.restart(tear);
  }

  /// What is read is the state after exactly some number of batches between what was acknowledged
  /// and issued.
  void expect_a_prefix() {
    auto found = read_all(*engine);
    auto count = found.find({Family::meta, to_owned(as_bytes("count"))});
    auto survived =
        count == found.end() ? 0 : static_cast<std::uint32_t>(read_be<4>(count->second));
    ASSERT_GE(survived, acknowledged);
    ASSERT_LE(survived, issued);
    Model expected;
    for (std::uint32_t i = 1; i <= survived; ++i) apply_to(expected, batch_of(i));
    ASSERT_EQ(found, expected);
    lost += issued - survived;
    issued = acknowledged = survived;
  }

  FaultEnv disk;
  std::mt19937_64 random;
  std::unique_ptr<Engine> engine;
  std::string last_error;
  bool garbage = false;  // May be at the end of files since the last opening.
  bool refused = false;
  std::uint32_t issued = 0;
  std::uint32_t acknowledged = 0;
  std::uint32_t lost = 0;
};

TEST(Crash, AcknowledgedBatchesSurvivePowerLossAtAnyOperation) {
  constexpr int crashes = 3;
  std::uint32_t lost = 0;
  std::uint64_t bytes_lost = 0;
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Trial trial(seed);
    for (int i = 0; i < crashes; ++i) {
      // Opening itself takes about a hundred operations; every fourth loss strikes there.
      bool early = trial.random() % 4 == 0;
      trial.disk.cut_power_after(trial.random() % (early ? 150 : 1200));
      if (trial.open()) {
        ASSERT_NO_FATAL_FAILURE(trial.expect_a_prefix());
        trial.write(400);
      }
      trial.crash();
    }
    if (!trial.open()) {
      ASSERT_TRUE(trial.refused) << trial.last_error;
      ++refused;
      continue;
    }
    ASSERT_NO_FATAL_FAILURE(trial.expect_a_prefix());
    // The store is whole: it takes writes and keeps them.
    trial.write(20);
    ASSERT_TRUE(trial.engine->write({}, Durability::sync));
    trial.acknowledged = trial.issued;
    trial.crash();
    ASSERT_TRUE(trial.open() || trial.refused) << trial.last_error;
    if (trial.refused) continue;
    ASSERT_NO_FATAL_FAILURE(trial.expect_a_prefix());
    lost += trial.lost;
    bytes_lost += trial.disk.bytes_lost();
  }
  EXPECT_LE(refused, seeds() / 5);
  // The trial must have been one: unsynced batches and bytes did get lost.
  EXPECT_GT(lost, seeds() / 2);
  EXPECT_GT(bytes_lost, 50 * seeds());
}

TEST(Crash, FailedCallNeverCostsAnAcknowledgedBatch) {
  std::uint64_t struck = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Trial trial(seed);
    ASSERT_TRUE(trial.open());
    constexpr DiskCall calls[] = {DiskCall::append, DiskCall::sync,   DiskCall::create,
                                  DiskCall::rename, DiskCall::remove, DiskCall::directory_sync};
    trial.disk.inject({.call = calls[seed % std::size(calls)],
                       .error = trial.random() % 2 == 0 ? DiskError::io : DiskError::no_space,
                       .after = trial.random() % (seed % std::size(calls) < 2 ? 300 : 6),
                       .times = 1 + trial.random() % 3});
    trial.write(300);
    struck += trial.disk.faults_struck();
    trial.crash();
    ASSERT_TRUE(trial.open() || trial.refused) << trial.last_error;
    if (trial.refused) continue;
    ASSERT_NO_FATAL_FAILURE(trial.expect_a_prefix());
  }
  EXPECT_GT(struck, seeds() / 2);
}

class FailingDisk : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(trial_.open()); }
  Status write() { return trial_.engine->write(batch_of(++trial_.issued), Durability::sync); }
  Trial trial_{1};
};

TEST_F(FailingDisk, FullDiskIsNamed) {
  trial_.disk.inject({.call = DiskCall::append, .error = DiskError::no_space, .suffix = ".log"});
  auto status = write();
  ASSERT_FALSE(status);
  EXPECT_TRUE(status.error().is(disk_full)) << status.error().to_string();
}

TEST_F(FailingDisk, FailedSyncStopsTheStoreUntilItIsOpenedAgain) {
  ASSERT_TRUE(write());
  trial_.acknowledged = trial_.issued;
  trial_.disk.inject({.call = DiskCall::sync, .error = DiskError::io, .suffix = ".log"});
  auto status = write();
  ASSERT_FALSE(status);
  EXPECT_TRUE(status.error().is(io_failed)) << status.error().to_string();
  // The disk is fine again, but nobody knows what became of the batch.
  auto again = write();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), status.error());
  EXPECT_EQ(trial_.engine->flush().error(), status.error());
  EXPECT_EQ(trial_.engine->checkpoint("/copy").error(), status.error());
  EXPECT_EQ(trial_.engine->compact(Family::session, {}).error(), status.error());
  EXPECT_TRUE(trial_.engine->get(Family::session, Bytes{1}));
  trial_.crash();
  ASSERT_TRUE(trial_.open()) << trial_.last_error;
  trial_.expect_a_prefix();
  EXPECT_TRUE(write());
}

TEST_F(FailingDisk, TornLogIsReportedOnceAndNotAgain) {
  std::uint64_t dropped = 0;
  for (int i = 0; i < 50 && dropped == 0; ++i) {
    for (int n = 0; n < 5; ++n) {
      ASSERT_TRUE(trial_.engine->write(batch_of(++trial_.issued), Durability::no_sync));
    }
    trial_.crash();
    ASSERT_TRUE(trial_.open()) << trial_.last_error;
    dropped = trial_.engine->recovery().log_bytes_dropped;
  }
  EXPECT_GT(dropped, 0U);
  trial_.engine.reset();
  ASSERT_TRUE(trial_.open());
  EXPECT_EQ(trial_.engine->recovery().log_bytes_dropped, 0U);
}

}  // namespace
}  // namespace ff::storage
