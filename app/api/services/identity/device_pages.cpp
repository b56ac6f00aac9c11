#include "app/api/services/identity/device_pages.hpp"

#include <algorithm>

namespace ff::api {
namespace {

using identity_server::EntityPage;
using identity_server::PageWish;
using storage::Family;
using storage::KeyRange;

/// Changes that are remembered while pages are built, or if they never are.
constexpr std::size_t touched_max = 100'000;

KeyRange all_devices() {
  return storage::prefix_range(storage::entity_prefix(storage::EntityKind::end_device));
}

/// Every `step`th key of the range from its first, and how many keys follow each.
using Cut = std::vector<std::pair<Bytes, std::uint64_t>>;
Result<Cut> cut(const storage::Reader& store, const KeyRange& range, std::size_t step) {
  Cut out;
  FF_CHECK(store.scan({.family = Family::entity, .range = range}, [&](ByteView key, ByteView) {
    if (out.empty() || out.back().second == step) out.emplace_back(to_owned(key), 0);
    ++out.back().second;
    return true;
  }));
  return out;
}

}  // namespace

Status DevicePages::build(const storage::Reader& store) {
  const auto range = all_devices();
  FF_TRY(auto found, cut(store, range, chunk_));
  const std::scoped_lock lock(mutex_);
  chunks_.clear();
  for (auto& [key, size] : found) chunks_.emplace(std::move(key), Chunk{size, false});
  // Whatever is the least key belongs to the first.
  if (chunks_.empty() || chunks_.begin()->first != range.first) {
    const auto first = chunks_.empty() ? Chunk() : chunks_.extract(chunks_.begin()).mapped();
    chunks_[range.first] = first;
  }
  for (const auto& key : touched_) mark(key);
  touched_.clear();
  for (auto& [key, chunk] : chunks_) chunk.is_marked = chunk.is_marked || has_lost_touch_;
  is_ready_ = true;
  return {};
}

void DevicePages::touch(const storage::EntityKey& key) {
  if (key.kind != storage::EntityKind::end_device) return;
  auto bytes = identity_server::encode_key(key);
  const std::scoped_lock lock(mutex_);
  if (is_ready_) {
    mark(bytes);
  } else if (touched_.size() < touched_max) {
    touched_.insert(std::move(bytes));
  } else {
    has_lost_touch_ = true;
  }
}

DevicePages::Chunks::iterator DevicePages::chunk_of(const Bytes& key) {
  auto next = chunks_.upper_bound(key);
  return next == chunks_.begin() ? next : std::prev(next);
}

void DevicePages::mark(const Bytes& key) {
  chunk_of(key)->second.is_marked = true;
}

/// The marks go before the keys are read: what changes meanwhile marks again.
Status DevicePages::count_marked(const storage::Reader& store, const KeyRange& range) {
  std::vector<KeyRange> marked;
  {
    const std::scoped_lock lock(mutex_);
    const auto end = all_devices().last;
    for (auto it = chunk_of(range.first); it != chunks_.end() && it->first < range.last; ++it) {
      if (!std::exchange(it->second.is_marked, false)) continue;
      const auto next = std::next(it);
      marked.push_back({it->first, next == chunks_.end() ? end : next->first});
    }
  }
  for (const auto& one : marked) FF_CHECK(count_again(store, one));
  return {};
}

Status DevicePages::count_again(const storage::Reader& store, const KeyRange& range) {
  const auto pieces = cut(store, range, chunk_);
  const std::scoped_lock lock(mutex_);
  const auto chunk = chunks_.find(range.first);
  if (!pieces) {
    chunk->second.is_marked = true;
    return fail(pieces.error());
  }
  std::uint64_t size = 0;
  for (const auto& [key, of_piece] : *pieces) size += of_piece;
  if (size < 2 * chunk_) {
    chunk->second.size = size;
    // An empty one is the end of the chunk before, which is counted with it the next time.
    if (size == 0 && chunk != chunks_.begin() && !chunk->second.is_marked) chunks_.erase(chunk);
    return {};
  }
  chunk->second.size = pieces->front().second;
  const bool is_marked = chunk->second.is_marked;
  for (std::size_t i = 1; i < pieces->size(); ++i)
    chunks_.emplace((*pieces)[i].first, Chunk{(*pieces)[i].second, is_marked});
  return {};
}

/// Chunks that are only in part in the range are counted in part.
Result<std::vector<DevicePages::Stretch>> DevicePages::stretches_of(const storage::Reader& store,
                                                                    const KeyRange& range) {
  std::vector<Stretch> out;
  std::vector<std::size_t> partial;
  {
    const std::scoped_lock lock(mutex_);
    const auto end = all_devices().last;
    for (auto it = chunk_of(range.first); it != chunks_.end() && it->first < range.last; ++it) {
      const auto next = std::next(it);
      const auto last = next == chunks_.end() ? end : next->first;
      if (it->first < range.first || range.last < last) partial.push_back(out.size());
      out.push_back(
          {{std::max(it->first, range.first), std::min(last, range.last)}, it->second.size});
    }
  }
  for (const auto index : partial) {
    auto& stretch = out[index];
    stretch.size = 0;
    FF_CHECK(
        store.scan({.family = Family::entity, .range = stretch.range}, [&](ByteView, ByteView) {
          ++stretch.size;
          return true;
        }));
  }
  return out;
}

Result<std::vector<Bytes>> DevicePages::keys_at(const storage::Reader& store,
                                                const std::vector<Stretch>& stretches,
                                                std::uint64_t first, std::uint64_t count) const {
  std::vector<Bytes> keys;
  auto stretch = stretches.begin();
  while (stretch != stretches.end() && first >= stretch->size) first -= (stretch++)->size;
  if (stretch == stretches.end() || count == 0) return keys;
  const KeyRange rest{stretch->range.first, stretches.back().range.last};
  FF_CHECK(store.scan({.family = Family::entity, .range = rest}, [&](ByteView key, ByteView) {
    if (first > 0) {
      --first;
      return true;
    }
    keys.push_back(to_owned(key));
    return keys.size() < count;
  }));
  return keys;
}

Result<EntityPage> DevicePages::page(const storage::Reader& store, const std::string& application,
                                     const PageWish& wish) {
  const std::scoped_lock lock(asking_);
  const auto range =
      storage::prefix_range(storage::entity_prefix(storage::EntityKind::end_device, {application}));
  FF_CHECK(count_marked(store, range));
  FF_TRY(const auto stretches, stretches_of(store, range));
  EntityPage page;
  for (const auto& stretch : stretches) page.total += stretch.size;
  const auto skip = std::min<std::uint64_t>(wish.skip, page.total);
  const auto count = std::min<std::uint64_t>(wish.limit, page.total - skip);
  const auto first = wish.descending ? page.total - skip - count : skip;
  FF_TRY(auto keys, keys_at(store, stretches, first, count));
  if (wish.descending) std::ranges::reverse(keys);
  FF_TRY(const auto rows, store.multi_get(Family::entity, keys));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;  // gone meanwhile
    FF_TRY(auto key, storage::parse_entity_key(keys[i]));
    FF_TRY(auto entity, identity_server::decode_entity(key, *rows[i]));
    page.entities.push_back(std::make_shared<const identity_server::Entity>(std::move(entity)));
  }
  return page;
}

}  // namespace ff::api
