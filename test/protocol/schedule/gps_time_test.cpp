// The leap-second table that gateways' GPS times go through, against the reference vectors.
#include <gtest/gtest.h>

#include "protocol/base/time.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff {
namespace {

std::int64_t number(const boost::json::value& object, const char* name) {
  return object.at(name).to_number<std::int64_t>();
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
    } else {
      continue;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 19U);
}

}  // namespace
}  // namespace ff
