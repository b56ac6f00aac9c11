// Calls: what the API's services are given, and the account pages that stand on them.
#include <spdlog/spdlog.h>

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include "actors/events/store/actor.hpp"
#include "actors/identity_server/gateway_settings/gateway_registry.hpp"
#include "app/api/services/console_events.hpp"
#include "app/api/services/identity/told_changes.hpp"
#include "app/api/services/mapping/events.hpp"
#include "app/server/process/account.hpp"
#include "app/server/process/audit_log.hpp"
#include "app/server/process/front_doors_state.hpp"
#include "app/server/process/identity.hpp"
#include "app/server/process/mail.hpp"
#include "app/server/process/settings.hpp"
#include "config/load/webhook_templates.hpp"
#include "net/tls/self_signed.hpp"

namespace ff::app {
namespace {

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

/// Streams of applications' messages.
api::UpDoors up_doors(const FrontDoorPorts& ports, const api::Links& links) {
  auto& unreadable = ports.metrics.counter(
      "farfield_as_stream_messages_unreadable_total",
      "Messages that clients of AppAs.Subscribe did not get, because they can not be read.");
  return {
      .links = links,
      .slots = std::make_shared<actors::KeyedSlots>(ports.config.as.streams_per_application_max),
      .unreadable = [&unreadable](const Error& error) {
        unreadable.Increment();
        spdlog::error("msg=\"a message of an application can not be read\" error=\"{}\"",
                      error.to_string());
      }};
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

/// Beside everything else: until it has ended, lists of devices are slow.
void build_device_pages(const api::Identity& identity) {
  auto build = [pages = identity.ports().device_pages](const storage::Reader& store) {
    const auto built = pages->build(store);
    if (!built) spdlog::warn("msg=\"pages of devices\" error=\"{}\"", built.error().to_string());
    return Result<bool>(built.has_value());
  };
  identity.scan<bool>(build, [](const Result<bool>&) {});
}

}  // namespace

/// `:1883` is `localhost:1883` to whoever asks where to connect.
api::MqttAddresses FrontDoors::State::mqtt_addresses() const {
  const auto told = [](const std::string& configured, const std::string& address) {
    if (!configured.empty()) return configured;
    return address.starts_with(':') ? "localhost" + address : address;
  };
  const auto& as = ports.config.as;
  const auto& told_to = as.mqtt_clients.public_address;
  return {told(told_to.plain, as.mqtt.plain), told(told_to.tls, as.mqtt.tls)};
}

Result<api::IdentityPortsPtr> FrontDoors::State::identity_ports() {
  auto out = std::make_shared<api::IdentityPorts>();
  const auto clock = ports.clock;
  out->settings = identity_settings(ports.config.is);
  out->publish = hub.publisher();
  out->now = [clock] { return clock->now().utc; };
  out->make_random = make_secure_random;
  out->cluster_keys = api::ClusterKeys(ports.config.cluster_keys);
  out->mono_now = [clock] { return clock->now().mono; };
  out->device_pages = device_pages;
  out->logins =
      std::make_shared<api::LoginThrottle>(throttle_rules(ports.config.is.login_throttle));
  FF_TRY(out->send_mail,
         make_mail_sender(ports.config.is.email,
                          {.now = out->now, .new_id = new_ulid(), .metrics = ports.metrics}));
  return api::IdentityPortsPtr(out);
}

api::ServiceDeps FrontDoors::State::service_deps(const NodeRoutes& routes) {
  const auto clock = ports.clock;
  const auto now = [clock] { return clock->now().utc; };
  return {.rights = api::make_rights_of(*identity),
          .access_changes = identity->access_changes(),
          .now = now,
          .deadlines = deadlines,
          .request_timeout = call_timeout,
          .identity = identity,
          .make_random = make_secure_random,
          .network_servers = routes.network_server,
          .inspectable_network_servers = routes.inspectable_network_server,
          .profiles = routes.mac_settings_profiles,
          .application_servers = routes.application_server.pipelines,
          .ups = up_doors(ports, routes.application_server.links),
          .formatters = routes.application_server.formatters,
          .link_settings = routes.application_server.link_settings,
          .repository = routes.device_repository,
          .assets_base_url = ports.config.dr.assets_base_url,
          .script_size_max = ports.config.as.formatters.parameter_length_max,
          .join_servers = routes.join_server,
          .join_server_doors = join_server_doors(ports.config, ports.key_vault, routes),
          .gateway_router = routes.gateway_router,
          .gateway_doors = gateway_doors(ports.config.gs, routes),
          .hub = &hub,
          .event_store = event_store,
          .new_event_id = new_ulid(),
          .plans = routes.plans,
          .network = routes.network,
          .webhooks = routes.application_server.webhooks,
          .webhook_templates = load_templates(ports.config.as.webhooks),
          .webhook_health = {ports.config.as.webhooks.unhealthy_attempts,
                             ports.config.as.webhooks.unhealthy_retry},
          .pubsubs = routes.application_server.pubsubs,
          .pubsub_providers = providers_of(ports.config.as.pubsub),
          .packages = routes.application_server.packages,
          .storage = routes.application_server.storage,
          .audit = audit_log,
          .mqtt = mqtt_addresses()};
}

std::optional<actors::ChildSpec> FrontDoors::State::event_store_child(const NodeRoutes& routes) {
  const auto& settings = ports.config.event_store;
  if (!settings.enable) return std::nullopt;
  auto encode = [](const events::Event& event) {
    return to_owned(as_bytes(api::to_proto(event).SerializeAsString()));
  };
  auto store = events::make_event_store({.deps = routes.deps,
                                         .store = &ports.store,
                                         .encode = std::move(encode),
                                         .retention = settings.retention});
  event_store = store.route;
  auto connected = hub_ports();
  connected.keep = std::move(store.keep);
  hub.connect(std::move(connected));
  return std::move(store.child);
}

events::Hub::Ports FrontDoors::State::hub_ports() {
  return {.new_id = new_ulid(),
          .count_published = [this](std::string_view name) { event_metrics.published.count(name); },
          .count_dropped = [this](std::string_view name) { event_metrics.dropped.count(name); }};
}

std::shared_ptr<const api::CallAuditPorts> FrontDoors::State::audit_ports() const {
  if (!audit_log) return nullptr;
  return std::make_shared<const api::CallAuditPorts>(
      api::CallAuditPorts{.asker = api::Asker(deadlines, call_timeout),
                          .log = *audit_log,
                          .authenticator = api::make_authenticator(*identity)});
}

net::http::HttpHandler FrontDoors::State::console_events(net::http::HttpHandler next) {
  return api::make_console_events(
      {.authenticator = api::make_authenticator(*identity),
       .sources = {.asker = api::Asker(deadlines, call_timeout),
                   .rights = api::make_rights_of(*identity),
                   .hub = hub,
                   .store = event_store,
                   .access_changes = identity->access_changes(),
                   .now = [clock = ports.clock] { return clock->now().utc; }},
       .limit = net::limit_of(ports.rate_limiter, {"http:console:internal:events", "http"}),
       .new_error_id = [this] { return random.hex_id(); },
       .make_random = make_secure_random},
      std::move(next));
}

/// From any thread.
std::function<std::string()> FrontDoors::State::new_ulid() {
  return [this] { return random.ulid(ports.clock->now().utc); };
}

api::FrontPorts FrontDoors::State::front_ports(std::vector<net::AddressBlock> trusted_proxies) {
  return {.now = [clock = ports.clock] { return clock->now().utc; },
          .new_request_id = new_ulid(),
          .new_error_id = [this] { return random.hex_id(); },
          .authenticator = api::make_authenticator(*identity),
          .rate_limiter = ports.rate_limiter,
          .audit = audit_log ? api::make_call_audit(*audit_ports()) : nullptr,
          .trusted_proxies = std::move(trusted_proxies),
          .is_unlimited = [keys = api::ClusterKeys(ports.config.cluster_keys)](
                              const api::Call& call) { return keys.check(call).has_value(); },
          .on_error =
              [](std::string_view method, const Error& error, std::string_view id) {
                spdlog::debug("msg=\"call failed\" method={} error=\"{}\" error_id={}", method,
                              error.to_string(), id);
              },
          .on_started = [this](std::string_view method) { call_metrics.started(method); },
          .on_handled = [this](std::string_view method,
                               grpc::StatusCode code) { call_metrics.handled(method, code); },
          .on_received = [this](std::string_view method) { call_metrics.received(method); },
          .on_sent = [this](std::string_view method) { call_metrics.sent(method); }};
}

Status FrontDoors::State::open_identity(const NodeRoutes& routes) {
  FF_TRY(auto identity_ports, this->identity_ports());
  identity.emplace(api::Asker(deadlines, call_timeout), routes.identity_server,
                   std::move(identity_ports));
  return {};
}

Status FrontDoors::State::open_grpc(const NodeRoutes& routes) {
  build_device_pages(*identity);
  FF_TRY(auto proxies, address_blocks("grpc.trusted-proxies", ports.config.grpc.trusted_proxies));
  front = std::make_unique<api::Front>(front_ports(std::move(proxies)));
  services = std::make_unique<api::Services>(*front, service_deps(routes));
  std::vector<api::Listener> grpc_listeners;
  const auto& listen = ports.config.grpc.listen;
  FF_TRY(const auto plain, address_of("grpc.listen", listen.plain));
  FF_TRY(const auto tls, address_of("grpc.listen-tls", listen.tls));
  if (plain) grpc_listeners.push_back({plain->to_string(), {}});
  if (tls && certificates) grpc_listeners.push_back({tls->to_string(), certificates.grpc});
  FF_TRY(server, api::ApiServer::start(grpc_listeners, services->all(), [this] {
           refused_call("", grpc::StatusCode::UNIMPLEMENTED);
         }));
  gateway = std::make_shared<api::HttpGateway>(
      server->in_process_channel(), [this] { return random.hex_id(); },
      [this](std::string_view method, grpc::StatusCode code) { refused_call(method, code); });
  return {};
}

actors::ChildSpec FrontDoors::State::expiry_child() const {
  auto purge = [identity = *identity, log = audit_log](actors::Reply<api::Purged> then) {
    api::PurgeRun run;
    if (log)
      run.purged = [log = *log](const auto& key) { record_purge(api::audit_name(key), log); };
    api::purge_expired(identity, std::move(run), std::move(then));
  };
  const api::ExpiryKeeperConfig config{.metrics = &ports.metrics, .purge = std::move(purge)};
  return {"expiry_keeper", [config](caf::actor_system& in) {
            return caf::actor_cast<caf::actor>(api::spawn_expiry_keeper(in, config));
          }};
}

void FrontDoors::State::start_actors(const NodeRoutes& routes) {
  actors::SupervisorConfig config{.name = "api",
                                  .limits = {},
                                  .children = {},
                                  .clock = ports.clock,
                                  .metrics = &ports.metrics,
                                  .on_escalation = [fatal = ports.on_fatal](const auto& child) {
                                    fatal(ExitCode::internal, child + " failed too often");
                                  }};
  config.children.push_back(actors::routed_child(
      "api_deadlines", deadlines,
      [clock = ports.clock, ticker = routes.deps.ticker](caf::actor_system& in) {
        return api::spawn_deadline_keeper(in, clock, ticker);
      }));
  if (auto store = event_store_child(routes)) config.children.push_back(*std::move(store));
  if (ports.config.is.delete_purge) config.children.push_back(expiry_child());
  supervisor = actors::spawn_supervisor(ports.system, std::move(config));
  actors::route_of(routes.supervisors, "api").set(supervisor);
}

void FrontDoors::State::refused_call(std::string_view method, grpc::StatusCode code) {
  call_metrics.started(method);
  call_metrics.handled(method, code);
}

/// Behind the API: it has its own view of it.
Status FrontDoors::State::open_account() {
  const auto clock = ports.clock;
  account_api = std::make_shared<const api::account::ApiClient>(server->in_process_channel());
  FF_TRY(provider_client, make_provider_client(ports.config.is.oidc));
  FF_TRY(account, make_account({.config = ports.config,
                                .identity = *identity,
                                .clock = clock,
                                .metrics = ports.metrics,
                                .new_request_id = new_ulid(),
                                .new_error_id = [this] { return random.hex_id(); },
                                .provider_client = provider_client.get(),
                                .audit = audit_ports()},
                               account_api));
  return {};
}

}  // namespace ff::app
