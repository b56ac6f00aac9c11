#include "actors/gateway_server/supervisor/gateway_server.hpp"

#include <caf/actor_cast.hpp>

namespace ff::gateway_server {
namespace {

actors::ChildSpec router_child(const ContextPtr& context, bool own_thread) {
  return {"gateway_router", [context, own_thread](caf::actor_system& system) {
            auto router = spawn_router(system, own_thread);
            context->router.set(router);
            return caf::actor_cast<caf::actor>(router);
          }};
}

actors::ChildSpec udp_child(const ContextPtr& context, const UdpFrontendConfig& config) {
  return {"gateway_frontend_udp", [context, config](caf::actor_system& system) {
            return caf::actor_cast<caf::actor>(spawn_udp_frontend(system, context, config));
          }};
}

actors::ChildSpec basic_station_child(const ContextPtr& context,
                                      const BasicStationFrontendConfig& config) {
  return {
      "gateway_frontend_basic_station", [context, config](caf::actor_system& system) {
        return caf::actor_cast<caf::actor>(spawn_basic_station_frontend(system, context, config));
      }};
}

}  // namespace

caf::actor start_gateway_server(caf::actor_system& system, Context context,
                                const GatewayServerSettings& settings) {
  if (!context.uplinks) {
    context.uplinks =
        std::make_shared<UplinkBudget>(context.config.uplinks_max, *context.deps.metrics);
  }
  if (!context.probe) context.probe = std::make_shared<ConnectionProbe>(*context.deps.metrics);
  const auto shared = std::make_shared<const Context>(std::move(context));
  actors::SupervisorConfig config;
  config.name = "gateway_server";
  config.limits = settings.limits;
  config.clock = shared->deps.clock;
  config.metrics = shared->deps.metrics;
  config.on_escalation = settings.on_escalation;
  config.children.push_back(router_child(shared, settings.own_thread));
  for (const auto& udp : settings.udp) config.children.push_back(udp_child(shared, udp));
  for (const auto& station : settings.basic_station)
    config.children.push_back(basic_station_child(shared, station));
  return actors::spawn_supervisor(system, std::move(config));
}

}  // namespace ff::gateway_server
