#include "actors/interop/selection.hpp"

#include <algorithm>

#include "protocol/base/hex.hpp"

namespace ff::interop {
namespace {

constexpr int whole = 64;
constexpr int none = -1;

bool contains(const config::JoinEuiPrefix& prefix, JoinEui join_eui) {
  if (prefix.length == 0) return true;
  return (prefix.join_eui.value() ^ join_eui.value()) >> (64U - prefix.length) == 0;
}

/// Length of the server's longest prefix of `join_eui`.
int match(const config::InteropJoinServer& server, JoinEui join_eui) {
  int best = none;
  for (const auto& prefix : server.join_euis) {
    if (contains(prefix, join_eui)) best = std::max(best, static_cast<int>(prefix.length));
  }
  return best;
}

}  // namespace

std::vector<std::size_t> select(const std::vector<const config::InteropJoinServer*>& servers,
                                JoinEui join_eui) {
  std::vector<std::size_t> out;
  int best = none;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const int length = match(*servers[i], join_eui);
    if (length == none || length < best) continue;
    if (length > best) out.clear();
    if (out.empty() || length == whole) out.push_back(i);
    best = length;
  }
  return out;
}

std::string host_of(const config::InteropJoinServer& server, JoinEui join_eui) {
  if (server.dns.empty()) return server.fqdn;
  auto digits = hex_lower(join_eui.value(), 16);
  std::string host;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    host += *digit;
    host += '.';
  }
  return host + server.dns;
}

}  // namespace ff::interop
