// The gateway server as a whole: its supervisor, router and frontends. Not its configuration file:
// app/ maps that.
#pragma once

#include <caf/fwd.hpp>

#include <vector>

#include "actors/gateway_server/frontend_basic_station/actor.hpp"
#include "actors/gateway_server/frontend_udp/actor.hpp"
#include "actors/gateway_server/router/actor.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::gateway_server {

struct GatewayServerSettings {
  std::vector<UdpFrontendConfig> udp;
  std::vector<BasicStationFrontendConfig> basic_station;
  actors::RestartLimits limits;
  std::function<void(const std::string& child)> on_escalation;
  /// The router has a thread of its own; false in virtual time.
  bool own_thread = true;
};

/// Starts router and frontends under one supervisor; a frontend that fails is opened again, its
/// gateways connect anew with their next datagram. `context.probe` may be null; `context.router`
/// leads to the router. Stop as any supervisor.
caf::actor start_gateway_server(caf::actor_system& system, Context context,
                                const GatewayServerSettings& settings);

}  // namespace ff::gateway_server
