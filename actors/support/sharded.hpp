// Sharded: the routes to one actor per shard. Which node owns a shard is the cluster's business;
// here all are local.
#pragma once

#include <vector>

#include "actors/support/route.hpp"
#include "storage/keys/shard.hpp"

namespace ff::actors {

/// Copies share the routes.
template <class Handle>
class Sharded {
 public:
  Sharded() = default;
  explicit Sharded(storage::ShardCount count) : count_(count), routes_(count.value()) {}

  /// False for one made without a count, which has no routes.
  bool exists() const noexcept { return !routes_.empty(); }
  storage::ShardCount count() const noexcept { return count_; }
  const Route<Handle>& route(storage::Shard shard) const { return routes_[shard.value()]; }
  Handle at(storage::Shard shard) const { return route(shard).get(); }
  /// The actor for a key: a device, an address, an EUI pair.
  template <class Key>
  Handle of(const Key& key) const {
    return at(storage::shard_of(key, count_));
  }

 private:
  storage::ShardCount count_;
  std::vector<Route<Handle>> routes_;
};

}  // namespace ff::actors
