#include "net/http_client/target_policy.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

namespace ff::net::http_client {
namespace {

/// The networks of the special-purpose registries that are not the public Internet.
/// [RFC 6890; IANA IPv4 and IPv6 Special-Purpose Address Registry]
constexpr std::array<std::string_view, 18> special{
    "0.0.0.0/8",          // this network
    "10.0.0.0/8",         // private
    "100.64.0.0/10",      // shared, carrier-grade NAT
    "127.0.0.0/8",        // loopback
    "169.254.0.0/16",     // link-local; metadata services of clouds
    "172.16.0.0/12",      // private
    "192.0.0.0/24",       // protocol assignments
    "192.0.2.0/24",       // documentation
    "192.88.99.0/24",     // 6to4 relays
    "192.168.0.0/16",     // private
    "198.18.0.0/15",      // benchmarking
    "198.51.100.0/24",    // documentation
    "203.0.113.0/24",     // documentation
    "224.0.0.0/3",        // multicast, reserved, broadcast
    "2001::/23",          // protocol assignments, Teredo
    "2001:db8::/32",      // documentation
    "2620:4f:8000::/48",  // AS112
    "3fff::/20",          // documentation
};
/// All other IPv6 addresses are loopback, private, link-local, multicast, or nobody's.
constexpr std::string_view global_unicast = "2000::/3";

const std::vector<AddressBlock>& special_networks() {
  static const auto networks = [] {
    std::vector<AddressBlock> out;
    out.reserve(special.size());
    for (const auto text : special) out.push_back(*AddressBlock::parse(text));
    return out;
  }();
  return networks;
}

bool is_global_unicast(const Endpoint& endpoint) {
  static const auto network = *AddressBlock::parse(global_unicast);
  return network.contains(endpoint);
}

bool begins_with(ByteView address, std::span<const std::uint8_t> prefix) {
  return std::ranges::equal(address.first(prefix.size()), prefix);
}

/// The IPv4 address that an IPv6 address stands for: NAT64 and 6to4.
std::optional<Endpoint> embedded(const Endpoint& endpoint) {
  constexpr std::array<std::uint8_t, 12> nat64{0x00, 0x64, 0xff, 0x9b};
  constexpr std::array<std::uint8_t, 2> six_to_four{0x20, 0x02};
  const auto address = endpoint.address();
  std::size_t at = 0;
  if (begins_with(address, nat64)) at = 12;
  if (begins_with(address, six_to_four)) at = 2;
  if (at == 0) return std::nullopt;
  return Endpoint::v4({address[at], address[at + 1], address[at + 2], address[at + 3]},
                      endpoint.port());
}

}  // namespace

bool is_public(const Endpoint& endpoint) noexcept {
  if (holds(special_networks(), endpoint)) return false;
  if (endpoint.is_v4()) return true;
  if (const auto inner = embedded(endpoint)) return is_public(*inner);
  return is_global_unicast(endpoint);
}

bool TargetPolicy::allows(const Endpoint& endpoint) const noexcept {
  return is_public(endpoint) || holds(allowed_, endpoint);
}

}  // namespace ff::net::http_client
