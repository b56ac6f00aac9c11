// TargetPolicy: which addresses our machine may connect to on behalf of users. A pure rule on
// addresses; names are resolved elsewhere.
#pragma once

#include <vector>

#include "net/address/address_block.hpp"

namespace ff::net::http_client {

/// False for loopback, private, link-local, shared, multicast, documentation, benchmarking and
/// reserved addresses, IPv4 and IPv6, and for IPv6 forms that stand for such an IPv4 address (RFC
/// 6890 and its registries).
bool is_public(const Endpoint& endpoint) noexcept;

class TargetPolicy {
 public:
  /// Public addresses alone.
  TargetPolicy() = default;
  /// … and these.
  explicit TargetPolicy(std::vector<AddressBlock> allowed) : allowed_(std::move(allowed)) {}

  bool allows(const Endpoint& endpoint) const noexcept;

 private:
  std::vector<AddressBlock> allowed_;
};

}  // namespace ff::net::http_client
