// INTERNAL: looks for events in the store. Blocking.
#pragma once

#include "actors/events/store/messages.hpp"
#include "storage/engine/engine.hpp"

namespace ff::events {

struct Past {
  UtcTime from;  // what was before is forgotten
  UtcTime now;
  std::size_t scan_max = 0;
};

Result<std::vector<Bytes>> find_events(const storage::Reader& store, const FindEvents& find,
                                       const Past& past);

}  // namespace ff::events
