// INTERNAL: the actor of one group, started by the directory.
#pragma once

#include "actors/application_server/mqtt_group/actor.hpp"

namespace ff::application_server::mqtt_group {

GroupActor spawn_mqtt_group(caf::actor_system& system, GroupsContextPtr context,
                            GroupsHandle directory, GroupKey key);

}  // namespace ff::application_server::mqtt_group
