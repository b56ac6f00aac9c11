// [spec application-server §10.2]
#include "protocol/formatter/outcome.hpp"

#include <gtest/gtest.h>

#include "protocol/formatter/errors.hpp"

namespace ff::formatter {
namespace {

Answer done(std::string text, std::optional<std::string> normalized = {}) {
  return {.text = std::move(text), .normalized = std::move(normalized)};
}

TEST(Outcome, EveryEndingIsTheReferencesError) {
  const struct {
    Answer answer;
    const ErrorDef& error;
    const char* message;
  } rows[] = {
      {{.ending = Ending::no_output}, no_script_output, "no script output"},
      {{.ending = Ending::not_encodable, .paths = {"data.a", "data.b"}},
       output_encoding,
       "invalid output values: data.a, data.b"},
      {{.ending = Ending::threw, .text = "Error: no sensor at 2:9"},
       script_failed,
       "Error: no sensor at 2:9"},
      {{.ending = Ending::timed_out}, script_timeout, "script timeout"},
      {{.ending = Ending::out_of_memory}, script_runtime, "out of memory"},
      {{.ending = Ending::bad_output, .text = "too large"}, script_output, "invalid output"},
      {{.ending = Ending::script_missing}, script_runtime, "the script is missing"},
  };
  for (const auto& row : rows) {
    for (const auto& error :
         {decoded_uplink(row.answer).error(), encoded_downlink(row.answer).error(),
          decoded_downlink(row.answer).error()}) {
      EXPECT_TRUE(error.is(row.error));
      EXPECT_EQ(error.message(), row.message);
    }
  }
}

TEST(Outcome, DataAndWarningsAreTaken) {
  const auto decoded = decoded_uplink(
      done(R"({"data":{"b":1.50,"a":[1,null,"x"]},"warnings":["w",5],"errors":[]})"));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->data_json, R"({"b":1.5,"a":[1,null,"x"]})");
  EXPECT_EQ(decoded->warnings, (std::vector<std::string>{"w", "5"}));
  EXPECT_FALSE(decoded->normalize_error);
}

TEST(Outcome, ListsMayBeNullOrAbsent) {
  const auto decoded = decoded_uplink(done(R"({"data":{},"warnings":null,"errors":null})"));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->data_json, "{}");
  EXPECT_TRUE(decoded_downlink(done(R"({"data":null})"))->data_json.empty());
  EXPECT_TRUE(decoded_downlink(done("{}"))->data_json.empty());
}

TEST(Outcome, TheScriptsOwnErrorsAreJoined) {
  const auto error = decoded_uplink(done(R"({"data":{},"errors":["a","b"]})")).error();
  EXPECT_TRUE(error.is(output_errors));
  EXPECT_EQ(error.message(), "a, b");
}

TEST(Outcome, WhatIsNoResultIsRefused) {
  for (const char* text :
       {"", "5", "[]", "\"x\"", "{\"data\":5}", "{\"data\":[]}", "{\"data\":{},\"warnings\":\"w\"}",
        "{\"data\":{},\"errors\":[{}]}", "{\"data\":{}", "{} x", "\xff"}) {
    EXPECT_TRUE(decoded_uplink(done(text)).error().is(script_output)) << text;
  }
  EXPECT_FALSE(decoded_uplink(done("{\"data\":{\"x\":\"" + std::string(output_max, 'a') + "\"}}")));
  std::string deep = "{\"data\":";
  for (int i = 0; i < 50; ++i) deep += "{\"a\":";
  deep += "1" + std::string(51, '}');
  EXPECT_FALSE(decoded_uplink(done(deep)));
}

TEST(Outcome, NormalizersOutputBecomesMeasurements) {
  const auto decoded = decoded_uplink(
      done(R"({"data":{"t":1}})", R"({"data":[{"air":{"temperature":1}}],"warnings":["n"]})"));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->normalized_json, std::vector<std::string>{R"({"air":{"temperature":1}})"});
  EXPECT_EQ(decoded->normalized_warnings, std::vector<std::string>{"n"});
}

TEST(Outcome, AFailedNormalizerLeavesTheDecodedPayload) {
  for (const char* normalized :
       {R"({"errors":["no"]})", R"({"data":{"x":1}})", R"({"data":5})", "5"}) {
    const auto decoded = decoded_uplink(done(R"({"data":{"t":1}})", normalized));
    ASSERT_TRUE(decoded) << normalized;
    EXPECT_EQ(decoded->data_json, R"({"t":1})");
    EXPECT_TRUE(decoded->normalize_error) << normalized;
    EXPECT_TRUE(decoded->normalized_json.empty());
  }
}

TEST(Outcome, DataThatFitsTheSchemaIsAMeasurementWithoutANormalizer) {
  EXPECT_EQ(decoded_uplink(done(R"({"data":{"air":{"temperature":20}}})"))->normalized_json.size(),
            1U);
  const auto other = decoded_uplink(done(R"({"data":{"air":{"temperature":20},"x":1}})"));
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->normalized_json.empty());
  EXPECT_FALSE(other->normalize_error) << "silently";
}

TEST(Outcome, EncodedBytesWrapAndPortsAreChosen) {
  const auto encoded = encoded_downlink(done(R"({"bytes":[0,255,256,-1,1.9,4.2e17],"fPort":7})"));
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->frm_payload, (Bytes{0, 255, 0, 255, 1, 0}));
  EXPECT_EQ(port_of(*encoded, 3), 7);
  const auto empty = encoded_downlink(done(R"({"bytes":[]})"));
  ASSERT_TRUE(empty);
  EXPECT_EQ(port_of(*empty, 3), 3);
  EXPECT_EQ(port_of(*empty, 0), 1);
  for (const char* text : {R"({"bytes":5})", R"({"bytes":["a"]})", R"({"bytes":[],"fPort":256})",
                           R"({"bytes":[],"fPort":1.5})", R"({"bytes":[],"fPort":"1"})"})
    EXPECT_TRUE(encoded_downlink(done(text)).error().is(script_output)) << text;
}

}  // namespace
}  // namespace ff::formatter
