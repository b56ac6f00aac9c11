// Starting the directory of links.
#pragma once

#include "actors/application_server/link/table.hpp"
#include "actors/events/event.hpp"
#include "actors/support/deps.hpp"

namespace ff::application_server {

struct LinksConfig {
  actors::Deps deps;
  LinkTable table;
  events::Publish publish;  // may be null
  /// A link without subscribers ends after this. [spec application-server §1 distribution.timeout]
  Duration timeout = std::chrono::minutes{1};
};

/// The directory starts links on demand and starts them again when they fail, with the subscribers
/// they had.
LinksHandle spawn_links(caf::actor_system& system, LinksConfig config);

}  // namespace ff::application_server
