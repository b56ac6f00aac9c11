// Limits of connections by where they come from, for listeners.
#pragma once

#include <functional>
#include <string>

#include "net/address/endpoint.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::net {

/// Counts each connection under `<class_name>:ip:<address>`; null without a limiter. Any thread.
std::function<bool(const Endpoint& remote)> admit_by_address(RateLimit limit,
                                                             std::string class_name);

}  // namespace ff::net
