#include "net/address/client_address.hpp"

#include <optional>
#include <utility>

namespace ff::net {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// As proxies write it: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
std::optional<Endpoint> parse_hop(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  for (const auto& candidate :
       {std::string(text), std::string(text) + ":0", "[" + std::string(text) + "]:0"}) {
    if (auto endpoint = Endpoint::parse(candidate)) return *endpoint;
  }
  return std::nullopt;
}

/// Of a list, from its end.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  if (comma == std::string_view::npos) return std::exchange(list, {});
  const auto last = list.substr(comma + 1);
  list = list.substr(0, comma);
  return last;
}

/// Nothing: no trusted proxy has named anybody.
std::optional<Endpoint> last_untrusted(const std::vector<std::string_view>& hops,
                                       const std::vector<AddressBlock>& trusted) {
  std::optional<Endpoint> known;
  for (auto hop_list = hops.rbegin(); hop_list != hops.rend(); ++hop_list) {
    auto list = *hop_list;
    while (!list.empty()) {
      const auto hop = parse_hop(take_last(list));
      // What stands before it was written by nobody knows whom.
      if (!hop) return known;
      known = hop;
      if (!holds(trusted, *hop)) return known;
    }
  }
  return known;
}

}  // namespace

std::string client_address(const std::string& peer, const ForwardedFor& forwarded,
                           const std::vector<AddressBlock>& trusted) {
  const auto socket = parse_hop(peer);
  if (!socket || !holds(trusted, *socket)) return peer;
  const auto named = last_untrusted(forwarded.hops, trusted);
  auto real = parse_hop(forwarded.real_ip);
  // A proxy behind another one sees that one; it says nothing about the client.
  if (real && named && holds(trusted, *real)) real.reset();
  if (named && real && named->address_text() != real->address_text()) return peer;
  if (named) return named->address_text();
  return real ? real->address_text() : peer;
}

}  // namespace ff::net
