// What device pipelines share: configuration and the ways to the other components.
#pragma once

#include <functional>
#include <memory>

#include "actors/application_server/formatters/interface.hpp"
#include "actors/application_server/link_settings/table.hpp"
#include "actors/application_server/outbox/interface.hpp"
#include "actors/application_server/pipeline/config.hpp"
#include "actors/device_repository/interface.hpp"
#include "actors/events/event.hpp"
#include "actors/interop/interface.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/sharded.hpp"
#include "protocol/types/device_activity.hpp"

namespace ff::application_server {

/// Immutable after start; lives as long as the actors.
struct PipelineContext {
  PipelineConfig config;
  actors::Deps deps;
  actors::Sharded<network_server::ShardHandle> network_servers;
  actors::Sharded<join_server::ShardHandle> join_servers;
  /// Other networks' join servers; empty: none are asked.
  actors::Route<interop::ClientHandle> interop;
  actors::Route<OutboxHandle> outbox;
  actors::Route<FormattersHandle> formatters;
  /// Empty: formatters of the repository fail.
  actors::Route<device_repository::RepositoryHandle> repository;
  LinkSettingsTable link_settings;
  UnwrapKey unwrap_key;            // null: keys in clear only
  ReadLocations read_locations;    // null: registered locations are not known
  ReportActivity report_activity;  // null: nobody keeps it
  PublishUp publish_up;
  /// Told of devices whose records are gone, before whoever asked for it. May be null.
  std::function<void(const DeviceUid&)> device_deleted;
  events::Publish publish;
};
using PipelineContextPtr = std::shared_ptr<const PipelineContext>;

}  // namespace ff::application_server
