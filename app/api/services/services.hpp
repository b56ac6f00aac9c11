// The services of the API, one function per file of this folder. Which of them a process serves is
// register.hpp's.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "actors/application_server/formatters/interface.hpp"
#include "actors/application_server/integration/packages/interface.hpp"
#include "actors/application_server/integration/webhook/interface.hpp"
#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/link_settings/interface.hpp"
#include "actors/application_server/pipeline/interface.hpp"
#include "actors/device_repository/interface.hpp"
#include "actors/events/hub.hpp"
#include "actors/events/store/interface.hpp"
#include "actors/gateway_server/frontend_grpc/interface.hpp"
#include "actors/gateway_server/router/interface.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/network_server/config.hpp"
#include "actors/network_server/profiles/interface.hpp"
#include "actors/network_server/shard/inspector.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/support/keyed_slots.hpp"
#include "actors/support/sharded.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/formatter_calls.hpp"
#include "app/api/services/pubsub.hpp"
#include "config/webhook_template.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::api {

using NetworkServers = actors::Sharded<network_server::ShardHandle>;
/// The same, asked what they hold.
using InspectableNetworkServers = actors::Sharded<network_server::ShardActor>;
using ApplicationServers = actors::Sharded<application_server::PipelineHandle>;
using JoinServers = actors::Sharded<join_server::ShardHandle>;
using Links = actors::Route<application_server::LinksHandle>;
using Formatters = actors::Route<application_server::FormattersHandle>;
using Repository = actors::Route<device_repository::RepositoryHandle>;
using LinkSettings = actors::Route<application_server::LinkSettingsHandle>;

using Profiles = actors::Route<network_server::ProfilesHandle>;
using Packages = actors::Route<application_server::packages::PackagesHandle>;
using Webhooks = actors::Route<application_server::webhook::WebhooksHandle>;
/// Never null.
using WebhookTemplates = std::shared_ptr<const std::vector<config::WebhookTemplate>>;

// Contexts outlive the services; services outlive the server.

std::unique_ptr<grpc::Service> make_ns_device_registry(const ServiceContext& context,
                                                       NetworkServers shards, Profiles profiles);
std::unique_ptr<grpc::Service> make_mac_settings_profiles(const ServiceContext& context,
                                                          Profiles registry);
std::unique_ptr<grpc::Service> make_ns_device_control(const ServiceContext& context,
                                                      NetworkServers shards);
std::unique_ptr<grpc::Service> make_ns_device_inspection(const ServiceContext& context,
                                                         InspectableNetworkServers shards);
/// `script_size_max`: `as.formatters.max-parameter-length`. `calls`: for test vectors of
/// formatters.
std::unique_ptr<grpc::Service> make_as_device_registry(const ServiceContext& context,
                                                       ApplicationServers shards,
                                                       std::size_t script_size_max,
                                                       const FormatterCalls& calls);
std::unique_ptr<grpc::Service> make_formatter_vectors(const ServiceContext& context,
                                                      ApplicationServers shards, LinkSettings links,
                                                      const FormatterCalls& calls);

struct MqttAddresses {
  std::string public_address;
  std::string public_tls_address;
};
/// What streams of applications' messages ask, and what they tell. Any thread.
struct UpDoors {
  Links links;
  /// Of streams, by application.
  std::shared_ptr<actors::KeyedSlots> slots = std::make_shared<actors::KeyedSlots>(0);
  /// Told of messages that can not be read.
  std::function<void(const Error&)> unreadable = [](const Error&) {};
};
/// A ULID; any thread.
using NewId = std::function<std::string()>;
/// What AppAs asks beside the devices' pipelines, and what it tells.
struct AppAsDoors {
  UpDoors ups;
  FormatterCalls formatters;
  MqttAddresses mqtt;
  NewId new_id;
};
std::unique_ptr<grpc::Service> make_app_as(const ServiceContext& context, ApplicationServers shards,
                                           AppAsDoors doors);

/// `assets_base_url`: `dr.assets-base-url`.
std::unique_ptr<grpc::Service> make_device_repository(const ServiceContext& context,
                                                      Repository repository,
                                                      std::string assets_base_url);

std::unique_ptr<grpc::Service> make_webhook_registry(const ServiceContext& context,
                                                     Webhooks registry, WebhookTemplates templates);
/// `as.webhooks.unhealthy-*`.
struct WebhookHealthRules {
  std::uint64_t attempts = 0;
  Duration retry_interval{};
};
/// What an operator has set for applications.
struct AsLimits {
  WebhookHealthRules webhook_health;
  PubSubProviders pubsub_providers;
  std::size_t script_size_max = 0;  ///< Bytes.
};
/// What is set for all devices of an application. `packages` may be empty.
struct AsDoors {
  LinkSettings links;
  Packages packages;
};
std::unique_ptr<grpc::Service> make_as(const ServiceContext& context, AsDoors doors,
                                       AsLimits limits, const FormatterCalls& calls);
std::unique_ptr<grpc::Service> make_package_registry(const ServiceContext& context,
                                                     Packages registry);
std::unique_ptr<grpc::Service> make_webhook_delivery(const ServiceContext& context,
                                                     Webhooks registry);

/// `euis`: of devices of which a request names the ids alone.
class DeviceEuis;
std::unique_ptr<grpc::Service> make_js_device_registry(const ServiceContext& context,
                                                       JoinServers shards, DeviceEuis euis);

/// `publish` may be null. `euis`: as above.
std::unique_ptr<grpc::Service> make_ns_device_batches(const ServiceContext& context,
                                                      NetworkServers shards,
                                                      events::Publish publish);
std::unique_ptr<grpc::Service> make_as_device_batches(const ServiceContext& context,
                                                      ApplicationServers shards,
                                                      events::Publish publish);
std::unique_ptr<grpc::Service> make_js_device_batches(const ServiceContext& context,
                                                      JoinServers shards, DeviceEuis euis,
                                                      events::Publish publish);

/// Nothing: events are not stored.
using EventStore = std::optional<actors::Route<events::EventStoreHandle>>;
/// Where events come from, beside their listeners' rights.
struct EventDoors {
  events::Hub* hub = nullptr;  ///< Outlives the services.
  EventStore store;
  /// Grows when somebody's rights may have changed. May be empty.
  std::function<std::uint64_t()> access_changes;
  NewId new_id;
};
std::unique_ptr<grpc::Service> make_events(const ServiceContext& context, EventDoors doors);

using Plans = std::shared_ptr<const region::FrequencyPlans>;
std::unique_ptr<grpc::Service> make_configuration(const ServiceContext& context, Plans plans);

/// What the network server is set up with.
struct NetworkInfo {
  std::shared_ptr<const network_server::Config> config;
  Plans plans;
};
std::unique_ptr<grpc::Service> make_ns_relay(const ServiceContext& context, NetworkServers shards,
                                             Plans plans);

/// `make_random`: any thread.
std::unique_ptr<grpc::Service> make_ns(const ServiceContext& context, NetworkInfo network,
                                       MakeRandom make_random);

std::unique_ptr<grpc::Service> make_gs(const ServiceContext& context,
                                       actors::Route<gateway_server::RouterHandle> router);
std::unique_ptr<grpc::Service> make_gs_stations(const ServiceContext& context,
                                                actors::Route<gateway_server::RouterHandle> router);

/// What gateways ask before they connect, and how they do it over gRPC.
struct GatewayDoors {
  actors::Route<gateway_server::GrpcFrontendHandle> links;
  std::shared_ptr<gateway_server::GatewayRegistry> registry;
  MqttAddresses mqtt;
  MqttAddresses mqtt_v2;
};
std::unique_ptr<grpc::Service> make_gtw_gs(const ServiceContext& context, GatewayDoors doors,
                                           Plans plans);

}  // namespace ff::api
