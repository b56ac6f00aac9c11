#include <algorithm>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/messages.hpp"
#include "protocol/base/assert.hpp"

namespace ff::identity_server {

EntityRows::EntityRows(const std::vector<storage::EntityKey>& keys) {
  for (const auto& key : keys) rows_.push_back({.key = key, .current = {}, .next = {}});
}

EntityRows::Row& EntityRows::row(const storage::EntityKey& key) {
  const auto found = std::ranges::find(rows_, key, &Row::key);
  FF_ASSERT(found != rows_.end());
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
  auto& target = row(key);
  target.next = std::move(draft);
  target.erased = false;
}

void EntityRows::erase(const storage::EntityKey& key) {
  auto& target = row(key);
  target.next.reset();
  target.erased = target.current.has_value();
}

}  // namespace ff::identity_server
