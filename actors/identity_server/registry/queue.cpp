#include "actors/identity_server/registry/queue.hpp"

#include <algorithm>

namespace ff::identity_server {

std::vector<Change> ChangeQueue::take(std::size_t count) {
  std::vector<Change> out;
  std::set<Bytes> entities;
  // Only the front is looked at: the rest of a long queue need not be searched for every turn.
  while (!waiting_.empty() && out.size() < count) {
    const auto keys = keys_of(waiting_.front());
    const auto is_taken = [&](const auto& key) { return entities.contains(encode_key(key)); };
    if (std::ranges::any_of(keys, is_taken)) break;
    for (const auto& key : keys) entities.insert(encode_key(key));
    out.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return out;
}

}  // namespace ff::identity_server
