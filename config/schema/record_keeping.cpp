// What the process keeps about itself: events, the audit log.
#include "config/schema/schema.hpp"

namespace ff::config {

std::vector<Knob> record_keeping_knobs() {
  return {
      {"events.store.enable",
       "Keep events, for streams that ask for the past and for events that belong together.",
       "false", one(flag(), FF_PLACE(event_store.enable))},
      {"events.store.retention", "How long events are kept.", "24h",
       one(duration(std::chrono::hours{1}, std::chrono::hours{24 * 90}),
           FF_PLACE(event_store.retention))},

      {"audit.enable",
       "Records who changed what, and every access to a key, in the audit log: the caller is "
       "answered when the record is on the disk.",
       "true", one(flag(), FF_PLACE(audit.enable))},
      {"audit.retention", "How long records of the audit log are kept; 0: for ever.", "0s",
       one(duration(std::chrono::seconds{0}, std::chrono::hours{24 * 3660}),
           FF_PLACE(audit.retention))},
      {"audit.keys",
       "Keys of the audit log's signatures, 16, 24 or 32 bytes as hex: the first signs, the others "
       "are for records of the past; empty: records are chained, not signed. Keep a copy "
       "elsewhere.",
       "", many(aes_key(), FF_PLACE(audit.keys))},
  };
}

}  // namespace ff::config
