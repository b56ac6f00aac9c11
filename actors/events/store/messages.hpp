// What the event store is asked.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/events/event.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::events {

/// The newest kept events of any of the subjects or, if there is a correlation id, with that; the
/// oldest first. Everything that was published before is taken into account.
struct FindEvents {
  std::vector<EventSubject> subjects;
  std::string correlation_id;
  std::optional<UtcTime> after;  // events of this time and later
  std::size_t limit = 0;
  /// Which of them count; called on the store's thread with an event's message.
  std::function<bool(ByteView message)> accept;
  actors::Reply<std::vector<Bytes>> reply;
};

/// INTERNAL: events wait to be stored.
struct StoreEvents {};
/// INTERNAL: the commit that was under way has ended.
struct EventsWritten {
  Status status;
};
/// INTERNAL: all that was published before `find` is in the store.
struct ReadEvents {
  FindEvents find;
};
/// INTERNAL: time to forget the past.
struct ForgetEvents {};

}  // namespace ff::events
FF_LOCAL_MESSAGE(ff::events::FindEvents)
FF_LOCAL_MESSAGE(ff::events::StoreEvents)
FF_LOCAL_MESSAGE(ff::events::EventsWritten)
FF_LOCAL_MESSAGE(ff::events::ReadEvents)
FF_LOCAL_MESSAGE(ff::events::ForgetEvents)
