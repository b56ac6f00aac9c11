#include "actors/application_server/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <stdexcept>

#include "actors/application_server/pipeline/actor.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::application_server {
namespace {

actors::ChildSpec outbox_child(const Config& config, const Surroundings& surroundings,
                               const Routes& routes) {
  OutboxConfig outbox{.store = surroundings.store,
                      .deps = surroundings.deps,
                      .shards = routes.pipelines.count(),
                      .retention = config.outbox_retention,
                      .messages_max = config.outbox_messages_max,
                      .trim_interval = config.outbox_trim_interval,
                      .own_thread = config.own_thread};
  return actors::routed_child("outbox_reader", routes.outbox,
                              [outbox = std::move(outbox)](caf::actor_system& system) {
                                return spawn_outbox(system, outbox);
                              });
}

actors::ChildSpec links_child(const Config& config, const Surroundings& surroundings,
                              const Routes& routes) {
  LinksConfig links{surroundings.deps, routes.link_table, surroundings.publish,
                    config.link_timeout};
  return actors::routed_child(
      "application_links", routes.links,
      [links = std::move(links)](caf::actor_system& system) { return spawn_links(system, links); });
}

actors::ChildSpec mqtt_sessions_child(const Config& config, const Surroundings& surroundings,
                                      const Routes& routes) {
  auto context = std::make_shared<const mqtt_session::SessionsContext>(
      mqtt_session::SessionsContext{.config = config.mqtt_sessions,
                                    .deps = surroundings.deps,
                                    .shards = routes.pipelines.count(),
                                    .outbox = routes.outbox,
                                    .links = routes.links,
                                    .index = routes.mqtt_session_index});
  return actors::routed_child("mqtt_sessions", routes.mqtt_sessions,
                              [context = std::move(context)](caf::actor_system& system) {
                                return mqtt_session::spawn_mqtt_sessions(system, context);
                              });
}

actors::ChildSpec mqtt_groups_child(const Config& config, const Surroundings& surroundings,
                                    const Routes& routes) {
  auto context = std::make_shared<const mqtt_group::GroupsContext>(mqtt_group::GroupsContext{
      .config = config.mqtt_groups, .deps = surroundings.deps, .sessions = routes.mqtt_sessions});
  return actors::routed_child("mqtt_groups", routes.mqtt_groups,
                              [context = std::move(context)](caf::actor_system& system) {
                                return mqtt_group::spawn_mqtt_groups(system, context);
                              });
}

actors::ChildSpec webhooks_child(const Config& config, const Surroundings& surroundings,
                                 const Routes& routes) {
  auto context = std::make_shared<const webhook::WebhooksContext>(
      webhook::WebhooksContext{.config = config.webhooks,
                               .deps = surroundings.deps,
                               .shards = routes.pipelines.count(),
                               .outbox = routes.outbox,
                               .links = routes.links,
                               .client = surroundings.http_client,
                               .publish = surroundings.publish});
  return actors::routed_child("webhooks", routes.webhooks,
                              [context = std::move(context)](caf::actor_system& system) {
                                return webhook::spawn_webhooks(system, context);
                              });
}

actors::ChildSpec pubsubs_child(const Config& config, const Surroundings& surroundings,
                                const Routes& routes) {
  auto context = std::make_shared<const pubsub::PubSubsContext>(
      pubsub::PubSubsContext{.config = config.pubsubs,
                             .deps = surroundings.deps,
                             .shards = routes.pipelines.count(),
                             .outbox = routes.outbox,
                             .links = routes.links,
                             .pipelines = routes.pipelines,
                             .client = surroundings.broker_client,
                             .publish = surroundings.publish});
  return actors::routed_child("pubsubs", routes.pubsubs,
                              [context = std::move(context)](caf::actor_system& system) {
                                return pubsub::spawn_pubsubs(system, context);
                              });
}

actors::ChildSpec packages_child(const Config& config, const Surroundings& surroundings,
                                 const Routes& routes) {
  auto context = std::make_shared<const packages::PackagesContext>(
      packages::PackagesContext{.config = config.packages,
                                .deps = surroundings.deps,
                                .shards = routes.pipelines.count(),
                                .outbox = routes.outbox,
                                .links = routes.links,
                                .pipelines = routes.pipelines,
                                .client = surroundings.packages_client,
                                .publish = surroundings.publish});
  return actors::routed_child("packages", routes.packages,
                              [context = std::move(context)](caf::actor_system& system) {
                                return packages::spawn_packages(system, context);
                              });
}

actors::ChildSpec storage_child(const Config& config, const Surroundings& surroundings,
                                const Routes& routes) {
  const StorageConfig storage{.store = surroundings.store,
                              .shards = routes.pipelines.count(),
                              .own_thread = config.own_thread};
  return actors::routed_child(
      "storage_integration", routes.storage,
      [storage](caf::actor_system& system) { return spawn_storage(system, storage); });
}

/// The table is filled before pipelines start.
actors::ChildSpec link_settings_child(const Surroundings& surroundings, const Routes& routes) {
  return actors::routed_child(
      "link_settings", routes.link_settings, [surroundings, routes](caf::actor_system& system) {
        const auto loaded = load_link_settings(*surroundings.store, routes.link_settings_table);
        if (!loaded) throw std::runtime_error(loaded.error().to_string());
        return spawn_link_settings(system, surroundings.deps, routes.link_settings_table);
      });
}

actors::ChildSpec formatters_child(const Config& config, const Surroundings& surroundings,
                                   const Routes& routes) {
  const FormattersContext context{config.formatters, surroundings.deps, surroundings.children};
  return actors::routed_child(
      "formatters", routes.formatters,
      [context](caf::actor_system& system) { return spawn_formatters(system, context); });
}

actors::ChildSpec pipeline_child(PipelineContextPtr context, const Routes& routes,
                                 storage::Shard shard) {
  return {"device_pipeline",
          [context = std::move(context), routes, shard](caf::actor_system& system) {
            const auto handle = spawn_pipeline(system, context, shard);
            routes.inspectable.route(shard).set(handle);
            routes.pipelines.route(shard).set(handle);
            return caf::actor_cast<caf::actor>(handle);
          }};
}

std::function<void(const DeviceUid&)> forget_in(actors::Route<packages::PackagesHandle> packages) {
  return [packages = std::move(packages)](const DeviceUid& device) {
    if (const auto handle = packages.get()) caf::anon_send(handle, packages::ForgetDevice{device});
  };
}

PublishUp both(PublishUp first, PublishUp second) {
  if (!second) return first;
  return [first = std::move(first), second = std::move(second)](const UpPublished& up) {
    first(up);
    second(up);
  };
}

}  // namespace

Result<caf::actor> start(caf::actor_system& system, const Config& config,
                         const Surroundings& surroundings, const Routes& routes) {
  FF_CHECK(config.pipeline.validate());
  auto context = std::make_shared<const PipelineContext>(
      PipelineContext{.config = config.pipeline,
                      .deps = surroundings.deps,
                      .network_servers = surroundings.network_servers,
                      .join_servers = surroundings.join_servers,
                      .interop = surroundings.interop,
                      .outbox = routes.outbox,
                      .formatters = routes.formatters,
                      .repository = surroundings.repository,
                      .link_settings = routes.link_settings_table,
                      .unwrap_key = surroundings.unwrap_key,
                      .read_locations = surroundings.read_locations,
                      .report_activity = surroundings.report_activity,
                      .publish_up = both(publish_to(routes.link_table), surroundings.tap),
                      .device_deleted = forget_in(routes.packages),
                      .publish = surroundings.publish});
  actors::SupervisorConfig supervisor{
      .name = "application_server",
      .limits = {},
      .children = {outbox_child(config, surroundings, routes),
                   links_child(config, surroundings, routes),
                   mqtt_sessions_child(config, surroundings, routes),
                   mqtt_groups_child(config, surroundings, routes),
                   webhooks_child(config, surroundings, routes),
                   pubsubs_child(config, surroundings, routes),
                   packages_child(config, surroundings, routes),
                   storage_child(config, surroundings, routes),
                   link_settings_child(surroundings, routes)},
      .clock = surroundings.deps.clock,
      .metrics = surroundings.deps.metrics,
      .on_escalation = surroundings.on_escalation};
  if (surroundings.children != nullptr)
    supervisor.children.push_back(formatters_child(config, surroundings, routes));
  for (std::uint32_t i = 0; i < routes.pipelines.count().value(); ++i) {
    supervisor.children.push_back(
        pipeline_child(context, routes, storage::Shard{static_cast<std::uint16_t>(i)}));
  }
  return actors::spawn_supervisor(system, std::move(supervisor));
}

}  // namespace ff::application_server
