// INTERNAL: starting the actor of one package of one application.
#pragma once

#include "actors/application_server/integration/packages/actor.hpp"

namespace ff::application_server::packages {

ConsumerActor spawn_consumer(caf::actor_system& system, PackagesContextPtr context,
                             const ConsumerKey& key, Associations associations);

}  // namespace ff::application_server::packages
