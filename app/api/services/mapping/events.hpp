// Events as the API shows them, and which right shows them.
#pragma once

#include <string>
#include <vector>

#include "actors/events/event.hpp"
#include "ttn/lorawan/v3/events.pb.h"

namespace ff::api {

/// The name of this machine: all events that this process tells have it.
/// [spec events-cluster-discovery §1]
const std::string& event_origin();

/// Without keys, whatever the event's data holds.
ttn::lorawan::v3::Event to_proto(const events::Event& event);

/// One of them a subscriber needs on the subject to see an event. [shared/api/events.tsv]
std::vector<ttn::lorawan::v3::Right> visibility(const events::Event& event);

/// Nothing for kinds of entities that have no events here.
events::EventSubject subject_of(const ttn::lorawan::v3::EntityIdentifiers& ids);

}  // namespace ff::api
