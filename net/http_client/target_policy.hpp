// TargetPolicy: which addresses our machine may connect to on behalf of users. A pure rule on
// addresses; names are resolved elsewhere.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "net/address/endpoint.hpp"
#include "protocol/base/result.hpp"

namespace ff::net::http_client {

inline constexpr ErrorDef invalid_network{"net/http_client", "invalid_network",
                                          Code::invalid_argument,
                                          "`{text}` is not a network such as 10.0.0.0/8"};

/// Addresses that share their first `bits` bits.
struct Network {
  Endpoint first;         ///< Port 0.
  std::uint8_t bits = 0;  ///< 0 to 32, or to 128.

  /// `10.0.0.0/8`, `fd00::/8`; a single address without `/`. Bits behind the prefix are ignored.
  static Result<Network> parse(std::string_view text);
  bool contains(const Endpoint& endpoint) const noexcept;
  bool operator==(const Network&) const = default;
};

/// False for loopback, private, link-local, shared, multicast, documentation, benchmarking and
/// reserved addresses, IPv4 and IPv6, and for IPv6 forms that stand for such an IPv4 address (RFC
/// 6890 and its registries).
bool is_public(const Endpoint& endpoint) noexcept;

class TargetPolicy {
 public:
  /// Public addresses alone.
  TargetPolicy() = default;
  /// … and these.
  explicit TargetPolicy(std::vector<Network> allowed) : allowed_(std::move(allowed)) {}

  bool allows(const Endpoint& endpoint) const noexcept;

 private:
  std::vector<Network> allowed_;
};

}  // namespace ff::net::http_client
