// Groups of shared subscriptions: one actor per group that has members, and their directory.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/integration/forget.hpp"
#include "actors/application_server/mqtt_group/messages.hpp"

namespace ff::application_server::mqtt_group {

/// For members.
using GroupHandle = caf::typed_actor<caf::reacts_to<Settled>,   // One message less under way.
                                     caf::reacts_to<GiveBack>,  // No room for a message now.
                                     caf::reacts_to<Room>,      // There may be room again.
                                     caf::reacts_to<Leave>>;    // Others get what it has.

/// The same with what is nobody else's business.
using GroupActor =
    GroupHandle::extend<caf::reacts_to<JoinMember>,   // From the directory: one member more.
                        caf::reacts_to<EndGroup>,     // From the directory: ends the actor.
                        caf::reacts_to<FromSession>,  // INTERNAL: from the group's stored session.
                        caf::reacts_to<GroupTimer>>;  // INTERNAL

using GroupsHandle =
    caf::typed_actor<caf::reacts_to<JoinGroup>,          // Finds or starts the group.
                     caf::reacts_to<ForgetApplication>,  // Ends all of its groups.
                     caf::reacts_to<GroupIdle>>;  // INTERNAL: nobody is a member; ends the actor.

}  // namespace ff::application_server::mqtt_group
