// Metrics of the network server's shards; one probe shared by all of them.
#pragma once

#include <array>

#include "actors/network_server/shard/state.hpp"
#include "actors/support/metrics.hpp"

namespace ff::network_server {

struct ShardProbe {
  explicit ShardProbe(actors::Metrics& metrics);

  actors::ActorProbe sessions;
  actors::QueueProbe stash;
  std::array<prometheus::Counter*, uplink_outcome_count> uplinks{};
  prometheus::Counter& passivated;
  prometheus::Counter& forgotten;
  prometheus::Counter& crowded;
};

}  // namespace ff::network_server
