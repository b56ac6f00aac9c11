// INTERNAL: reading sessions from the store when an actor starts, behind everything that an earlier
// incarnation wrote.
#pragma once

#include "actors/application_server/mqtt_session/actor.hpp"

namespace ff::application_server::mqtt_session {

/// Answered with RecordRead, or CommitRefused.
void load_session(const SessionsContextPtr& context, const SessionKey& key,
                  const SessionActor& session);

/// Rows of the list that are read at once; fewer are the end of it.
inline constexpr std::size_t list_step = 1024;
/// The beginning of the list of all sessions. Answered with SessionsFound.
void list_sessions(const SessionsContextPtr& context, const SessionsHandle& directory);
/// … and what is behind `last`.
void list_sessions(const SessionsContext& context, const SessionsHandle& directory,
                   const Bytes& last);

}  // namespace ff::application_server::mqtt_session
