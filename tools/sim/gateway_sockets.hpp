// The gateways' UDP sockets. Downlinks name no gateway, so each gateway has a socket for its
// downlink path, unless there are none; uplinks name theirs and share a few, so that they leave in
// batches.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "net/runtime/runtime.hpp"
#include "net/udp/udp.hpp"
#include "tools/sim/core/world.hpp"

namespace ff::sim {

class GatewaySockets {
 public:
  /// Called on a loop of `runtime`, which has one thread.
  using Handler = std::function<void(std::size_t gateway, ByteView datagram)>;

  GatewaySockets(net::Runtime& runtime, net::Endpoint server) noexcept
      : network_(net::make_udp_network(runtime)), server_(server) {}

  /// `pull_sockets`: fewer than gateways only where no downlinks are to come.
  Status open(std::size_t gateways, std::size_t pull_sockets, Handler handler);
  void send(std::size_t gateway, Link link, ByteView datagram);
  /// Afterwards the handler does not run. Not from inside it.
  void close();
  /// Datagrams that never left this machine's queues.
  std::uint64_t dropped() const noexcept;

 private:
  Result<std::unique_ptr<net::DatagramSocket>> open_socket(std::size_t gateway);

  std::unique_ptr<net::DatagramNetwork> network_;
  net::Endpoint server_;
  Handler handler_;
  std::vector<std::unique_ptr<net::DatagramSocket>> pull_;
  std::vector<std::unique_ptr<net::DatagramSocket>> push_;
};

}  // namespace ff::sim
