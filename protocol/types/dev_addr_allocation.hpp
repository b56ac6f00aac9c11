// Which addresses a network may give, and one of them at random. Whether an address suits a device
// is the network server's.
#pragma once

#include <vector>

#include "protocol/base/random.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff {

/// Those that are configured, or the one that the NetID implies. Never empty. [spec network-server
/// §20]
std::vector<DevAddrPrefix> dev_addr_prefixes(NetId net_id, std::vector<DevAddrPrefix> configured);

/// Every address of all prefixes with the same probability. `prefixes` is not empty.
DevAddr draw_dev_addr(const std::vector<DevAddrPrefix>& prefixes, Random& random);

}  // namespace ff
