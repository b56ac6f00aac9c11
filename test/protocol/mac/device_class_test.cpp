#include "protocol/mac/device_class.hpp"

#include <gtest/gtest.h>

#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

struct Row {
  const char* name;
  DeviceClass before;
  bool class_b_bit;
  bool supports_b;
  bool supports_c;
  bool knows_slots;
  MacVersion version;
  DeviceClass after;
};

TEST(DeviceClassAfterUplink, FollowsTheClassBBit) {
  using enum DeviceClass;
  const auto v103 = MacVersion::v1_0_3;
  const auto v11 = MacVersion::v1_1;
  const Row rows[] = {
      {"enters B", a, true, true, false, true, v103, b},
      {"stays B", b, true, true, false, true, v103, b},
      {"may not enter B", a, true, false, false, true, v103, a},
      {"slots unknown", a, true, true, false, false, v103, a},
      {"slots unknown in C", c, true, true, true, false, v103, c},
      {"leaves B for A", b, false, true, false, true, v103, a},
      {"leaves B for C", b, false, true, true, true, v103, c},
      {"leaves B for A in 1.1", b, false, true, true, true, v11, a},
      {"stays A", a, false, true, true, true, v103, a},
      {"stays C", c, false, true, true, true, v11, c},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    test::Device device;
    device.supports_class_b = row.supports_b;
    device.supports_class_c = row.supports_c;
    MacState state = device.settled();
    state.lorawan_version = row.version;
    state.device_class = row.before;
    if (row.knows_slots) state.ping_slot_periodicity = PingSlotPeriodicity{3};
    EXPECT_EQ(class_after_uplink(state, device.profile(), row.class_b_bit), row.after);
  }
}

TEST(PingSlots, AreKnownWithFrequencyDataRateAndPeriodicity) {
  test::Device device;
  MacState state = device.settled();
  EXPECT_FALSE(knows_ping_slots(state, *device.region));
  state.ping_slot_periodicity = PingSlotPeriodicity{0};
  EXPECT_TRUE(knows_ping_slots(state, *device.region));
  state.current.ping_slot_data_rate_index.reset();
  EXPECT_FALSE(knows_ping_slots(state, *device.region));
}

TEST(ClassSwitchEvent, NamesTheClass) {
  EXPECT_EQ(to_string(class_switch_event(DeviceClass::a)), "ns.class.switch.a");
  EXPECT_EQ(to_string(class_switch_event(DeviceClass::b)), "ns.class.switch.b");
  EXPECT_EQ(to_string(class_switch_event(DeviceClass::c)), "ns.class.switch.c");
}

}  // namespace
}  // namespace ff::mac
