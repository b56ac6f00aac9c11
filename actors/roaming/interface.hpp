// What others may ask of the roaming actor: frames for and of other networks' devices.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/roaming/messages.hpp"
#include "actors/support/ticker.hpp"

namespace ff::roaming {

using RoamingHandle =
    caf::typed_actor<caf::reacts_to<HeardUplink>,  // Collects copies; forwards what is a partner's.
                     caf::reacts_to<UnknownJoin>,  // This join-request may go to a partner.
                     caf::reacts_to<PartnerAsks>,  // Answers a partner's request, once.
                     caf::reacts_to<TransmitByPartner>,  // Has a partner's gateways transmit.
                     caf::reacts_to<ForwardedRefused>,   // Tells the partner that forwarded it.
                     caf::reacts_to<SessionOver>,      // Ends lifetimes that partners have for it.
                     caf::reacts_to<InspectRoaming>,   // Partners, and all rated records.
                     caf::reacts_to<RequestAnswered>,  // INTERNAL
                     caf::reacts_to<FrameJudged>,      // INTERNAL
                     caf::reacts_to<DownlinkTaken>,    // INTERNAL
                     caf::reacts_to<HomeFound>,        // INTERNAL
                     caf::reacts_to<RecordsDecided>,   // INTERNAL: the ledger can be read.
                     caf::reacts_to<actors::Tick>>;    // INTERNAL: windows close, waiting ends.

}  // namespace ff::roaming
