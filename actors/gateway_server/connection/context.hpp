// What frontends, connections and the router of the gateway server share: configuration and the
// ways to other components.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/gateway_server/connection/config.hpp"
#include "actors/gateway_server/connection/event_data.hpp"
#include "actors/gateway_server/connection/gateway_access.hpp"
#include "actors/gateway_server/connection/gateway_memory.hpp"
#include "actors/gateway_server/connection/packet_broker.hpp"
#include "actors/gateway_server/connection/probe.hpp"
#include "actors/gateway_server/connection/uplink_budget.hpp"
#include "actors/gateway_server/router/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/route.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::gateway_server {

/// The network servers behind us. Any thread; never blocks. Error network_server_not_found: whoever
/// it is for does not run at the moment.
struct Upstream {
  /// A frame that passed the connection; routed by its address or EUIs.
  std::function<Status(std::shared_ptr<const UplinkFrame>)> uplink;
  /// To the session whose downlink it was.
  std::function<Status(const TxAcknowledgment&)> acknowledgment;
};

/// Immutable after start; lives as long as the actors.
struct Context {
  GatewayServerConfig config;
  actors::Deps deps;
  std::shared_ptr<const region::FrequencyPlans> plans;
  std::shared_ptr<GatewayRegistry> registry;
  std::shared_ptr<GatewayAccess> access;  // null: nobody's secret is good
  Upstream upstream;
  PublishGatewayEvent publish;                           // null: nobody is told
  std::shared_ptr<const net::RateLimiter> rate_limiter;  // null: nobody is limited
  std::shared_ptr<GatewayMemories> memories;             // null: nothing outlives a connection
  std::string server_version;
  actors::Route<RouterHandle> router;
  std::shared_ptr<ConnectionProbe> probe;
  std::shared_ptr<UplinkBudget> uplinks;
  std::shared_ptr<PacketBrokerAgent> packet_broker = nullptr;  // null: it does not run

  /// Hands a frame to one of those that `config.forward` names. Any thread; never blocks. Errors:
  /// network_server_not_found, packet_broker_agent_not_found.
  Status forward(UpstreamHost host, std::shared_ptr<const UplinkFrame> frame) const;
};
using ContextPtr = std::shared_ptr<const Context>;

}  // namespace ff::gateway_server
