#include "storage/keys/event_keys.hpp"

#include <algorithm>
#include <limits>

#include "protocol/base/hex.hpp"
#include "storage/keys/key_codec.hpp"
#include "storage/keys/keys.hpp"

namespace ff::storage {
namespace {

/// Which byte after the hour says that an event follows; else it is an EventIndex. ON-DISK.
constexpr std::uint8_t event_itself = 0;

std::uint64_t since_1970(UtcTime time) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}

Bytes index_prefix(std::uint32_t hour, EventIndex index, std::string_view text) {
  return KeyWriter().u32(hour).u8(static_cast<std::uint8_t>(index)).text(text).take();
}

}  // namespace

std::uint32_t event_hour(UtcTime time) noexcept {
  constexpr auto hour = static_cast<std::uint64_t>(Duration(std::chrono::hours{1}).count());
  return static_cast<std::uint32_t>(since_1970(time) / hour);
}

Bytes event_key(const EventPlace& place) {
  return KeyWriter()
      .u32(event_hour(place.time))
      .u8(event_itself)
      .u64(since_1970(place.time))
      .u64(place.sequence)
      .take();
}

Bytes event_index_key(EventIndex index, std::string_view text, const EventPlace& place) {
  return KeyWriter()
      .u32(event_hour(place.time))
      .u8(static_cast<std::uint8_t>(index))
      .text(text)
      .u64(since_1970(place.time))
      .u64(place.sequence)
      .take();
}

Result<EventPlace> parse_event_place(ByteView key) {
  KeyReader in(key);
  const auto hour = in.u32();
  const auto kind = in.u8();
  if (kind != event_itself) in.text();
  const auto time = in.u64();
  const auto sequence = in.u64();
  const bool is_time = time <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const EventPlace place{UtcTime(Duration(is_time ? static_cast<std::int64_t>(time) : 0)),
                         sequence};
  if (!in.finished() || !is_time || kind > static_cast<std::uint8_t>(EventIndex::correlation) ||
      event_hour(place.time) != hour)
    return fail(malformed_key, {{"family", "event"}, {"key", hex_lower(key)}});
  return place;
}

KeyRange event_index_range(std::uint32_t hour, EventIndex index, std::string_view text) {
  return prefix_range(index_prefix(hour, index, text));
}

KeyRange events_before(std::uint32_t hour) {
  return {{}, KeyWriter().u32(hour).take()};
}

}  // namespace ff::storage
