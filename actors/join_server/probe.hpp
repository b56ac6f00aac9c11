// Metrics of the join server's shards; one probe per shard over the same series.
#pragma once

#include "actors/join_server/messages.hpp"
#include "actors/support/metrics.hpp"

namespace ff::join_server {

class Probe {
 public:
  explicit Probe(actors::Metrics& metrics);

  void accepted(const HandleJoin& request);
  void rejected(const HandleJoin& request, const Error& error);

  actors::QueueProbe waiting;

 private:
  actors::Metrics& metrics_;
};

}  // namespace ff::join_server
