#include "actors/gateway_server/frontend_basic_station/actor.hpp"

#include <spdlog/spdlog.h>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <stdexcept>

#include "actors/gateway_server/frontend_basic_station/requests.hpp"
#include "actors/support/listener_metrics.hpp"
#include "actors/support/shell.hpp"
#include "net/http/server.hpp"

namespace ff::gateway_server {
namespace {

/// Stations on slow links take long for a handshake. [spec gateway-server §1]
constexpr Duration handshake_timeout = std::chrono::seconds{30};
constexpr Duration read_header_timeout = std::chrono::seconds{30};
constexpr std::size_t header_bytes_max = 8U << 10U;
/// A configuration for eight concentrators, and some downlinks on top.
constexpr std::size_t outgoing_bytes_max = 64U << 10U;
constexpr Duration sample_interval = std::chrono::seconds{5};

struct Shell {
  static inline const char* name = "gateway_frontend_basic_station";
  ContextPtr context;
  BasicStationFrontendConfig config;
  std::unique_ptr<actors::ListenerMetrics> metrics;
  std::unique_ptr<net::http::HttpServer> http;
  std::unique_ptr<net::Listener> listener;
  std::shared_ptr<actors::Dependants> stations = std::make_shared<actors::Dependants>();

  ~Shell() { stations->end(); }
};
using Pointer = BasicStationFrontendHandle::stateful_pointer<Shell>;

void listen(Pointer self) {
  auto& state = self->state;
  const auto& limits = state.context->config.basic_station;
  net::http::ServerOptions http;
  http.header_size_max = header_bytes_max;
  http.body_size_max = 0;
  http.read_header_timeout = read_header_timeout;
  http.read_timeout = read_header_timeout;
  http.idle_timeout = read_header_timeout;
  const StationRequests requests{
      .context = state.context,
      .probe = std::make_shared<StationProbe>(*state.context->deps.metrics),
      .system = &self->system(),
      .stations = state.stations,
      .fallback_plan_id = state.config.fallback_plan_id,
      .own_address = state.config.local.to_string(),
      .accept_limit =
          net::limit_of(state.context->rate_limiter, {"gs:accept:semtechws/lbslns", "http"})};
  const bool is_served = state.config.serves == BasicStationFrontendConfig::Serves::stations;
  state.http = std::make_unique<net::http::HttpServer>(
      http, is_served ? make_station_handler(requests) : make_refusal_handler(requests.probe));
  net::ListenOptions options;
  options.tls = state.config.tls;
  options.handshake_timeout = handshake_timeout;
  options.connections_max = limits.connections_max;
  options.connections_per_address_max = limits.connections_per_address_max;
  options.stream.outgoing_max = outgoing_bytes_max;
  auto listener = state.config.network->listen(state.config.local, options, state.http->acceptor());
  if (!listener) throw std::runtime_error(listener.error().to_string());
  state.listener = std::move(*listener);
  spdlog::info("msg=\"gateways' WebSocket listens\" name={} address={}", state.config.name,
               state.listener->local().to_string());
}

void sample(Pointer self) {
  auto& state = self->state;
  state.metrics->sample(state.config.name, state.listener->counters());
  caf::delayed_anon_send(BasicStationFrontendHandle(self), sample_interval, SampleListener{});
}

BasicStationFrontendHandle::behavior_type frontend(Pointer self, ContextPtr context,
                                                   BasicStationFrontendConfig config) {
  actors::prepare(self, Shell::name);
  auto& state = self->state;
  state.context = std::move(context);
  state.config = std::move(config);
  state.metrics = std::make_unique<actors::ListenerMetrics>(*state.context->deps.metrics);
  listen(self);
  sample(self);
  return {[self](const SampleListener&) { sample(self); }};
}

}  // namespace

BasicStationFrontendHandle spawn_basic_station_frontend(caf::actor_system& system,
                                                        ContextPtr context,
                                                        BasicStationFrontendConfig config) {
  return system.spawn(frontend, std::move(context), std::move(config));
}

}  // namespace ff::gateway_server
