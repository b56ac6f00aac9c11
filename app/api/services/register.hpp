// Which services of the API a process serves, made of what it runs. A service that is not made
// answers Unimplemented, by gRPC.
#pragma once

#include <memory>
#include <vector>

#include "actors/audit/interface.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/identity/services.hpp"
#include "app/api/services/join_server.hpp"
#include "app/api/services/services.hpp"
#include "app/api/services/up_storage.hpp"

namespace ff::api {

/// What the services ask. Copied.
struct ServiceDeps {
  RightsOf rights;
  /// Grows when somebody's rights may have changed; for streams, which ask for them again then. May
  /// be empty.
  std::function<std::uint64_t()> access_changes = nullptr;
  std::function<UtcTime()> now;
  /// Answers the requests that no actor answers (base/deadline_keeper.hpp).
  actors::Route<DeadlineKeeper> deadlines;
  Duration request_timeout = std::chrono::seconds{5};

  /// Entities, their rights and API keys. `rights` is then make_rights_of(*identity), and the
  /// front's authenticator make_authenticator(*identity).
  std::optional<Identity> identity;
  /// For API keys: fit for keys, any thread.
  MakeRandom make_random;
  std::optional<NetworkServers> network_servers;
  std::optional<InspectableNetworkServers> inspectable_network_servers;
  /// MAC settings profiles of the network server.
  Profiles profiles;
  std::optional<ApplicationServers> application_servers;
  /// For live messages of applications.
  UpDoors ups;
  /// For scripts that are tried, and for applications' own.
  Formatters formatters;
  LinkSettings link_settings;
  /// Null: no DeviceRepository service.
  std::optional<Repository> repository;
  std::string assets_base_url;
  std::size_t script_size_max = 40'960;
  std::optional<JoinServers> join_servers;
  /// Joins, session keys and what belongs to them; null: none of these services.
  std::optional<JoinServerDoors> join_server_doors;
  std::optional<actors::Route<gateway_server::RouterHandle>> gateway_router;
  /// Null: no GtwGs service.
  std::optional<GatewayDoors> gateway_doors;
  /// Outlives the services; null: no event streams.
  events::Hub* hub = nullptr;
  EventStore event_store;
  NewId new_event_id;
  /// What the process knows of frequency plans; null: no Configuration service.
  Plans plans;
  /// Null: no Ns service.
  std::shared_ptr<const network_server::Config> network;
  /// Webhooks of applications.
  std::optional<Webhooks> webhooks;
  WebhookTemplates webhook_templates =
      std::make_shared<const std::vector<config::WebhookTemplate>>();
  WebhookHealthRules webhook_health;
  /// Pub/sub integrations of applications.
  std::optional<PubSubs> pubsubs;
  PubSubProviders pubsub_providers;
  /// Application packages.
  std::optional<Packages> packages;
  /// Messages of the past.
  std::optional<Storage> storage;
  /// Null: no AuditLog service.
  std::optional<audit::Routes> audit;
  /// What applications are told of the MQTT server.
  MqttAddresses mqtt;
};

/// Outlives the server that serves them.
class Services {
 public:
  /// `front` outlives the services.
  Services(Front& front, const ServiceDeps& deps);
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  /// For ApiServer::start.
  std::vector<grpc::Service*> all() const;

 private:
  ServiceContext context_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
};

}  // namespace ff::api
