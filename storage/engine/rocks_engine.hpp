// The Engine on RocksDB: one database, one column family per Family, one shared cache. Not a place
// for key or value knowledge. No RocksDB header leaves this folder's .cpp files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"

namespace rocksdb {
class Env;
}

namespace ff::storage {

struct RocksOptions {
  /// Created if missing; its parent must exist.
  std::filesystem::path directory;
  /// False: a missing store is the error `not_open`.
  bool create_if_missing = true;
  /// Blocks, indices and filters of all families, bytes.
  std::size_t block_cache_bytes = std::size_t{64} << 20U;
  /// What all families together hold in memory before something is flushed, bytes.
  std::size_t write_buffer_bytes = std::size_t{64} << 20U;
  /// The log is cut by flushing the families that hold its oldest part back, bytes. Bounds recovery
  /// time.
  std::size_t log_bytes_max = std::size_t{256} << 20U;
  /// Threads for flushes and compactions.
  int background_jobs = 2;
  /// Warnings and errors of the engine, one line each, from any thread. May be empty.
  std::function<void(std::string_view line)> log;
  /// Tests: an environment with faults. Outlives the engine. Null: the system's.
  rocksdb::Env* maybe_env = nullptr;
};

/// Opens or creates the store.
///
/// Log recovery stops at the first record that does not check (RocksDB's point-in-time recovery): a
/// torn tail after power loss must not keep a node down, and what is read is a prefix of the
/// writes, so no batch is halved and no later batch survives an earlier one. Whether a torn tail
/// was acknowledged can not be known; Recovery says that something was dropped and the owner then
/// jumps its counters. Closed logs are listed with their sizes in the manifest: a missing or
/// shortened one is `corruption`.
///
/// Errors: locked, not_open, corruption, unknown_family, disk_full, io_failed, engine_failed.
[[nodiscard]] Result<std::unique_ptr<Engine>> open_rocks(const RocksOptions& options);

}  // namespace ff::storage
