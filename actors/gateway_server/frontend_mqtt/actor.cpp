#include "actors/gateway_server/frontend_mqtt/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <stdexcept>

#include "actors/gateway_server/frontend_mqtt/gateway.hpp"
#include "actors/support/listener_metrics.hpp"
#include "actors/support/shell.hpp"
#include "net/rate_limit/admit_by_address.hpp"

namespace ff::gateway_server {
namespace {

/// Gateways on slow links take long for a handshake. [spec gateway-server §1]
constexpr Duration handshake_timeout = std::chrono::seconds{30};
/// A message of a gateway, with its topic.
constexpr std::size_t packet_bytes_max = 64U << 10U;
/// Some hundred downlinks: a gateway that has so many waiting will not send them in time.
constexpr std::size_t outgoing_bytes_max = 64U << 10U;
constexpr Duration sample_interval = std::chrono::seconds{5};
/// A minute.
constexpr std::uint32_t refusal_lines_max = 10;

struct Shell {
  static inline const char* name = "gateway_frontend_mqtt";
  MqttFrontendConfig config;
  std::unique_ptr<actors::ListenerMetrics> metrics;
  std::unique_ptr<net::Listener> listener;
  std::shared_ptr<actors::Dependants> links = std::make_shared<actors::Dependants>();

  ~Shell() { links->end(); }
};
using Pointer = MqttFrontendHandle::stateful_pointer<Shell>;

mqtt::ServerConnectionOptions connection_options() {
  mqtt::ServerConnectionOptions options;
  options.limits.decode.packet_size_max = packet_bytes_max;
  options.limits.connect_size_max = packet_bytes_max;
  // Nothing waits for a gateway that is away.
  options.limits.session_expiry_max = 0;
  options.limits.session_expiry_v3 = 0;
  options.outgoing_max = outgoing_bytes_max;
  return options;
}

void listen(Pointer self, const ContextPtr& context) {
  auto& state = self->state;
  const auto& config = state.config;
  auto shared = std::make_shared<const MqttContext>(MqttContext{
      .context = context,
      .format = config.format,
      .probe = std::make_shared<LinkProbe>(*context->deps.metrics, config.format->name()),
      .system = &self->system(),
      .links = state.links,
      .refusal_lines =
          std::make_shared<actors::LogBudget>(refusal_lines_max, std::chrono::minutes{1})});
  net::ListenOptions options;
  options.tls = config.tls;
  options.handshake_timeout = handshake_timeout;
  options.connections_max = config.connections_max;
  options.connections_per_address_max = config.connections_per_address_max;
  options.admit = net::admit_by_address(net::limit_of(context->rate_limiter, {"gs:accept:mqtt"}),
                                        "gs:accept:mqtt");
  // Above what a connection fills, so that it is the connection that notices.
  options.stream.outgoing_max = 4 * outgoing_bytes_max;
  auto accept = [shared = std::move(shared)](std::shared_ptr<net::Stream> stream) {
    return mqtt::ServerConnection::make(std::move(stream), std::make_shared<MqttGateway>(shared),
                                        connection_options());
  };
  auto listener = config.network->listen(config.local, options, std::move(accept));
  if (!listener) throw std::runtime_error(listener.error().to_string());
  state.listener = std::move(*listener);
  spdlog::info("msg=\"gateways' MQTT listens\" name={} address={}", config.name,
               state.listener->local().to_string());
}

void sample(Pointer self) {
  auto& state = self->state;
  state.metrics->sample(state.config.name, state.listener->counters());
  caf::delayed_anon_send(MqttFrontendHandle(self), sample_interval, SampleMqttListener{});
}

MqttFrontendHandle::behavior_type frontend(Pointer self, const ContextPtr& context,
                                           MqttFrontendConfig config) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.config = std::move(config);
  state.metrics = std::make_unique<actors::ListenerMetrics>(*context->deps.metrics);
  listen(self, context);
  sample(self);
  return {[self](const SampleMqttListener&) { sample(self); }};
}

}  // namespace

MqttFrontendHandle spawn_mqtt_frontend(caf::actor_system& system, ContextPtr context,
                                       MqttFrontendConfig config) {
  return system.spawn(frontend, std::move(context), std::move(config));
}

}  // namespace ff::gateway_server
