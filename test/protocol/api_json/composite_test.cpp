// What holds other values: objects, lists, maps, choices, wrappers, Struct, Value, Any.
// [api/json-rules.md, Scalars and Well-known types]
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <limits>

#include "test/protocol/api_json/messages.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api_json::test {
namespace {

struct Row {
  const char* type;
  const char* read;
  const char* outcome;
};

void expect(std::initializer_list<Row> rows) {
  for (const auto& [type, read, outcome] : rows) {
    const std::string name(type);
    EXPECT_EQ(reread(name.starts_with("google.") ? name : "ttn.lorawan.v3." + name, read), outcome)
        << type << ' ' << read;
  }
}

TEST(Composite, AKeyGivenTwiceCountsTheLastTime) {
  expect({
      {"EndDeviceIdentifiers", R"({"device_id":"a","device_id":"b"})", R"({"device_id":"b"})"},
      {"EndDeviceIdentifiers", R"({"device_id":"a","deviceId":"b"})", R"({"device_id":"b"})"},
      {"EndDeviceIdentifiers", R"({"device_id":"a","device_id":null})", "{}"},
      {"EndDeviceIdentifiers", R"({"application_ids":{"application_id":"a"},"application_ids":{}})",
       R"({"application_ids":{}})"},
      {"ApplicationDownlink", R"({"correlation_ids":["a"],"correlation_ids":["b"]})",
       R"({"correlation_ids":["b"]})"},
      {"Application", R"({"attributes":{"a":"1"},"attributes":{"b":"2"}})",
       R"({"attributes":{"b":"2"}})"},
      {"Application", R"({"attributes":{"a":"1","a":"2"}})", R"({"attributes":{"a":"2"}})"},
      {"ApplicationUplink", R"({"decoded_payload":{"a":{"x":1},"a":{"y":2}}})",
       R"({"decoded_payload":{"a":{"y":2}}})"},
      {"GetApplicationRequest", R"({"field_mask":"a","field_mask":"b"})",
       R"({"field_mask":{"paths":["b"]}})"},
  });
}

TEST(Composite, OfAChoiceTheLastMemberCounts) {
  expect({
      {"ADRSettings", R"({"static":{},"disabled":{}})", R"({"disabled":{}})"},
      {"ADRSettings", R"({"static":{},"disabled":null})", R"({"static":{}})"},
      {"ADRSettings", R"({"disabled":{},"static":null,"dynamic":{}})", R"({"dynamic":{}})"},
      {"DownlinkPath", R"({"fixed":{},"uplink_token":"AA=="})", R"({"uplink_token":"AA=="})"},
  });
}

TEST(Composite, UnknownKeysArePassedOverWhateverTheyHold) {
  expect({
      {"EndDeviceIdentifiers", R"({"x":{"device_id":"a"},"device_id":"b","y":[[{}],"\ud800"]})",
       R"({"device_id":"b"})"},
      {"Application", R"({"x":[1,]})", "refused: invalid_json"},
      {"Application", R"({"x":"\x"})", "refused: invalid_json"},
      {"Application", R"({"attributes":{"a":1}})", "refused: invalid_json"},
      {"Application", R"({"attributes":["a"]})", "refused: invalid_json"},
      {"Application", R"({"contact_info":[null]})", "refused: invalid_json"},
      {"ApplicationDownlink", R"({"correlation_ids":"a"})", "refused: invalid_json"},
      {"ApplicationDownlink", R"({"correlation_ids":["a" "b"]})", "refused: invalid_json"},
  });
}

TEST(Composite, AWrapperIsItsValue) {
  expect({
      {"google.protobuf.UInt32Value", "7", "7"},
      {"google.protobuf.UInt32Value", "\"7\"", "7"},
      {"google.protobuf.UInt32Value", R"({"value":7})", "7"},
      {"google.protobuf.UInt32Value", "4294967296", "refused: invalid_value"},
      {"google.protobuf.UInt32Value", "-1", "refused: invalid_value"},
      {"google.protobuf.Int32Value", "-2147483648", "-2147483648"},
      {"google.protobuf.UInt64Value", "18446744073709551615", "\"18446744073709551615\""},
      {"google.protobuf.Int64Value", "\"-9223372036854775808\"", "\"-9223372036854775808\""},
      {"google.protobuf.FloatValue", "0.1", "0.1"},
      {"google.protobuf.DoubleValue", "\"NaN\"", "\"NaN\""},
      {"google.protobuf.BoolValue", "false", "false"},
      {"google.protobuf.BoolValue", "\"false\"", "refused: invalid_json"},
      {"google.protobuf.StringValue", "\"\"", "\"\""},
      {"google.protobuf.StringValue", "1", "refused: invalid_json"},
      {"google.protobuf.BytesValue", "\"_w\"", "\"/w==\""},
      {"FrequencyValue", "868100000", "\"868100000\""},
      {"FrequencyValue", R"({"value":"868100000"})", "\"868100000\""},
      {"RxDelayValue", "\"RX_DELAY_5\"", "5"},
      {"DataRateIndexValue", "0", "0"},
      {"BoolValue", R"({"value":true})", "true"},
      {"BoolValue", "{}", "refused: invalid_value"},
      {"BoolValue", R"({"Value":true})", "refused: invalid_value"},
      {"BoolValue", R"({"value":true,"value":true})", "refused: invalid_value"},
      {"BoolValue", R"({"x":1,"value":true})", "refused: invalid_value"},
      {"MACSettings", R"({"rx1_delay":null,"adr_margin":{"value":2}})", R"({"adr_margin":2})"},
      {"UplinkMessage", R"({"crc_status":false})", R"({"crc_status":false})"},
  });
}

TEST(Composite, DynamicValuesAreWhatTheyAre) {
  expect({
      {"google.protobuf.Struct", "{}", "{}"},
      {"google.protobuf.Struct", R"({"b":null,"a":[]})", R"({"a":[],"b":null})"},
      {"google.protobuf.Struct", "[]", "refused: invalid_json"},
      {"google.protobuf.Struct", "null", "refused: invalid_json"},
      {"google.protobuf.Struct", R"({"a":1e999})", "refused: invalid_value"},
      {"google.protobuf.Struct", R"({"a":1e-999})", R"({"a":0})"},
      {"google.protobuf.Struct", R"({"a":-1e-999})", R"({"a":-0})"},
      {"google.protobuf.Struct", R"({"a":0.1,"b":100,"c":1e21,"d":1e-7})",
       R"({"a":0.1,"b":100,"c":1e+21,"d":1e-7})"},
      {"google.protobuf.Struct", R"({"":{"":{}}})", R"({"":{"":{}}})"},
      {"google.protobuf.Struct", R"({"\u0000\"":"\u001f"})", R"({"\u0000\"":"\u001f"})"},
      {"google.protobuf.Value", "null", "null"},
      {"google.protobuf.Value", "\"1\"", "\"1\""},
      {"google.protobuf.Value", "1", "1"},
      {"google.protobuf.Value", "true", "true"},
      {"google.protobuf.Value", "nul", "refused: invalid_json"},
      {"google.protobuf.ListValue", R"([null,[],{},"",0,false])", R"([null,[],{},"",0,false])"},
      {"google.protobuf.ListValue", "{}", "refused: invalid_json"},
      {"google.protobuf.Empty", "{}", "{}"},
      {"google.protobuf.Empty", "null", "refused: invalid_json"},
      {"google.protobuf.Empty", "[]", "refused: invalid_json"},
  });
}

#define FF_TYPE "type.googleapis.com/"

TEST(Composite, AnAnyNamesItsTypeFirst) {
  expect({
      {"google.protobuf.Any", "{}", "{}"},
      {"google.protobuf.Any",
       R"({"@type":")" FF_TYPE R"(ttn.lorawan.v3.GatewayIdentifiers","gatewayId":"g","x":1})",
       R"({"@type":")" FF_TYPE R"(ttn.lorawan.v3.GatewayIdentifiers","gateway_id":"g"})"},
      {"google.protobuf.Any", R"({"@type":")" FF_TYPE R"(ttn.lorawan.v3.BoolValue","value":true})",
       R"({"@type":")" FF_TYPE R"(ttn.lorawan.v3.BoolValue","value":true})"},
      {"google.protobuf.Any", R"({"@type":")" FF_TYPE R"(google.protobuf.Struct","value":{"a":1}})",
       R"({"@type":")" FF_TYPE R"(google.protobuf.Struct","value":{"a":1}})"},
      {"google.protobuf.Any", R"({"@type":")" FF_TYPE R"(google.protobuf.Empty","value":{}})",
       R"({"@type":")" FF_TYPE R"(google.protobuf.Empty","value":{}})"},
      {"google.protobuf.Any",
       R"({"@type":"a/google.protobuf.Any","value":{"@type":"b/google.protobuf.BoolValue","value":true}})",
       R"({"@type":"a/google.protobuf.Any","value":{"@type":"b/google.protobuf.BoolValue","value":true}})"},
      {"google.protobuf.Any", R"({"gateway_id":"g","@type":"x/ttn.lorawan.v3.GatewayIdentifiers"})",
       "refused: invalid_value"},
      {"google.protobuf.Any", R"({"@type":"ttn.lorawan.v3.GatewayIdentifiers"})",
       "refused: invalid_value"},
      {"google.protobuf.Any", R"({"@type":""})", "refused: invalid_value"},
      {"google.protobuf.Any", R"({"@type":1})", "refused: invalid_json"},
      {"google.protobuf.Any", R"({"@type":"x/google.protobuf.BoolValue"})",
       "refused: invalid_value"},
      {"google.protobuf.Any", R"({"@type":"x/google.protobuf.BoolValue","v":true})",
       "refused: invalid_value"},
      {"google.protobuf.Any", R"({"@type":"x/google.protobuf.BoolValue","value":true,"x":1})",
       "refused: invalid_value"},
  });
}

/// protojson reads numeric offsets, the plugin does not, and each message keeps its own reader
/// wherever it is.
TEST(Composite, TheTypeWithinAnAnyChoosesTheDialect) {
  expect({
      {"google.protobuf.Any",
       R"({"@type":"x/ttn.lorawan.v3.ALCSyncCommand.AppTimeReq","DeviceTime":"2025-02-11T10:00:00+01:00"})",
       R"({"@type":"x/ttn.lorawan.v3.ALCSyncCommand.AppTimeReq","DeviceTime":"2025-02-11T09:00:00Z"})"},
      {"google.protobuf.Any",
       R"({"@type":"x/ttn.lorawan.v3.ApplicationUplink","received_at":"2025-02-11T10:00:00+01:00"})",
       "refused: invalid_value"},
  });
}

std::string nested_lists(int levels) {
  const auto count = static_cast<std::size_t>(levels);
  return std::string(count, '[') + "1" + std::string(count, ']');
}

/// Whoever stores what a client sent gives it back later.
TEST(Composite, WhateverIsReadCanBeWritten) {
  EXPECT_EQ(reread("google.protobuf.Value", nested_lists(max_depth)), nested_lists(max_depth));
  EXPECT_EQ(reread("google.protobuf.Value", nested_lists(max_depth + 1)), json_refused);
  std::string objects;
  for (int i = 0; i < max_depth; ++i) objects += "{\"a\":";
  objects += "null" + std::string(max_depth, '}');
  EXPECT_EQ(reread("google.protobuf.Struct", objects), objects);
  std::string causes;
  for (int i = 0; i < max_depth - 1; ++i) causes += "{\"cause\":";
  causes += R"({"name":"n"})" + std::string(max_depth - 1, '}');
  EXPECT_EQ(reread("ttn.lorawan.v3.ErrorDetails", causes), causes);
}

/// Messages come over gRPC too, where nothing bounds how deep they are.
TEST(Composite, WhatIsTooDeepIsNotWritten) {
  google::protobuf::Value value;
  auto* inner = &value;
  for (int i = 0; i < max_depth; ++i) inner = inner->mutable_list_value()->add_values();
  EXPECT_TRUE(to_json(value));
  inner->mutable_list_value();
  const auto json = to_json(value);
  ASSERT_FALSE(json);
  EXPECT_TRUE(json.error().is(not_encodable));
}

TEST(Composite, ADurationThatIsNoneIsNotWritten) {
  constexpr auto seconds_min = std::numeric_limits<std::int64_t>::min();
  constexpr auto nanos_min = std::numeric_limits<std::int32_t>::min();
  constexpr std::pair<std::int64_t, std::int32_t> rows[] = {{315'576'000'001, 0},
                                                            {-315'576'000'001, 0},
                                                            {seconds_min, 0},
                                                            {seconds_min, -1},
                                                            {0, 1'000'000'000},
                                                            {0, -1'000'000'000},
                                                            {0, nanos_min},
                                                            {-1, nanos_min},
                                                            {1, -1},
                                                            {-1, 1}};
  for (const auto& [seconds, nanos] : rows) {
    google::protobuf::Duration duration;
    duration.set_seconds(seconds);
    duration.set_nanos(nanos);
    const auto json = to_json(duration);
    EXPECT_FALSE(json) << seconds << ' ' << nanos << ' ' << *json;
  }
}

TEST(Composite, ATimestampThatIsNoneIsNotWritten) {
  constexpr std::pair<std::int64_t, std::int32_t> rows[] = {
      {-62'135'596'801, 0},
      {253'402'300'800, 0},
      {0, -1},
      {0, 1'000'000'000},
      {std::numeric_limits<std::int64_t>::min(), 0},
      {std::numeric_limits<std::int64_t>::max(), 0},
      {0, std::numeric_limits<std::int32_t>::min()}};
  for (const auto& [seconds, nanos] : rows) {
    google::protobuf::Timestamp time;
    time.set_seconds(seconds);
    time.set_nanos(nanos);
    EXPECT_FALSE(to_json(time)) << seconds << ' ' << nanos;
  }
}

}  // namespace
}  // namespace ff::api_json::test
