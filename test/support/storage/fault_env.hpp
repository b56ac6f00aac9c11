// A disk in memory for the real storage engine: it loses power at a chosen operation, keeps only
// what was synced and a torn rest, and fails calls on a schedule. Not a file system for anything
// but RocksDB's way of using files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rocksdb {
class Env;
}

namespace ff::test {

/// What changes the disk; each counts as one operation.
enum class DiskCall : std::uint8_t { append, sync, create, rename, remove, directory_sync };

enum class DiskError : std::uint8_t { no_space, io };

struct DiskFault {
  DiskCall call = DiskCall::append;
  DiskError error = DiskError::io;
  /// So many calls of this kind still succeed first.
  std::uint64_t after = 0;
  /// Then so many fail.
  std::uint64_t times = 1;
  /// Only files whose name ends like this; empty: all.
  std::string suffix;
};

/// How a file's unsynced end looks after power loss. A random length of it always survives.
enum class Tear : std::uint8_t {
  cut,      ///< The surviving bytes are right.
  garbage,  ///< Some of the surviving bytes are wrong, as when sectors are written out of order.
};

/// The model: data is durable when its file is synced. Creating, renaming and deleting files is
/// durable when a directory is synced, and otherwise survives as a random prefix of those calls in
/// their order (a journaling file system). After a failed sync a file's unsynced data never becomes
/// durable, though later syncs report success (what Linux does). Thread safe; the randomness is
/// seeded.
class FaultEnv {
 public:
  explicit FaultEnv(std::uint64_t seed);
  ~FaultEnv();
  FaultEnv(const FaultEnv&) = delete;
  FaultEnv& operator=(const FaultEnv&) = delete;

  /// For RocksOptions::maybe_env; lives as long as this.
  rocksdb::Env* env();

  /// Power goes off when `operations` more have been done: the next one fails, and all after it.
  void cut_power_after(std::uint64_t operations);
  bool powered() const;
  /// Power is back, if it was off or not: the disk holds what survived. Every engine must have been
  /// destroyed. Pending faults are forgotten.
  void restart(Tear tear);

  void inject(const DiskFault& fault);
  /// Faults that have struck since construction.
  std::uint64_t faults_struck() const;
  /// Operations done since construction.
  std::uint64_t operations() const;
  /// Unsynced bytes that restarts have thrown away since construction.
  std::uint64_t bytes_lost() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ff::test
