#include "actors/identity_server/registry/queue.hpp"

#include <algorithm>
#include <map>

namespace ff::identity_server {
namespace {

enum class Use : std::uint8_t { reads, writes };
using Uses = std::map<Bytes, Use>;

Uses uses_of(const Change& change) {
  Uses uses;
  const auto keys = keys_of(change);
  const auto written = keys.size() - std::min(read_only_of(change), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    uses.emplace(encode_key(keys[i]), i < written ? Use::writes : Use::reads);
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
