// A message of Backend Interfaces as the HTTP request that another network's file asks for. Pure.
// Not who is asked, and not what it answers. [TS002-1.1 §19; spec events-cluster-discovery §8]
#pragma once

#include <string>

#include "config/interop.hpp"
#include "net/http_client/client.hpp"
#include "protocol/backend_interfaces/message.hpp"

namespace ff::actors {

/// POST to `path` (without a slash in front) of `host`, with scheme, port, headers and credentials
/// of `access`.
net::http_client::ClientRequest interop_request(const config::InteropJoinServer& access,
                                                const std::string& host, const std::string& path,
                                                const backend_interfaces::Message& message);

}  // namespace ff::actors
