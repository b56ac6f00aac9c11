// Whose an address is, for whoever counts by addresses: limits, throttles, the audit log.
#pragma once

#include <string>

#include "net/address/endpoint.hpp"

namespace ff::net {

/// What one subscriber of a provider has: an IPv4 address, or the /64 of an IPv6 address as
/// `2001:db8::/64`, whose 2^64 addresses are all of one host if it likes. Text that is no address,
/// such as an empty one, stays as it is.
std::string network_of(const std::string& address);
/// The same as a value: an address without port, and without what tells hosts of a /64 apart.
Endpoint network_of(const Endpoint& address) noexcept;

}  // namespace ff::net
