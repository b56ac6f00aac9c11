// `/router-info`: one question, one answer, on a WebSocket of its own. No actor: nothing is kept.
// [spec gateway-server §4.1]
#pragma once

#include <memory>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_basic_station/authorise.hpp"
#include "actors/gateway_server/frontend_basic_station/probe.hpp"
#include "net/http/handler.hpp"

namespace ff::gateway_server {

struct DiscoveryRequest {
  ContextPtr context;
  std::shared_ptr<StationProbe> probe;
  /// All but the identifiers, which the station's message tells.
  ConnectRequest connect;
  StationCredentials credentials;
  bool tls = false;  // of the traffic
  std::string host;  // of the traffic, with port
};

/// Who listens to a stream whose upgrade has been answered.
net::AcceptHandler discovery_handler(DiscoveryRequest request);

/// The host that a station came to, with the scheme's port if it names none; our own address when
/// its `Host` header is nothing to repeat.
std::string traffic_host(const net::http::Request& request, bool tls,
                         const std::string& own_address);

}  // namespace ff::gateway_server
