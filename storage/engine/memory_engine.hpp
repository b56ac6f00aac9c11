// The Engine in memory, with scripted failures and crashes: the double for pure tests and for the
// simulation in virtual time. Not a cache and not for production: nothing reaches a disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "storage/engine/engine.hpp"

namespace ff::storage {

/// The calls that can be made to fail. `read` is get, multi_get and scan.
enum class MemoryCall : std::uint8_t { write, read, checkpoint, flush };

struct MemoryFault {
  MemoryCall call = MemoryCall::write;
  /// What the call returns, e.g. Error(disk_full).
  Error error;
  /// So many calls of this kind still succeed first.
  std::size_t after = 0;
  /// A failed write says nothing about the batch: true leaves it in, as a lost acknowledgement
  /// would.
  bool applied = false;
};

/// Same semantics as the engine on disk: a failed write fails all later ones until `crash()` (which
/// stands for the reopening). Thread safe.
class MemoryEngine final : public Engine {
 public:
  MemoryEngine();
  ~MemoryEngine() override;

  /// Queues a failure; each one strikes once, those of a kind in the order they were queued.
  void inject(MemoryFault fault);
  /// Power loss and reopening: what was written after the last sync is lost but for its first
  /// `unsynced_kept` batches. Pending faults are forgotten.
  void crash(std::size_t unsynced_kept = 0);
  /// Batches written since the last sync.
  std::size_t unsynced() const;
  /// What the next `recovery()` reports, as if a damaged log had been found.
  void report_recovery(Recovery recovery);
  /// A new engine with the contents of the checkpoint taken under that name, or null.
  std::unique_ptr<MemoryEngine> open_checkpoint(const std::filesystem::path& directory) const;

  Result<std::optional<Bytes>> get(Family family, ByteView key) const override;
  Result<std::vector<std::optional<Bytes>>> multi_get(Family family,
                                                      std::span<const Bytes> keys) const override;
  Result<std::size_t> scan(const Scan& scan, const Visitor& visit) const override;
  Status write(const WriteBatch& batch, Durability durability) override;
  std::unique_ptr<Reader> snapshot() const override;
  /// Kept in this engine under the path's name; no file is made.
  Status checkpoint(const std::filesystem::path& directory) override;
  Status flush() override;
  Status compact(Family family, const KeyRange& range) override;
  Result<std::uint64_t> approximate_bytes(Family family, const KeyRange& range) const override;
  EngineStats stats() const override;
  Recovery recovery() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ff::storage
