// Metrics of the UDP frontends; all of them write the same series.
#pragma once

#include <array>

#include "actors/gateway_server/frontend_udp/state.hpp"
#include "actors/support/metrics.hpp"
#include "net/udp/datagram_socket.hpp"

namespace ff::gateway_server {

struct UdpProbe {
  explicit UdpProbe(actors::Metrics& metrics);

  void count(DatagramOutcome outcome) {
    outcomes[static_cast<std::size_t>(outcome)]->Increment();
    if (auto* drop = drops[static_cast<std::size_t>(outcome)]) drop->Increment();
  }

  /// `field`: of an object of `rxpk`; both of a few literals.
  void count_wrong_field(const std::string& field, const std::string& reason);

  /// What its socket has counted; of several sockets each has a probe of its own.
  void sample(const net::DatagramCounters& counters);

  actors::QueueProbe datagrams;
  std::array<prometheus::Counter*, datagram_outcome_count> outcomes{};
  std::array<prometheus::Counter*, datagram_outcome_count> drops{};  // null: no name for it
  std::array<prometheus::Counter*, 6> forwarded{};  // by type; null: not a gateway's to send
  prometheus::Counter& received;
  prometheus::Counter& refused_frames;
  prometheus::Counter& lost_downlinks;
  prometheus::Counter& forgotten_failures;
  prometheus::Gauge& links;

 private:
  actors::Metrics& metrics_;
  struct SocketLoss {
    prometheus::Counter& counter;
    std::uint64_t net::DatagramCounters::*count;
  };
  std::array<SocketLoss, 4> losses_;
  net::DatagramCounters last_;
};

}  // namespace ff::gateway_server
