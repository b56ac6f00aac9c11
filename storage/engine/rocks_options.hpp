// How we run RocksDB: every tuning decision with its reason. Not for other folders: only
// rocks_*.cpp include this.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "storage/engine/family.hpp"
#include "storage/engine/rocks_engine.hpp"

namespace ff::storage {

/// What RocksDB's log says while the database is open. Written by its threads.
class LogWatch;

struct RocksSetup {
  rocksdb::DBOptions database;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  std::shared_ptr<LogWatch> watch;
};

RocksSetup make_setup(const RocksOptions& options);

/// Bytes of the write-ahead log that recovery left out.
std::uint64_t log_bytes_dropped(const LogWatch& watch);

/// Bytes of a key that the family's prefix bloom filter covers; 0: no prefix filter.
std::size_t filter_prefix_length(Family family) noexcept;

}  // namespace ff::storage
