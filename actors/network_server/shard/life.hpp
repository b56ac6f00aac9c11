// How long a shard may still write: until it and its sessions have ended and every outcome of
// theirs is settled.
#pragma once

#include <caf/send.hpp>

#include "actors/network_server/context.hpp"

namespace ff::network_server {

/// Held by a shard and by the lives of its sessions. The successor of a shard that failed knows of
/// it through `Context::shard_lives` and opens when the last holder has let go.
class ShardLife {
 public:
  ShardLife(ContextPtr context, storage::Shard shard)
      : context_(std::move(context)), shard_(shard) {}
  ~ShardLife() {
    if (const auto successor = context_->inspectable.at(shard_))
      caf::anon_send(successor, OpenShard{});
  }
  ShardLife(const ShardLife&) = delete;
  ShardLife& operator=(const ShardLife&) = delete;

 private:
  ContextPtr context_;
  storage::Shard shard_;
};

}  // namespace ff::network_server
