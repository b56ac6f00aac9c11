// Starting the registry of applications' settings.
#pragma once

#include <caf/fwd.hpp>

#include "actors/application_server/link_settings/interface.hpp"
#include "actors/application_server/link_settings/table.hpp"
#include "actors/support/deps.hpp"
#include "storage/engine/engine.hpp"

namespace ff::application_server {

/// Fills the table with what is stored: before pipelines start, so that no message is handled
/// without its application's settings. Blocks for one read of a range. Errors: the store's.
Status load_link_settings(const storage::Reader& store, const LinkSettingsTable& table);

LinkSettingsActor spawn_link_settings(caf::actor_system& system, actors::Deps deps,
                                      LinkSettingsTable table);

}  // namespace ff::application_server
