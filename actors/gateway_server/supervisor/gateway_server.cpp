#include "actors/gateway_server/supervisor/gateway_server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_cast.hpp>

namespace ff::gateway_server {
namespace {

actors::ChildSpec memory_child(const ContextPtr& context, const GatewayServerSettings& settings,
                               const actors::Route<MemoryHandle>& route,
                               const std::shared_ptr<const Attendance>& attendance) {
  const MemoryConfig config{.deps = context->deps,
                            .store = settings.store,
                            .disconnected_ttl = context->config.connection_stats_disconnect_ttl,
                            .silent_ttl = context->config.connection_stats_ttl,
                            .attendance = attendance,
                            .own_thread = settings.own_thread};
  return actors::routed_child("gateway_memory", route, [config](caf::actor_system& system) {
    return spawn_gateway_memory(system, config);
  });
}

actors::ChildSpec router_child(const ContextPtr& context, bool own_thread) {
  return actors::routed_child(
      "gateway_router", context->router, [context, own_thread](caf::actor_system& system) {
        return spawn_router(system, *context->deps.metrics, context->memories, own_thread);
      });
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

actors::ChildSpec mqtt_child(const ContextPtr& context, const MqttFrontendConfig& config) {
  return {"gateway_frontend_mqtt", [context, config](caf::actor_system& system) {
            return caf::actor_cast<caf::actor>(spawn_mqtt_frontend(system, context, config));
          }};
}

actors::ChildSpec grpc_child(const ContextPtr& context,
                             const actors::Route<GrpcFrontendHandle>& route) {
  return actors::routed_child("gateway_frontend_grpc", route, [context](caf::actor_system& system) {
    return spawn_grpc_frontend(system, context);
  });
}

void warn_of_missing_agent(const Context& context) {
  const bool is_wanted = std::ranges::any_of(context.config.forward, [](const ForwardRule& rule) {
    return rule.host == UpstreamHost::packetbroker;
  });
  if (is_wanted && !context.packet_broker)
    spdlog::warn("msg=\"gs.forward names packetbroker, and there is no agent for it\"");
}

}  // namespace

caf::actor start_gateway_server(caf::actor_system& system, Context context,
                                const GatewayServerSettings& settings) {
  if (!context.uplinks) {
    context.uplinks =
        std::make_shared<UplinkBudget>(context.config.uplinks_max, *context.deps.metrics);
  }
  if (!context.probe) context.probe = std::make_shared<ConnectionProbe>(*context.deps.metrics);
  const actors::Route<MemoryHandle> memory;
  const auto attendance = std::make_shared<Attendance>(memory);
  if (settings.store != nullptr) context.memories = make_gateway_memories(memory, attendance);
  warn_of_missing_agent(context);
  const auto shared = std::make_shared<const Context>(std::move(context));
  actors::SupervisorConfig config;
  config.name = "gateway_server";
  config.limits = settings.limits;
  config.clock = shared->deps.clock;
  config.metrics = shared->deps.metrics;
  config.on_escalation = settings.on_escalation;
  if (settings.store != nullptr)
    config.children.push_back(memory_child(shared, settings, memory, attendance));
  config.children.push_back(router_child(shared, settings.own_thread));
  const auto datagrams = net::limit_of(shared->rate_limiter, {"gs:up:udp", "gs:up"});
  for (const auto& udp : settings.udp) {
    const auto frontends = udp.local.port() == 0 ? 1 : std::max<std::size_t>(udp.frontends, 1);
    const auto share = std::make_shared<const UdpListenerShare>(frontends, udp.rules, datagrams);
    for (std::size_t i = 0; i < frontends; ++i) {
      config.children.push_back(
          udp_child(shared, {udp.local, udp.fallback_plan_id, udp.network, share, i}));
    }
  }
  for (const auto& station : settings.basic_station)
    config.children.push_back(basic_station_child(shared, station));
  for (const auto& mqtt : settings.mqtt) config.children.push_back(mqtt_child(shared, mqtt));
  config.children.push_back(grpc_child(shared, settings.grpc));
  return actors::spawn_supervisor(system, std::move(config));
}

}  // namespace ff::gateway_server
