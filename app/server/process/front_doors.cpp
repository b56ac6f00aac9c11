#include "app/server/process/front_doors.hpp"
#include "app/api/services/identity/picture_pages.hpp"

#include <spdlog/spdlog.h>

#include "app/api/http_cors.hpp"
#include "app/api/http_handler.hpp"
#include "app/api/services/mapping/gateway_events.hpp"
#include "app/api/services/webhook_downlinks.hpp"
#include "app/server/inspect/page.hpp"
#include "app/server/node/access.hpp"
#include "app/server/process/audit_log.hpp"
#include "app/server/process/first_start.hpp"
#include "app/server/process/front_doors_state.hpp"
#include "app/server/process/identity.hpp"
#include "app/server/process/pages.hpp"
#include "app/server/process/settings.hpp"
#include "net/http/https_redirect.hpp"
#include "net/http/middleware.hpp"

namespace ff::app {
namespace {

constexpr std::chrono::seconds call_grace{2};
/// Each part of an inspection; twice that with the parts that follow from others.
constexpr std::chrono::seconds inspect_timeout{2};

/// [spec cli §7]
std::string home_of(const config::OAuth& oauth) {
  return oauth.console_url.empty() ? oauth.mount : oauth.console_url;
}

/// The paths of authorities and of who watches us are asked without TLS.
Result<net::http::RedirectRules> redirect_rules(const config::Http& http,
                                                std::vector<net::AddressBlock> trusted_proxies) {
  FF_TRY(const auto tls, address_of("http.listen-tls", http.listen.tls));
  return net::http::RedirectRules{.to_tls = http.redirect_to_tls,
                                  .tls_port = tls ? tls->port() : std::uint16_t{0},
                                  .to_host = http.redirect_to_host,
                                  .trusted_proxies = std::move(trusted_proxies),
                                  .is_exempt = is_asked_without_tls};
}

}  // namespace

Result<std::optional<net::Endpoint>> address_of(std::string_view key, const std::string& text) {
  if (text.empty()) return std::optional<net::Endpoint>();
  auto endpoint = net::Endpoint::parse_listen(text);
  if (!endpoint) return fail(invalid_address, {{"key", key}, {"value", text}});
  return std::optional<net::Endpoint>(*endpoint);
}

FrontDoors::FrontDoors(FrontDoorPorts ports) : state_(std::make_unique<State>(ports)) {
  state_->hub.connect(state_->hub_ports());
}
FrontDoors::~FrontDoors() {
  close();
}

events::Publish FrontDoors::publish() const {
  return state_->hub.publisher();
}

std::function<void(const storage::EntityKey&)> FrontDoors::entity_changed() const {
  return [pages = state_->device_pages](const storage::EntityKey& key) { pages->touch(key); };
}

gateway_server::PublishGatewayEvent FrontDoors::publish_of_gateways() const {
  return api::gateway_publisher(state_->hub);
}

std::string FrontDoors::State::metrics_text() {
  const std::scoped_lock lock(listening);
  http_client_metrics.sample(ports.http_client.counters());
  if (http) http_server_metrics.sample(http->counters());
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

net::http::HttpHandler FrontDoors::State::webhook_downlinks(
    const NodeRoutes& routes, std::vector<net::AddressBlock> trusted_proxies,
    net::http::HttpHandler next) {
  const auto clock = ports.clock;
  return api::make_webhook_downlinks(
      {.authenticator = api::make_authenticator(*identity),
       .rights = api::make_rights_of(*identity),
       .asker = api::Asker(deadlines, call_timeout),
       .webhooks = routes.application_server.webhooks,
       .pipelines = routes.application_server.pipelines,
       .limit = net::limit_of(ports.rate_limiter, {"as:down:web"}),
       .trusted_proxies = std::move(trusted_proxies),
       .new_request_id = [this, clock] { return random.ulid(clock->now().utc); },
       .new_error_id = [this] { return random.hex_id(); }},
      std::move(next));
}

Result<api::HttpLimits> FrontDoors::State::http_limits() {
  FF_TRY(auto proxies, address_blocks("http.trusted-proxies", ports.config.http.trusted_proxies));
  return api::HttpLimits{.limiter = ports.rate_limiter,
                         .trusted_proxies = std::move(proxies),
                         .new_error_id = [this] { return random.hex_id(); }};
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
  FF_TRY(const auto limits, http_limits());
  const auto pictures = std::make_shared<const api::PicturePages>(*identity);
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
           account, console_events(webhook_downlinks(
                        routes, limits.trusted_proxies,
                        api::make_http_handler(gateway, limits.trusted_proxies)))),
       .too_large = api::make_too_large_handler(gateway),
       .inspect = std::move(inspect),
       .account = api::account::make_account_handler(account, limits),
       .account_mount = ports.config.is.oauth.mount,
       .home = home_of(ports.config.is.oauth),
       .pictures = [pictures](const auto& request,
                              const auto& response) { pictures->serve(request, response); },
       .is_picture = [pictures](std::string_view path) { return pictures->has(path); },
       .challenge = acme ? acme->challenges() : nullptr});
  net::http::ServerOptions options;
  options.utc_now = [] { return actors::make_system_clock()->now().utc; };
  options.on_body_too_large =
      net::http::with_security_headers(api::with_cors(api::make_too_large_handler(gateway)));
  FF_TRY(auto redirects, redirect_rules(settings, limits.trusted_proxies));
  http = std::make_unique<net::http::HttpServer>(
      std::move(options), net::http::with_security_headers(
                              net::http::with_redirects(std::move(redirects), std::move(pages))));
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
  const auto& clients = ports.config.as.mqtt_clients;
  config.connections_max = clients.connections_max;
  config.connections_per_address_max = clients.connections_per_address_max;
  config.client_certificates = mqtt_client_certificates(clients);
  config.sessions = mqtt_sessions_config(ports.config.as.mqtt_sessions);
  config.keep_sessions(ports.config.as.mqtt_sessions.expiry,
                       ports.config.as.mqtt_sessions.expiry_max);
  auto context =
      std::make_shared<const application_server::MqttContext>(application_server::MqttContext{
          .config = std::move(config),
          .deps = routes.deps,
          .access = make_mqtt_access(routes.identity_server),
          .links = routes.application_server.links,
          .pipelines = routes.application_server.pipelines,
          .publish = hub.publisher(),
          .sessions = routes.application_server.mqtt_sessions,
          .session_index = routes.application_server.mqtt_session_index,
          .rate_limiter = ports.rate_limiter,
          .slots = std::make_shared<actors::KeyedSlots>(clients.connections_per_application_max),
          .groups = routes.application_server.mqtt_groups,
          .application_gone = routes.application_server.application_gone});
  FF_TRY(auto started, application_server::MqttFrontend::start(ports.streams, std::move(context)));
  const std::scoped_lock lock(listening);
  mqtt = std::move(started);
  mqtt_names = std::move(names);
  for (const auto& address : mqtt->addresses())
    spdlog::info("msg=\"MQTT listens\" address={}", address.to_string());
  return {};
}

Status FrontDoors::State::open_interop(const NodeRoutes& routes) {
  FF_TRY(const auto limits, http_limits());
  FF_TRY(auto proxies, certificate_proxies(ports.config.http));
  const api::Asker asker(deadlines, call_timeout);
  interop::ServerPorts behind{.senders = senders,
                              .trusted_proxies = limits.trusted_proxies,
                              .certificate_proxies = std::move(proxies),
                              .join_servers = routes.join_server,
                              .asker = asker,
                              .roaming = routes.roaming,
                              .net_id = routes.network->net_id,
                              .ns_id = ports.config.ns.interop.id,
                              .find_device = find_registered_device(routes.identity_server, asker),
                              .vault = ports.key_vault,
                              .now = [clock = ports.clock] { return clock->now().utc; },
                              .metrics = &ports.metrics,
                              .audit = audit_ports(),
                              .answer_ways = ports.interop.answer_ways,
                              .late_answers = ports.interop.late_answers};
  FF_TRY(auto opened, InteropDoor::open(ports.config.interop, std::move(behind), limits,
                                        ports.streams, certificates.interop));
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
  if (config.tls.by_acme()) {
    FF_TRY(state.acme,
           AcmeKeeper::make(config.tls,
                            {.loop = state.ports.loop,
                             .utc_now = [clock = state.ports.clock] { return clock->now().utc; },
                             .use = [certificates = state.certificates](
                                        const auto& pair) { return certificates.replace(pair); },
                             .metrics = state.ports.metrics}));
  }
  return {};
}

std::shared_ptr<const net::tls::ServerContext> FrontDoors::gateway_tls() const {
  return state_->certificates.gateways;
}

Status FrontDoors::open(const NodeRoutes& routes) {
  auto& state = *state_;
  state.audit_log = routes.audit;
  if (state.audit_log) {
    record_start({.store = state.ports.store,
                  .config = state.ports.config,
                  .is_first_start = state.is_first_start},
                 *state.audit_log);
  }
  FF_CHECK(state.open_identity(routes));
  state.start_actors(routes);
  FF_CHECK(state.open_grpc(routes));
  FF_CHECK(state.open_account());
  FF_CHECK(state.open_mqtt(routes));
  FF_CHECK(state.open_http(routes));
  FF_CHECK(state.open_interop(routes));
  if (state.acme) state.acme->start();
  state.serving = true;
  return {};
}

void FrontDoors::make_first_accounts(const NodeRoutes& routes, Random& random) {
  const auto needed = needs_first_accounts(state_->ports.store);
  if (!needed)
    return spdlog::error("msg=\"users can not be read\" error=\"{}\"", needed.error().to_string());
  if (!*needed) return;
  state_->is_first_start = true;
  first_start(routes.identity_server, state_->ports.config.storage.directory, random);
}

void FrontDoors::settings_changed(const config::Config& now) const {
  if (state_->audit_log)
    record_reload({.store = state_->ports.store, .config = now}, *state_->audit_log);
}

void FrontDoors::close() {
  auto& state = *state_;
  state.serving = false;
  state.certificate_watch.reset();
  state.acme.reset();
  {
    const std::scoped_lock lock(state.listening);
    state.listeners.clear();
    state.interop.reset();
    state.mqtt.reset();
  }
  if (state.server) state.server->shutdown(call_grace);
  {
    const std::scoped_lock lock(state.listening);
    state.http.reset();
  }
  state.account.reset();
  state.account_api.reset();
  state.provider_client.reset();
  state.identity.reset();
  state.gateway.reset();
  state.server.reset();
  state.services.reset();
  state.front.reset();
  state.hub.connect(state.hub_ports());
  state.audit_log.reset();
  // The store closes behind the node, and somebody may be reading.
  if (auto supervisor = std::exchange(state.supervisor, nullptr))
    actors::stop_and_wait(state.ports.system, supervisor);
}

}  // namespace ff::app
