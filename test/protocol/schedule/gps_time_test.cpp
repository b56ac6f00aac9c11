// The leap-second table that gateways' GPS times go through, against the reference vectors.
#include <gtest/gtest.h>

#include "protocol/base/time.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff {
namespace {

std::int64_t number(const boost::json::value& object, const char* name) {
  return object.at(name).to_number<std::int64_t>();
}

Duration utc_of(std::int64_t gps_seconds) {
  return to_utc(GpsTime{std::chrono::seconds{gps_seconds}}).time_since_epoch();
}

/// In the second that was put in, UTC stands still; before and after it goes on.
void expect_leap(std::int64_t at) {
  using std::chrono::seconds;
  EXPECT_EQ(utc_of(at + 1) - utc_of(at - 1), seconds{1}) << at;
  EXPECT_EQ(utc_of(at - 1) - utc_of(at - 2), seconds{1}) << at;
  EXPECT_EQ(utc_of(at + 2) - utc_of(at + 1), seconds{1}) << at;
}

TEST(GpsTime, MatchesEveryVector) {
  std::size_t checked = 0;
  for (const auto& vector : test::lorawan_vectors("gps_time")) {
    if (vector.kind == "gps_to_utc") {
      const GpsTime gps{Duration{number(vector.input, "gps_ns")}};
      EXPECT_EQ(to_utc(gps).time_since_epoch().count(), number(vector.expected, "unix_ns"))
          << vector.id;
    } else if (vector.kind == "utc_to_gps") {
      const UtcTime utc{Duration{number(vector.input, "unix_ns")}};
      EXPECT_EQ(to_gps(utc).time_since_epoch().count(), number(vector.expected, "gps_ns"))
          << vector.id;
    } else if (vector.kind == "leap_table") {
      const auto& leaps = vector.expected.at("gps_second_of_leap").as_array();
      for (const auto& leap : leaps) expect_leap(leap.to_number<std::int64_t>());
      const auto last = leaps.back().to_number<std::int64_t>();
      EXPECT_EQ(std::chrono::seconds{last} - utc_of(last + 1) + utc_of(0),
                std::chrono::seconds{static_cast<std::int64_t>(leaps.size()) - 1})
          << "none but these";
    } else if (vector.kind != "device_time_ans") {  // test/protocol/mac/device_time_test.cpp
      ADD_FAILURE() << "nothing runs " << vector.kind;
    } else {
      continue;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 20U);
}

}  // namespace
}  // namespace ff
