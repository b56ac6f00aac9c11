#include "net/broker_client/resolve.hpp"

#include <netdb.h>

#include <algorithm>
#include <cstring>

#include "net/address/socket_address.hpp"

namespace ff::net::broker_client {
namespace {

constexpr std::size_t addresses_max = 8;

std::vector<Endpoint> look_up(const BrokerUrl& url) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(url.host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::vector<Endpoint> out;
  for (const auto* one = found; one != nullptr && out.size() < addresses_max; one = one->ai_next) {
    SocketAddress address;
    if (one->ai_addrlen > sizeof(address.storage)) continue;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    if (const auto endpoint = to_endpoint(address)) out.push_back(endpoint->with_port(url.port));
  }
  return out;
}

}  // namespace

Result<std::vector<Endpoint>> resolve(const BrokerUrl& url,
                                      const http_client::TargetPolicy& targets, bool all) {
  auto found = look_up(url);
  if (found.empty()) return fail(host_not_found);
  const auto refused =
      std::stable_partition(found.begin(), found.end(),
                            [&](const Endpoint& endpoint) { return targets.allows(endpoint); });
  if (refused != found.end() && (all || refused == found.begin()))
    return fail(target_refused, {{"address", refused->address_text()}});
  found.erase(refused, found.end());
  return found;
}

std::string host_of(const Endpoint& endpoint) {
  return endpoint.is_v4() ? endpoint.address_text() : "[" + endpoint.address_text() + "]";
}

}  // namespace ff::net::broker_client
