// The Semtech UDP frontend: one socket, all its gateways.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/connection/interface.hpp"
#include "actors/gateway_server/frontend_udp/messages.hpp"
#include "actors/support/ticker.hpp"

namespace ff::gateway_server {

using UdpFrontendHandle = caf::typed_actor<
    caf::reacts_to<DatagramsReceived>,  // Decodes, acknowledges and passes on what gateways sent.
    caf::reacts_to<ConnectionReady>,    // A gateway is admitted; its first datagram is handled now.
    caf::reacts_to<ConnectionEnded>,    // A gateway was refused or its connection ended.
    caf::reacts_to<SendDownlink>,       // Writes a PULL_RESP, now or shortly before its time.
    caf::reacts_to<actors::Tick>>;      // INTERNAL: late writes, expiry.

}  // namespace ff::gateway_server
