// What network and application servers may ask of join servers of other networks, when ours does
// not know a device.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/interop/messages.hpp"
#include "actors/join_server/messages.hpp"

namespace ff::interop {

using ClientHandle =
    caf::typed_actor<caf::reacts_to<join_server::HandleJoin>,  // JoinReq or RejoinReq by Backend
                                                               // Interfaces.
                     caf::reacts_to<join_server::GetAppSKey>,  // AppSKeyReq by Backend Interfaces.
                     caf::reacts_to<FindHomeNetwork>,          // HomeNSReq by Backend Interfaces.
                     caf::reacts_to<PeerAnswered>>;  // INTERNAL: a join server has answered.

}  // namespace ff::interop
