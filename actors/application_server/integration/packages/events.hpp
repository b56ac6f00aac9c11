// INTERNAL: events of packages, with their data as messages of the API.
#pragma once

#include "actors/application_server/integration/packages/reaction.hpp"
#include "actors/events/event.hpp"

namespace ff::application_server::packages {

events::Event time_asked_event(UtcTime now, const Incoming& incoming, const TimeAsked& what);
events::Event time_answered_event(UtcTime now, const Incoming& incoming,
                                  const clock_sync::AppTimeAns& what);

}  // namespace ff::application_server::packages
