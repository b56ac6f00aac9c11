// Starting the directory of stored MQTT sessions.
#pragma once

#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/mqtt_session/config.hpp"
#include "actors/application_server/mqtt_session/index.hpp"
#include "actors/application_server/mqtt_session/peer.hpp"
#include "actors/application_server/outbox/interface.hpp"
#include "actors/support/deps.hpp"

namespace ff::application_server::mqtt_session {

struct SessionsContext {
  SessionsConfig config;
  actors::Deps deps;
  storage::ShardCount shards;
  actors::Route<OutboxHandle> outbox;
  actors::Route<LinksHandle> links;
  SessionIndex index;
};
using SessionsContextPtr = std::shared_ptr<const SessionsContext>;

/// The directory reads which sessions are stored, starts an actor for each that a client connects
/// to, and removes sessions whose time is over.
SessionsHandle spawn_mqtt_sessions(caf::actor_system& system, SessionsContextPtr context);

}  // namespace ff::application_server::mqtt_session
