// Times where calendars and clocks are odd: leap seconds, offsets, the ends of what nanoseconds in
// 64 bits reach. [RFC 3339; IERS Bulletin C]
#include <gtest/gtest.h>

#include <limits>

#include "protocol/base/time.hpp"

namespace ff {
namespace {

using std::chrono::seconds;

/// The days that began with UTC one second further behind GPS.
constexpr const char* leap_days[] = {
    "1981-07-01", "1982-07-01", "1983-07-01", "1985-07-01", "1988-01-01", "1990-01-01",
    "1991-01-01", "1992-07-01", "1993-07-01", "1994-07-01", "1996-01-01", "1997-07-01",
    "1999-01-01", "2006-01-01", "2009-01-01", "2012-07-01", "2015-07-01", "2017-01-01"};

TEST(LeapSeconds, AreThoseOfTheBulletin) {
  const auto epoch = *parse_rfc3339("1980-01-06T00:00:00Z");
  std::int64_t behind = 0;
  for (const char* day : leap_days) {
    const auto midnight = *parse_rfc3339(std::string(day) + "T00:00:00Z");
    const auto since_epoch = [&](UtcTime utc) {
      return to_gps(utc).time_since_epoch() - (utc - epoch);
    };
    EXPECT_EQ(since_epoch(midnight - seconds{1}), seconds{behind}) << day;
    EXPECT_EQ(since_epoch(midnight - Duration{1}), seconds{behind}) << day;
    ++behind;
    EXPECT_EQ(since_epoch(midnight), seconds{behind}) << day;
  }
  EXPECT_EQ(behind, 18);
}

TEST(LeapSeconds, LeaveEveryMomentItsOwnUtc) {
  for (const char* day : leap_days) {
    const auto midnight = *parse_rfc3339(std::string(day) + "T00:00:00Z");
    for (int ms = -3000; ms <= 3000; ms += 250) {
      const auto utc = midnight + std::chrono::milliseconds{ms};
      EXPECT_EQ(to_utc(to_gps(utc)), utc) << day << ' ' << ms;
    }
  }
}

TEST(LeapSeconds, AreNeverBeforeTheMomentBefore) {
  for (const char* day : leap_days) {
    const auto start = to_gps(*parse_rfc3339(std::string(day) + "T00:00:00Z") - seconds{5});
    auto last = to_utc(start);
    for (int ms = 100; ms < 10'000; ms += 100) {
      const auto next = to_utc(start + std::chrono::milliseconds{ms});
      // During the leap second UTC stands still or repeats one second; it does not go further back.
      EXPECT_GE(next, last - seconds{1}) << day << ' ' << ms;
      last = next;
    }
  }
}

struct Row {
  const char* text;
  const char* utc;  ///< Null: refused.
};

constexpr Row rows[] = {
    {"2025-02-11T08:31:07Z", "2025-02-11T08:31:07Z"},
    {"2025-02-11t08:31:07z", "2025-02-11T08:31:07Z"},
    {"2025-02-11T08:31:07+00:00", "2025-02-11T08:31:07Z"},
    {"2025-02-11T08:31:07-00:00", "2025-02-11T08:31:07Z"},
    {"2025-02-11T08:31:07+23:59", "2025-02-10T08:32:07Z"},
    {"2025-02-11T08:31:07-23:59", "2025-02-12T08:30:07Z"},
    {"2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00Z"},
    {"2023-12-31T23:59:00-00:01", "2024-01-01T00:00:00Z"},
    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
    {"2025-02-11T08:31:07.000000001Z", "2025-02-11T08:31:07.000000001Z"},
    {"2025-02-11T08:31:07.1+01:00", "2025-02-11T07:31:07.100Z"},
    {"1678-01-01T00:00:00Z", "1678-01-01T00:00:00Z"},
    {"2261-12-31T23:59:59.999999999Z", "2261-12-31T23:59:59.999999999Z"},
    {"2261-12-31T23:59:59-23:59", "2262-01-01T23:58:59Z"},
    {"1678-01-01T00:00:00+23:59", "1677-12-31T00:01:00Z"},
    {"1677-12-31T23:59:59Z", nullptr},
    {"2262-01-01T00:00:00Z", nullptr},
    {"0000-01-01T00:00:00Z", nullptr},
    {"2025-02-11T08:31:07+24:00", nullptr},
    {"2025-02-11T08:31:07+01:60", nullptr},
    {"2025-02-11T08:31:07+0100", nullptr},
    {"2025-02-11T08:31:07+01", nullptr},
    {"2025-02-11T08:31:07+1:00", nullptr},
    {"2025-02-11T08:31:07 Z", nullptr},
    {"2025-02-11T24:00:00Z", nullptr},
    {"2025-02-11T08:60:00Z", nullptr},
    {"2025-02-11T08:31:61Z", nullptr},
    {"2025-02-11T8:31:07Z", nullptr},
    {"25-02-11T08:31:07Z", nullptr},
    {"+2025-02-11T08:31:07Z", nullptr},
    {"2025-02-11T08:31:07,5Z", nullptr},
    {"2025-2-11T08:31:07Z", nullptr},
    {"2025-00-11T08:31:07Z", nullptr},
    {"2025-02-00T08:31:07Z", nullptr},
    {"2025-02-29T08:31:07Z", nullptr},
};

TEST(Rfc3339, IsReadAtItsLimits) {
  for (const auto& [text, utc] : rows) {
    const auto time = parse_rfc3339(text);
    ASSERT_EQ(time.has_value(), utc != nullptr) << text;
    if (time) {
      EXPECT_EQ(to_rfc3339(*time), utc) << text;
    }
  }
}

TEST(Rfc3339, IsRefusedWhereverItIsCutOff) {
  const std::string text = "2025-02-11T08:31:07.123456789+01:30";
  ASSERT_TRUE(parse_rfc3339(text));
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_rfc3339(text.substr(0, size))) << text.substr(0, size);
}

TEST(Rfc3339, DropsWhatIsFinerThanNanoseconds) {
  EXPECT_EQ(parse_rfc3339("2025-02-11T08:31:07.1234567899Z"),
            parse_rfc3339("2025-02-11T08:31:07.123456789Z"));
}

TEST(DurationText, HasThreeSixOrNineDecimalsOrNone) {
  constexpr std::pair<std::int64_t, const char*> durations[] = {
      {0, "0s"},
      {1, "0.000000001s"},
      {-1, "-0.000000001s"},
      {1'000, "0.000001s"},
      {1'001, "0.000001001s"},
      {1'000'000, "0.001s"},
      {999'999'999, "0.999999999s"},
      {1'000'000'000, "1s"},
      {-1'000'000'000, "-1s"},
      {90'061'500'000'000, "90061.500s"},
      {std::numeric_limits<std::int64_t>::max(), "9223372036.854775807s"},
  };
  for (const auto& [nanos, text] : durations) EXPECT_EQ(to_duration_text(Duration{nanos}), text);
}

}  // namespace
}  // namespace ff
