// The changes that wait for a turn, in order for each entity.
#pragma once

#include <deque>
#include <vector>

#include "actors/identity_server/registry/turn.hpp"

namespace ff::identity_server {

class ChangeQueue {
 public:
  void push(Change change) { waiting_.push_back(std::move(change)); }
  /// The oldest changes that do not get in each other's way, at most `count`: the first that writes
  /// what one before it uses, or reads what one before it writes, stays for the next turn.
  std::vector<Change> take(std::size_t count);
  std::size_t size() const noexcept { return waiting_.size(); }

 private:
  std::deque<Change> waiting_;
};

}  // namespace ff::identity_server
