// The StreamNetwork of real TCP and TLS connections.
#pragma once

#include <memory>

#include "net/runtime/runtime.hpp"
#include "net/stream/network.hpp"

namespace ff::net {

/// Streams are spread over the loops of `runtime`, which must outlive the network and its
/// listeners.
std::unique_ptr<StreamNetwork> make_tcp_network(Runtime& runtime);

}  // namespace ff::net
