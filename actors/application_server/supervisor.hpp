// The application server of one process: outbox reader, links, stored MQTT sessions, webhooks,
// pub/sub, application packages and device pipelines under one supervisor. Front ends are started
// by the owner (frontend_mqtt/frontend.hpp), because they need the network.
#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include "actors/application_server/formatters/actor.hpp"
#include "actors/application_server/integration/packages/actor.hpp"
#include "actors/application_server/integration/pubsub/actor.hpp"
#include "actors/application_server/integration/storage/actor.hpp"
#include "actors/application_server/integration/webhook/actor.hpp"
#include "actors/application_server/link/actor.hpp"
#include "actors/application_server/link_settings/actor.hpp"
#include "actors/application_server/mqtt_group/actor.hpp"
#include "actors/application_server/mqtt_session/actor.hpp"
#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/pipeline/context.hpp"
#include "actors/application_server/pipeline/interface.hpp"
#include "actors/support/keyed_calls.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

struct Config {
  PipelineConfig pipeline;
  Duration outbox_retention = std::chrono::hours{168};
  std::uint64_t outbox_messages_max = 0;  // per application and shard; 0: any number
  Duration outbox_trim_interval = std::chrono::minutes{10};
  /// `distribution.timeout`.
  Duration link_timeout = std::chrono::minutes{1};
  mqtt_session::SessionsConfig mqtt_sessions;
  mqtt_group::GroupsConfig mqtt_groups;
  webhook::WebhooksConfig webhooks;
  pubsub::PubSubsConfig pubsubs;
  packages::PackagesConfig packages;
  FormattersConfig formatters;
  /// False in virtual time.
  bool own_thread = true;
};

/// What the application server is given. Routes are made by the owner and shared with those who
/// ask.
struct Surroundings {
  actors::Deps deps;
  const storage::Reader* store = nullptr;  // outlives the actors
  actors::Sharded<network_server::ShardHandle> network_servers;
  actors::Sharded<join_server::ShardHandle> join_servers;
  actors::Route<interop::ClientHandle> interop;                   // may be empty
  actors::Route<device_repository::RepositoryHandle> repository;  // may be empty
  UnwrapKey unwrap_key;                                           // may be null
  ReadLocations read_locations;                                   // may be null
  ReportActivity report_activity;                                 // may be null
  events::Publish publish;                                        // may be null
  /// For webhooks; outlives the actors. Null: they can be set, and nothing is delivered.
  net::http_client::HttpClient* http_client = nullptr;
  /// For application packages; likewise.
  net::http_client::HttpClient* packages_client = nullptr;
  /// For pub/sub; likewise.
  net::broker_client::BrokerClient* broker_client = nullptr;
  /// For formatters' workers; outlives the actors. Null: scripts are not run.
  net::ChildRunner* children = nullptr;
  /// Told of every message after its commit, beside the links. May be null.
  PublishUp tap;
  std::function<void(const std::string& child)> on_escalation;
};

/// Where others find the application server. Make it before start(); the network server's Context
/// takes `pipelines`.
struct Routes {
  explicit Routes(storage::ShardCount shards) : pipelines(shards), inspectable(shards) {}
  actors::Sharded<PipelineHandle> pipelines;
  actors::Sharded<PipelineActor> inspectable;
  actors::Route<LinksHandle> links;
  actors::Route<OutboxHandle> outbox;
  LinkTable link_table;
  actors::Route<mqtt_session::SessionsHandle> mqtt_sessions;
  mqtt_session::SessionIndex mqtt_session_index;
  actors::Route<mqtt_group::GroupsHandle> mqtt_groups;
  actors::Route<webhook::WebhooksHandle> webhooks;
  actors::Route<pubsub::PubSubsHandle> pubsubs;
  actors::Route<packages::PackagesHandle> packages;
  actors::Route<StorageHandle> storage;
  actors::Route<FormattersHandle> formatters;
  actors::Route<LinkSettingsHandle> link_settings;
  LinkSettingsTable link_settings_table;
  /// Of front ends, by application: called when one is no more.
  std::shared_ptr<actors::KeyedCalls> application_gone = std::make_shared<actors::KeyedCalls>();
};

/// Errors: those of PipelineConfig::validate. Routes are set when it returns. Stop with
/// caf::exit_reason::user_shutdown, after the network server and before committer and loader.
Result<caf::actor> start(caf::actor_system& system, const Config& config,
                         const Surroundings& surroundings, const Routes& routes);

}  // namespace ff::application_server
