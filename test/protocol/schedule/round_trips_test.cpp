#include "protocol/schedule/round_trips.hpp"

#include <gtest/gtest.h>

namespace ff::schedule {
namespace {

using namespace std::chrono_literals;

const UtcTime noon{Duration{1'700'000'000s}};

RoundTrips with(int samples) {
  RoundTrips trips;
  for (int i = samples; i >= 1; --i) trips.record(i * 10ms, noon);
  return trips;
}

TEST(RoundTrips, AreEmptyAtFirst) {
  const RoundTrips trips;
  EXPECT_FALSE(trips.stats(noon));
  EXPECT_FALSE(trips.percentile(90, noon));
  EXPECT_EQ(trips.count(noon), 0U);
}

TEST(RoundTrips, GiveMinimumMaximumAndMedian) {
  EXPECT_EQ(with(3).stats(noon), (RoundTripStats{10ms, 30ms, 20ms, 3}));
  EXPECT_EQ(with(4).stats(noon), (RoundTripStats{10ms, 40ms, 25ms, 4}));
}

struct PercentileCase {
  int samples;
  unsigned percent;
  Duration expected;
};
constexpr PercentileCase percentile_cases[] = {{1, 90, 10ms}, {5, 90, 40ms},   {10, 90, 90ms},
                                               {10, 5, 10ms}, {20, 90, 180ms}, {20, 100, 200ms},
                                               {10, 0, 10ms}};

TEST(RoundTrips, TakePercentilesByTheSortedPosition) {
  for (const auto& row : percentile_cases) {
    EXPECT_EQ(with(row.samples).percentile(row.percent, noon), row.expected)
        << row.samples << " " << row.percent;
  }
}

TEST(RoundTrips, KeepTheNewestTwenty) {
  RoundTrips trips;
  for (int i = 1; i <= 30; ++i) trips.record(i * 1ms, noon);
  EXPECT_EQ(trips.stats(noon), (RoundTripStats{11ms, 30ms, 20500us, 20}));
}

TEST(RoundTrips, ForgetSamplesAfterHalfAnHour) {
  RoundTrips trips;
  trips.record(10ms, noon);
  trips.record(20ms, noon + 10min);
  EXPECT_EQ(trips.count(noon + 30min), 2U);
  EXPECT_EQ(trips.count(noon + 30min + 1ns), 1U);
  EXPECT_EQ(trips.stats(noon + 35min)->min, 20ms);
  EXPECT_FALSE(trips.stats(noon + 1h));
}

TEST(RoundTrips, IgnoreNegativeDurations) {
  RoundTrips trips;
  trips.record(-1ms, noon);
  EXPECT_EQ(trips.count(noon), 0U);
}

}  // namespace
}  // namespace ff::schedule
