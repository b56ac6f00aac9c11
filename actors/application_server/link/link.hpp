// INTERNAL: the link actor, started by the directory.
#pragma once

#include "actors/application_server/link/actor.hpp"

namespace ff::application_server {

LinkHandle spawn_link(caf::actor_system& system, const LinksConfig& config, LinksHandle directory,
                      ApplicationId application_id);

}  // namespace ff::application_server
