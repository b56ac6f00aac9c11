// The column families: one keyspace per kind of record. Not their key layouts; see
// storage/keys/FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ff::storage {

/// ON-DISK and ON-WIRE (in shipped write batches): values never change or get reused; new families
/// go to the end. Golden test: test/storage/engine/write_batch_test.cpp.
enum class Family : std::uint8_t {
  device = 0,
  session = 1,
  downlink_queue = 2,
  address_index = 3,
  join_nonce = 4,
  entity = 5,
  entity_index = 6,
  outbox = 7,
  cursor = 8,
  event = 9,
  series = 10,
  frame_log = 11,
  meta = 12,
};

inline constexpr std::size_t family_count = 13;

/// ON-DISK: the column family names, indexed by Family.
inline constexpr std::array<std::string_view, family_count> family_names{
    "device", "session", "downlink_queue", "address_index", "join_nonce", "entity", "entity_index",
    "outbox", "cursor",  "event",          "series",        "frame_log",  "meta"};

constexpr std::size_t index_of(Family family) noexcept {
  return static_cast<std::size_t>(family);
}
constexpr std::string_view to_string(Family family) noexcept {
  return family_names[index_of(family)];
}
/// Nothing for a number that is no family.
constexpr std::optional<Family> family_from(std::uint8_t number) noexcept {
  if (number >= family_count) return std::nullopt;
  return static_cast<Family>(number);
}

}  // namespace ff::storage
