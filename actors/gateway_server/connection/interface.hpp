// What others may ask of a gateway's connection, and what a frontend must understand.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/connection/gateway_memory.hpp"
#include "actors/gateway_server/connection/messages.hpp"
#include "actors/gateway_server/connection/snapshot.hpp"

namespace ff::gateway_server {

/// A connection's view of its frontend; every typed actor with these handlers converts to it.
using FrontendHandle =
    caf::typed_actor<caf::reacts_to<ConnectionReady>,  // Admitted: what the gateway sends is
                                                       // welcome.
                     caf::reacts_to<ConnectionEnded>,  // Refused or ended; the handle is void.
                     caf::reacts_to<SendDownlink>>;    // Sends a scheduled downlink to the gateway.

using ConnectionHandle = caf::typed_actor<
    caf::reacts_to<GatewayUp>,  // Takes uplinks and status of one message of the gateway.
    caf::reacts_to<TxAcked>,    // Matches a transmission report with its downlink and passes it on.
    caf::reacts_to<DownlinkPathChanged>,  // The gateway can, or can no longer, be sent to.
    caf::reacts_to<ScheduleOnPath>,  // Schedules a downlink, hands it to the frontend and answers
                                     // when it starts.
    caf::reacts_to<GetConnectionStats>,  // Answers the statistics as of now.
    caf::reacts_to<InspectConnection>,   // Answers what it holds and decided last.
    caf::reacts_to<GetStationControl>,   // Answers who controls the gateway itself.
    caf::reacts_to<Disconnect>,          // Ends the connection with this reason.
    caf::reacts_to<MemoryRecalled>,      // Counts what was sent before this connection.
    caf::reacts_to<RightsChanged>,       // Asks whether the gateway still has the right to link.
    caf::reacts_to<RightsAnswered>,      // INTERNAL: ends the connection if it has not.
    caf::reacts_to<RegistryAnswered>,    // INTERNAL: the registry's answer.
    caf::reacts_to<RecallOverdue>,       // INTERNAL: uplinks wait for a memory no longer.
    caf::reacts_to<AnnounceAgain>,       // INTERNAL: tells a new router of itself.
    caf::reacts_to<Housekeep>>;          // INTERNAL: statistics, garbage, look-ups.

}  // namespace ff::gateway_server
