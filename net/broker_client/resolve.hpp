// INTERNAL: the addresses of a broker that may be connected to.
#pragma once

#include <vector>

#include "net/broker_client/client.hpp"

namespace ff::net::broker_client {

/// Blocks for as long as the system's resolver does. At least one address, each allowed; all of the
/// name's must be if `all`. Errors: host_not_found, target_refused.
Result<std::vector<Endpoint>> resolve(const BrokerUrl& url,
                                      const http_client::TargetPolicy& targets, bool all);

/// `192.0.2.1`, `[2001:db8::1]`.
std::string host_of(const Endpoint& endpoint);

}  // namespace ff::net::broker_client
