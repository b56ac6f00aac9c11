#include "net/address/socket_address.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ff::net {

namespace {

void put_v4(sockaddr_storage& storage, const Endpoint& endpoint) noexcept {
  sockaddr_in raw{};
  raw.sin_family = AF_INET;
  raw.sin_port = htons(endpoint.port());
  std::memcpy(&raw.sin_addr, endpoint.address().data(), sizeof raw.sin_addr);
  std::memcpy(&storage, &raw, sizeof raw);
}

void put_v6(sockaddr_storage& storage, const Endpoint& endpoint) noexcept {
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  raw.sin6_port = htons(endpoint.port());
  raw.sin6_scope_id = endpoint.scope();
  auto* out = raw.sin6_addr.s6_addr;
  if (endpoint.is_v4()) {
    out[10] = out[11] = 0xff;
    out += 12;
  }
  std::ranges::copy(endpoint.address(), out);
  std::memcpy(&storage, &raw, sizeof raw);
}

using NameFunction = int (*)(int, sockaddr*, socklen_t*);

Endpoint named(int socket, NameFunction function) noexcept {
  SocketAddress address;
  if (function(socket, address.raw(), &address.size) != 0) return {};
  return to_endpoint(address).value_or(Endpoint());
}

void enable(int socket, int level, int option, int value = 1) noexcept {
  setsockopt(socket, level, option, &value, sizeof value);
}

bool bind_to(int socket, const Endpoint& local, int family) noexcept {
  auto address = to_socket_address(local, family);
  return ::bind(socket, address.raw(), address.size) == 0;
}

}  // namespace

SocketAddress to_socket_address(const Endpoint& endpoint, int family) noexcept {
  SocketAddress address;
  if (family == AF_INET) {
    put_v4(address.storage, endpoint);
    address.size = sizeof(sockaddr_in);
  } else {
    put_v6(address.storage, endpoint);
    address.size = sizeof(sockaddr_in6);
  }
  return address;
}

std::optional<Endpoint> to_endpoint(const SocketAddress& address) noexcept {
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in raw{};
    std::memcpy(&raw, &address.storage, sizeof raw);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &raw.sin_addr, bytes.size());
    return Endpoint::v4(bytes, ntohs(raw.sin_port));
  }
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 raw{};
    std::memcpy(&raw, &address.storage, sizeof raw);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &raw.sin6_addr, bytes.size());
    return Endpoint::v6(bytes, ntohs(raw.sin6_port), raw.sin6_scope_id);
  }
  return std::nullopt;
}

Endpoint local_endpoint(int socket) noexcept {
  return named(socket, &::getsockname);
}
Endpoint remote_endpoint(int socket) noexcept {
  return named(socket, &::getpeername);
}

BoundSocket bind_socket(const Endpoint& local, int type, bool reuse_port) noexcept {
  auto family = local.is_v4() ? AF_INET : AF_INET6;
  auto socket = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    if (family == AF_INET6 && local.is_any() && errno == EAFNOSUPPORT) {
      return bind_socket(Endpoint::v4({0, 0, 0, 0}, local.port()), type, reuse_port);
    }
    return {};
  }
  if (type == SOCK_STREAM) enable(socket, SOL_SOCKET, SO_REUSEADDR);
  if (reuse_port) enable(socket, SOL_SOCKET, SO_REUSEPORT);
  if (family == AF_INET6) enable(socket, IPPROTO_IPV6, IPV6_V6ONLY, local.is_any() ? 0 : 1);
  if (bind_to(socket, local, family)) return {socket, family};
  auto error = errno;
  ::close(socket);
  if (family == AF_INET6 && local.is_any() && error == EADDRNOTAVAIL) {
    return bind_socket(Endpoint::v4({0, 0, 0, 0}, local.port()), type, reuse_port);
  }
  errno = error;
  return {};
}

}  // namespace ff::net
