#include "storage/engine/rocks_engine.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/statistics.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <string>
#include <utility>

#include "protocol/base/assert.hpp"
#include "storage/engine/errors.hpp"
#include "storage/engine/rocks_options.hpp"
#include "storage/engine/rocks_status.hpp"

namespace ff::storage {
namespace {

rocksdb::Slice slice(ByteView bytes) {
  if (bytes.empty()) return {};  // RocksDB asserts that no slice is null.
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
ByteView view(const rocksdb::Slice& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// The open database with its family handles; shared by the engine and its snapshots' reads.
struct Database {
  std::filesystem::path path;
  std::shared_ptr<LogWatch> watch;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    if (!db) return;
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    db->Close().PermitUncheckedError();
  }

  /// handles[0] is RocksDB's own default family.
  rocksdb::ColumnFamilyHandle* handle(Family family) const { return handles[index_of(family) + 1]; }
};

// --- reading
// -----------------------------------------------------------------------------------------------

/// Whether all keys of the range share the prefix that the family's filter covers, so that the
/// filter may be asked. RocksDB answers such a scan correctly only then.
bool within_one_prefix(const Scan& scan) {
  auto length = filter_prefix_length(scan.family);
  if (length == 0 || scan.direction == Direction::reverse) return false;
  if (scan.range.first.size() < length || scan.range.last.empty()) return false;
  auto whole = prefix_range(ByteView(scan.range.first).first(length));
  return !whole.last.empty() && scan.range.last <= whole.last;
}

Result<std::optional<Bytes>> get_value(const Database& database,
                                       const rocksdb::ReadOptions& options, Family family,
                                       ByteView key) {
  rocksdb::PinnableSlice value;
  auto status = database.db->Get(options, database.handle(family), slice(key), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return fail(to_error(status, database.path));
  return std::optional<Bytes>(to_owned(view(value)));
}

Result<std::vector<std::optional<Bytes>>> get_values(const Database& database,
                                                     const rocksdb::ReadOptions& options,
                                                     Family family, std::span<const Bytes> keys) {
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  for (const auto& key : keys) slices.push_back(slice(key));
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database.db->MultiGet(options, database.handle(family), keys.size(), slices.data(), values.data(),
                        statuses.data());
  std::vector<std::optional<Bytes>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return fail(to_error(statuses[i], database.path));
    out[i] = to_owned(view(values[i]));
  }
  return out;
}

Result<std::size_t> scan_records(const Database& database, rocksdb::ReadOptions options,
                                 const Scan& scan, const Visitor& visit) {
  auto lower = slice(scan.range.first);
  auto upper = slice(scan.range.last);
  options.iterate_lower_bound = &lower;
  if (!scan.range.last.empty()) options.iterate_upper_bound = &upper;
  options.prefix_same_as_start = within_one_prefix(scan);
  options.total_order_seek = !options.prefix_same_as_start;
  if (scan.limit == 0) return std::size_t{0};
  std::unique_ptr<rocksdb::Iterator> it(
      database.db->NewIterator(options, database.handle(scan.family)));
  std::size_t visited = 0;
  bool reverse = scan.direction == Direction::reverse;
  for (reverse ? it->SeekToLast() : it->Seek(lower); it->Valid();
       reverse ? it->Prev() : it->Next()) {
    ++visited;
    if (!visit(view(it->key()), view(it->value())) || visited == scan.limit) break;
  }
  if (!it->status().ok()) return fail(to_error(it->status(), database.path));
  return visited;
}

class RocksSnapshot final : public Reader {
 public:
  explicit RocksSnapshot(const Database& database)
      : database_(database), snapshot_(database.db->GetSnapshot()) {}
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;
  ~RocksSnapshot() override { database_.db->ReleaseSnapshot(snapshot_); }

  Result<std::optional<Bytes>> get(Family family, ByteView key) const override {
    return get_value(database_, options(), family, key);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(Family family,
                                                      std::span<const Bytes> keys) const override {
    return get_values(database_, options(), family, keys);
  }
  Result<std::size_t> scan(const Scan& scan, const Visitor& visit) const override {
    return scan_records(database_, options(), scan, visit);
  }

 private:
  rocksdb::ReadOptions options() const {
    rocksdb::ReadOptions out;
    out.snapshot = snapshot_;
    return out;
  }

  const Database& database_;
  const rocksdb::Snapshot* snapshot_;
};

// --- the engine
// --------------------------------------------------------------------------------------------

class RocksEngine final : public Engine {
 public:
  explicit RocksEngine(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  ~RocksEngine() override {
    // Best effort: what was written without sync is promised to outlive the process, no more. And
    // nothing after a failure: Debian's RocksDB is built with assertions and aborts when a failed
    // log is touched again.
    if (!failure_) database_->db->SyncWAL().PermitUncheckedError();
  }

  Result<std::optional<Bytes>> get(Family family, ByteView key) const override {
    return get_value(*database_, {}, family, key);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(Family family,
                                                      std::span<const Bytes> keys) const override {
    return get_values(*database_, {}, family, keys);
  }
  Result<std::size_t> scan(const Scan& scan, const Visitor& visit) const override {
    return scan_records(*database_, {}, scan, visit);
  }

  Status write(const WriteBatch& batch, Durability durability) override;
  std::unique_ptr<Reader> snapshot() const override {
    return std::make_unique<RocksSnapshot>(*database_);
  }
  Status checkpoint(const std::filesystem::path& directory) override;
  Status flush() override;
  Status compact(Family family, const KeyRange& range) override;
  Result<std::uint64_t> approximate_bytes(Family family, const KeyRange& range) const override;
  EngineStats stats() const override;
  Recovery recovery() const override {
    return {.log_bytes_dropped = log_bytes_dropped(*database_->watch)};
  }

 private:
  Status check(const rocksdb::Status& status) const { return to_status(status, database_->path); }
  Status write_or_fail(const WriteBatch& batch, Durability durability);
  /// Runs `change` unless an earlier one failed, and remembers its failure.
  template <class Function>
  Status guarded(const Function& change);
  std::uint64_t sum(const std::string& property) const;

  std::unique_ptr<Database> database_;
  std::mutex write_mutex_;
  /// The first failed write; sticky, see Engine. Guarded by write_mutex_.
  std::optional<Error> failure_;
};

rocksdb::Status add(rocksdb::WriteBatch& out, const Database& database, const ChangeView& change) {
  auto* handle = database.handle(change.family);
  switch (change.change) {
    case Change::put:
      return out.Put(handle, slice(change.key), slice(change.value));
    case Change::extend:
      return out.Merge(handle, slice(change.key), slice(change.value));
    case Change::erase:
      return out.Delete(handle, slice(change.key));
    case Change::erase_range:
      return out.DeleteRange(handle, slice(change.key), slice(change.value));
  }
  return rocksdb::Status::InvalidArgument("change");
}

template <class Function>
Status RocksEngine::guarded(const Function& change) {
  std::lock_guard lock(write_mutex_);
  if (failure_) return fail(*failure_);
  Status status = change();
  if (!status) failure_ = status.error();
  return status;
}

Status RocksEngine::write(const WriteBatch& batch, Durability durability) {
  return guarded([&] { return write_or_fail(batch, durability); });
}

Status RocksEngine::write_or_fail(const WriteBatch& batch, Durability durability) {
  if (batch.empty()) {
    return durability == Durability::sync ? check(database_->db->SyncWAL()) : Status();
  }
  rocksdb::WriteBatch native(batch.bytes() + 16 * batch.count());
  for (const auto& change : batch) FF_CHECK(check(add(native, *database_, change)));
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::sync;
  return check(database_->db->Write(options, &native));
}

Status RocksEngine::checkpoint(const std::filesystem::path& directory) {
  // It flushes, so it may not touch a failed store either; its own failure is the target's, not the
  // store's.
  FF_CHECK(guarded([] { return Status(); }));
  rocksdb::Checkpoint* raw = nullptr;
  FF_CHECK(check(rocksdb::Checkpoint::Create(database_->db.get(), &raw)));
  std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  return to_status(checkpoint->CreateCheckpoint(directory.string()), directory);
}

Status RocksEngine::flush() {
  return guarded(
      [&] { return check(database_->db->Flush(rocksdb::FlushOptions(), database_->handles)); });
}

Status RocksEngine::compact(Family family, const KeyRange& range) {
  FF_CHECK(guarded([] { return Status(); }));
  auto first = slice(range.first);
  auto last = slice(range.last);
  return check(database_->db->CompactRange(rocksdb::CompactRangeOptions(),
                                           database_->handle(family), &first,
                                           range.last.empty() ? nullptr : &last));
}

Result<std::uint64_t> RocksEngine::approximate_bytes(Family family, const KeyRange& range) const {
  // RocksDB wants an end: no key of ours is longer or higher than this.
  static const std::string highest(64, '\xFF');
  rocksdb::Range native(slice(range.first),
                        range.last.empty() ? rocksdb::Slice(highest) : slice(range.last));
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  std::uint64_t bytes = 0;
  FF_CHECK(check(
      database_->db->GetApproximateSizes(options, database_->handle(family), &native, 1, &bytes)));
  return bytes;
}

std::uint64_t RocksEngine::sum(const std::string& property) const {
  std::uint64_t value = 0;
  return database_->db->GetAggregatedIntProperty(property, &value) ? value : 0;
}

EngineStats RocksEngine::stats() const {
  auto& db = *database_->db;
  auto statistics = db.GetDBOptions().statistics;
  auto ticker = [&](rocksdb::Tickers which) { return statistics->getTickerCount(which); };
  rocksdb::HistogramData sync;
  statistics->histogramData(rocksdb::WAL_FILE_SYNC_MICROS, &sync);
  std::uint64_t stopped = 0;
  std::uint64_t delayed = 0;
  std::uint64_t cache = 0;
  auto* some = database_->handle(Family::device);
  db.GetIntProperty(some, rocksdb::DB::Properties::kIsWriteStopped, &stopped);
  db.GetIntProperty(some, rocksdb::DB::Properties::kActualDelayedWriteRate, &delayed);
  db.GetIntProperty(some, rocksdb::DB::Properties::kBlockCacheUsage, &cache);
  return {.batches_written = ticker(rocksdb::WRITE_WITH_WAL),
          .records_written = ticker(rocksdb::NUMBER_KEYS_WRITTEN),
          .bytes_written = ticker(rocksdb::BYTES_WRITTEN),
          .log_bytes_written = ticker(rocksdb::WAL_FILE_BYTES),
          .syncs = ticker(rocksdb::WAL_FILE_SYNCED),
          .sync_micros = sync.sum,
          .sync_micros_p99 = static_cast<std::uint64_t>(sync.percentile99),
          .stall_micros = ticker(rocksdb::STALL_MICROS),
          .stalled = stopped != 0 || delayed != 0,
          .cache_hits = ticker(rocksdb::BLOCK_CACHE_HIT),
          .cache_misses = ticker(rocksdb::BLOCK_CACHE_MISS),
          .cache_bytes = cache,
          .memtable_bytes = sum(rocksdb::DB::Properties::kCurSizeAllMemTables),
          .table_file_bytes = sum(rocksdb::DB::Properties::kTotalSstFilesSize),
          .compaction_pending_bytes = sum(rocksdb::DB::Properties::kEstimatePendingCompactionBytes),
          .background_errors = sum(rocksdb::DB::Properties::kBackgroundErrors)};
}

}  // namespace

Result<std::unique_ptr<Engine>> open_rocks(const RocksOptions& options) {
  auto setup = make_setup(options);
  auto database = std::make_unique<Database>();
  database->path = options.directory;
  database->watch = setup.watch;
  rocksdb::DB* raw = nullptr;
  auto status = rocksdb::DB::Open(setup.database, options.directory.string(), setup.families,
                                  &database->handles, &raw);
  database->db.reset(raw);
  if (!status.ok()) return fail(to_error(status, options.directory));
  return std::unique_ptr<Engine>(std::make_unique<RocksEngine>(std::move(database)));
}

}  // namespace ff::storage
