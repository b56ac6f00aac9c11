// Pages of an application's end devices whatever their number: how many devices there are, and
// which is the thousandth, without reading them all. Not lists that are filtered or sorted by
// something else than the id; see members.hpp.
//
// The keys of all end devices lie in one order, cut into chunks of some thousand. The chunks' first
// keys and sizes are in memory: 40 bytes for each thousand devices. A change marks its chunk, which
// is counted again when somebody asks; so nothing depends on seeing every change exactly once.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "actors/identity_server/members/members.hpp"

namespace ff::api {

class DevicePages {
 public:
  /// `chunk`: keys of a chunk that was just cut; one that grows to twice as many is cut again.
  explicit DevicePages(std::size_t chunk = 1024) : chunk_(chunk) {}

  /// Reads all keys once, which takes about a second for a million. Until then is_ready() is false.
  /// One call. Errors: of the store.
  Status build(const storage::Reader& store);
  bool is_ready() const noexcept { return is_ready_; }

  /// The device was created or has gone; any thread, before anybody is told. Other entities do not
  /// matter.
  void touch(const storage::EntityKey& key);

  /// The page, as page_of_kind() gives it; `wish` has neither filter nor sort_text. Only when
  /// is_ready(). Any thread, one at a time. Errors: of the store.
  Result<identity_server::EntityPage> page(const storage::Reader& store,
                                           const std::string& application,
                                           const identity_server::PageWish& wish);

 private:
  struct Chunk {
    std::uint64_t size = 0;
    bool is_marked = false;
  };
  using Chunks = std::map<Bytes, Chunk>;  // by first key; the first chunk begins where all begin
  /// A stretch of keys and how many are there.
  struct Stretch {
    storage::KeyRange range;
    std::uint64_t size = 0;
  };

  void mark(const Bytes& key);
  /// The chunk that has the key, or would have it. Chunks are never empty.
  Chunks::iterator chunk_of(const Bytes& key);
  Status count_marked(const storage::Reader& store, const storage::KeyRange& range);
  Status count_again(const storage::Reader& store, const storage::KeyRange& range);
  Result<std::vector<Stretch>> stretches_of(const storage::Reader& store,
                                            const storage::KeyRange& range);
  Result<std::vector<Bytes>> keys_at(const storage::Reader& store,
                                     const std::vector<Stretch>& stretches, std::uint64_t first,
                                     std::uint64_t count) const;

  const std::size_t chunk_;
  std::atomic<bool> is_ready_ = false;
  std::mutex asking_;
  std::mutex mutex_;  // of what follows
  Chunks chunks_;
  std::set<Bytes> touched_;      // while it is built
  bool has_lost_touch_ = false;  // there were too many of them
};

}  // namespace ff::api
