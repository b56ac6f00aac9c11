#include "protocol/types/dev_addr_allocation.hpp"

#include <algorithm>
#include <utility>

namespace ff {
namespace {

constexpr std::uint8_t address_bits = 32;

bool overlaps(const DevAddrPrefix& a, const DevAddrPrefix& b) {
  return a.contains(b.dev_addr) || b.contains(a.dev_addr);
}

/// Bits beyond the length of a prefix do not count, whatever an operator wrote there.
std::uint32_t first_address(const DevAddrPrefix& prefix) {
  const auto rest = std::uint64_t{1} << (address_bits - prefix.length);
  return prefix.dev_addr.value() & ~static_cast<std::uint32_t>(rest - 1);
}

/// The two halves of a prefix that has more than one address.
std::pair<DevAddrPrefix, DevAddrPrefix> halves(const DevAddrPrefix& prefix) {
  const auto length = static_cast<std::uint8_t>(prefix.length + 1);
  const auto bit = std::uint32_t{1} << (address_bits - length);
  const auto first = first_address(prefix);
  return {{DevAddr{first}, length}, {DevAddr{first | bit}, length}};
}

/// `prefix` cut up until no piece holds an address of `taken`. At most 32 pieces for each of those.
void cut(const DevAddrPrefix& prefix, const std::vector<DevAddrPrefix>& taken,
         std::vector<DevAddrPrefix>& out) {
  std::vector<DevAddrPrefix> inside;
  for (const auto& other : taken) {
    if (!overlaps(prefix, other)) continue;
    if (other.length <= prefix.length) return;
    inside.push_back(other);
  }
  if (inside.empty()) return out.push_back(prefix);
  const auto [low, high] = halves(prefix);
  cut(low, inside, out);
  cut(high, inside, out);
}

}  // namespace

std::vector<DevAddrPrefix> without(const std::vector<DevAddrPrefix>& prefixes,
                                   const std::vector<DevAddrPrefix>& taken) {
  std::vector<DevAddrPrefix> out;
  for (const auto& prefix : prefixes) cut(prefix, taken, out);
  return out;
}

DevAddr draw_dev_addr(const std::vector<DevAddrPrefix>& prefixes, Random& random) {
  std::uint64_t total = 0;
  for (const auto& prefix : prefixes) total += std::uint64_t{1} << (address_bits - prefix.length);
  auto at = random.below(total);
  for (const auto& prefix : prefixes) {
    const auto size = std::uint64_t{1} << (address_bits - prefix.length);
    if (at < size) return DevAddr{first_address(prefix) | static_cast<std::uint32_t>(at)};
    at -= size;
  }
  return prefixes.front().dev_addr;
}

DevAddrPlan::DevAddrPlan(NetId net_id, std::vector<DevAddrPrefix> network,
                         Applications applications)
    : network_(std::move(network)), applications_(std::move(applications)) {
  if (network_.empty()) network_.push_back(prefix_of(net_id));
  std::vector<DevAddrPrefix> taken;
  for (const auto& [id, prefixes] : applications_)
    taken.insert(taken.end(), prefixes.begin(), prefixes.end());
  common_ = without(network_, taken);
}

const std::vector<DevAddrPrefix>& DevAddrPlan::of(std::string_view application_id) const {
  const auto own = applications_.find(application_id);
  return own == applications_.end() ? common_ : own->second;
}

}  // namespace ff
