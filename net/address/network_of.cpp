#include "net/address/network_of.hpp"

#include <algorithm>

#include "net/address/endpoint.hpp"

namespace ff::net {

std::string network_of(const std::string& address) {
  constexpr std::size_t network_bytes = 8;
  const auto endpoint = Endpoint::parse("[" + address + "]:0");
  if (!endpoint) return address;
  // An IPv4 address in the form of an IPv6 one.
  if (endpoint->is_v4()) return endpoint->address_text();
  std::array<std::uint8_t, 16> network{};
  std::ranges::copy(endpoint->address().first(network_bytes), network.begin());
  return Endpoint::v6(network, 0).address_text() + "/64";
}

}  // namespace ff::net
