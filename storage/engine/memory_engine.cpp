#include "storage/engine/memory_engine.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "storage/engine/errors.hpp"

namespace ff::storage {
namespace {

using Records = std::map<Bytes, Bytes>;
/// Shared with snapshots and checkpoints; copied before a write when shared.
using Families = std::array<std::shared_ptr<Records>, family_count>;

Families make_families() {
  Families families;
  for (auto& family : families) family = std::make_shared<Records>();
  return families;
}

std::pair<Records::const_iterator, Records::const_iterator> bounds(const Records& records,
                                                                   const KeyRange& range) {
  auto first = records.lower_bound(range.first);
  auto last = range.last.empty() ? records.end() : records.lower_bound(range.last);
  if (!range.last.empty() && range.last <= range.first) last = first;
  return {first, last};
}

std::optional<Bytes> find(const Families& families, Family family, ByteView key) {
  const auto& records = *families[index_of(family)];
  auto found = records.find(to_owned(key));
  if (found == records.end()) return std::nullopt;
  return found->second;
}

std::vector<std::optional<Bytes>> find_all(const Families& families, Family family,
                                           std::span<const Bytes> keys) {
  std::vector<std::optional<Bytes>> out;
  out.reserve(keys.size());
  for (const auto& key : keys) out.push_back(find(families, family, key));
  return out;
}

std::size_t visit_all(const Families& families, const Scan& scan, const Visitor& visit) {
  auto [first, last] = bounds(*families[index_of(scan.family)], scan.range);
  bool reverse = scan.direction == Direction::reverse;
  std::size_t visited = 0;
  while (first != last && visited < scan.limit) {
    auto at = reverse ? --last : first++;
    ++visited;
    if (!visit(at->first, at->second)) break;
  }
  return visited;
}

class MemorySnapshot final : public Reader {
 public:
  explicit MemorySnapshot(Families families) : families_(std::move(families)) {}
  Result<std::optional<Bytes>> get(Family family, ByteView key) const override {
    return find(families_, family, key);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(Family family,
                                                      std::span<const Bytes> keys) const override {
    return find_all(families_, family, keys);
  }
  Result<std::size_t> scan(const Scan& scan, const Visitor& visit) const override {
    return visit_all(families_, scan, visit);
  }

 private:
  Families families_;
};

}  // namespace

struct MemoryEngine::State {
  mutable std::mutex mutex;
  Families families = make_families();
  /// What a crash goes back to, and the batches since then: kept only while something is unsynced.
  std::optional<Families> synced;
  std::vector<WriteBatch> unsynced;
  std::map<std::string, Families> checkpoints;
  std::vector<MemoryFault> faults;
  std::optional<Error> failure;
  EngineStats stats;
  Recovery recovery;

  std::optional<MemoryFault> strike(MemoryCall call);
  Status check(MemoryCall call);
  void apply(const WriteBatch& batch);
  void apply(const ChangeView& change);
  Records& writable(Family family);
};

std::optional<MemoryFault> MemoryEngine::State::strike(MemoryCall call) {
  auto fault = std::ranges::find(faults, call, &MemoryFault::call);
  if (fault == faults.end()) return std::nullopt;
  if (fault->after > 0) {
    --fault->after;
    return std::nullopt;
  }
  auto out = std::move(*fault);
  faults.erase(fault);
  return out;
}

Status MemoryEngine::State::check(MemoryCall call) {
  auto fault = strike(call);
  if (fault) return fail(fault->error);
  return {};
}

Records& MemoryEngine::State::writable(Family family) {
  auto& records = families[index_of(family)];
  if (records.use_count() > 1) records = std::make_shared<Records>(*records);
  return *records;
}

void MemoryEngine::State::apply(const ChangeView& change) {
  auto& records = writable(change.family);
  switch (change.change) {
    case Change::put:
      records.insert_or_assign(to_owned(change.key), to_owned(change.value));
      break;
    case Change::extend:
      append(records[to_owned(change.key)], change.value);
      break;
    case Change::erase:
      records.erase(to_owned(change.key));
      break;
    case Change::erase_range: {
      auto range = KeyRange{to_owned(change.key), to_owned(change.value)};
      auto [first, last] = bounds(records, range);
      records.erase(first, last);
      break;
    }
  }
}

void MemoryEngine::State::apply(const WriteBatch& batch) {
  for (const auto& change : batch) apply(change);
  ++stats.batches_written;
  stats.records_written += batch.count();
  stats.bytes_written += batch.bytes();
  stats.log_bytes_written += batch.bytes();
}

MemoryEngine::MemoryEngine() : state_(std::make_unique<State>()) {}
MemoryEngine::~MemoryEngine() = default;

void MemoryEngine::inject(MemoryFault fault) {
  std::lock_guard lock(state_->mutex);
  state_->faults.push_back(std::move(fault));
}

void MemoryEngine::crash(std::size_t unsynced_kept) {
  std::lock_guard lock(state_->mutex);
  auto& state = *state_;
  state.faults.clear();
  state.failure.reset();
  if (!state.synced) return;
  state.families = *std::exchange(state.synced, std::nullopt);
  auto batches = std::exchange(state.unsynced, {});
  batches.resize(std::min(batches.size(), unsynced_kept));
  for (const auto& batch : batches) state.apply(batch);
}

std::size_t MemoryEngine::unsynced() const {
  std::lock_guard lock(state_->mutex);
  return state_->unsynced.size();
}

void MemoryEngine::report_recovery(Recovery recovery) {
  std::lock_guard lock(state_->mutex);
  state_->recovery = recovery;
}

std::unique_ptr<MemoryEngine> MemoryEngine::open_checkpoint(
    const std::filesystem::path& directory) const {
  std::lock_guard lock(state_->mutex);
  auto found = state_->checkpoints.find(directory.string());
  if (found == state_->checkpoints.end()) return nullptr;
  auto engine = std::make_unique<MemoryEngine>();
  engine->state_->families = found->second;
  return engine;
}

Result<std::optional<Bytes>> MemoryEngine::get(Family family, ByteView key) const {
  std::lock_guard lock(state_->mutex);
  FF_CHECK(state_->check(MemoryCall::read));
  return find(state_->families, family, key);
}

Result<std::vector<std::optional<Bytes>>> MemoryEngine::multi_get(
    Family family, std::span<const Bytes> keys) const {
  std::lock_guard lock(state_->mutex);
  FF_CHECK(state_->check(MemoryCall::read));
  return find_all(state_->families, family, keys);
}

Result<std::size_t> MemoryEngine::scan(const Scan& scan, const Visitor& visit) const {
  // The visitor may call us, so it runs on a view and without the lock.
  Families families;
  {
    std::lock_guard lock(state_->mutex);
    FF_CHECK(state_->check(MemoryCall::read));
    families = state_->families;
  }
  return visit_all(families, scan, visit);
}

Status MemoryEngine::write(const WriteBatch& batch, Durability durability) {
  std::lock_guard lock(state_->mutex);
  auto& state = *state_;
  if (state.failure) return fail(*state.failure);
  auto fault = state.strike(MemoryCall::write);
  if (fault) state.failure = fault->error;
  if (fault && !fault->applied) return fail(fault->error);
  if (durability == Durability::sync) {
    state.synced.reset();
    state.unsynced.clear();
    ++state.stats.syncs;
  } else if (!batch.empty()) {
    if (!state.synced) state.synced = state.families;
    state.unsynced.push_back(batch);
  }
  if (!batch.empty()) state.apply(batch);
  if (fault) return fail(fault->error);
  return {};
}

std::unique_ptr<Reader> MemoryEngine::snapshot() const {
  std::lock_guard lock(state_->mutex);
  return std::make_unique<MemorySnapshot>(state_->families);
}

Status MemoryEngine::checkpoint(const std::filesystem::path& directory) {
  std::lock_guard lock(state_->mutex);
  FF_CHECK(state_->check(MemoryCall::checkpoint));
  if (!state_->checkpoints.emplace(directory.string(), state_->families).second) {
    return fail(engine_failed, {{"path", directory.string()}, {"detail", "directory exists"}});
  }
  return {};
}

Status MemoryEngine::flush() {
  std::lock_guard lock(state_->mutex);
  FF_CHECK(state_->check(MemoryCall::flush));
  state_->synced.reset();
  state_->unsynced.clear();
  return {};
}

Status MemoryEngine::compact(Family, const KeyRange&) {
  return {};
}

Result<std::uint64_t> MemoryEngine::approximate_bytes(Family family, const KeyRange& range) const {
  std::lock_guard lock(state_->mutex);
  auto [first, last] = bounds(*state_->families[index_of(family)], range);
  std::uint64_t bytes = 0;
  for (; first != last; ++first) bytes += first->first.size() + first->second.size();
  return bytes;
}

EngineStats MemoryEngine::stats() const {
  std::lock_guard lock(state_->mutex);
  return state_->stats;
}

Recovery MemoryEngine::recovery() const {
  std::lock_guard lock(state_->mutex);
  return state_->recovery;
}

}  // namespace ff::storage
