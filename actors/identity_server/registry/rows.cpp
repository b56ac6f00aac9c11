#include <algorithm>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/messages.hpp"
#include "protocol/base/assert.hpp"

namespace ff::identity_server {

EntityRows::EntityRows(const std::vector<storage::EntityKey>& keys, std::size_t read_only) {
  FF_ASSERT(read_only <= keys.size());
  for (const auto& key : keys) {
    const bool is_read_only = rows_.size() >= keys.size() - read_only;
    rows_.push_back({.key = key, .current = {}, .next = {}, .is_read_only = is_read_only});
  }
}

EntityRows::Row& EntityRows::writable_row(const storage::EntityKey& key) {
  const auto found = std::ranges::find(rows_, key, &Row::key);
  FF_ASSERT(found != rows_.end() && !found->is_read_only);
  return *found;
}

const Entity* EntityRows::find(const storage::EntityKey& key) const {
  const auto found = std::ranges::find(rows_, key, &Row::key);
  return found != rows_.end() && found->current ? &*found->current : nullptr;
}

Result<const Entity*> EntityRows::live(const storage::EntityKey& key) const {
  const auto* entity = find(key);
  if (entity == nullptr || entity->deleted_at) return fail(not_found(key));
  return entity;
}

void EntityRows::put(const storage::EntityKey& key, Draft draft) {
  auto& target = writable_row(key);
  target.next = std::move(draft);
  target.erased = false;
}

void EntityRows::erase(const storage::EntityKey& key) {
  auto& target = writable_row(key);
  target.next.reset();
  target.erased = target.current.has_value();
}

}  // namespace ff::identity_server
