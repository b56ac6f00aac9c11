#include "storage/engine/rocks_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/statistics.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace ff::storage {

/// RocksDB tells nobody but its log that recovery skipped bytes ("…: dropping 123 bytes; …"), so we
/// read it there. The crash tests prove that the sentence still has this form.
class LogWatch final : public rocksdb::Logger {
 public:
  explicit LogWatch(std::function<void(std::string_view)> forward)
      : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), forward_(std::move(forward)) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override {
    std::array<char, 512> buffer{};
    auto length = std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
    if (length <= 0) return;
    std::string_view line(buffer.data());
    count_dropped(line);
    if (forward_) forward_(line);
  }

  std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  void count_dropped(std::string_view line) {
    constexpr std::string_view mark = ": dropping ";
    auto at = line.find(mark);
    if (at == std::string_view::npos) return;
    auto number = line.substr(at + mark.size());
    std::uint64_t bytes = 0;
    auto parsed = std::from_chars(number.data(), number.data() + number.size(), bytes);
    if (parsed.ec == std::errc() && bytes > 0) dropped_ += bytes;
  }

  std::function<void(std::string_view)> forward_;
  std::atomic<std::uint64_t> dropped_ = 0;
};

/// Change::extend: the tails in order behind the value.
class Extend final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* maybe_value,
             const rocksdb::Slice& tail, std::string* out, rocksdb::Logger*) const override {
    out->clear();
    out->reserve((maybe_value != nullptr ? maybe_value->size() : 0) + tail.size());
    if (maybe_value != nullptr) out->append(maybe_value->data(), maybe_value->size());
    out->append(tail.data(), tail.size());
    return true;
  }
  /// ON-DISK: in the options file; RocksDB refuses to open with another one.
  const char* Name() const override { return "farfield.extend"; }
};

/// All of an outbox key but its sequence number: what RocksDB keeps the place of its last insert
/// by, because the next one goes right behind it.
class OutboxLane final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "farfield.outbox_lane"; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() >= sequence_size; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - sequence_size};
  }

 private:
  static constexpr std::size_t sequence_size = 8;
};

std::uint64_t log_bytes_dropped(const LogWatch& watch) {
  return watch.dropped();
}

std::size_t filter_prefix_length(Family family) noexcept {
  // All sessions of one address are read together: shard (2) and DevAddr (4).
  return family == Family::address_index ? 6 : 0;
}

namespace {

rocksdb::DBOptions make_database_options(const RocksOptions& options,
                                         const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions db;
  if (options.maybe_env != nullptr) db.env = options.maybe_env;
  db.create_if_missing = options.create_if_missing;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  db.track_and_verify_wals_in_manifest = true;
  // A store that failed once stays failed until it is opened again: after a failed sync the kernel
  // may have thrown the pages away, so going on by itself could acknowledge what is not there.
  db.max_bgerror_resume_count = 0;
  // There is one writer, the committer: its inserts need no atomic operations.
  db.allow_concurrent_memtable_write = false;
  db.max_background_jobs = options.background_jobs;
  db.max_total_wal_size = options.log_bytes_max;
  // Memtables count against the block cache's memory as well as against their own bound.
  db.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes, cache);
  db.max_open_files = 4096;
  // Smooth write-back, so that a flush does not put a burst before a log sync.
  db.bytes_per_sync = std::uint64_t{1} << 20U;
  // What is in memory is in the log as well: flushing at the end only makes stopping slow.
  db.avoid_flush_during_shutdown = true;
  db.statistics = rocksdb::CreateDBStatistics();
  db.statistics->set_stats_level(rocksdb::StatsLevel::kExceptDetailedTimers);
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions make_family_options(Family family, const RocksOptions& options,
                                                 const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions out;
  out.merge_operator = std::make_shared<Extend>();
  if (auto length = filter_prefix_length(family); length != 0) {
    out.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(length));
    out.memtable_prefix_bloom_size_ratio = 0.05;
  }
  if (family == Family::outbox)
    out.memtable_insert_with_hint_prefix_extractor = std::make_shared<OutboxLane>();
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // No family alone may use up the common bound before the manager acts.
  out.write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes / 4, 64U << 10U);
  out.level_compaction_dynamic_level_bytes = true;
  // Young levels stay uncompressed: they are rewritten soon and the CPU is worth more.
  out.compression = rocksdb::kLZ4Compression;
  out.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression,
                               rocksdb::kLZ4Compression};
  return out;
}

}  // namespace

RocksSetup make_setup(const RocksOptions& options) {
  auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  RocksSetup setup{.database = make_database_options(options, cache),
                   .families = {},
                   .watch = std::make_shared<LogWatch>(options.log)};
  setup.database.info_log = setup.watch;
  // RocksDB insists on its default family; we keep it empty.
  setup.families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  for (std::size_t i = 0; i < family_count; ++i) {
    setup.families.emplace_back(std::string(family_names[i]),
                                make_family_options(static_cast<Family>(i), options, cache));
  }
  return setup;
}

}  // namespace ff::storage
