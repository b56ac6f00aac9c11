#include "app/server/process/front_doors.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <caf/send.hpp>
#include <map>
#include <mutex>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "actors/events/hub.hpp"
#include "actors/identity_server/gateway_settings/gateway_registry.hpp"
#include "actors/support/listener_metrics.hpp"
#include "app/api/account/account.hpp"
#include "app/api/http_gateway.hpp"
#include "app/api/http_handler.hpp"
#include "app/api/server.hpp"
#include "app/api/services/base/deadline_keeper.hpp"
#include "app/api/services/register.hpp"
#include "app/api/services/webhook_downlinks.hpp"
#include "app/server/inspect/page.hpp"
#include "app/server/process/account.hpp"
#include "app/server/process/certificates.hpp"
#include "app/server/process/first_start.hpp"
#include "app/server/process/http_client_metrics.hpp"
#include "app/server/process/identity.hpp"
#include "app/server/process/interop_door.hpp"
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

api::PubSubProviders providers_of(const config::PubSubs& pubsub) {
  return {pubsub_providers(pubsub, config::ProviderStatus::disabled),
          pubsub_providers(pubsub, config::ProviderStatus::warning)};
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

api::JoinServerDoors join_server_doors(const config::Config& config,
                                       const key_vault::LiveKeyVaultPtr& vault,
                                       const NodeRoutes& routes) {
  api::JoinServerDoors out{.shards = routes.join_server,
                           .activation_settings = routes.activation_settings,
                           .prefixes = {},
                           .default_join_eui = config.js.default_join_eui,
                           .cluster_keys = api::ClusterKeys(config.cluster_keys),
                           .vault = vault};
  for (const auto& prefix : config.js.join_eui_prefixes)
    out.prefixes.push_back({prefix.join_eui, prefix.length});
  return out;
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
  interop::Senders senders;  // of Backend Interfaces

  // In the order they must be destroyed last to first: gateway before server, server before
  // services. [app/api/README.md]
  std::unique_ptr<api::Front> front;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<api::ApiServer> server;
  std::shared_ptr<api::HttpGateway> gateway;
  std::unique_ptr<net::http::HttpServer> http;
  std::unique_ptr<net::http_client::HttpClient> provider_client;
  /// Both end after the server and before its channel. [app/api/README.md]
  std::shared_ptr<const api::account::ApiClient> account_api;
  std::shared_ptr<const api::account::Account> account;
  std::optional<api::Identity> identity;

  /// Guards what metrics are made of while the doors open and close.
  std::mutex listening;
  actors::ListenerMetrics listener_metrics;
  HttpClientMetrics http_client_metrics;
  std::map<std::string, std::unique_ptr<net::Listener>> listeners;
  std::unique_ptr<InteropDoor> interop;
  std::optional<application_server::MqttFrontend> mqtt;
  std::vector<std::string> mqtt_names;  // of its listeners

  Result<api::IdentityPortsPtr> identity_ports();
  api::MqttAddresses mqtt_addresses() const;
  std::string metrics_text();
  net::http::HttpHandler webhook_downlinks(const NodeRoutes& routes, net::http::HttpHandler next);
  api::ServiceDeps service_deps(const NodeRoutes& routes);
  Status open_grpc(const NodeRoutes& routes);
  Status open_account();
  Status open_http(const NodeRoutes& routes);
  Status open_mqtt(const NodeRoutes& routes);
  Status open_interop(const NodeRoutes& routes);
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
  if (interop) {
    for (const auto& [name, counters] : interop->counters())
      listener_metrics.sample(name, counters);
  }
  if (mqtt) {
    const auto counters = mqtt->counters();
    for (std::size_t i = 0; i < counters.size(); ++i)
      listener_metrics.sample(mqtt_names.at(i), counters[i]);
  }
  return ports.metrics.text();
}

Result<api::IdentityPortsPtr> FrontDoors::State::identity_ports() {
  auto out = std::make_shared<api::IdentityPorts>();
  const auto clock = ports.clock;
  out->settings = identity_settings(ports.config.is);
  out->publish = hub.publisher();
  out->now = [clock] { return clock->now().utc; };
  out->make_random = make_secure_random;
  FF_TRY(out->send_mail,
         make_mail_sender(ports.config.is.email,
                          {.now = out->now,
                           .new_id = [this, clock] { return random.ulid(clock->now().utc); },
                           .metrics = ports.metrics}));
  return api::IdentityPortsPtr(out);
}

api::ServiceDeps FrontDoors::State::service_deps(const NodeRoutes& routes) {
  const auto clock = ports.clock;
  const auto now = [clock] { return clock->now().utc; };
  return {.rights = api::make_rights_of(*identity),
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
          .join_server_doors = join_server_doors(ports.config, ports.key_vault, routes),
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
          .pubsubs = routes.application_server.pubsubs,
          .pubsub_providers = providers_of(ports.config.as.pubsub),
          .storage = routes.application_server.storage,
          .mqtt = mqtt_addresses()};
}

Status FrontDoors::State::open_grpc(const NodeRoutes& routes) {
  const auto clock = ports.clock;
  const auto now = [clock] { return clock->now().utc; };
  deadlines.set(api::spawn_deadline_keeper(ports.system, clock, routes.deps.ticker));
  FF_TRY(auto identity_ports, this->identity_ports());
  identity.emplace(api::Asker(deadlines, call_timeout), routes.identity_server,
                   std::move(identity_ports));
  front = std::make_unique<api::Front>(
      api::FrontPorts{.now = now,
                      .new_request_id = [this, now] { return random.ulid(now()); },
                      .new_error_id = [this] { return random.hex_id(); },
                      .authenticator = api::make_authenticator(*identity),
                      .rate_limiter = ports.rate_limiter,
                      .on_error =
                          [](std::string_view method, const Error& error, std::string_view id) {
                            spdlog::debug("msg=\"call failed\" method={} error=\"{}\" error_id={}",
                                          method, error.to_string(), id);
                          }});
  services = std::make_unique<api::Services>(*front, service_deps(routes));
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

/// Behind the API: it has its own view of it.
Status FrontDoors::State::open_account() {
  const auto clock = ports.clock;
  account_api = std::make_shared<const api::account::ApiClient>(server->in_process_channel());
  FF_TRY(provider_client, make_provider_client(ports.config.is.oidc));
  FF_TRY(account,
         make_account({.config = ports.config,
                       .identity = *identity,
                       .clock = clock,
                       .metrics = ports.metrics,
                       .new_request_id = [this, clock] { return random.ulid(clock->now().utc); },
                       .new_error_id = [this] { return random.hex_id(); },
                       .provider_client = provider_client.get()},
                      account_api));
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
  const auto clock = ports.clock;
  return api::make_webhook_downlinks(
      {.authenticator = api::make_authenticator(*identity),
       .rights = api::make_rights_of(*identity),
       .asker = api::Asker(deadlines, call_timeout),
       .webhooks = routes.application_server.webhooks,
       .pipelines = routes.application_server.pipelines,
       .limit = net::limit_of(ports.rate_limiter, {"as:down:web"}),
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
  FF_TRY(auto proxies, address_blocks("http.trusted-proxies", settings.trusted_proxies));
  const api::HttpLimits limits{.limiter = ports.rate_limiter,
                               .trusted_proxies = std::move(proxies),
                               .new_error_id = [this] { return random.hex_id(); }};
  auto pages = make_pages(
      {.metrics = settings.metrics.enable,
       .metrics_password = settings.metrics.password,
       .health = settings.health.enable,
       .health_password = settings.health.password,
       .limits = limits},
      [this] { return metrics_text(); },
      [this] {
        return serving ? Health{true, ""} : Health{false, "starting or ending"};
      },
      {.api = api::account::with_cookie_auth(
           account, webhook_downlinks(routes, api::make_http_handler(gateway))),
       .inspect = std::move(inspect),
       .account = api::account::make_account_handler(account, limits),
       .account_mount = ports.config.is.oauth.mount});
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
  auto context = std::make_shared<const application_server::MqttContext>(
      application_server::MqttContext{.config = std::move(config),
                                      .deps = routes.deps,
                                      .access = make_mqtt_access(routes.identity_server.access),
                                      .links = routes.application_server.links,
                                      .pipelines = routes.application_server.pipelines,
                                      .publish = hub.publisher(),
                                      .sessions = routes.application_server.mqtt_sessions,
                                      .session_index = routes.application_server.mqtt_session_index,
                                      .rate_limiter = ports.rate_limiter});
  FF_TRY(auto started, application_server::MqttFrontend::start(ports.streams, std::move(context)));
  const std::scoped_lock lock(listening);
  mqtt = std::move(started);
  mqtt_names = std::move(names);
  for (const auto& address : mqtt->addresses())
    spdlog::info("msg=\"MQTT listens\" address={}", address.to_string());
  return {};
}

Status FrontDoors::State::open_interop(const NodeRoutes& routes) {
  std::vector<net::AddressBlock> proxies;
  for (const auto& text : ports.config.http.trusted_proxies) {
    if (auto block = net::AddressBlock::parse(text)) proxies.push_back(*block);
  }
  interop::ServerPorts behind{.senders = senders,
                              .trusted_proxies = std::move(proxies),
                              .join_servers = routes.join_server,
                              .asker = api::Asker(deadlines, call_timeout),
                              .vault = ports.key_vault,
                              .now = [clock = ports.clock] { return clock->now().utc; },
                              .metrics = &ports.metrics};
  FF_TRY(auto opened, InteropDoor::open(ports.config.interop, std::move(behind), ports.streams,
                                        certificates.interop));
  const std::scoped_lock lock(listening);
  interop = std::move(opened);
  return {};
}

Status FrontDoors::load_certificates() {
  auto& state = *state_;
  const auto& config = state.ports.config;
  FF_TRY(state.senders, load_senders(config.interop));
  FF_TRY(state.certificates,
         app::load_certificates(config, state.ports.clock->now().utc, state.senders.roots_pem()));
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
  FF_CHECK(state.open_account());
  FF_CHECK(state.open_mqtt(routes));
  FF_CHECK(state.open_http(routes));
  FF_CHECK(state.open_interop(routes));
  state.serving = true;
  return {};
}

void FrontDoors::create_admin_key(const NodeRoutes& routes, Random& random) {
  first_start(routes.identity_server, state_->ports.config.storage.directory, random);
}

void FrontDoors::close() {
  auto& state = *state_;
  state.serving = false;
  state.certificate_watch.reset();
  {
    const std::scoped_lock lock(state.listening);
    state.listeners.clear();
    state.interop.reset();
    state.mqtt.reset();
  }
  if (state.server) state.server->shutdown(call_grace);
  state.http.reset();
  state.account.reset();
  state.account_api.reset();
  state.provider_client.reset();
  state.identity.reset();
  state.gateway.reset();
  state.server.reset();
  state.services.reset();
  state.front.reset();
  if (auto keeper = state.deadlines.get())
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  state.deadlines.clear();
}

}  // namespace ff::app
