#include "storage/keys/event_keys.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::storage {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;

// 2 h + 258 ns after 1970.
const EventPlace place{UtcTime(hours{2} + nanoseconds{0x102}), 9};

TEST(EventKeys, BytesAreOnDiskAndNeverChange) {
  // 7,200,000,000,000 + 258 ns is 0x0000068c61714102.
  EXPECT_EQ(hex_lower(event_key(place)),
            "00000002"
            "00"
            "0000068c61714102"
            "0000000000000009");
  EXPECT_EQ(hex_lower(event_index_key(EventIndex::entity, "app", place)),
            "00000002"
            "01"
            "6170700001"
            "0000068c61714102"
            "0000000000000009");
  EXPECT_EQ(hex_lower(event_index_key(EventIndex::correlation, "a", place)),
            "00000002"
            "02"
            "610001"
            "0000068c61714102"
            "0000000000000009");
  EXPECT_EQ(hex_lower(events_before(3).last), "00000003");
  EXPECT_TRUE(events_before(3).first.empty());
}

TEST(EventKeys, PlacesComeBackFromBothKindsOfRows) {
  EXPECT_EQ(parse_event_place(event_key(place)), place);
  EXPECT_EQ(parse_event_place(event_index_key(EventIndex::entity, "app", place)), place);
  EXPECT_EQ(
      parse_event_place(event_index_key(EventIndex::correlation, std::string("\0a", 2), place)),
      place);
}

TEST(EventKeys, ARangeHoldsTheRowsOfItsTextAndHourOnly) {
  const auto range = event_index_range(2, EventIndex::entity, "app");
  const auto inside = [&](const Bytes& key) { return range.first <= key && key < range.last; };
  EXPECT_TRUE(inside(event_index_key(EventIndex::entity, "app", place)));
  EXPECT_FALSE(inside(event_index_key(EventIndex::entity, "app-2", place)));
  EXPECT_FALSE(inside(event_index_key(EventIndex::entity, "ap", place)));
  EXPECT_FALSE(inside(event_index_key(EventIndex::correlation, "app", place)));
  EXPECT_FALSE(inside(event_index_key(EventIndex::entity, "app", {place.time + hours{1}, 9})));
  EXPECT_FALSE(inside(event_key(place)));
}

TEST(EventKeys, RowsAreInOrderOfTimeThenSequence) {
  const auto key = [](UtcTime time, std::uint64_t sequence) {
    return event_index_key(EventIndex::entity, "app", {time, sequence});
  };
  EXPECT_LT(key(place.time, 9), key(place.time, 10));
  EXPECT_LT(key(place.time, 10), key(place.time + nanoseconds{1}, 0));
  EXPECT_LT(key(place.time, 10), key(place.time + hours{1}, 0));
  EXPECT_EQ(key(UtcTime(nanoseconds{-5}), 1), key(UtcTime(), 1));
}

TEST(EventKeys, OtherBytesAreNoPlace) {
  auto wrong_hour = event_key(place);
  wrong_hour[3] = 3;
  auto wrong_kind = event_key(place);
  wrong_kind[4] = 3;
  auto longer = event_key(place);
  longer.push_back(0);
  for (const auto& key : {wrong_hour, wrong_kind, longer, Bytes{}, Bytes(21, 0xFF), Bytes(3, 0)})
    EXPECT_FALSE(parse_event_place(key)) << hex_lower(key);
}

}  // namespace
}  // namespace ff::storage
