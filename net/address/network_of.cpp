#include "net/address/network_of.hpp"

#include <algorithm>

namespace ff::net {

std::string network_of(const std::string& address) {
  const auto endpoint = Endpoint::parse("[" + address + "]:0");
  if (!endpoint) return address;
  // An IPv4 address may have the form of an IPv6 one.
  const auto network = network_of(*endpoint);
  return network.address_text() + (network.is_v4() ? "" : "/64");
}

Endpoint network_of(const Endpoint& address) noexcept {
  constexpr std::size_t network_bytes = 8;
  if (address.is_v4()) return address.with_port(0);
  std::array<std::uint8_t, 16> network{};
  std::ranges::copy(address.address().first(network_bytes), network.begin());
  return Endpoint::v6(network, 0);
}

}  // namespace ff::net
