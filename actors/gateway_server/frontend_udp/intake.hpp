// The way from a listener's sockets to its frontends: who may send, whose gateway it is, how much
// may wait. Runs on the sockets' threads. Not what a datagram means: state.hpp.
//
// A listener may have several frontends, each with a socket on the same port. The kernel spreads
// senders over the sockets by address and port, and a packet forwarder sends from two ports: so a
// datagram goes to the frontend of its gateway's EUI, whichever socket it came to.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "actors/gateway_server/frontend_udp/interface.hpp"
#include "actors/gateway_server/frontend_udp/probe.hpp"
#include "actors/support/route.hpp"
#include "net/address/address_block.hpp"
#include "net/rate_limit/rate_limiter.hpp"
#include "net/udp/datagram_socket.hpp"

namespace ff::gateway_server {

/// What waits between the sockets and one frontend, which takes it out again. Any thread.
class Intake {
 public:
  Intake(std::size_t waiting_max, std::shared_ptr<UdpProbe> probe)
      : waiting_max_(waiting_max), probe_(std::move(probe)) {}
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  /// False, and counted, when too much waits.
  bool admit(std::size_t datagrams);
  void handled(std::size_t datagrams);

 private:
  std::atomic<std::size_t> waiting_{0};
  const std::size_t waiting_max_;
  std::shared_ptr<UdpProbe> probe_;
};

/// One incarnation of a frontend, as sockets see it.
struct UdpDoor {
  UdpFrontendHandle frontend;
  std::shared_ptr<Intake> intake;
};

/// The frontends of one listener; copies of the routes follow restarts.
class UdpListenerShare {
 public:
  /// At least one frontend. `limit`: of datagrams of one address and port.
  UdpListenerShare(std::size_t frontends, net::AddressRules rules, net::RateLimit limit = {})
      : doors_(frontends), rules_(std::move(rules)), limit_(std::move(limit)) {}

  std::size_t frontends() const noexcept { return doors_.size(); }
  void open(std::size_t frontend, UdpDoor door) const { doors_[frontend].set(std::move(door)); }
  void close(std::size_t frontend) const { doors_[frontend].clear(); }
  /// Called by a socket.
  void deliver(std::span<const net::Datagram> batch, UdpProbe& probe) const;

  /// Which of `frontends` a datagram belongs to; any for one that names no gateway.
  static std::size_t owner_of(ByteView datagram, std::size_t frontends) noexcept;

 private:
  std::vector<actors::Route<UdpDoor>> doors_;
  net::AddressRules rules_;
  net::RateLimit limit_;
};

}  // namespace ff::gateway_server
