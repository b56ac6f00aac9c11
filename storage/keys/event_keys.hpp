// The keys of the family `event`: events by the hour, with what they are found by. FORMAT.md. An
// hour is a range, so that the past is forgotten hour by hour.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

/// Where an event is among the others. `sequence` tells events of one instant apart.
struct EventPlace {
  UtcTime time;  // not before 1970
  std::uint64_t sequence = 0;
  auto operator<=>(const EventPlace&) const = default;
};

/// What events are found by. ON-DISK.
enum class EventIndex : std::uint8_t { entity = 1, correlation = 2 };

std::uint32_t event_hour(UtcTime time) noexcept;

Bytes event_key(const EventPlace& place);
/// A row without a value. `text` names the entity or is the correlation id.
Bytes event_index_key(EventIndex index, std::string_view text, const EventPlace& place);
/// Of an event or of an index row. Error: malformed_key.
Result<EventPlace> parse_event_place(ByteView key);

/// All index rows of `text` in that hour.
KeyRange event_index_range(std::uint32_t hour, EventIndex index, std::string_view text);
/// Everything of the hours before.
KeyRange events_before(std::uint32_t hour);

}  // namespace ff::storage
