// Where a component is that is configured by its host alone: its SRV record says it. [spec
// events-cluster-discovery §6.4] Not channels (grpc_api.hpp).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/cli/config/config.hpp"
#include "net/dns/srv.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

/// Looks up a name's SRV records, in the order to try them; blocks.
using FindServices = std::function<Result<std::vector<net::dns::Service>>(const std::string& name)>;
FindServices system_services();

/// `ns.example.com:8884`, the first to be tried first; never empty. The configured address itself
/// if it has a port, is an IP address or `localhost`, or belongs to a component that has no record
/// (Packet Broker agent); also when there is no record. Error: of the look-up.
Result<std::vector<std::string>> addresses_of(const Config& config, Role role,
                                              const FindServices& find);

}  // namespace ff::cli
