#include "protocol/schedule/rollover_clock.hpp"

#include <gtest/gtest.h>

namespace ff::schedule {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t last_counter = 0xffffffff;
const UtcTime noon{Duration{1'700'000'000s}};

ConcentratorTime at(Duration since_zero) {
  return ConcentratorTime{since_zero};
}

struct Sample {
  std::uint32_t counter_us;
  Duration server;    // after noon
  Duration expected;  // unrolled
};
struct SyncCase {
  const char* name;
  std::vector<Sample> samples;
};

const SyncCase sync_cases[] = {
    {"counts up", {{1'000'000, 0s, 1s}, {2'500'000, 1500ms, 2500ms}}},
    {"wraps once",
     {{last_counter, 0s, 4294967295us}, {999'999, 1s, RolloverClock::counter_period + 999'999us}}},
    {"wraps several times while silent",
     {{5, 0s, 5us},
      {10, 3 * RolloverClock::counter_period, 3 * RolloverClock::counter_period + 10us}}},
    {"tolerates a late sample",
     {{10'000'000, 0s, 10s}, {9'900'000, 10ms, 9900ms}, {10'500'000, 500ms, 10500ms}}},
    {"tolerates a late sample from before the wrap",
     {{last_counter - 999, 0s, 4294966296us},
      {1'000, 2ms, RolloverClock::counter_period + 1ms},
      {last_counter - 499, 3ms, 4294966796us},
      {501'000, 502ms, RolloverClock::counter_period + 501ms}}},
    {"takes a large regression for a wrap",
     {{120'000'000, 0s, 120s}, {1'000'000, 2s, RolloverClock::counter_period + 1s}}},
    {"survives a server clock that went back",
     {{1'000'000, 0s, 1s}, {2'000'000, -2h, 2s}, {3'000'000, -2h + 1s, 3s}}},
};

TEST(RolloverClock, UnrollsSamplesAsTheTableSays) {
  for (const auto& row : sync_cases) {
    RolloverClock clock;
    for (const auto& sample : row.samples) {
      EXPECT_EQ(clock.sync(sample.counter_us, noon + sample.server), at(sample.expected))
          << row.name;
    }
  }
}

TEST(RolloverClock, UnrolledTimeKeepsTheCounterValue) {
  RolloverClock clock;
  std::uint32_t counter = 4'000'000'000;
  auto server = noon;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(counter_at(clock.sync(counter, server)), counter);
    const auto step = 7'919'000U * static_cast<std::uint32_t>(i % 97);
    counter += step;
    server += std::chrono::microseconds{step} + 3ms * (i % 5);
  }
  EXPECT_GT(*clock.from_server_time(server), at(RolloverClock::counter_period * 80));
}

TEST(RolloverClock, KnowsNothingBeforeTheFirstSample) {
  const RolloverClock clock;
  EXPECT_FALSE(clock.is_synced());
  EXPECT_FALSE(clock.has_gateway_time());
  EXPECT_FALSE(clock.from_server_time(noon));
  EXPECT_FALSE(clock.to_server_time(at(0s)));
  EXPECT_FALSE(clock.from_gateway_time(noon));
  EXPECT_FALSE(clock.to_gateway_time(at(0s)));
  EXPECT_FALSE(clock.synced_at());
  EXPECT_EQ(clock.unroll(7), at(7us));
}

TEST(RolloverClock, ConvertsServerTimeBothWays) {
  RolloverClock clock;
  clock.sync(5'000'000, noon);
  EXPECT_EQ(clock.from_server_time(noon + 1s), at(6s));
  EXPECT_EQ(clock.to_server_time(at(4s)), noon - 1s);
  EXPECT_EQ(clock.synced_at(), noon);
}

TEST(RolloverClock, UnrollsToTheNearestPeriod) {
  RolloverClock clock;
  clock.sync(last_counter - 500'000, noon);
  EXPECT_EQ(clock.unroll(500'000), at(RolloverClock::counter_period + 500ms));
  EXPECT_EQ(clock.unroll(last_counter - 1'000'000), at(4293967295us));
  EXPECT_EQ(counter_at(clock.unroll(500'000)), 500'000U);
}

TEST(RolloverClock, KeepsGpsTimeAcrossSamplesWithoutIt) {
  RolloverClock clock;
  const auto gps = noon - 50ms;
  clock.sync(1'000'000, noon, gps);
  clock.sync(2'000'000, noon + 1s);
  EXPECT_TRUE(clock.has_gateway_time());
  EXPECT_EQ(clock.from_gateway_time(gps + 10s), at(11s));
  EXPECT_EQ(clock.to_gateway_time(at(11s)), gps + 10s);
}

TEST(RolloverClock, ForgetsGpsTimeOfAGatewayThatHasLostIt) {
  RolloverClock clock;
  clock.sync_at(at(0s), noon, noon);
  clock.sync_at(at(10min), noon + 10min);
  EXPECT_TRUE(clock.has_gateway_time());
  clock.sync_at(at(10min + 1s), noon + 10min + 1s);
  EXPECT_FALSE(clock.has_gateway_time());
  clock.sync_at(at(11min), noon + 11min, noon + 11min);
  EXPECT_TRUE(clock.has_gateway_time());
  clock.forget_gateway_time();
  EXPECT_FALSE(clock.has_gateway_time());
}

TEST(RolloverClock, ForgetsGpsTimeWhenTheCounterJumps) {
  RolloverClock clock;
  clock.sync(600'000'000, noon, noon);
  clock.sync(1'000, noon + 1s);
  EXPECT_FALSE(clock.has_gateway_time());
  EXPECT_TRUE(clock.is_synced());
}

TEST(RolloverClock, TrustsARestartedCounterOnceItIsNotMerelyLate) {
  RolloverClock clock;
  clock.sync(30'000'000, noon, noon);
  EXPECT_EQ(clock.sync(1'000'000, noon + 20s), at(1s));
  EXPECT_EQ(clock.from_server_time(noon + 21s), at(2s));
  EXPECT_FALSE(clock.has_gateway_time());
}

TEST(RolloverClock, ContinuesUntilASampleContradictsIt) {
  struct Case {
    const char* name;
    std::uint32_t counter_us;
    Duration later;
    bool continues;
  };
  // The counter was 600 s at noon.
  const Case cases[] = {
      {"as expected", 640'000'000, 40s, true},
      {"a slow network", 637'000'000, 40s, true},
      {"out of order, not taken", 580'000'000, 2s, true},
      {"restarted", 39'000'000, 40s, false},
      {"restarted, little behind", 599'000'000, 40s, false},
      {"the server's clock was set back", 720'000'000, 10s, false},
      {"wrapped meanwhile", 600'000'000 + 5'032'704, RolloverClock::counter_period + 5'032'704us,
       true},
  };
  for (const auto& row : cases) {
    RolloverClock before;
    before.sync(600'000'000, noon);
    auto clock = before;
    clock.sync(row.counter_us, noon + row.later);
    EXPECT_EQ(clock.continues(before), row.continues) << row.name;
  }
  RolloverClock clock;
  clock.sync(1, noon);
  EXPECT_FALSE(clock.continues(RolloverClock())) << "nothing to go on from";
}

TEST(RolloverClock, TakesAnUnrolledTimeFromAnUplinkToken) {
  RolloverClock clock;
  clock.sync_at(at(3h), noon, noon - 1ms);
  EXPECT_EQ(clock.from_server_time(noon + 1s), at(3h + 1s));
  EXPECT_EQ(clock.to_gateway_time(at(3h)), noon - 1ms);
}

}  // namespace
}  // namespace ff::schedule
