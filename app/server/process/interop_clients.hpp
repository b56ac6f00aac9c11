// Other networks' join servers and roaming partners, as the configuration's folders have them, with
// an HTTP client each.
#pragma once

#include <memory>
#include <vector>

#include "app/server/node/node.hpp"
#include "config/config.hpp"
#include "net/http_client/client.hpp"

namespace ff::app {

/// Outlives the node whose clients use them.
using HttpClients = std::vector<std::unique_ptr<net::http_client::HttpClient>>;

/// Fills the node's two interop clients and its roaming partners, and tells the network server that
/// it has a client. Errors:
/// config::malformed_interop; missing_directory; of make_http_client.
Result<HttpClients> add_interop_clients(const config::Config& config, NodeConfig& node);

}  // namespace ff::app
