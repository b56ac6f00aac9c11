// AddressBlock: a range of IP addresses as operators write it, for allow and block rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/address/endpoint.hpp"

namespace ff::net {

/// `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits behind the prefix do not count.
class AddressBlock {
 public:
  /// Error: invalid_endpoint.
  static Result<AddressBlock> parse(std::string_view text);

  /// The port does not matter. Blocks of one family hold no address of the other.
  bool contains(const Endpoint& endpoint) const noexcept;
  /// The form `parse` reads.
  std::string to_string() const;

  bool operator==(const AddressBlock&) const = default;

 private:
  AddressBlock(const Endpoint& base, unsigned bits) : base_(base), bits_(bits) {}

  Endpoint base_;
  unsigned bits_ = 0;
};

/// Whether one of `blocks` contains `endpoint`.
bool holds(const std::vector<AddressBlock>& blocks, const Endpoint& endpoint) noexcept;

/// Who may send to a listener.
struct AddressRules {
  std::vector<AddressBlock> allow;  // empty: everybody
  std::vector<AddressBlock> block;  // comes first

  bool admit(const Endpoint& from) const noexcept;
};

}  // namespace ff::net
