// A node: the components of one process wired together under one root supervisor, on ports that
// production and simulation fill differently. Not the process: signals, configuration files, gRPC
// and HTTP are app/server/process.
#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/application_server/frontend_mqtt/access.hpp"
#include "actors/application_server/supervisor.hpp"
#include "actors/audit/actor.hpp"
#include "actors/device_repository/actor.hpp"
#include "actors/events/event.hpp"
#include "actors/gateway_server/supervisor/gateway_server.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "actors/interop/config.hpp"
#include "actors/interop/interface.hpp"
#include "actors/join_server/activation/interface.hpp"
#include "actors/join_server/config.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/network_server/context.hpp"
#include "actors/roaming/config.hpp"
#include "actors/roaming/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/supervisor.hpp"
#include "config/exit_codes.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/shard.hpp"

namespace ff::app {

/// What differs between a real process and a simulated one. Everything outlives the node.
struct NodePorts {
  caf::actor_system* system = nullptr;
  std::shared_ptr<const actors::Clock> clock;
  std::function<std::unique_ptr<Random>()> make_random;
  actors::Metrics* metrics = nullptr;
  storage::Engine* engine = nullptr;
  storage::ShardCount shard_count;
  net::DatagramNetwork* datagrams = nullptr;
  net::StreamNetwork* streams = nullptr;                    // null: no gateways over TCP
  net::http_client::HttpClient* http_client = nullptr;      // null: webhooks are not delivered
  net::http_client::HttpClient* packages_client = nullptr;  // null: packages ask no servers
  net::ChildRunner* children = nullptr;                     // null: formatters' scripts are not run
  /// Null: pub/sub integrations are not connected.
  net::broker_client::BrokerClient* broker_client = nullptr;
  std::shared_ptr<const net::RateLimiter> rate_limiter;  // null: gateways are not limited
  /// Committer and loader on threads of their own; false in virtual time.
  bool own_threads = true;
  events::Publish publish;
  gateway_server::PublishGatewayEvent publish_of_gateways;  // null: nobody is told
  /// Of entries in the registry of devices; null: uplinks have no registered location.
  application_server::ReadLocations read_locations;
  /// Told of every durable change of an entity before whoever wanted it is answered. Must not
  /// block; may be null.
  std::function<void(const storage::EntityKey&)> entity_changed;
  /// Told of every message for applications after its commit; may be null.
  application_server::PublishUp tap;
  /// A component can not be kept alive, or the store has failed: the process has to end, with this
  /// code. Any thread.
  std::function<void(ExitCode code, const std::string& reason)> on_fatal;
};

struct NodeConfig {
  storage::Durability durability = storage::Durability::sync;
  Duration sync_interval = std::chrono::milliseconds{100};
  std::string server_version;
  network_server::Config network_server;
  gateway_server::GatewayServerConfig gateway_server;
  std::vector<gateway_server::UdpListenerConfig> udp;
  std::vector<gateway_server::BasicStationFrontendConfig> basic_station;
  std::vector<gateway_server::MqttFrontendConfig> gateway_mqtt;
  join_server::Config join_server;
  /// Other networks' join servers; without peers none is asked. The node adds `deps` and `vault`.
  interop::ClientConfig network_server_interop;
  interop::ClientConfig application_server_interop;
  /// Roaming partners; without peers nobody roams. The node adds the ways to its components.
  roaming::RoamingConfig roaming;
  /// Key-encryption keys. Never null.
  std::shared_ptr<key_vault::LiveKeyVault> key_vault = std::make_shared<key_vault::LiveKeyVault>();
  application_server::Config application_server;
  /// What of the audit log is configured; nothing: none is kept. The node adds `deps` and `store`.
  std::optional<audit::AuditConfig> audit;
  /// Devices whose activity the registry of devices writes at once.
  std::size_t activity_batch_max = 1000;
  /// Imported when the node starts; empty: what is stored is served.
  std::filesystem::path device_repository;
  identity_server::SettingsPtr identity = std::make_shared<const identity_server::Settings>();
  /// Null: the standard ones.
  std::shared_ptr<const region::FrequencyPlans> plans;
};

/// The components' doors, for front doors and tests. Copies follow restarts.
struct NodeRoutes {
  explicit NodeRoutes(storage::ShardCount shards)
      : network_server(shards),
        join_server(shards),
        application_server(shards),
        inspectable_network_server(shards),
        network_server_lives(shards),
        inspectable_join_server(shards) {}

  actors::Deps deps;
  actors::Sharded<network_server::ShardHandle> network_server;
  actors::Route<network_server::ProfilesHandle> mac_settings_profiles;
  actors::Sharded<join_server::ShardHandle> join_server;
  actors::Route<join_server::activation::RegistryHandle> activation_settings;
  actors::Route<interop::ClientHandle> network_server_interop;
  actors::Route<interop::ClientHandle> application_server_interop;
  actors::Route<interop::ClientHandle> roaming_interop;  // asks whose device has joined
  actors::Route<roaming::RoamingHandle> roaming;
  application_server::Routes application_server;
  actors::Route<device_repository::RepositoryHandle> device_repository;
  identity_server::Routes identity_server;
  std::optional<audit::Routes> audit;  // nothing: no audit log is kept
  actors::Route<gateway_server::RouterHandle> gateway_router;
  actors::Route<gateway_server::GrpcFrontendHandle> gateway_links;
  std::shared_ptr<const region::FrequencyPlans> plans;
  std::shared_ptr<const network_server::Config> network;

  /// For operators: the same shards with their inspection, and every supervisor by its name; that
  /// of the front doors, "api", is set by them.
  actors::Sharded<network_server::ShardActor> inspectable_network_server;
  actors::Sharded<std::weak_ptr<const void>> network_server_lives;  // of no use to others
  actors::Sharded<join_server::ShardActor> inspectable_join_server;
  actors::SupervisorRoutes supervisors;
};

class Node {
 public:
  /// Starts every component; when it returns they serve. Throws what a component's start throws
  /// when that fails again and again.
  static std::unique_ptr<Node> start(NodePorts ports, NodeConfig config);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const NodeRoutes& routes() const noexcept { return routes_; }

  /// Gateways are heard no more: blocks until their server has ended, and until what it took is
  /// durable or was dropped, at most `patience` each. Not in virtual time.
  void stop_gateways(Duration patience);
  /// Asks the components to end: inputs first, the store last. The root actor ends when all have.
  void stop();
  const caf::actor& root() const noexcept { return root_; }

 private:
  explicit Node(NodeRoutes routes) : routes_(std::move(routes)) {}
  NodeRoutes routes_;
  std::shared_ptr<gateway_server::UplinkBudget> uplinks_;
  caf::actor root_;
};

}  // namespace ff::app
