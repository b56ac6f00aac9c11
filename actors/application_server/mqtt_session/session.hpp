// INTERNAL: the actor of one stored session, started by the directory.
#pragma once

#include "actors/application_server/mqtt_session/actor.hpp"

namespace ff::application_server::mqtt_session {

SessionActor spawn_mqtt_session(caf::actor_system& system, SessionsContextPtr context,
                                SessionsHandle directory, SessionKey key);

}  // namespace ff::application_server::mqtt_session
