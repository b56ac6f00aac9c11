#include "protocol/mac/ping_slot.hpp"

#include <gtest/gtest.h>

#include "protocol/base/random.hpp"
#include "protocol/region/region.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::mac {
namespace {

using boost::json::object;
using test::integer_at;
using test::Vector;

GpsTime gps_seconds(std::uint64_t seconds) {
  return GpsTime{std::chrono::seconds{seconds}};
}
GpsTime gps_ns(std::uint64_t ns) {
  return GpsTime{std::chrono::nanoseconds{ns}};
}
DevAddr dev_addr_of(const object& input) {
  return DevAddr{static_cast<std::uint32_t>(test::number_at(input, "dev_addr"))};
}
PingSlotPeriodicity periodicity_of(const object& input) {
  return PingSlotPeriodicity{static_cast<std::uint8_t>(integer_at(input, "periodicity"))};
}
std::span<const Frequency> hopping(const object& input) {
  return region::find_latest(std::string_view(input.at("band").as_string()))->ping_slot_frequencies;
}

void check_slots(const Vector& vector) {
  const auto beacon = gps_seconds(integer_at(vector.input, "beacon_time"));
  const auto dev_addr = dev_addr_of(vector.input);
  const auto periodicity = periodicity_of(vector.input);
  EXPECT_EQ(ping_distance(periodicity), integer_at(vector.expected, "ping_period"));
  EXPECT_EQ(ping_offset(beacon, dev_addr, periodicity), integer_at(vector.expected, "ping_offset"));
  auto earliest = beacon;
  for (const auto& slot_ms : vector.expected.at("slot_ms_after_beacon_start").as_array()) {
    const auto slot = next_ping_slot(earliest, dev_addr, periodicity);
    EXPECT_EQ(slot,
              beacon + beacon_delay + std::chrono::milliseconds{slot_ms.to_number<std::int64_t>()});
    earliest = slot + Duration{1};
  }
}

/// Vectors about what the reference's functions refuse have no counterpart: our types exclude it.
bool check(const Vector& vector) {
  const auto& [id, kind, input, expected] = vector;
  if (kind == "ping_slots") {
    check_slots(vector);
  } else if (kind == "class_b_channel") {
    EXPECT_EQ(ping_frequency(hopping(input), dev_addr_of(input),
                             gps_seconds(integer_at(input, "beacon_time"))),
              Frequency::hz(integer_at(expected, "ping_slot_hz")));
  } else if (kind == "ping_slot_channel") {
    EXPECT_EQ(ping_frequency(hopping(input), dev_addr_of(input),
                             gps_seconds(integer_at(input, "time_s"))),
              Frequency::hz(integer_at(expected, "frequency_hz")));
  } else if (kind == "beacon_time_before") {
    EXPECT_EQ(beacon_before(gps_ns(integer_at(input, "gps_ns"))),
              gps_ns(integer_at(expected, "beacon_time_ns")));
  } else if (kind == "next_ping_slot" && input.contains("dev_addr")) {
    EXPECT_EQ(next_ping_slot(gps_ns(integer_at(input, "earliest_gps_ns")), dev_addr_of(input),
                             periodicity_of(input)),
              gps_ns(integer_at(expected, "slot_gps_ns")));
  } else {
    return false;
  }
  return true;
}

TEST(PingSlots, ReferenceVectors) {
  std::size_t checked = 0;
  for (const auto& vector : test::lorawan_vectors("beacon_pingslot")) {
    SCOPED_TRACE(vector.id);
    checked += check(vector) ? 1 : 0;
  }
  EXPECT_EQ(checked, 108U);
}

// Property: the slot found is one of the device's, and there is none between `earliest` and it.
TEST(PingSlots, NextIsTheFirst) {
  auto random = make_seeded_random(3);
  for (int i = 0; i < 2000; ++i) {
    const DevAddr dev_addr{static_cast<std::uint32_t>(random->next())};
    const PingSlotPeriodicity periodicity{static_cast<std::uint8_t>(random->below(8))};
    const auto earliest = gps_ns(random->below(2'000'000'000ULL * 1'000'000'000ULL));
    const auto slot = next_ping_slot(earliest, dev_addr, periodicity);
    ASSERT_GE(slot, earliest);
    ASSERT_EQ(next_ping_slot(slot, dev_addr, periodicity), slot);
    const auto in_period = slot - beacon_before(slot) - beacon_delay - beacon_reserved;
    ASSERT_EQ(in_period % ping_slot_length, Duration::zero());
    ASSERT_EQ(in_period / ping_slot_length % ping_distance(periodicity),
              ping_offset(beacon_before(slot), dev_addr, periodicity));
    // No two slots of a device are further apart than two distances and what a beacon takes.
    ASSERT_LE(slot - earliest,
              2 * ping_distance(periodicity) * ping_slot_length + std::chrono::seconds{6});
  }
}

}  // namespace
}  // namespace ff::mac
