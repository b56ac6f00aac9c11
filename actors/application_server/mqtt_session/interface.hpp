// Stored MQTT sessions: one actor per session that a client is connected to, and their directory.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/integration/forget.hpp"
#include "actors/application_server/mqtt_session/messages.hpp"

namespace ff::application_server::mqtt_session {

/// For the connection that was accepted.
using SessionHandle = caf::typed_actor<caf::reacts_to<Subscribe>,    // Answered when it is durable.
                                       caf::reacts_to<Unsubscribe>,  // Answered when it is durable.
                                       caf::reacts_to<Settled>,      // One message less under way.
                                       caf::reacts_to<Detach>>;      // The connection ended.

/// The same with what is nobody else's business.
using SessionActor =
    SessionHandle::extend<caf::reacts_to<AttachPeer>,     // From the directory: a client.
                          caf::reacts_to<EndStored>,      // From the directory: forget everything.
                          caf::reacts_to<EndSession>,     // From the directory: ends the actor.
                          caf::reacts_to<LiveMessage>,    // INTERNAL: from the application's link.
                          caf::reacts_to<Missed>,         // INTERNAL: the link had no room for one.
                          caf::reacts_to<SessionAnswer>,  // INTERNAL: store and link have answered.
                          caf::reacts_to<SessionTimer>>;  // INTERNAL

using SessionsHandle =
    caf::typed_actor<caf::reacts_to<AttachSession>,      // Finds or starts the session of a client.
                     caf::reacts_to<RemoveSession>,      // A client wants a clean session.
                     caf::reacts_to<InspectSessions>,    // Who has a session.
                     caf::reacts_to<ForgetApplication>,  // Ends and removes all of its sessions.
                     caf::reacts_to<SessionIdle>,  // INTERNAL: nobody is connected; ends the actor.
                     caf::reacts_to<SessionGone>,  // INTERNAL: nothing is stored any more.
                     caf::reacts_to<SessionsFound>,   // INTERNAL: a part of the list has been read.
                     caf::reacts_to<SweepSessions>>;  // INTERNAL: a bounded step of the removal of
                                                      // expired sessions.

}  // namespace ff::application_server::mqtt_session
