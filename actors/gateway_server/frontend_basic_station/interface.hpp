// The Basic Station frontend: one actor per listener, and one per station that is connected.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/connection/interface.hpp"
#include "actors/gateway_server/frontend_basic_station/messages.hpp"

namespace ff::gateway_server {

using BasicStationFrontendHandle =
    caf::typed_actor<caf::reacts_to<SampleListener>>;  // INTERNAL: counts as metrics.

using StationHandle = caf::typed_actor<
    caf::reacts_to<ConnectionReady>,  // The gateway is admitted: its request becomes a WebSocket.
    caf::reacts_to<ConnectionEnded>,  // Refused, or its connection ended: the WebSocket ends too.
    caf::reacts_to<SendDownlink>,     // Tells the station to transmit.
    caf::reacts_to<RunStationCommand>, caf::reacts_to<OpenStationShell>,
    caf::reacts_to<TypeIntoShell>, caf::reacts_to<CloseStationShell>,  // An operator's wishes.
    caf::reacts_to<StationAttached>,  // INTERNAL: the WebSocket is there.
    caf::reacts_to<StationSaid>,      // INTERNAL: a message of the station.
    caf::reacts_to<StationGone>,      // INTERNAL: the WebSocket has ended.
    caf::reacts_to<TimeSyncDue>>;     // INTERNAL: asks the station for a time exchange.

}  // namespace ff::gateway_server
