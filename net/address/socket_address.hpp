// INTERNAL to net/: Endpoint to and from the operating system's socket addresses.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "net/address/endpoint.hpp"

namespace ff::net {

/// The address families differ in size; `size` is what system calls want.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* raw() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* raw() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// `family` is the socket's: an IPv4 endpoint is mapped for an IPv6 socket.
SocketAddress to_socket_address(const Endpoint& endpoint, int family) noexcept;
/// Nothing for a family other than IPv4 and IPv6.
std::optional<Endpoint> to_endpoint(const SocketAddress& address) noexcept;

/// The address a socket is bound or connected to; `[::]:0` when the system does not say.
Endpoint local_endpoint(int socket) noexcept;
Endpoint remote_endpoint(int socket) noexcept;

/// A non-blocking, close-on-exec socket bound to `local`; `[::]` takes IPv4 too, and becomes
/// 0.0.0.0 on a machine without IPv6. Returns -1 with errno set on failure. `type` is SOCK_STREAM
/// or SOCK_DGRAM.
struct BoundSocket {
  int descriptor = -1;
  int family = 0;
};
BoundSocket bind_socket(const Endpoint& local, int type, bool reuse_port) noexcept;

}  // namespace ff::net
