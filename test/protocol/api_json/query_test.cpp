// Fields set from path variables and query parameters.
#include "protocol/api_json/query.hpp"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::api_json {
namespace {

struct Row {
  const char* type;
  const char* path;
  const char* text;
  const char* json;  ///< Null: refused.
};

constexpr Row rows[] = {
    {"GetGatewayRequest", "gateway_ids.gateway_id", "gtw",
     R"({"gateway_ids":{"gateway_id":"gtw"}})"},
    {"GetGatewayRequest", "gatewayIds.gatewayId", "gtw", R"({"gateway_ids":{"gateway_id":"gtw"}})"},
    {"GetGatewayRequest", "field_mask", "name,ids", R"({"field_mask":{"paths":["name","ids"]}})"},
    {"GetGatewayRequest", "field_mask.paths", "name", R"({"field_mask":{"paths":["name"]}})"},
    {"GetGatewayRequest", "nothing.at.all", "x", "{}"},
    {"GetGatewayRequest", "gateway_ids", "x", nullptr},
    {"ListGatewaysRequest", "limit", "5", R"({"limit":5})"},
    {"ListGatewaysRequest", "limit", "x", nullptr},
    {"ListGatewaysRequest", "limit", "-1", nullptr},
    {"ListGatewaysRequest", "deleted", "true", R"({"deleted":true})"},
    {"ListGatewaysRequest", "deleted", "yes", nullptr},
    {"Gateway", "ids.eui", "AQIDBAUGBwg=", R"({"ids":{"eui":"0102030405060708"}})"},
    {"Gateway", "ids.eui", "AQID", nullptr},
    {"Gateway", "attributes[a]", "b", R"({"attributes":{"a":"b"}})"},
    {"Gateway", "attributes", "b", nullptr},
    {"Gateway", "attributes[a", "b", nullptr},
    {"Gateway", "name", "\xff", nullptr},
    {"Gateway", "downlink_path_constraint", "DOWNLINK_PATH_CONSTRAINT_NEVER",
     R"({"downlink_path_constraint":"DOWNLINK_PATH_CONSTRAINT_NEVER"})"},
    {"Gateway", "downlink_path_constraint", "2",
     R"({"downlink_path_constraint":"DOWNLINK_PATH_CONSTRAINT_NEVER"})"},
    {"Gateway", "downlink_path_constraint", "NEVER", nullptr},
    {"GetStoredApplicationUpRequest", "limit", "3", R"({"limit":3})"},
    {"GetStoredApplicationUpRequest", "after", "2025-01-01T00:00:00Z",
     R"({"after":"2025-01-01T00:00:00Z"})"},
    {"GetStoredApplicationUpRequest", "last", "3600s", R"({"last":"3600s"})"},
    {"GetStoredApplicationUpRequest", "last", "1h30m", R"({"last":"5400s"})"},
    {"GetStoredApplicationUpRequest", "last", "500ms", R"({"last":"0.500s"})"},
    {"GetStoredApplicationUpRequest", "after", "yesterday", nullptr},
};

TEST(Query, TextsBecomeFields) {
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.path) + "=" + row.text);
    auto message = make_any_content("/ttn.lorawan.v3." + std::string(row.type));
    ASSERT_NE(message, nullptr);
    auto status = set_field(*message, row.path, row.text, OnRepeated::append);
    ASSERT_EQ(status.has_value(), row.json != nullptr);
    if (row.json != nullptr) {
      EXPECT_EQ(*to_json(*message), row.json);
    }
  }
}

TEST(Query, RepeatedParametersGrowListsAndReplaceScalars) {
  auto message = make_any_content("/ttn.lorawan.v3.GetGatewayRequest");
  for (const char* mask : {"a,b", "c"})
    ASSERT_TRUE(set_field(*message, "field_mask", mask, OnRepeated::append));
  for (const char* id : {"x", "y"})
    ASSERT_TRUE(set_field(*message, "gateway_ids.gateway_id", id, OnRepeated::append));
  EXPECT_EQ(*to_json(*message),
            R"({"gateway_ids":{"gateway_id":"y"},"field_mask":{"paths":["a","b","c"]}})");
  ASSERT_TRUE(set_field(*message, "field_mask", "d", OnRepeated::replace));
  EXPECT_EQ(*to_json(*message),
            R"({"gateway_ids":{"gateway_id":"y"},"field_mask":{"paths":["d"]}})");
}

}  // namespace
}  // namespace ff::api_json
