// A linked gateway: one actor, from the gateway's authentication to its end.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/connection/interface.hpp"
#include "actors/gateway_server/link/messages.hpp"

namespace ff::gateway_server {

using LinkHandle =
    caf::typed_actor<caf::reacts_to<ConnectionReady>,  // The gateway is admitted: tells the port.
                     caf::reacts_to<ConnectionEnded>,  // Refused, or its connection ended: tells
                                                       // the port and ends.
                     caf::reacts_to<SendDownlink>,     // Tells the gateway to transmit.
                     caf::reacts_to<LinkReceived>,     // Passes on what the gateway said.
                     caf::reacts_to<LinkClosed>>;      // Ends the connection: the gateway has gone.

}  // namespace ff::gateway_server
