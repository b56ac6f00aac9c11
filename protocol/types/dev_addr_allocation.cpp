#include "protocol/types/dev_addr_allocation.hpp"

namespace ff {

std::vector<DevAddrPrefix> dev_addr_prefixes(NetId net_id, std::vector<DevAddrPrefix> configured) {
  if (configured.empty()) configured.push_back(prefix_of(net_id));
  return configured;
}

DevAddr draw_dev_addr(const std::vector<DevAddrPrefix>& prefixes, Random& random) {
  std::uint64_t total = 0;
  for (const auto& prefix : prefixes) total += std::uint64_t{1} << (32 - prefix.length);
  auto at = random.below(total);
  for (const auto& prefix : prefixes) {
    const auto size = std::uint64_t{1} << (32 - prefix.length);
    if (at < size) return DevAddr{prefix.dev_addr.value() | static_cast<std::uint32_t>(at)};
    at -= size;
  }
  return prefixes.front().dev_addr;
}

}  // namespace ff
