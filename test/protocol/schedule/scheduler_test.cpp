#include "protocol/schedule/scheduler.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "test/protocol/schedule/scheduler_support.hpp"

namespace ff::schedule {
namespace {

using namespace std::chrono_literals;

TEST(SchedulerSettings, RaiseTheAnytimeDelayAndReadZeroDutyCycleAsUnlimited) {
  region::FrequencyPlan plan;
  plan.sub_bands = {{Frequency::hz(1), Frequency::hz(2), 0, {}},
                    {Frequency::hz(3), Frequency::hz(4), 0.25, {}}};
  const auto made = settings({true, 10ms, DutyCycleStyle::window}, plan);
  EXPECT_EQ(made.anytime_delay, 130ms);
  ASSERT_EQ(made.sub_bands.size(), 2U);
  EXPECT_EQ(made.sub_bands[0].duty_cycle, 1);
  EXPECT_EQ(made.sub_bands[1].duty_cycle, 0.25);
  EXPECT_EQ(settings().anytime_delay, 530ms);
}

TEST(SchedulerSettings, RefusePlansThatContradictEachOther) {
  region::FrequencyPlan a;
  region::FrequencyPlan b;
  const region::FrequencyPlan* plans[] = {&a, &b};
  b.time_off_air.duration = 1s;
  EXPECT_TRUE(
      make_scheduler_settings(plans, eu_region(), {}).error().is(frequency_plans_time_off_air));
  b.time_off_air = {};
  a.sub_bands = {{Frequency::hz(100), Frequency::hz(200), 0.1, {}}};
  b.sub_bands = {{Frequency::hz(150), Frequency::hz(250), 0.1, {}}};
  EXPECT_TRUE(
      make_scheduler_settings(plans, eu_region(), {}).error().is(frequency_plans_overlap_sub_band));
  b.sub_bands = a.sub_bands;
  EXPECT_EQ(make_scheduler_settings(plans, eu_region(), {})->sub_bands.size(), 1U);
}

TEST(Scheduler, SchedulesAtTheWishedTimeWithItsAirtime) {
  Gateway gateway;
  Scheduler scheduler(settings());
  const auto emission = scheduler.schedule_at(short_frame(), counter(5s), gateway.at(1s));
  ASSERT_TRUE(emission);
  EXPECT_EQ(emission->starts, counter(5s));
  EXPECT_EQ(emission->duration, short_airtime);
  EXPECT_EQ(emission->clear_at(), counter(5s) + short_airtime + queue_delay);
}

TEST(Scheduler, NeedsASyncedClock) {
  Scheduler scheduler(settings());
  const RolloverClock clock;
  const RoundTrips round_trips;
  const ScheduleContext context{clock, round_trips, noon};
  EXPECT_TRUE(scheduler.schedule_at(short_frame(), counter(5s), context).error().is(no_clock_sync));
  EXPECT_TRUE(
      scheduler.schedule_at_absolute(short_frame(), noon, context).error().is(no_clock_sync));
  EXPECT_TRUE(scheduler.schedule_anytime(short_frame(), {}, context).error().is(no_clock_sync));
}

struct LeadCase {
  const char* name;
  int round_trips;
  Duration lead;
  bool accepted;
};
const LeadCase lead_cases[] = {
    {"default lead", 0, 130ms, true},
    {"just below the default", 0, 130ms - 1ns, false},
    {"four samples do not count", 4, 129ms, false},
    // p90 of five samples of 100 ms is 100 ms.
    {"half the round trip and the queue", 5, 50ms + queue_delay, true},
    {"just below that", 5, 50ms + queue_delay - 1ns, false},
    {"in the past", 0, -1s, false},
};

TEST(Scheduler, RefusesWhatComesTooLate) {
  for (const auto& row : lead_cases) {
    Gateway gateway;
    for (int i = 0; i < row.round_trips; ++i) gateway.round_trips.record(100ms, noon);
    Scheduler scheduler(settings());
    const auto emission =
        scheduler.schedule_at(short_frame(), counter(2s + row.lead), gateway.at(2s));
    EXPECT_EQ(emission.has_value(), row.accepted) << row.name;
    EXPECT_TRUE(emission || emission.error().is(too_late)) << row.name;
  }
}

struct ConflictCase {
  const char* name;
  Duration offset;  // of the second emission's start
  bool accepted;
};
const ConflictCase conflict_cases[] = {
    {"same start", 0s, false},
    {"inside", 10ms, false},
    {"inside the silence", short_airtime + 1ms, false},
    {"right after the silence", occupied, true},
    {"ends in the first", -10ms, false},
    {"its silence reaches the first", -occupied + 1ns, false},
    {"right before", -occupied, true},
};

TEST(Scheduler, FindsConflictsWhateverTheFrequency) {
  for (const auto& row : conflict_cases) {
    for (const auto second_frequency : {rx1, rx2}) {
      Gateway gateway;
      Scheduler scheduler(settings());
      ASSERT_TRUE(scheduler.schedule_at(short_frame(rx1), counter(5s), gateway.at(0s)));
      const auto second = scheduler.schedule_at(short_frame(second_frequency),
                                                counter(5s + row.offset), gateway.at(0s));
      EXPECT_EQ(second.has_value(), row.accepted) << row.name;
      EXPECT_TRUE(second || second.error().is(schedule_conflict)) << row.name;
    }
  }
}

TEST(Scheduler, KeepsThePlansSilence) {
  region::FrequencyPlan plan;
  plan.time_off_air = {2.0, 50ms};
  Gateway gateway;
  Scheduler scheduler(settings({}, plan));
  EXPECT_EQ(scheduler.schedule_at(short_frame(), counter(5s), gateway.at(0s))->off_air,
            2 * short_airtime);
  plan.time_off_air = {0.5, 500ms};
  Scheduler longer(settings({}, plan));
  EXPECT_EQ(longer.schedule_at(short_frame(), counter(5s), gateway.at(0s))->off_air, 500ms);
}

TEST(Scheduler, RefusesFrequenciesOutsideTheSubBands) {
  Gateway gateway;
  Scheduler scheduler(settings());
  const auto outside = short_frame(Frequency::hz(865'000'000));
  EXPECT_TRUE(
      scheduler.schedule_at(outside, counter(5s), gateway.at(0s)).error().is(sub_band_not_found));
  Scheduler unlimited(settings({false, {}, DutyCycleStyle::window}));
  EXPECT_TRUE(unlimited.schedule_at(outside, counter(5s), gateway.at(0s)));
}

TEST(Scheduler, LetsAChannelOverrideThePlansDwellTime) {
  region::FrequencyPlan plan;
  plan.dwell_time = {region::DwellTime::off, region::DwellTime::on, 400ms};
  region::PlanChannel open;
  open.frequency = rx2;
  open.dwell_time.enabled = region::DwellTime::off;
  plan.downlink_channels = {open};
  Gateway gateway;
  Scheduler scheduler(settings({}, plan));
  EXPECT_TRUE(scheduler.schedule_at(long_frame(rx2), counter(5s), gateway.at(0s)));
  EXPECT_FALSE(scheduler.schedule_at(long_frame(rx1), counter(9s), gateway.at(0s)));
}

TEST(Scheduler, EnforcesDwellTimeUnlessOnePlanAllowsMore) {
  region::FrequencyPlan limited;
  limited.dwell_time = {region::DwellTime::off, region::DwellTime::on, 400ms};
  Gateway gateway;
  Scheduler scheduler(settings({}, limited));
  EXPECT_TRUE(scheduler.schedule_at(long_frame(rx2), counter(5s), gateway.at(0s))
                  .error()
                  .is(dwell_time_exceeded));
  EXPECT_TRUE(scheduler.schedule_at(short_frame(), counter(5s), gateway.at(0s)));
  const region::FrequencyPlan other;
  const region::FrequencyPlan* plans[] = {&limited, &other};
  Scheduler both(*make_scheduler_settings(plans, eu_region(), {}));
  EXPECT_TRUE(both.schedule_at(long_frame(rx2), counter(5s), gateway.at(0s)));
}

/// Frames of 2.79 s that fit one after the other into an hour of the 10 % band.
int fitting(TxPriority priority) {
  Gateway gateway;
  Scheduler scheduler(settings());
  int count = 0;
  while (scheduler.schedule_at(long_frame(rx2, priority), counter(5s + count * 3s), gateway.at(0s)))
    ++count;
  const auto refused =
      scheduler.schedule_at(long_frame(rx2, priority), counter(5s + count * 3s), gateway.at(0s));
  EXPECT_TRUE(refused.error().is(duty_cycle_exceeded));
  return count;
}

TEST(Scheduler, GivesEachPriorityItsShareOfTheDutyCycle) {
  for (int i = 0; i <= 6; ++i) {
    const auto priority = static_cast<TxPriority>(i);
    const auto budget = 360s * (0.4 + 0.1 * i);
    EXPECT_EQ(fitting(priority), static_cast<int>(budget / long_airtime)) << i;
  }
}

TEST(Scheduler, ChecksTheHourAfterAnEmissionToo) {
  Gateway gateway;
  Scheduler scheduler(settings());
  // 36 s of the 1 % band: twelve frames late in the hour leave no room for one before them.
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(scheduler.schedule_at(long_frame(rx1), counter(30min + i * 3s), gateway.at(0s)))
        << i;
  }
  EXPECT_TRUE(scheduler.schedule_at(long_frame(rx1), counter(5s), gateway.at(0s))
                  .error()
                  .is(duty_cycle_exceeded));
  EXPECT_TRUE(scheduler.schedule_at(long_frame(rx2), counter(5s), gateway.at(0s)));
  EXPECT_TRUE(scheduler.schedule_at(long_frame(rx1), counter(90min + 40s), gateway.at(0s)));
}

TEST(Scheduler, ReportsUsageOfTheLastHour) {
  Gateway gateway;
  Scheduler scheduler(settings());
  ASSERT_TRUE(scheduler.schedule_at(long_frame(rx2), counter(5s), gateway.at(0s)));
  const auto usage = scheduler.usage(gateway.at(1min));
  ASSERT_EQ(usage.size(), 3U);
  EXPECT_EQ(usage[1].utilization, 0);
  EXPECT_NEAR(usage[2].utilization, 2.793472 / 3600, 1e-9);
  EXPECT_EQ(scheduler.usage(gateway.at(2h))[2].utilization, 0);
}

TEST(Scheduler, BlocksTheSubBandAfterAnEmissionWhenAskedTo) {
  Gateway gateway;
  Scheduler scheduler(settings({true, {}, DutyCycleStyle::blocking_window}));
  ASSERT_TRUE(scheduler.schedule_at(long_frame(rx2), counter(100s), gateway.at(0s)));
  const auto rest = long_airtime * 10;
  const auto after =
      scheduler.schedule_at(short_frame(rx2), counter(100s + rest - 1ms), gateway.at(0s));
  EXPECT_TRUE(after.error().is(band_blocked));
  EXPECT_EQ(after.error().message(), "sub-band is blocked for `0.001s`");
  // One before it must not block the one that is already promised.
  EXPECT_TRUE(scheduler.schedule_at(long_frame(rx2), counter(90s), gateway.at(0s))
                  .error()
                  .is(band_blocked));
  EXPECT_TRUE(scheduler.schedule_at(short_frame(rx2), counter(100s + rest), gateway.at(0s)));
  EXPECT_TRUE(scheduler.schedule_at(short_frame(rx1), counter(110s), gateway.at(0s)));
}

TEST(Scheduler, PrefersGpsForAbsoluteTimes) {
  Gateway gateway;
  gateway.clock.sync(1'000'000, noon + 1s, noon + 900ms);
  Scheduler scheduler(settings());
  EXPECT_EQ(scheduler.schedule_at_absolute(short_frame(), noon + 10s, gateway.at(1s))->starts,
            counter(10100ms));
}

TEST(Scheduler, NeedsFiveRoundTripsForAbsoluteTimesWithoutGps) {
  Gateway gateway;
  Scheduler scheduler(settings());
  for (int i = 0; i < 4; ++i) gateway.round_trips.record(100ms, noon);
  EXPECT_TRUE(scheduler.schedule_at_absolute(short_frame(), noon + 10s, gateway.at(1s))
                  .error()
                  .is(no_absolute_gateway_time));
  gateway.round_trips.record(100ms, noon);
  EXPECT_EQ(scheduler.schedule_at_absolute(short_frame(), noon + 10s, gateway.at(1s))->starts,
            counter(10s + 50ms));
}

TEST(ScheduleAnytime, StartsAfterTheAnytimeDelayOrAtTheEarliestPossible) {
  Gateway gateway;
  Scheduler scheduler(settings());
  EXPECT_EQ(scheduler.schedule_anytime(short_frame(), {}, gateway.at(1s))->starts, counter(1530ms));
  EXPECT_EQ(scheduler.schedule_anytime(short_frame(), counter(5s), gateway.at(1s))->starts,
            counter(5s));
  EXPECT_EQ(scheduler.schedule_anytime(short_frame(), counter(0s), gateway.at(10s))->starts,
            counter(10130ms));
}

TEST(ScheduleAnytime, TakesTheFirstGapThatIsWideEnough) {
  Gateway gateway;
  Scheduler scheduler(settings());
  const auto first = *scheduler.schedule_at(short_frame(), counter(1530ms), gateway.at(0s));
  const auto second =
      *scheduler.schedule_at(short_frame(), first.clear_at() + 20ms, gateway.at(0s));
  const auto third =
      *scheduler.schedule_at(short_frame(), second.clear_at() + occupied, gateway.at(0s));
  EXPECT_EQ(scheduler.schedule_anytime(short_frame(), {}, gateway.at(1s))->starts,
            second.clear_at());
  EXPECT_EQ(scheduler.schedule_anytime(short_frame(), {}, gateway.at(1s))->starts,
            third.clear_at());
}

TEST(ScheduleAnytime, WaitsUntilTheHourHasRoomAgain) {
  Gateway gateway;
  Scheduler scheduler(settings());
  ConcentratorTime first;
  for (int i = 0; i < 12; ++i) {
    const auto emission = scheduler.schedule_anytime(long_frame(rx1), {}, gateway.at(0s));
    ASSERT_TRUE(emission);
    if (i == 0) first = emission->starts;
    EXPECT_LT(emission->starts, counter(1min));
  }
  const auto late = scheduler.schedule_anytime(long_frame(rx1), {}, gateway.at(0s));
  ASSERT_TRUE(late);
  // 36 s − 12 · 2.793 s = 2.478 s are free: 0.315 s of the first frame must have left the hour.
  const auto must_leave = 13 * long_airtime - 36s;
  EXPECT_EQ(late->starts, first + must_leave + 1h - long_airtime);
}

TEST(ScheduleAnytime, RefusesAFrameThatNoHourCanHold) {
  region::FrequencyPlan plan;
  plan.sub_bands = {{Frequency::hz(868'000'000), Frequency::hz(869'000'000), 0.0005, {}}};
  Gateway gateway;
  Scheduler scheduler(settings({}, plan));
  EXPECT_TRUE(scheduler.schedule_anytime(long_frame(rx1), {}, gateway.at(0s))
                  .error()
                  .is(duty_cycle_exceeded));
}

TEST(ScheduleAnytime, RespectsBlockedSubBands) {
  Gateway gateway;
  Scheduler scheduler(settings({true, {}, DutyCycleStyle::blocking_window}));
  const auto first = *scheduler.schedule_anytime(long_frame(rx1), {}, gateway.at(0s));
  EXPECT_EQ(scheduler.schedule_anytime(short_frame(rx1), {}, gateway.at(0s))->starts,
            first.starts + 100 * long_airtime);
}

/// Whatever is asked for, what is granted never overlaps and never exceeds the hour's share.
TEST(ScheduleAnytime, NeverBreaksTheRulesUnderLoad) {
  Gateway gateway;
  Scheduler scheduler(settings());
  std::uint32_t seed = 1;
  const auto random = [&] { return seed = seed * 1664525 + 1013904223, seed >> 8; };
  for (int i = 0; i < 600; ++i) {
    const auto frequency = random() % 2 ? rx1 : rx2;
    const auto frame = random() % 3 ? short_frame(frequency) : long_frame(frequency);
    const auto wish = counter(std::chrono::seconds{random() % 7200});
    if (random() % 2)
      ignore(scheduler.schedule_anytime(frame, wish, gateway.at(0s)), "load only");
    else
      ignore(scheduler.schedule_at(frame, wish, gateway.at(0s)), "load only");
  }
  const auto& all = scheduler.emissions().all();
  ASSERT_GT(all.size(), 50U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(i == 0 || all[i].starts >= all[i - 1].clear_at());
    const auto used =
        scheduler.emissions().used(all[i].sub_band, all[i].ends() - 1h, all[i].ends());
    EXPECT_LE(used, all[i].sub_band == 1 ? 36s : 360s);
  }
}

TEST(Scheduler, CancelsAndCollectsGarbage) {
  Gateway gateway;
  Scheduler scheduler(settings());
  const auto emission = *scheduler.schedule_at(short_frame(), counter(5s), gateway.at(0s));
  scheduler.cancel(emission);
  EXPECT_TRUE(scheduler.emissions().all().empty());
  ASSERT_TRUE(scheduler.schedule_at(short_frame(), counter(5s), gateway.at(0s)));
  ASSERT_TRUE(scheduler.schedule_at(short_frame(free_band), counter(50min), gateway.at(0s)));
  scheduler.collect_garbage(gateway.at(65min));
  EXPECT_EQ(scheduler.emissions().all().size(), 1U);
}

TEST(Scheduler, SchedulesAcrossTheCounterWrap) {
  RolloverClock clock;
  const RoundTrips round_trips;
  clock.sync(0xffffffff - 499'999, noon);
  Scheduler scheduler(settings());
  const auto rx1_start = clock.unroll(500'000);
  const auto emission =
      scheduler.schedule_at(short_frame(), rx1_start, {clock, round_trips, noon + 200ms});
  ASSERT_TRUE(emission);
  EXPECT_EQ(counter_at(emission->starts), 500'000U);
}

TEST(ScheduleAt, SaysWhatIsInTheWayAndWhenThereIsRoom) {
  Gateway gateway;
  Scheduler scheduler(settings());
  const auto first = *scheduler.schedule_at(long_frame(rx1), counter(5s), gateway.at(0s));
  const auto refused = scheduler.schedule_at(short_frame(rx1), counter(6s), gateway.at(1s));
  ASSERT_TRUE(refused.error().is(schedule_conflict));
  EXPECT_EQ(attribute(refused.error(), "with"), "transmission");
  EXPECT_EQ(attribute(refused.error(), "next_free"),
            to_duration_text(first.clear_at() - counter(1s)));

  for (int i = 0; i < 11; ++i)
    ASSERT_TRUE(scheduler.schedule_anytime(long_frame(rx1), counter(10s), gateway.at(0s)));
  const auto used_up = scheduler.schedule_at(long_frame(rx1), counter(1h), gateway.at(59min));
  ASSERT_TRUE(used_up.error().is(duty_cycle_exceeded));
  // 0.315 s of the first frame must have left the hour that ends with this one.
  const auto must_leave = 13 * long_airtime - 36s;
  EXPECT_EQ(attribute(used_up.error(), "next_free"),
            to_duration_text(counter(5s) + must_leave + 1h - long_airtime - counter(59min)));
}

}  // namespace
}  // namespace ff::schedule
