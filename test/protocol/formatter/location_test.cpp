#include "protocol/formatter/location.hpp"

#include <gtest/gtest.h>

namespace ff::formatter {
namespace {

Location at(double latitude, double longitude, std::int32_t altitude = 0,
            std::int32_t accuracy = 0) {
  return {latitude, longitude, altitude, accuracy, LocationSource::gps};
}

TEST(LocationIn, KnowsTheUsualShapes) {
  const struct {
    const char* json;
    Location location;
  } cases[] = {
      {R"({"gps_3":{"latitude":1,"longitude":2,"altitude":3}})", at(1, 2, 3)},
      {R"({"lat":1,"lon":2,"alt":3.9})", at(1, 2, 3)},
      {R"({"lat":-1.5,"lng":2,"alt":-3.9})", at(-1.5, 2, -3)},
      {R"({"lat":1,"long":2})", at(1, 2)},
      {R"({"latitude":1,"longitude":2,"altitude":3,"accuracy":4.9})", at(1, 2, 3, 4)},
      {R"({"Latitude":1,"Longitude":2,"Altitude":3,"acc":5})", at(1, 2, 3, 5)},
      {R"({"latitudeDeg":1,"longitudeDeg":2,"height":3})", at(1, 2, 3)},
      {R"({"gps_lat":1,"gps_lng":2,"gpsalt":3,"gps_hdop":1})", at(1, 2, 3, 1)},
      {R"({"lat":0,"lon":2})", at(0, 2)},
      {R"({"lat":1,"lon":2,"alt":1e300})", at(1, 2, 2147483647)},
  };
  for (const auto& one : cases) {
    const auto found = location_in(one.json);
    ASSERT_TRUE(found) << one.json;
    EXPECT_EQ(*found, one.location) << one.json;
  }
}

TEST(LocationIn, TakesTheFirstInItsOrder) {
  EXPECT_EQ(*location_in(R"({"lat":1,"lon":2,"gps_0":{"latitude":3,"longitude":4}})"), at(3, 4));
  EXPECT_EQ(*location_in(R"({"latitude":1,"longitude":2,"lat":3,"lng":4})"), at(3, 4));
  EXPECT_EQ(*location_in(R"({"lat":0,"lon":0,"latitude":3,"longitude":4})"), at(3, 4));
}

TEST(LocationIn, FindsNoneInAnythingElse) {
  for (const auto* json :
       {"", "{}", "[]", "lat", R"({"lat":1})", R"({"lat":"1","lon":"2"})", R"({"lat":0,"lon":0})",
        R"({"lat":91,"lon":2})", R"({"lat":1,"lon":181})", R"({"a":{"lat":1,"lon":2}})",
        R"({"gps_1":[1,2],"latency":3})", R"({"lat":true,"lon":false})", R"({"lat":1,"lon":2)"})
    EXPECT_FALSE(location_in(json)) << json;
}

}  // namespace
}  // namespace ff::formatter
