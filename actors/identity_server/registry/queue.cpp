#include "actors/identity_server/registry/queue.hpp"

#include <algorithm>
#include <map>

namespace ff::identity_server {
namespace {

using storage::EntityKey;
using storage::EntityKind;

enum class Use : std::uint8_t { reads, writes };
using Uses = std::map<Bytes, Use>;

/// A change of an end device looks at its application and leaves it as it is; everything else may
/// be written.
bool is_only_read(const EntityKey& key, const std::vector<EntityKey>& of_change) {
  return key.kind == EntityKind::application &&
         std::ranges::any_of(of_change, [&](const auto& one) {
           return one.kind == EntityKind::end_device && one.ids.front() == key.ids.front();
         });
}

Uses uses_of(const Change& change) {
  const auto keys = keys_of(change);
  Uses uses;
  for (const auto& key : keys)
    uses.emplace(encode_key(key), is_only_read(key, keys) ? Use::reads : Use::writes);
  return uses;
}

/// Any number may read an entity, or one may write it.
bool fits(const Uses& more, const Uses& present) {
  return std::ranges::none_of(more, [&](const auto& one) {
    const auto found = present.find(one.first);
    return found != present.end() && (one.second == Use::writes || found->second == Use::writes);
  });
}

}  // namespace

std::vector<Change> ChangeQueue::take(std::size_t count) {
  std::vector<Change> out;
  Uses entities;
  // Only the front is looked at: the rest of a long queue need not be searched for every turn.
  while (!waiting_.empty() && out.size() < count) {
    auto uses = uses_of(waiting_.front());
    if (!fits(uses, entities)) break;
    entities.merge(uses);
    out.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return out;
}

}  // namespace ff::identity_server
