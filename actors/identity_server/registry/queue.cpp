#include "actors/identity_server/registry/queue.hpp"

namespace ff::identity_server {

std::vector<Change> ChangeQueue::take(std::size_t count) {
  std::vector<Change> out;
  std::set<Bytes> entities;
  // Only the front is looked at: the rest of a long queue need not be searched for every turn.
  while (!waiting_.empty() && out.size() < count) {
    if (!entities.insert(encode_key(key_of(waiting_.front()))).second) break;
    out.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return out;
}

}  // namespace ff::identity_server
