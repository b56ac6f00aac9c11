// INTERNAL: the actor of one integration, started by the registry.
#pragma once

#include "actors/application_server/integration/pubsub/actor.hpp"

namespace ff::application_server::pubsub {

IntegrationActor spawn_integration(caf::actor_system& system, PubSubsContextPtr context,
                                   PubSubKey key, PubSubPtr pubsub);

}  // namespace ff::application_server::pubsub
