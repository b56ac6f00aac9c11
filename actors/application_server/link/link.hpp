// INTERNAL: the link actor, started by the directory.
#pragma once

#include "actors/application_server/link/actor.hpp"

namespace ff::application_server {

/// `seats` are those of `application_id` in the table: the link puts its subscribers there.
LinkHandle spawn_link(caf::actor_system& system, const LinksConfig& config, LinksHandle directory,
                      ApplicationId application_id, std::shared_ptr<Seats> seats);

}  // namespace ff::application_server
