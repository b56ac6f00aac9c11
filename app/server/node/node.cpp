#include "app/server/node/node.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <future>
#include <stdexcept>

#include "actors/application_server/outbox/scans.hpp"
#include "actors/audit/supervisor.hpp"
#include "actors/identity_server/device_activity/device_activity.hpp"
#include "actors/identity_server/gateway_settings/gateway_registry.hpp"
#include "actors/identity_server/registry/errors.hpp"
#include "actors/interop/actor.hpp"
#include "actors/join_server/context.hpp"
#include "actors/join_server/supervisor.hpp"
#include "actors/network_server/supervisor.hpp"
#include "actors/roaming/actor.hpp"
#include "actors/support/supervisor.hpp"
#include "app/server/node/access.hpp"
#include "app/server/node/roaming_ways.hpp"

namespace ff::app {
namespace {

using actors::ChildSpec;

/// Everything the components are wired with; shared by the start functions, which also serve
/// restarts.
struct Wiring {
  NodePorts ports;
  NodeConfig config;
  NodeRoutes routes;
  std::shared_ptr<gateway_server::UplinkBudget> uplinks;
  std::function<void(const std::string&)> on_escalation;
};
using WiringPtr = std::shared_ptr<const Wiring>;

/// Ticker, committer and loader under one supervisor. None is restarted: everybody waits for what
/// these three owe them, which a new one does not know. The process ends, and starts again from
/// what is durable; that there are new ones until then helps it to end.
caf::actor start_storage(caf::actor_system& system, const WiringPtr& wiring) {
  const auto& ports = wiring->ports;
  const auto end = [fatal = ports.on_fatal](const std::string& child) {
    fatal(ExitCode::internal, child + " ended");
  };
  const auto& deps = wiring->routes.deps;
  const auto ticker = actors::routed_child("ticker", deps.ticker, [deps](caf::actor_system& sys) {
    return actors::spawn_ticker(sys, deps.clock);
  });
  const auto committer = actors::routed_child(
      "committer", wiring->routes.deps.committer, [wiring](caf::actor_system& sys) {
        const auto fatal = wiring->ports.on_fatal;
        return actors::spawn_committer(
            sys, {.engine = wiring->ports.engine,
                  .durability = wiring->config.durability,
                  .sync_interval = wiring->config.sync_interval,
                  .metrics = wiring->ports.metrics,
                  .clock = wiring->ports.clock,
                  .on_store_failed =
                      [fatal](const Error& error) { fatal(ExitCode::io_error, error.to_string()); },
                  .own_thread = wiring->ports.own_threads});
      });
  const auto loader =
      actors::routed_child("loader", wiring->routes.deps.loader, [wiring](caf::actor_system& sys) {
        return actors::spawn_loader(sys, {.store = wiring->ports.engine,
                                          .own_thread = wiring->ports.own_threads,
                                          .metrics = wiring->ports.metrics});
      });
  return actors::spawn_supervisor(system, {.name = "storage",
                                           .limits = {.restarts_max = 0},
                                           .children = {ticker, committer, loader},
                                           .clock = ports.clock,
                                           .metrics = ports.metrics,
                                           .on_escalation = end});
}

caf::actor start_join_server(caf::actor_system& system, const WiringPtr& wiring) {
  auto context = std::make_shared<const join_server::Context>(
      join_server::Context{.config = wiring->config.join_server,
                           .deps = wiring->routes.deps,
                           .publish = wiring->ports.publish,
                           .activations = std::make_shared<join_server::activation::Table>(),
                           .activation_registry = wiring->routes.activation_settings,
                           .store = wiring->ports.engine,
                           .own_thread = wiring->ports.own_threads,
                           .inspectable = wiring->routes.inspectable_join_server});
  return join_server::spawn_join_server(system, context, wiring->routes.join_server,
                                        wiring->on_escalation);
}

/// Questions for the home of unknown devices, under way to one join server.
constexpr std::size_t home_requests_max = 16;

roaming::RoamingConfig roaming_config(const Wiring& wiring) {
  const auto& routes = wiring.routes;
  auto out = wiring.config.roaming;
  out.deps = routes.deps;
  out.vault = wiring.config.key_vault;
  out.store = wiring.ports.engine;
  out.shards = routes.network_server;
  out.own_join_server = routes.join_server;
  out.join_servers = routes.roaming_interop;
  out.transmit = gateway_server::make_transmit(routes.gateway_router);
  out.acknowledge = gateway_server::make_upstream(routes.network_server).acknowledgment;
  return out;
}

/// Clients of other networks' join servers, of the components that have any, and roaming.
caf::actor start_interop(caf::actor_system& system, const WiringPtr& wiring) {
  actors::SupervisorConfig config{.name = "interop",
                                  .limits = {},
                                  .children = {},
                                  .clock = wiring->ports.clock,
                                  .metrics = wiring->ports.metrics,
                                  .on_escalation = wiring->on_escalation};
  const auto add = [&](const char* name, interop::ClientConfig client,
                       const actors::Route<interop::ClientHandle>& route) {
    if (client.peers.empty()) return;
    client.name = name;
    client.deps = wiring->routes.deps;
    client.vault = wiring->config.key_vault;
    config.children.push_back(actors::routed_child(
        "interop_client", route,
        [client](caf::actor_system& in) { return interop::spawn_client(in, client); }));
  };
  if (!wiring->config.roaming.peers.empty()) {
    // Its own: whoever sends join-requests of made-up devices to our gateways must not use up the
    // places of our devices' joins, nor have their join servers left alone.
    auto homes = wiring->config.network_server_interop;
    homes.requests_max = home_requests_max;
    add("homes", std::move(homes), wiring->routes.roaming_interop);
    config.children.push_back(
        actors::routed_child("roaming", wiring->routes.roaming, [wiring](caf::actor_system& in) {
          return roaming::spawn_roaming(in, roaming_config(*wiring));
        }));
  }
  add("ns", wiring->config.network_server_interop, wiring->routes.network_server_interop);
  add("as", wiring->config.application_server_interop, wiring->routes.application_server_interop);
  return actors::spawn_supervisor(system, std::move(config));
}

caf::actor start_network_server(caf::actor_system& system, const WiringPtr& wiring) {
  const auto& routes = wiring->routes;
  auto context = std::make_shared<const network_server::Context>(network_server::Context{
      .config = wiring->config.network_server,
      .plans = routes.plans,
      .deps = routes.deps,
      .shards = routes.network_server,
      .inspectable = routes.inspectable_network_server,
      .shard_lives = routes.network_server_lives,
      .pipelines = routes.application_server.pipelines,
      .join_servers = routes.join_server,
      .interop = routes.network_server_interop,
      .transmit =
          with_partners(gateway_server::make_transmit(routes.gateway_router), routes.roaming),
      .unknown_join = tell_of_unknown_joins(wiring->config.roaming, routes.roaming),
      .forwarded_refused = tell_of_refusals(routes.roaming),
      .publish =
          tell_of_ended_sessions(wiring->ports.publish, wiring->config.roaming, routes.roaming),
      .frames = std::make_shared<const network_server::FrameProbe>(*routes.deps.metrics),
      .profiles = routes.mac_settings_profiles,
      .own_threads = wiring->ports.own_threads});
  auto started =
      network_server::start(system, context, *wiring->ports.engine, wiring->on_escalation);
  if (!started) throw std::runtime_error(started.error().to_string());
  return *started;
}

caf::actor start_gateways(caf::actor_system& system, const WiringPtr& wiring) {
  const auto& routes = wiring->routes;
  gateway_server::Context context{
      .config = wiring->config.gateway_server,
      .deps = routes.deps,
      .plans = routes.plans,
      .registry = identity_server::make_gateway_registry(routes.identity_server.reader,
                                                         routes.identity_server.registry),
      .access = make_gateway_access(routes.identity_server.access),
      .upstream = divert(gateway_server::make_upstream(routes.network_server),
                         wiring->config.roaming, routes.roaming),
      .publish = wiring->ports.publish_of_gateways,
      .rate_limiter = wiring->ports.rate_limiter,
      .memories = {},
      .server_version = wiring->config.server_version,
      .router = routes.gateway_router,
      .probe = {},
      .uplinks = wiring->uplinks};
  auto frontends = wiring->config.udp;
  for (auto& frontend : frontends) frontend.network = wiring->ports.datagrams;
  auto stations = wiring->config.basic_station;
  for (auto& frontend : stations) frontend.network = wiring->ports.streams;
  auto mqtt = wiring->config.gateway_mqtt;
  for (auto& frontend : mqtt) frontend.network = wiring->ports.streams;
  return gateway_server::start_gateway_server(system, std::move(context),
                                              {.udp = std::move(frontends),
                                               .basic_station = std::move(stations),
                                               .store = wiring->ports.engine,
                                               .mqtt = std::move(mqtt),
                                               .grpc = routes.gateway_links,
                                               .limits = {},
                                               .on_escalation = wiring->on_escalation,
                                               .own_thread = wiring->ports.own_threads});
}

application_server::UnwrapKey unwrap_with(const key_vault::LiveKeyVaultPtr& vault) {
  return [vault](const KeyEnvelope& envelope) { return vault->current()->unwrap(envelope); };
}

caf::actor start_audit_log(caf::actor_system& system, const WiringPtr& wiring) {
  auto config = *wiring->config.audit;
  config.deps = wiring->routes.deps;
  config.store = wiring->ports.engine;
  config.own_thread = wiring->ports.own_threads;
  return audit::start(system, std::move(config), *wiring->routes.audit, wiring->on_escalation);
}

caf::actor start_device_repository(caf::actor_system& system, const WiringPtr& wiring) {
  const device_repository::RepositoryConfig config{.store = wiring->ports.engine,
                                                   .source = wiring->config.device_repository,
                                                   .own_thread = wiring->ports.own_threads};
  const auto& deps = wiring->routes.deps;
  const auto& route = wiring->routes.device_repository;
  actors::SupervisorConfig supervisor{.name = "device_repository",
                                      .limits = {},
                                      .children = {},
                                      .clock = wiring->ports.clock,
                                      .metrics = wiring->ports.metrics,
                                      .on_escalation = wiring->on_escalation};
  supervisor.children.push_back(actors::routed_child(
      "device_repository", route,
      [config](caf::actor_system& in) { return device_repository::spawn_repository(in, config); }));
  std::error_code error;
  if (config.own_thread && std::filesystem::exists(config.source, error)) {
    supervisor.children.push_back(
        {"device_repository_import", [config, deps, route](caf::actor_system& in) {
           return caf::actor_cast<caf::actor>(
               device_repository::spawn_importer(in, config, deps, route.get()));
         }});
  }
  return actors::spawn_supervisor(system, std::move(supervisor));
}

caf::actor start_application_server(caf::actor_system& system, const WiringPtr& wiring) {
  const auto& routes = wiring->routes;
  auto config = wiring->config.application_server;
  config.own_thread = wiring->ports.own_threads;
  auto started = application_server::start(
      system, config,
      {.deps = routes.deps,
       .store = wiring->ports.engine,
       .network_servers = routes.network_server,
       .join_servers = routes.join_server,
       .interop = routes.application_server_interop,
       .repository = routes.device_repository,
       .unwrap_key = unwrap_with(wiring->config.key_vault),
       .read_locations = wiring->ports.read_locations,
       .report_activity = identity_server::make_activity_writer(routes.identity_server.registry,
                                                                wiring->config.activity_batch_max),
       .publish = wiring->ports.publish,
       .http_client = wiring->ports.http_client,
       .packages_client = wiring->ports.packages_client,
       .broker_client = wiring->ports.broker_client,
       .children = wiring->ports.children,
       .tap = wiring->ports.tap,
       .on_escalation = wiring->on_escalation},
      routes.application_server);
  if (!started) throw std::runtime_error(started.error().to_string());
  return *started;
}

/// Whether `key` says who may do what with a gateway.
bool is_about_rights_on_a_gateway(const storage::EntityKey& key) {
  using storage::EntityKind;
  return (key.kind == EntityKind::api_key || key.kind == EntityKind::membership) &&
         key.ids.front() == identity_server::kind_name(EntityKind::gateway);
}

/// A gateway's connection hears of a change at once, not when it asks again.
auto tell_gateway_server(const NodeRoutes& routes) {
  return [router = routes.gateway_router](const storage::EntityKey& key,
                                          const identity_server::EntityPtr& entity) {
    const auto handle = router.get();
    if (!handle) return;
    if (is_about_rights_on_a_gateway(key)) {
      gateway_server::GatewayRightsChanged change{GatewayId(key.ids.at(1))};
      return caf::anon_send(handle, change);
    }
    if (key.kind != storage::EntityKind::gateway) return;
    gateway_server::GatewayChanged change{{GatewayId(key.ids.front()), {}}, {}};
    if (entity && !entity->deleted_at) {
      auto settings = identity_server::decode_gateway_settings(*entity);
      if (!settings) return;
      change.ids = settings->ids;
      change.settings = *std::move(settings);
    }
    caf::anon_send(handle, std::move(change));
  };
}

bool is_new(const identity_server::Entity& entity) {
  return entity.created_at == entity.updated_at;
}

/// An application is purged: nothing of it may be there when its id is taken again. Once more when
/// that happens, in case we ended between the two.
auto forget_applications(const NodeRoutes& routes, const storage::Engine& engine) {
  return [&engine, integrations = routes.application_server, committer = routes.deps.committer,
          activations = routes.activation_settings, shards = routes.network_server.count()](
             const storage::EntityKey& key, const identity_server::EntityPtr& entity) {
    if (key.kind != storage::EntityKind::application || (entity && !is_new(*entity))) return;
    const ApplicationId id(key.ids.front());
    const auto tell = [](const auto& route, auto message) {
      if (const auto handle = route.get()) caf::anon_send(handle, std::move(message));
    };
    tell(integrations.webhooks, application_server::ForgetApplication{id});
    tell(integrations.pubsubs, application_server::ForgetApplication{id});
    tell(integrations.packages, application_server::ForgetApplication{id});
    tell(integrations.link_settings, application_server::DeleteLink{id, [](const auto&) {}});
    // Whose KEK, home network and application server its devices had.
    tell(activations, join_server::activation::DeleteSettings{id, [](const auto&) {}});
    // Its MQTT clients, before what they have stored.
    integrations.application_gone->call_all(id.text());
    tell(integrations.mqtt_groups, application_server::ForgetApplication{id});
    tell(integrations.mqtt_sessions, application_server::ForgetApplication{id});
    // What its devices sent, and how far who has got.
    auto records = application_server::erase_application(engine, shards, id);
    if (!records)
      return spdlog::error("msg=\"rows of an application stay\" application={} error={}", id.text(),
                           records.error().name());
    if (records->empty()) return;
    actors::Commit commit;
    commit.records = *std::move(records);
    tell(committer, std::move(commit));
  };
}

/// A device that is deleted leaves no package associations to one that gets its id later.
auto forget_devices(const NodeRoutes& routes) {
  return [packages = routes.application_server.packages](const storage::EntityKey& key,
                                                         const identity_server::EntityPtr& entity) {
    if (key.kind != storage::EntityKind::end_device || entity) return;
    const DeviceUid device{ApplicationId(key.ids[0]), DeviceId(key.ids[1])};
    if (const auto handle = packages.get())
      caf::anon_send(handle, application_server::packages::ForgetDevice{device});
  };
}

caf::actor start_identity_server(caf::actor_system& system, const WiringPtr& wiring) {
  const auto& routes = wiring->routes;
  return identity_server::spawn_identity_server(
      system,
      {.deps = routes.deps,
       .store = wiring->ports.engine,
       .own_thread = wiring->ports.own_threads,
       .changed =
           [gateways = tell_gateway_server(routes),
            applications = forget_applications(routes, *wiring->ports.engine),
            devices = forget_devices(routes),
            tell = wiring->ports.entity_changed](const auto& key, const auto& entity) {
             if (tell) tell(key);
             gateways(key, entity);
             applications(key, entity);
             devices(key, entity);
           },
       .settings = wiring->config.identity},
      routes.identity_server, wiring->on_escalation);
}

ChildSpec component(const char* name, const WiringPtr& wiring,
                    caf::actor (*start)(caf::actor_system&, const WiringPtr&)) {
  return {name, [wiring, start, name](caf::actor_system& system) {
            auto supervisor = start(system, wiring);
            actors::route_of(wiring->routes.supervisors, name).set(supervisor);
            return supervisor;
          }};
}

}  // namespace

std::unique_ptr<Node> Node::start(NodePorts ports, NodeConfig config) {
  NodeRoutes routes(ports.shard_count);
  routes.deps.clock = ports.clock;
  routes.deps.metrics = ports.metrics;
  routes.deps.make_random = ports.make_random;
  routes.plans =
      config.plans
          ? config.plans
          : std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
  routes.network = std::make_shared<const network_server::Config>(config.network_server);
  if (config.audit) {
    routes.audit.emplace();
    routes.supervisors.emplace_back("audit", actors::Route<caf::actor>());
  }
  for (const auto* name :
       {"root", "api", "storage", "identity_server", "interop", "device_repository",
        "application_server", "join_server", "network_server", "gateway_server"})
    routes.supervisors.emplace_back(name, actors::Route<caf::actor>());
  auto node = std::unique_ptr<Node>(new Node(routes));

  const auto fatal = ports.on_fatal;
  node->uplinks_ = std::make_shared<gateway_server::UplinkBudget>(config.gateway_server.uplinks_max,
                                                                  *ports.metrics);
  auto wiring = std::make_shared<const Wiring>(
      Wiring{.ports = std::move(ports),
             .config = std::move(config),
             .routes = std::move(routes),
             .uplinks = node->uplinks_,
             .on_escalation = [](const std::string& child) {
               spdlog::error("msg=\"component failed\" child={}", child);
             }});
  std::vector<ChildSpec> children{component("storage", wiring, start_storage),
                                  component("identity_server", wiring, start_identity_server),
                                  component("interop", wiring, start_interop),
                                  component("device_repository", wiring, start_device_repository),
                                  component("application_server", wiring, start_application_server),
                                  component("join_server", wiring, start_join_server),
                                  component("network_server", wiring, start_network_server),
                                  component("gateway_server", wiring, start_gateways)};
  if (wiring->config.audit)
    children.insert(children.begin() + 1, component("audit", wiring, start_audit_log));
  // Inputs start last and are stopped first; what is committed on the way is released before the
  // store closes.
  node->root_ = actors::spawn_supervisor(*wiring->ports.system,
                                         {.name = "root",
                                          .limits = {},
                                          .children = std::move(children),
                                          .clock = wiring->ports.clock,
                                          .metrics = wiring->ports.metrics,
                                          .on_escalation = [fatal](const std::string& child) {
                                            fatal(ExitCode::internal,
                                                  "component " + child + " failed too often");
                                          }});
  actors::route_of(node->routes_.supervisors, "root").set(node->root_);
  return node;
}

Node::~Node() {
  stop();
}

void Node::stop_gateways(Duration patience) {
  auto ended = std::make_shared<std::promise<void>>();
  const auto has_ended = ended->get_future();
  caf::anon_send(
      root_, actors::StopChild{"gateway_server", [ended](const Status&) { ended->set_value(); }});
  has_ended.wait_for(patience);
  constexpr std::chrono::milliseconds look{10};
  caf::scoped_actor waiter(root_->home_system());
  for (Duration waited{0}; uplinks_->under_way() > 0 && waited < patience; waited += look)
    waiter->receive([](caf::unit_t) {}, caf::after(look) >> [] {});
}

void Node::stop() {
  // A route that keeps a supervisor would keep the actor system from ending.
  for (const auto& [name, route] : routes_.supervisors) route.clear();
  if (root_) caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
}

}  // namespace ff::app
