// [spec application-server §10.3]
#include "protocol/formatter/normalized.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "protocol/formatter/errors.hpp"

namespace ff::formatter {
namespace {

Result<Normalized> normalize_text(const char* json) {
  return normalize(boost::json::parse(json));
}

TEST(Normalized, TakesOneMeasurementOrAList) {
  const auto one = normalize_text(R"({"air":{"temperature":4.7}})");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->measurements, std::vector<std::string>{R"({"air":{"temperature":4.7}})"});
  const auto two = normalize_text(R"([{"air":{"temperature":1}},{"time":"2025-02-11T08:31:07Z"}])");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->measurements.size(), 2U);
  EXPECT_TRUE(normalize_text("null")->measurements.empty());
  EXPECT_TRUE(normalize_text("[]")->measurements.empty());
}

TEST(Normalized, KnowsEveryFieldOfTheSchema) {
  const auto all = normalize_text(R"({"time":"2025-02-11T08:31:07.5+01:00","battery":3.6,
    "soil":{"depth":10,"moisture":40,"temperature":-1,"ec":1.5,"pH":7,"n":1,"p":2,"k":3},
    "air":{"location":"indoor","temperature":20,"relativeHumidity":50,"pressure":1013,"co2":400,"lightIntensity":0},
    "wind":{"speed":3,"direction":359.9},"rain":{"intensity":0,"cumulative":1},
    "water":{"leak":false,"temperature":{"min":1,"max":3,"avg":2,"current":2}},"metering":{"water":{"total":12}},
    "action":{"motion":{"detected":true,"count":2},"contactState":"open"},"position":{"latitude":51.4,"longitude":5.4}})");
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_TRUE(all->warnings.empty());
  EXPECT_EQ(all->measurements.size(), 1U);
}

TEST(Normalized, RefusesUnknownFieldsAndWrongTypes) {
  const struct {
    const char* json;
    const ErrorDef& error;
    const char* path;
  } rows[] = {
      {R"({"air":{"warmth":1}})", unknown_field, "air.warmth"},
      {R"({"foo":1})", unknown_field, "foo"},
      {R"({"air":{"temperature":"4"}})", field_type, "air.temperature"},
      {R"({"air":4})", field_type, "air"},
      {R"({"water":{"leak":1}})", field_type, "water.leak"},
      {R"({"time":"yesterday"})", field_type, "time"},
      {R"({"air":{"location":"moon"}})", field_type, "air.location"},
      {R"([{"air":{"temperature":1}},{"x":1}])", unknown_field, "x"},
      {R"({"air.temperature":4})", unknown_field, "air.temperature"},
      {R"({"water":{"temperature.min":4}})", unknown_field, "water.temperature.min"},
      {R"({"air":{".":1}})", unknown_field, "air.."},
      {R"({"":1})", unknown_field, ""},
  };
  for (const auto& row : rows) {
    const auto result = normalize_text(row.json);
    ASSERT_FALSE(result) << row.json;
    EXPECT_TRUE(result.error().is(row.error)) << row.json;
    EXPECT_EQ(to_string(result.error().attributes().at(0).value), row.path);
  }
  EXPECT_TRUE(normalize_text("5").error().is(script_output));
  EXPECT_TRUE(normalize_text("[5]").error().is(script_output));
}

TEST(Normalized, LeavesOutWhatIsOutOfRangeWithAWarning) {
  const struct {
    const char* json;
    const char* warning;
    const char* rest;
  } rows[] = {
      {R"({"air":{"temperature":-300,"co2":1}})",
       "measurement 1: `air.temperature` should be equal or greater than `-273.15`",
       R"({"air":{"co2":1}})"},
      {R"({"air":{"relativeHumidity":100.5,"co2":1}})",
       "measurement 1: `air.relativeHumidity` should be equal or less than `100`",
       R"({"air":{"co2":1}})"},
      {R"({"wind":{"direction":360,"speed":1}})",
       "measurement 1: `wind.direction` should be less than `360`", R"({"wind":{"speed":1}})"},
      {R"([{"air":{"co2":1}},{"soil":{"pH":15}}])",
       "measurement 2: `soil.pH` should be equal or less than `14`", R"({"air":{"co2":1}})"},
  };
  for (const auto& row : rows) {
    const auto result = normalize_text(row.json);
    ASSERT_TRUE(result) << row.json;
    EXPECT_EQ(result->warnings, std::vector<std::string>{row.warning});
    EXPECT_EQ(result->measurements, std::vector<std::string>{row.rest});
  }
}

TEST(Normalized, KeepsValuesAtTheirBounds) {
  const auto result = normalize_text(
      R"({"soil":{"moisture":0,"ec":621,"n":1000000},"air":{"temperature":-273.15,"pressure":900},"wind":{"direction":0}})");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->warnings.empty());
}

TEST(Normalized, DropsMeasurementsOfWhichNothingIsLeft) {
  const auto result = normalize_text(R"([{}, {"air":{}}, {"wind":{"speed":-1}}])");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->measurements.empty());
  EXPECT_EQ(result->warnings.size(), 1U);
}

}  // namespace
}  // namespace ff::formatter
