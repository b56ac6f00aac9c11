#include "net/address/address_block.hpp"

#include <algorithm>
#include <charconv>

namespace ff::net {

Result<AddressBlock> AddressBlock::parse(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto host = text.substr(0, slash);
  const bool is_v6 = host.find(':') != std::string_view::npos;
  auto base = Endpoint::parse(is_v6 ? "[" + std::string(host) + "]:0" : std::string(host) + ":0");
  if (!base) return fail(invalid_endpoint, {{"text", text}});
  const auto width = static_cast<unsigned>(base->address().size() * 8);
  if (slash == text.size()) return AddressBlock(*base, width);
  const auto bits_text = text.substr(slash + 1);
  unsigned bits = 0;
  const auto* end = bits_text.data() + bits_text.size();
  const auto [read, error] = std::from_chars(bits_text.data(), end, bits);
  if (bits_text.empty() || error != std::errc() || read != end || bits > width)
    return fail(invalid_endpoint, {{"text", text}});
  return AddressBlock(*base, bits);
}

bool AddressBlock::contains(const Endpoint& endpoint) const noexcept {
  const auto ours = base_.address();
  const auto theirs = endpoint.address();
  if (ours.size() != theirs.size()) return false;
  const auto whole = bits_ / 8;
  if (!std::equal(ours.begin(), ours.begin() + whole, theirs.begin())) return false;
  const auto rest = bits_ % 8;
  return rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0;
}

std::string AddressBlock::to_string() const {
  return base_.address_text() + "/" + std::to_string(bits_);
}

bool holds(const std::vector<AddressBlock>& blocks, const Endpoint& endpoint) noexcept {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const AddressBlock& block) { return block.contains(endpoint); });
}

bool AddressRules::admit(const Endpoint& from) const noexcept {
  return !holds(block, from) && (allow.empty() || holds(allow, from));
}

}  // namespace ff::net
