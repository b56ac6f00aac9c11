// The port to an ordered, durable key-value store with column families. Not the key layout, not the
// meaning of values; implementations are rocks_engine.hpp (disk) and memory_engine.hpp (tests,
// simulation).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/family.hpp"
#include "storage/engine/write_batch.hpp"

namespace ff::storage {

/// What a successful write promises. `sync`: on the disk, survives power loss. `no_sync`: with the
/// operating system, survives the end of this process but not of the machine; a later synced write
/// covers it too, because what survives is always a prefix of the writes in their order.
enum class Durability : std::uint8_t { sync, no_sync };

/// Keys in [first, last), bytewise. An empty `last` means to the end of the family.
struct KeyRange {
  Bytes first;
  Bytes last;

  bool operator==(const KeyRange&) const = default;
};

/// All keys that start with `prefix`.
KeyRange prefix_range(ByteView prefix);

enum class Direction : std::uint8_t { forward, reverse };

struct Scan {
  Family family = Family::device;
  KeyRange range;
  Direction direction = Direction::forward;
  /// At most so many records are visited.
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// Called per record in key order; the views end with the call. False ends the scan.
using Visitor = std::function<bool(ByteView key, ByteView value)>;

/// Reads of one state of the store. Any thread; blocking, so not from an actor's handler.
/// Errors of all: corruption, io_failed.
class Reader {
 public:
  virtual ~Reader() = default;

  /// Nothing if the key is absent.
  [[nodiscard]] virtual Result<std::optional<Bytes>> get(Family family, ByteView key) const = 0;
  /// One answer per key, in the keys' order; much cheaper than as many gets.
  [[nodiscard]] virtual Result<std::vector<std::optional<Bytes>>> multi_get(
      Family family, std::span<const Bytes> keys) const = 0;
  /// Visits records of the state at the call, however long it takes. Returns how many were visited.
  virtual Result<std::size_t> scan(const Scan& scan, const Visitor& visit) const = 0;
};

/// Totals since the store was opened unless said otherwise.
struct EngineStats {
  std::uint64_t batches_written = 0;
  std::uint64_t records_written = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t log_bytes_written = 0;
  std::uint64_t syncs = 0;
  std::uint64_t sync_micros = 0;
  /// 99th percentile, microseconds.
  std::uint64_t sync_micros_p99 = 0;
  /// Time writers were held back because flushing or compacting could not follow, microseconds.
  std::uint64_t stall_micros = 0;
  /// Now: writers are being held back.
  bool stalled = false;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_misses = 0;
  /// Now, bytes.
  std::uint64_t cache_bytes = 0;
  std::uint64_t memtable_bytes = 0;
  std::uint64_t table_file_bytes = 0;
  std::uint64_t compaction_pending_bytes = 0;
  /// Failures of the engine's own threads; above 0 every further write fails until reopened.
  std::uint64_t background_errors = 0;
};

/// What opening found in the write-ahead log.
struct Recovery {
  /// Bytes at the end of the log that no longer held whole batches and were left out. A power loss
  /// during a write leaves such a tail, none of it acknowledged; a rotten block looks the same and
  /// may have been. Above 0, reserved counters must jump as after a restored backup.
  std::uint64_t log_bytes_dropped = 0;
};

/// The store. Writes are applied in the order of the calls; the intended caller is one writer
/// thread. After a failed write nothing is known about that batch: it may be there after a reopen,
/// wholly, or not at all. The owner must then stop serving and reopen. [app/docs/architecture.md §2
/// rule 2]
class Engine : public Reader {
 public:
  /// Applies the whole batch or nothing of it. An empty batch with `sync` makes earlier writes
  /// durable. Errors: disk_full, io_failed, corruption.
  [[nodiscard]] virtual Status write(const WriteBatch& batch, Durability durability) = 0;
  /// A frozen view of now. Destroy it before the engine; holding it keeps old versions on the disk.
  [[nodiscard]] virtual std::unique_ptr<Reader> snapshot() const = 0;

  /// A consistent copy in `directory`, which must not exist and should be on the same file system
  /// (hard links then). Its parent must exist. It opens like a store of its own.
  [[nodiscard]] virtual Status checkpoint(const std::filesystem::path& directory) = 0;
  /// Moves what is only in memory and log into table files; blocks until done.
  [[nodiscard]] virtual Status flush() = 0;
  /// Rewrites the range without deleted and old records; blocks until done.
  [[nodiscard]] virtual Status compact(Family family, const KeyRange& range) = 0;

  /// Bytes the range takes, roughly, memory included.
  [[nodiscard]] virtual Result<std::uint64_t> approximate_bytes(Family family,
                                                                const KeyRange& range) const = 0;
  [[nodiscard]] virtual EngineStats stats() const = 0;
  [[nodiscard]] virtual Recovery recovery() const = 0;
};

}  // namespace ff::storage
