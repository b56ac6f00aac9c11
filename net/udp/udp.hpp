// The DatagramNetwork of real UDP sockets.
#pragma once

#include <memory>

#include "net/runtime/runtime.hpp"
#include "net/udp/datagram_socket.hpp"

namespace ff::net {

/// Sockets are spread over the loops of `runtime`, which must outlive the network and its sockets.
/// To receive on several loops, open several sockets on one port with `reuse_port`.
std::unique_ptr<DatagramNetwork> make_udp_network(Runtime& runtime);

}  // namespace ff::net
