// A device session: the single writer of one device's sessions, MAC state and downlink queue.
// Spoken to through its shard.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/network_server/session/messages.hpp"
#include "actors/network_server/session/snapshot.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/support/local_message.hpp"

namespace ff::network_server {

/// From the shard: end. Its last holder tells when everything is durable. [life.hpp]
struct Passivate {};
/// What the session knows and decided last. Answered at once, whatever waits for a commit.
struct InspectSession {
  actors::Reply<DeviceSnapshot> reply;
};
/// INTERNAL: a commit of this session failed; what is in memory can not be trusted.
struct OutcomeFailed {
  Error error;
};

}  // namespace ff::network_server
FF_LOCAL_MESSAGE(ff::network_server::Passivate)
FF_LOCAL_MESSAGE(ff::network_server::InspectSession)
FF_LOCAL_MESSAGE(ff::network_server::OutcomeFailed)

namespace ff::network_server {

using SessionHandle =
    caf::typed_actor<caf::reacts_to<ToSession>,  // One event; records, effects and answers leave
                                                 // after their commit.
                     caf::reacts_to<Passivate>,  // Ends; SessionSettled follows its last write.
                     caf::reacts_to<InspectSession>,  // Its state and last decisions.
                     caf::reacts_to<OutcomeFailed>>;  // INTERNAL: ends with an error; the next
                                                      // event finds durable state.

}  // namespace ff::network_server
