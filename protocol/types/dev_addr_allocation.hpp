// Which addresses a network may give, to whom, and one of them at random. Whether an address suits
// a device is the network server's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/random.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff {

/// `prefixes` without the addresses of `taken`; in order of their addresses if `prefixes` are.
std::vector<DevAddrPrefix> without(const std::vector<DevAddrPrefix>& prefixes,
                                   const std::vector<DevAddrPrefix>& taken);

/// Every address of all prefixes with the same probability. `prefixes` is not empty.
DevAddr draw_dev_addr(const std::vector<DevAddrPrefix>& prefixes, Random& random);

/// The network's addresses, of which some may be set aside for tenants' applications.
class DevAddrPlan {
 public:
  using Applications = std::map<std::string, std::vector<DevAddrPrefix>, std::less<>>;

  /// `network` empty: the prefix that the NetID implies. [spec network-server §20]
  explicit DevAddrPlan(NetId net_id = {}, std::vector<DevAddrPrefix> network = {},
                       Applications applications = {});

  /// All of the network's. Not empty.
  const std::vector<DevAddrPrefix>& network() const noexcept { return network_; }
  /// Those that nobody has for itself. Empty only if the applications have all.
  const std::vector<DevAddrPrefix>& common() const noexcept { return common_; }
  /// Of the application's devices: its own, or the common ones.
  const std::vector<DevAddrPrefix>& of(std::string_view application_id) const;

 private:
  std::vector<DevAddrPrefix> network_;
  std::vector<DevAddrPrefix> common_;
  Applications applications_;
};

}  // namespace ff
