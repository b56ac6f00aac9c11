#include "app/server/process/front_doors.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <atomic>
#include <caf/send.hpp>
#include <cstdio>
#include <fstream>
#include <future>
#include <map>
#include <mutex>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "actors/events/hub.hpp"
#include "actors/identity_server/gateway_settings/gateway_registry.hpp"
#include "actors/support/listener_metrics.hpp"
#include "app/api/http_gateway.hpp"
#include "app/api/http_handler.hpp"
#include "app/api/server.hpp"
#include "app/api/services/base/deadline_keeper.hpp"
#include "app/api/services/register.hpp"
#include "app/api/services/webhook_downlinks.hpp"
#include "app/server/inspect/page.hpp"
#include "app/server/process/certificates.hpp"
#include "app/server/process/http_client_metrics.hpp"
#include "app/server/process/identity.hpp"
#include "app/server/process/mail.hpp"
#include "app/server/process/pages.hpp"
#include "app/server/process/settings.hpp"
#include "config/load/webhook_templates.hpp"
#include "net/http/middleware.hpp"
#include "net/http/server.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/ulid.hpp"

namespace ff::app {
namespace {

constexpr std::chrono::seconds call_grace{2};
constexpr std::chrono::seconds call_timeout{5};
/// Each part of an inspection; twice that with the parts that follow from others.
constexpr std::chrono::seconds inspect_timeout{2};

/// Randomness for request and error ids, from any thread.
class SharedRandom {
 public:
  std::string ulid(UtcTime now) {
    const std::scoped_lock lock(mutex_);
    return Ulid::make(now, *random_).to_string();
  }
  std::string hex_id() {
    const std::scoped_lock lock(mutex_);
    Bytes bytes(16);
    random_->fill(bytes);
    return hex_lower(bytes);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Random> random_ = make_secure_random();
};

Result<std::optional<net::Endpoint>> address_of(std::string_view key, const std::string& text) {
  if (text.empty()) return std::optional<net::Endpoint>();
  auto endpoint = net::Endpoint::parse_listen(text);
  if (!endpoint) return fail(invalid_address, {{"key", key}, {"value", text}});
  return std::optional<net::Endpoint>(*endpoint);
}

api::WebhookTemplates load_templates(const config::Webhooks& webhooks) {
  auto templates = config::load_webhook_templates(
      webhooks.templates_directory, webhooks.templates_logo_base_url, [](const Error& error) {
        spdlog::warn("msg=\"webhook template left out\" error=\"{}\"", error.message());
      });
  return std::make_shared<const std::vector<config::WebhookTemplate>>(std::move(templates));
}

api::MqttAddresses addresses_of(const config::GatewayServerMqtt& mqtt) {
  return {mqtt.public_address.plain, mqtt.public_address.tls};
}

api::GatewayDoors gateway_doors(const config::GatewayServer& settings, const NodeRoutes& routes) {
  return {.links = routes.gateway_links,
          .registry = identity_server::make_gateway_registry(routes.identity_server.reader,
                                                             routes.identity_server.registry),
          .mqtt = addresses_of(settings.mqtt),
          .mqtt_v2 = addresses_of(settings.mqtt_v2)};
}

}  // namespace

struct FrontDoors::State {
  explicit State(FrontDoorPorts given)
      : ports(given), listener_metrics(given.metrics), http_client_metrics(given.metrics) {}

  FrontDoorPorts ports;
  SharedRandom random;
  std::atomic<bool> serving{false};
  events::Hub hub;
  actors::Route<api::DeadlineKeeper> deadlines;
  Certificates certificates;
  std::optional<CertificateWatch> certificate_watch;

  // In the order they must be destroyed last to first: gateway before server, server before
  // services. [app/api/README.md]
  std::unique_ptr<api::Front> front;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<api::ApiServer> server;
  std::shared_ptr<api::HttpGateway> gateway;
  std::unique_ptr<net::http::HttpServer> http;

  /// Guards what metrics are made of while the doors open and close.
  std::mutex listening;
  actors::ListenerMetrics listener_metrics;
  HttpClientMetrics http_client_metrics;
  std::map<std::string, std::unique_ptr<net::Listener>> listeners;
  std::optional<application_server::MqttFrontend> mqtt;
  std::vector<std::string> mqtt_names;  // of its listeners

  api::IdentityPortsPtr identity_ports();
  api::MqttAddresses mqtt_addresses() const;
  std::string metrics_text();
  net::http::HttpHandler webhook_downlinks(const NodeRoutes& routes, net::http::HttpHandler next);
  Status open_grpc(const NodeRoutes& routes);
  Status open_http(const NodeRoutes& routes);
  Status open_mqtt(const NodeRoutes& routes);
  Status listen_http(std::string_view key, const std::string& address,
                     std::shared_ptr<net::tls::ServerContext> tls);
};

FrontDoors::FrontDoors(FrontDoorPorts ports) : state_(std::make_unique<State>(ports)) {}
FrontDoors::~FrontDoors() {
  close();
}

events::Publish FrontDoors::publish() const {
  return state_->hub.publisher();
}

/// `:1883` is `localhost:1883` to whoever asks where to connect.
api::MqttAddresses FrontDoors::State::mqtt_addresses() const {
  const auto with_host = [](const std::string& address) {
    return address.starts_with(':') ? "localhost" + address : address;
  };
  return {with_host(ports.config.as.mqtt.plain), with_host(ports.config.as.mqtt.tls)};
}

std::string FrontDoors::State::metrics_text() {
  const std::scoped_lock lock(listening);
  http_client_metrics.sample(ports.http_client.counters());
  for (const auto& [name, listener] : listeners)
    listener_metrics.sample(name, listener->counters());
  if (mqtt) {
    const auto counters = mqtt->counters();
    for (std::size_t i = 0; i < counters.size(); ++i)
      listener_metrics.sample(mqtt_names.at(i), counters[i]);
  }
  return ports.metrics.text();
}

api::IdentityPortsPtr FrontDoors::State::identity_ports() {
  auto out = std::make_shared<api::IdentityPorts>();
  const auto clock = ports.clock;
  out->settings = identity_settings(ports.config.is);
  out->publish = hub.publisher();
  out->now = [clock] { return clock->now().utc; };
  out->make_random = make_secure_random;
  const auto& directory = ports.config.is.email_directory;
  if (!directory.empty()) {
    out->send_mail =
        make_mail_writer({.directory = directory,
                          .sender = ports.config.is.email_sender_address,
                          .now = out->now,
                          .new_id = [this, clock] { return random.ulid(clock->now().utc); }});
  }
  return out;
}

Status FrontDoors::State::open_grpc(const NodeRoutes& routes) {
  const auto clock = ports.clock;
  const auto now = [clock] { return clock->now().utc; };
  deadlines.set(api::spawn_deadline_keeper(ports.system, clock, routes.deps.ticker));
  const api::Identity identity(api::Asker(deadlines, call_timeout), routes.identity_server,
                               identity_ports());
  front = std::make_unique<api::Front>(
      api::FrontPorts{.now = now,
                      .new_request_id = [this, now] { return random.ulid(now()); },
                      .new_error_id = [this] { return random.hex_id(); },
                      .authenticator = api::make_authenticator(identity),
                      .on_error =
                          [](std::string_view method, const Error& error, std::string_view id) {
                            spdlog::debug("msg=\"call failed\" method={} error=\"{}\" error_id={}",
                                          method, error.to_string(), id);
                          }});
  services = std::make_unique<api::Services>(
      *front, api::ServiceDeps{.rights = api::make_rights_of(identity),
                               .now = now,
                               .deadlines = deadlines,
                               .request_timeout = call_timeout,
                               .identity = identity,
                               .make_random = make_secure_random,
                               .network_servers = routes.network_server,
                               .inspectable_network_servers = routes.inspectable_network_server,
                               .profiles = routes.mac_settings_profiles,
                               .application_servers = routes.application_server.pipelines,
                               .links = routes.application_server.links,
                               .formatters = routes.application_server.formatters,
                               .link_settings = routes.application_server.link_settings,
                               .script_size_max = ports.config.as.formatters.parameter_length_max,
                               .join_servers = routes.join_server,
                               .gateway_router = routes.gateway_router,
                               .gateway_doors = gateway_doors(ports.config.gs, routes),
                               .hub = &hub,
                               .new_event_id = [this, now] { return random.ulid(now()); },
                               .plans = routes.plans,
                               .network = routes.network,
                               .webhooks = routes.application_server.webhooks,
                               .webhook_templates = load_templates(ports.config.as.webhooks),
                               .webhook_health = {ports.config.as.webhooks.unhealthy_attempts,
                                                  ports.config.as.webhooks.unhealthy_retry},
                               .storage = routes.application_server.storage,
                               .mqtt = mqtt_addresses()});
  std::vector<api::Listener> grpc_listeners;
  const auto& listen = ports.config.grpc;
  FF_TRY(const auto plain, address_of("grpc.listen", listen.plain));
  FF_TRY(const auto tls, address_of("grpc.listen-tls", listen.tls));
  if (plain) grpc_listeners.push_back({plain->to_string(), {}});
  if (tls && certificates) grpc_listeners.push_back({tls->to_string(), certificates.grpc});
  FF_TRY(server, api::ApiServer::start(grpc_listeners, services->all()));
  gateway = std::make_shared<api::HttpGateway>(server->in_process_channel(),
                                               [this] { return random.hex_id(); });
  return {};
}

Status FrontDoors::State::listen_http(std::string_view key, const std::string& address,
                                      std::shared_ptr<net::tls::ServerContext> tls) {
  FF_TRY(const auto endpoint, address_of(key, address));
  if (!endpoint) return {};
  net::ListenOptions options;
  options.tls = std::move(tls);
  FF_TRY(auto listener, ports.streams.listen(*endpoint, std::move(options), http->acceptor()));
  spdlog::info("msg=\"HTTP listens\" address={} tls={}", listener->local().to_string(),
               key == "http.listen-tls");
  const std::scoped_lock lock(listening);
  listeners.emplace(key == "http.listen-tls" ? "http-tls" : "http", std::move(listener));
  return {};
}

net::http::HttpHandler FrontDoors::State::webhook_downlinks(const NodeRoutes& routes,
                                                            net::http::HttpHandler next) {
  const api::Identity identity(api::Asker(deadlines, call_timeout), routes.identity_server);
  const auto clock = ports.clock;
  return api::make_webhook_downlinks(
      {.authenticator = api::make_authenticator(identity),
       .rights = api::make_rights_of(identity),
       .asker = api::Asker(deadlines, call_timeout),
       .webhooks = routes.application_server.webhooks,
       .pipelines = routes.application_server.pipelines,
       .new_request_id = [this, clock] { return random.ulid(clock->now().utc); },
       .new_error_id = [this] { return random.hex_id(); }},
      std::move(next));
}

Status FrontDoors::State::open_http(const NodeRoutes& routes) {
  const auto& settings = ports.config.http;
  const api::Asker inspect_asker(deadlines, inspect_timeout);
  auto inspect =
      make_inspect_handler({.allow = allow_administrators(inspect_asker, routes.identity_server),
                            .asker = inspect_asker,
                            .routes = routes,
                            .store = &ports.store,
                            .metrics = &ports.metrics});
  auto pages = make_pages(
      {.metrics = settings.metrics.enable,
       .metrics_password = settings.metrics.password,
       .health = settings.health.enable,
       .health_password = settings.health.password},
      [this] { return metrics_text(); },
      [this] {
        return serving ? Health{true, ""} : Health{false, "starting or ending"};
      },
      {webhook_downlinks(routes, api::make_http_handler(gateway)), std::move(inspect)});
  net::http::ServerOptions options;
  options.utc_now = [] { return actors::make_system_clock()->now().utc; };
  http = std::make_unique<net::http::HttpServer>(
      options, net::http::with_security_headers(std::move(pages)));
  FF_CHECK(listen_http("http.listen", settings.listen.plain, nullptr));
  if (certificates)
    FF_CHECK(listen_http("http.listen-tls", settings.listen.tls, certificates.http));
  return {};
}

Status FrontDoors::State::open_mqtt(const NodeRoutes& routes) {
  application_server::MqttConfig config;
  FF_TRY(const auto plain, address_of("as.mqtt.listen", ports.config.as.mqtt.plain));
  FF_TRY(const auto tls, address_of("as.mqtt.listen-tls", ports.config.as.mqtt.tls));
  std::vector<std::string> names;
  if (plain) {
    config.listen.push_back({*plain, nullptr});
    names.emplace_back("mqtt");
  }
  if (tls && certificates) {
    config.listen.push_back({*tls, certificates.mqtt});
    names.emplace_back("mqtt-tls");
  }
  config.sessions = mqtt_sessions_config(ports.config.as.mqtt_sessions);
  config.keep_sessions(ports.config.as.mqtt_sessions.expiry,
                       ports.config.as.mqtt_sessions.expiry_max);
  auto context =
      std::make_shared<const application_server::MqttContext>(application_server::MqttContext{
          .config = std::move(config),
          .deps = routes.deps,
          .access = make_mqtt_access(routes.identity_server.access),
          .links = routes.application_server.links,
          .pipelines = routes.application_server.pipelines,
          .publish = hub.publisher(),
          .sessions = routes.application_server.mqtt_sessions,
          .session_index = routes.application_server.mqtt_session_index});
  FF_TRY(auto started, application_server::MqttFrontend::start(ports.streams, std::move(context)));
  const std::scoped_lock lock(listening);
  mqtt = std::move(started);
  mqtt_names = std::move(names);
  for (const auto& address : mqtt->addresses())
    spdlog::info("msg=\"MQTT listens\" address={}", address.to_string());
  return {};
}

Status FrontDoors::load_certificates() {
  auto& state = *state_;
  const auto& config = state.ports.config;
  FF_TRY(state.certificates, app::load_certificates(config, state.ports.clock->now().utc));
  if (state.certificates) {
    state.certificate_watch.emplace(state.ports.loop, config.tls, state.certificates,
                                    state.ports.metrics);
  }
  return {};
}

std::shared_ptr<const net::tls::ServerContext> FrontDoors::gateway_tls() const {
  return state_->certificates.gateways;
}

Status FrontDoors::open(const NodeRoutes& routes) {
  auto& state = *state_;
  FF_CHECK(state.open_grpc(routes));
  FF_CHECK(state.open_mqtt(routes));
  FF_CHECK(state.open_http(routes));
  state.serving = true;
  return {};
}

void FrontDoors::create_admin_key(const NodeRoutes& routes, Random& random) {
  auto answered = std::make_shared<std::promise<Result<std::string>>>();
  auto future = answered->get_future();
  create_admin(routes.identity_server, random,
               [answered](Result<std::string> text) { answered->set_value(std::move(text)); });
  if (future.wait_for(std::chrono::seconds{10}) != std::future_status::ready) {
    spdlog::error("msg=\"admin API key was not made in time\"");
    return;
  }
  const auto text = future.get();
  if (!text)
    return spdlog::error("msg=\"admin API key was not made\" error=\"{}\"",
                         text.error().to_string());
  const auto path = state_->ports.config.storage.directory / "admin-api-key";
  {
    std::ofstream file(path);
    chmod(path.c_str(), S_IRUSR | S_IWUSR);
    file << *text << '\n';
  }
  std::printf("admin API key (shown once, also in %s): %s\n", path.c_str(), text->c_str());
  std::fflush(stdout);
}

void FrontDoors::close() {
  auto& state = *state_;
  state.serving = false;
  state.certificate_watch.reset();
  {
    const std::scoped_lock lock(state.listening);
    state.listeners.clear();
    state.mqtt.reset();
  }
  if (state.server) state.server->shutdown(call_grace);
  state.http.reset();
  state.gateway.reset();
  state.server.reset();
  state.services.reset();
  state.front.reset();
  if (auto keeper = state.deadlines.get())
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  state.deadlines.clear();
}

}  // namespace ff::app
