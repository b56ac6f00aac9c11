#include "tools/sim/gateway_sockets.hpp"

#include <algorithm>

namespace ff::sim {
namespace {

/// Few, so that batches are large; more than one, so that a server may share them out among
/// threads.
constexpr std::size_t push_sockets_max = 2;

}  // namespace

Result<std::unique_ptr<net::DatagramSocket>> GatewaySockets::open_socket(std::size_t gateway) {
  const auto local = server_.is_v4() ? net::Endpoint::v4({0, 0, 0, 0}, 0) : net::Endpoint();
  const net::DatagramOptions options{.datagram_size_max = 1024, .outgoing_max = 1U << 16U};
  return network_->open(local, options, [this, gateway](std::span<const net::Datagram> received) {
    for (const auto& datagram : received) handler_(gateway, datagram.bytes);
  });
}

Status GatewaySockets::open(std::size_t gateways, std::size_t pull_sockets, Handler handler) {
  handler_ = std::move(handler);
  for (std::size_t i = 0; i < std::min(gateways, pull_sockets); ++i) {
    FF_TRY(auto socket, open_socket(i));
    pull_.push_back(std::move(socket));
  }
  for (std::size_t i = 0; i < std::min(gateways, push_sockets_max); ++i) {
    FF_TRY(auto socket, open_socket(i));
    push_.push_back(std::move(socket));
  }
  return {};
}

void GatewaySockets::send(std::size_t gateway, Link link, ByteView datagram) {
  auto& socket = link == Link::pull ? pull_[gateway % pull_.size()] : push_[gateway % push_.size()];
  socket->send(server_, datagram);  // A full queue is counted by the socket.
}

void GatewaySockets::close() {
  pull_.clear();
  push_.clear();
}

std::uint64_t GatewaySockets::dropped() const noexcept {
  std::uint64_t total = 0;
  for (const auto& socket : push_) {
    const auto counters = socket->counters();
    total += counters.send_dropped + counters.send_errors;
  }
  return total;
}

}  // namespace ff::sim
