// Starting the directory of groups of shared subscriptions.
#pragma once

#include "actors/application_server/mqtt_group/config.hpp"
#include "actors/application_server/mqtt_group/member.hpp"
#include "actors/application_server/mqtt_session/interface.hpp"
#include "actors/support/deps.hpp"

namespace ff::application_server::mqtt_group {

struct GroupsContext {
  GroupsConfig config;
  actors::Deps deps;
  /// Where groups have their stored sessions.
  actors::Route<mqtt_session::SessionsHandle> sessions;
};
using GroupsContextPtr = std::shared_ptr<const GroupsContext>;

/// The directory starts an actor for each group that has members.
GroupsHandle spawn_mqtt_groups(caf::actor_system& system, GroupsContextPtr context);

}  // namespace ff::application_server::mqtt_group
