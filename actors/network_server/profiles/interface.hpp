// What others may ask of the registry of MAC settings profiles: the single writer of all profiles,
// who also tells devices of changes. A change that was answered is seen by every look-up after it.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/network_server/profiles/messages.hpp"
#include "actors/support/ticker.hpp"

namespace ff::network_server {

using ProfilesHandle =
    caf::typed_actor<caf::reacts_to<CreateProfile>,    // Answers when the profile is durable.
                     caf::reacts_to<ChangeProfile>,    // Answers when the change is durable.
                     caf::reacts_to<DeleteProfile>,    // Deletes a profile that no device uses.
                     caf::reacts_to<UseProfile>,       // Its settings, held for a device.
                     caf::reacts_to<GetProfile>,       // One profile.
                     caf::reacts_to<ListProfiles>,     // One page of an application's profiles.
                     caf::reacts_to<ProfileWritten>,   // INTERNAL: the next change may begin.
                     caf::reacts_to<ProfileUseEnded>,  // INTERNAL: what waited for it may go on.
                     caf::reacts_to<DevicesTold>,      // INTERNAL: the next page of devices.
                     caf::reacts_to<actors::Tick>>;    // INTERNAL: time to try again.

}  // namespace ff::network_server
