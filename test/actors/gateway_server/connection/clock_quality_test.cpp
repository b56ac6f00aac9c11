// What samples of a counter say of it.
#include "actors/gateway_server/connection/clock_quality.hpp"

#include <gtest/gtest.h>

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;

/// A clock that is set by every sample, and what it is worth.
struct Gateway {
  void sample(std::uint32_t counter_us, Duration passed) {
    const auto server = UtcTime{passed};
    const auto expected = clock.from_server_time(server);
    quality.add(clock.sync(counter_us, server), server, expected);
  }
  schedule::RolloverClock clock;
  ClockQuality quality;
};

TEST(ClockQuality, KnowsNothingOfTheFirstSample) {
  Gateway gateway;
  gateway.sample(5'000'000, 10s);
  const auto stats = gateway.quality.stats();
  EXPECT_EQ(stats.samples, 1U);
  EXPECT_EQ(stats.error, 0s);
  EXPECT_FALSE(stats.drift_ppm);
}

TEST(ClockQuality, NamesTheGreatestErrorEitherWay) {
  Gateway gateway;
  gateway.sample(0, 0s);
  gateway.sample(9'950'000, 10s);   // 50 ms behind: it was slow to arrive
  gateway.sample(20'010'000, 20s);  // 60 ms ahead of that
  gateway.sample(30'000'000, 30s);
  const auto stats = gateway.quality.stats();
  EXPECT_EQ(stats.error, -10ms);
  EXPECT_EQ(stats.error_max, 60ms);
  EXPECT_FALSE(stats.drift_ppm) << "over half a minute the backhaul is all there is";
}

TEST(ClockQuality, MeasuresDriftAcrossTheCountersWrap) {
  Gateway gateway;
  for (int minute = 0; minute < 200; ++minute) {
    // 15 ppm slow.
    const auto counter = static_cast<std::uint32_t>(std::int64_t{minute} * (60'000'000 - 900));
    gateway.sample(counter, minute * 1min);
  }
  EXPECT_NEAR(*gateway.quality.stats().drift_ppm, -15, 0.01);
  EXPECT_EQ(gateway.quality.stats().jumps, 0U);
}

TEST(ClockQuality, BeginsAnewWhenTheCounterIsRestarted) {
  Gateway gateway;
  gateway.sample(100'000'000, 0s);
  gateway.sample(200'001'000, 100s);
  EXPECT_TRUE(gateway.quality.stats().drift_ppm);
  gateway.sample(1'000, 110s);
  EXPECT_EQ(gateway.quality.stats().jumps, 1U);
  EXPECT_EQ(gateway.quality.stats().error_max, 0s);
  EXPECT_FALSE(gateway.quality.stats().drift_ppm);
  EXPECT_EQ(gateway.quality.stats().samples, 3U);
}

}  // namespace
}  // namespace ff::gateway_server
