// Time that a gateway needs for its class B beacons.
#include <gtest/gtest.h>

#include "protocol/types/beacon.hpp"
#include "test/protocol/schedule/scheduler_support.hpp"

namespace ff::schedule {
namespace {

using namespace std::chrono_literals;

/// The gateway's GPS says that a beacon is sent when its counter is 100 s.
struct GatewayWithGps : Gateway {
  GatewayWithGps() {
    const auto beacon = beacon_before(to_gps(noon)) + beacon_period;
    clock.sync(0, noon, to_utc(beacon - 100s));
  }
};

TEST(BeaconWindow, IsKeptFreeOnceTheGatewaySendsBeacons) {
  GatewayWithGps gateway;
  // Not before it is known.
  EXPECT_TRUE(Scheduler(settings()).schedule_at(short_frame(), counter(100s), gateway.at(0s)));
  struct Case {
    Duration starts;
    DeviceClass device_class;
    bool is_free;
  };
  const Case cases[] = {
      {228s - queue_delay - short_airtime, DeviceClass::a, true},
      {228s - queue_delay - short_airtime + 1us, DeviceClass::a, false},
      {228s + 2119ms, DeviceClass::a, false},
      {228s + 2120ms, DeviceClass::a, true},
      {228s + 128s - 3s - short_airtime, DeviceClass::b, true},
      {228s + 256s - 3s - short_airtime + 1us, DeviceClass::b, false},
      {228s + 256s - 3s - short_airtime + 1us, DeviceClass::c, false},
  };
  for (const auto& row : cases) {
    Scheduler scheduler(settings());
    scheduler.keep_beacons_free();
    auto frame = short_frame();
    frame.device_class = row.device_class;
    const auto emission = scheduler.schedule_at(frame, counter(row.starts), gateway.at(0s));
    EXPECT_EQ(emission.has_value(), row.is_free) << to_duration_text(row.starts);
    if (emission) continue;
    EXPECT_EQ(attribute(emission.error(), "with"), "beacon");
    EXPECT_FALSE(attribute(emission.error(), "next_free").empty());
  }
}

TEST(BeaconWindow, SendsFramesWithoutATimeOfTheirOwnAfterTheBeacon) {
  GatewayWithGps gateway;
  Scheduler scheduler(settings());
  scheduler.keep_beacons_free();
  auto frame = short_frame();
  frame.device_class = DeviceClass::c;
  EXPECT_EQ(scheduler.schedule_anytime(frame, counter(98s), gateway.at(0s))->starts,
            counter(102'120ms));
  EXPECT_EQ(scheduler.schedule_anytime(frame, counter(99s), gateway.at(0s))->starts,
            counter(102'120ms + occupied));
}

TEST(BeaconWindow, BeaconsAreInTheDutyCycle) {
  const auto& as923 = *region::find("AS_923", PhyVersion::rp002_v1_0_4);
  const region::FrequencyPlan* plans[] = {&bare_plan};
  Scheduler scheduler(make_scheduler_settings(plans, as923, {}).value());
  const auto beacon_band = [&](const auto& usage) {
    return usage.limit.contains(as923.beacon_frequency);
  };
  Gateway gateway;
  const auto before = scheduler.usage(gateway.at(0s));
  ASSERT_NE(std::ranges::find_if(before, beacon_band), before.end());
  EXPECT_EQ(std::ranges::find_if(before, beacon_band)->utilization, 0);
  scheduler.keep_beacons_free();
  const auto after = scheduler.usage(gateway.at(0s));
  // 153 ms each 128 s, and somewhat more because the longest beacon is counted.
  EXPECT_NEAR(std::ranges::find_if(after, beacon_band)->utilization, 0.00145, 0.00025);
  // What is left of one percent is some 12 of 14 such frames.
  int sent = 0;
  auto frame = long_frame(as923.beacon_frequency);
  while (scheduler.schedule_at(frame, counter(1min + sent * 4s), gateway.at(0s))) ++sent;
  Scheduler silent(make_scheduler_settings(plans, as923, {}).value());
  int sent_by_silent = 0;
  while (silent.schedule_at(frame, counter(1min + sent_by_silent * 4s), gateway.at(0s)))
    ++sent_by_silent;
  EXPECT_LT(sent, sent_by_silent);
}

TEST(BeaconWindow, IsOrdinaryTimeWithoutGps) {
  Gateway gateway;
  Scheduler scheduler(settings());
  scheduler.keep_beacons_free();
  for (auto at = 1s; at < 130s; at += 1s)
    EXPECT_TRUE(scheduler.schedule_at(short_frame(free_band), counter(at), gateway.at(0s)));
}

}  // namespace
}  // namespace ff::schedule
