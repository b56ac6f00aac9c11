// Metrics of the UDP frontends; all of them write the same series.
#pragma once

#include <array>

#include "actors/gateway_server/frontend_udp/state.hpp"
#include "actors/support/metrics.hpp"

namespace ff::gateway_server {

struct UdpProbe {
  explicit UdpProbe(actors::Metrics& metrics);

  void count(DatagramOutcome outcome) {
    outcomes[static_cast<std::size_t>(outcome)]->Increment();
    if (auto* drop = drops[static_cast<std::size_t>(outcome)]) drop->Increment();
  }

  actors::QueueProbe datagrams;
  std::array<prometheus::Counter*, datagram_outcome_count> outcomes{};
  std::array<prometheus::Counter*, datagram_outcome_count> drops{};  // null: no name for it
  prometheus::Counter& received;
  prometheus::Counter& lost_downlinks;
  prometheus::Gauge& links;
};

}  // namespace ff::gateway_server
