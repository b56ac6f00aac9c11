// A duty cycle is kept over connections.
#include <gtest/gtest.h>

#include "test/protocol/schedule/scheduler_support.hpp"

namespace ff::schedule {
namespace {

using namespace std::chrono_literals;

TEST(ScheduleHistory, CountsInTheNextConnectionToo) {
  Gateway before;
  Scheduler scheduler(settings());
  for (int i = 0; i < 12; ++i)
    ASSERT_TRUE(scheduler.schedule_anytime(long_frame(rx1), {}, before.at(0s)));
  ASSERT_TRUE(scheduler.schedule_at(short_frame(free_band), counter(50min), before.at(0s)));
  const auto history = scheduler.history(before.at(1min));
  // Joined within ten seconds, four frames each.
  ASSERT_EQ(history.size(), 4U);
  EXPECT_EQ(history.back(), (PastEmission{noon + 50min, short_airtime, free_band}));

  // The gateway was restarted: its counter begins anew.
  RolloverClock clock;
  const RoundTrips round_trips;
  clock.sync(7'000'000, noon + 2min);
  Scheduler next(settings());
  next.carry(history, {clock, round_trips, noon + 2min});
  const ScheduleContext now{clock, round_trips, noon + 2min};
  EXPECT_NEAR(next.usage(now)[1].utilization, scheduler.usage(before.at(2min))[1].utilization,
              1e-9);
  EXPECT_TRUE(next.schedule_anytime(long_frame(rx1), {}, now)->starts >
              *clock.from_server_time(noon + 59min));
}

TEST(ScheduleHistory, WhatIsToComeKeepsItsTime) {
  Gateway before;
  Scheduler scheduler(settings());
  ASSERT_TRUE(scheduler.schedule_at(short_frame(), counter(10s), before.at(0s)));
  ASSERT_TRUE(scheduler.schedule_at(short_frame(), counter(18s), before.at(0s)));
  const auto history = scheduler.history(before.at(15s));
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[1].starts, noon + 18s);
}

TEST(ScheduleHistory, MovesWithACounterThatStartsAnew) {
  Gateway gateway;
  Scheduler scheduler(settings());
  for (int i = 0; i < 12; ++i)
    ASSERT_TRUE(scheduler.schedule_anytime(long_frame(rx1), {}, gateway.at(0s)));
  const auto before = gateway.at(2min);
  const auto history = scheduler.history(before);
  const auto used = scheduler.usage(before)[1].utilization;
  RolloverClock restarted;
  restarted.sync(7'000'000, noon + 2min);
  const ScheduleContext after{restarted, gateway.round_trips, noon + 2min};
  scheduler.move(before, after);
  EXPECT_EQ(scheduler.history(after), history);
  EXPECT_EQ(scheduler.usage(after)[1].utilization, used);
  EXPECT_GT(used, 0.009);
}

TEST(ScheduleHistory, IsPutBesideWhatWasScheduledMeanwhile) {
  Gateway gateway;
  Scheduler scheduler(settings());
  ASSERT_TRUE(scheduler.schedule_at(long_frame(rx1), counter(5s), gateway.at(0s)));
  scheduler.carry(std::vector<PastEmission>{{noon + 6s, 10s, rx1}, {noon + 7s, 1s, rx2}},
                  gateway.at(0s));
  EXPECT_EQ(scheduler.emissions().all().size(), 3U);
  EXPECT_EQ(scheduler.emissions().used(1, counter(0s), counter(1h)), long_airtime + 10s);
  // Outside of all sub-bands: the gateway's plan is another one now.
  scheduler.carry(std::vector<PastEmission>{{noon, 1s, Frequency::hz(1)}}, gateway.at(0s));
  EXPECT_EQ(scheduler.emissions().all().size(), 3U);
}

}  // namespace
}  // namespace ff::schedule
