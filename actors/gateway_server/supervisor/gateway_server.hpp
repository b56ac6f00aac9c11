// The gateway server as a whole: its supervisor, router and frontends. Not its configuration file:
// app/ maps that.
#pragma once

#include <caf/fwd.hpp>

#include <vector>

#include "actors/gateway_server/frontend_basic_station/actor.hpp"
#include "actors/gateway_server/frontend_grpc/actor.hpp"
#include "actors/gateway_server/frontend_mqtt/actor.hpp"
#include "actors/gateway_server/frontend_udp/actor.hpp"
#include "actors/gateway_server/memory/actor.hpp"
#include "actors/gateway_server/router/actor.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::gateway_server {

struct UdpListenerConfig {
  net::Endpoint local;
  std::string fallback_plan_id;             // empty: registered gateways only
  net::DatagramNetwork* network = nullptr;  // outlives the actors
  std::size_t frontends = 1;                // that share the port; a port of 0 is not shared
  net::AddressRules rules;
};

struct GatewayServerSettings {
  std::vector<UdpListenerConfig> udp;
  std::vector<BasicStationFrontendConfig> basic_station;
  /// Where gateways are remembered; outlives the actors. Null: nowhere.
  const storage::Reader* store = nullptr;
  std::vector<MqttFrontendConfig> mqtt;
  /// Leads the API to the frontend for gateways over gRPC.
  actors::Route<GrpcFrontendHandle> grpc;
  actors::RestartLimits limits;
  std::function<void(const std::string& child)> on_escalation;
  /// Router and memory have threads of their own; false in virtual time.
  bool own_thread = true;
};

/// Starts router and frontends under one supervisor; a frontend that fails is opened again, its
/// gateways connect anew with their next datagram. `context.probe` may be null; `context.router`
/// leads to the router, `context.memories` is made here when there is a store. Stop as any
/// supervisor.
caf::actor start_gateway_server(caf::actor_system& system, Context context,
                                const GatewayServerSettings& settings);

}  // namespace ff::gateway_server
