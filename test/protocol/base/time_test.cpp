#include "protocol/base/time.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace ff {
namespace {

using std::chrono::seconds;

struct GpsRow {
  const char* name;
  std::int64_t unix_seconds;
  std::int64_t gps_seconds;
};

TEST(GpsTime, ConvertsBothWaysAcrossLeapSeconds) {
  // [GPS epoch; IERS bulletin C]
  const GpsRow rows[] = {{"epoch", 315964800, 0},
                         {"first leap", 362793600, 46828801},
                         {"before the leap of 2017", 1483228799, 1167264016},
                         {"the leap of 2017", 1483228800, 1167264018},
                         {"2025", 1735689600, 1419724818}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    UtcTime utc{seconds{row.unix_seconds}};
    EXPECT_EQ(to_gps(utc).time_since_epoch(), seconds{row.gps_seconds});
    EXPECT_EQ(to_utc(to_gps(utc)), utc);
  }
}

TEST(Rfc3339, TrimsTheFractionToGroupsOfThree) {
  UtcTime base{seconds{1739262667}};
  EXPECT_EQ(to_rfc3339(base), "2025-02-11T08:31:07Z");
  EXPECT_EQ(to_rfc3339(base + std::chrono::milliseconds{189}), "2025-02-11T08:31:07.189Z");
  EXPECT_EQ(to_rfc3339(base + std::chrono::microseconds{20}), "2025-02-11T08:31:07.000020Z");
  EXPECT_EQ(to_rfc3339(base + Duration{412908551}), "2025-02-11T08:31:07.412908551Z");
}

TEST(Rfc3339, ReadsWhatItWritesAndOffsets) {
  UtcTime time{seconds{1739262667} + Duration{412908551}};
  EXPECT_EQ(parse_rfc3339(to_rfc3339(time)), time);
  EXPECT_EQ(parse_rfc3339("2025-02-11T09:31:07+01:00"), parse_rfc3339("2025-02-11T08:31:07Z"));
}

TEST(Rfc3339, RefusesWhatIsNotATime) {
  for (const char* text : {"", "2025", "2025-02-30T00:00:00Z", "2025-02-11 08:31:07Z",
                           "2025-02-11T08:31:07", "2025-02-11T25:00:00Z", "2025-02-11T08:31:07.Z",
                           "2025-02-11T08:31:07Zx", "9999-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

/// Every day of two centuries, and moments within it.
TEST(Rfc3339, OfAnyDayIsTheCalendars) {
  using namespace std::chrono;
  for (sys_days day{year{1850} / January / 1}; day < sys_days{year{2260} / January / 1};
       day += days{17}) {
    const year_month_day date{day};
    const UtcTime noon{day.time_since_epoch() + hours{12} + Duration{1}};
    char expected[40];
    std::snprintf(expected, sizeof expected, "%04d-%02u-%02uT12:00:00.000000001Z",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()));
    ASSERT_EQ(to_rfc3339(noon), expected);
    ASSERT_EQ(parse_rfc3339(expected), noon);
  }
}

TEST(Rfc3339, KnowsTheLastDayOfEveryMonth) {
  using namespace std::chrono;
  for (const int y : {1900, 2000, 2023, 2024, 2100}) {
    for (unsigned m = 1; m <= 12; ++m) {
      const year_month_day_last last{year{y} / month{m} / std::chrono::last};
      const auto text = [&](unsigned d) {
        char out[40];
        std::snprintf(out, sizeof out, "%04d-%02u-%02uT00:00:00Z", y, m, d);
        return std::string(out);
      };
      const auto days_of = static_cast<unsigned>(last.day());
      EXPECT_TRUE(parse_rfc3339(text(days_of))) << text(days_of);
      EXPECT_FALSE(parse_rfc3339(text(days_of + 1))) << text(days_of + 1);
      EXPECT_FALSE(parse_rfc3339(text(0)));
    }
  }
}

TEST(GpsTime, NeverRunsBackwards) {
  GpsTime last{Duration{-1}};
  for (std::int64_t second = 315'964'800; second < 1'800'000'000; second += 43'199) {
    const UtcTime utc{seconds{second}};
    const auto gps = to_gps(utc);
    ASSERT_GT(gps, last);
    ASSERT_EQ(to_utc(gps), utc);
    last = gps;
  }
}

TEST(DurationText, PrintsSecondsWithGroupsOfThree) {
  EXPECT_EQ(to_duration_text(std::chrono::microseconds{61696}), "0.061696s");
  EXPECT_EQ(to_duration_text(seconds{5}), "5s");
  EXPECT_EQ(to_duration_text(-std::chrono::milliseconds{1500}), "-1.500s");
}

}  // namespace
}  // namespace ff
