// Query parameters beyond the usual ones. [api/json-rules.md, HTTP mapping; spec api-conventions
// §3]
#include <google/protobuf/message.h>

#include "protocol/api_json/query.hpp"
#include "test/protocol/api_json/messages.hpp"

namespace ff::api_json::test {
namespace {

struct Row {
  const char* type;
  const char* path;
  const char* text;
  const char* json;  ///< Null: refused.
};

/// "unknown query keys are ignored, malformed values → 400"
constexpr Row rows[] = {
    // Scalars at their limits.
    {"ListGatewaysRequest", "limit", "4294967295", R"({"limit":4294967295})"},
    {"ListGatewaysRequest", "limit", "4294967296", nullptr},
    {"ListGatewaysRequest", "limit", "", nullptr},
    {"ListGatewaysRequest", "limit", " 5", nullptr},
    {"ListGatewaysRequest", "limit", "5x", nullptr},
    {"ListGatewaysRequest", "deleted", "false", "{}"},
    {"ListGatewaysRequest", "deleted", "1", R"({"deleted":true})"},
    {"ListGatewaysRequest", "deleted", "0", "{}"},
    {"ListGatewaysRequest", "deleted", "2", nullptr},
    {"ListGatewaysRequest", "deleted", "", nullptr},
    {"ListGatewaysRequest", "order", "", "{}"},
    {"ListGatewaysRequest", "order", "-name", R"({"order":"-name"})"},
    {"ListGatewaysRequest", "order", "a&b=c,d", R"({"order":"a&b=c,d"})"},
    // Names: both spellings at each step, and no others.
    {"GetGatewayRequest", "gatewayIds.gateway_id", "g", R"({"gateway_ids":{"gateway_id":"g"}})"},
    {"GetGatewayRequest", "gateway_ids.gatewayId", "g", R"({"gateway_ids":{"gateway_id":"g"}})"},
    {"GetGatewayRequest", "GatewayIds.gateway_id", "g", "{}"},
    {"GetGatewayRequest", "", "g", "{}"},
    {"GetGatewayRequest", ".", "g", "{}"},
    {"GetGatewayRequest", "gateway_ids.", "g", R"({"gateway_ids":{}})"},
    {"GetGatewayRequest", ".gateway_ids", "g", "{}"},
    {"GetGatewayRequest", "gateway_ids.gateway_id.x", "g", R"({"gateway_ids":{}})"},
    {"GetGatewayRequest", "gateway_ids[0]", "g", "{}"},
    // Bytes in base64; of identifiers the length decides.
    {"Gateway", "ids.eui", "0102030405060708", R"({"ids":{"eui":"0102030405060708"}})"},
    {"Gateway", "ids.eui", "AQIDBAUGBwg", R"({"ids":{"eui":"0102030405060708"}})"},
    {"Gateway", "ids.eui", "010203040506070", nullptr},
    // Wrappers bare, and by their only field.
    {"GetStoredApplicationUpRequest", "limit", "4294967296", nullptr},
    {"GetStoredApplicationUpRequest", "limit", "", nullptr},
    {"GetStoredApplicationUpRequest", "limit.value", "3", R"({"limit":3})"},
    {"GetStoredApplicationUpRequest", "f_port", "0", R"({"f_port":0})"},
    // Times and durations.
    {"GetStoredApplicationUpRequest", "after", "2025-01-01T01:00:00+01:00",
     R"({"after":"2025-01-01T00:00:00Z"})"},
    {"GetStoredApplicationUpRequest", "after", "", nullptr},
    {"GetStoredApplicationUpRequest", "after", "2025-01-01", nullptr},
    {"GetStoredApplicationUpRequest", "last", "", nullptr},
    {"GetStoredApplicationUpRequest", "last", "5", nullptr},
    {"GetStoredApplicationUpRequest", "last", "-5s", R"({"last":"-5s"})"},
    // Enums by name or number, and no alias.
    {"Gateway", "downlink_path_constraint", "", nullptr},
    {"Gateway", "downlink_path_constraint", "downlink_path_constraint_never", nullptr},
    {"Gateway", "downlink_path_constraint", "99", R"({"downlink_path_constraint":"99"})"},
    {"Gateway", "downlink_path_constraint", "2147483648", nullptr},
    // Masks.
    {"GetGatewayRequest", "field_mask", "", R"({"field_mask":{}})"},
    {"GetGatewayRequest", "field_mask", ",a,,b,", R"({"field_mask":{"paths":["a","b"]}})"},
    // What has no text.
    {"Event", "data", "x", nullptr},
    {"ApplicationUplink", "decoded_payload", "{}", nullptr},
    // Maps.
    {"Gateway", "attributes[]", "b", nullptr},
    {"Gateway", "attributes[a]b", "c", nullptr},
    {"Gateway", "attributes.a", "b", "{}"},
    {"Gateway", "name[a]", "b", "{}"},
};

TEST(Url, TextsAreReadOrRefused) {
  for (const auto& [type, path, text, json] : rows) {
    SCOPED_TRACE(std::string(type) + " " + path + "=" + text);
    const auto message = make("ttn.lorawan.v3." + std::string(type));
    const auto status = set_field(*message, path, text, OnRepeated::append);
    ASSERT_EQ(status.has_value(), json != nullptr);
    if (json != nullptr) {
      EXPECT_EQ(*to_json(*message), json);
    } else {
      EXPECT_TRUE(status.error().is(invalid_value));
    }
  }
}

TEST(Url, ARepeatedKeyIsAListWhereTheFieldIsOne) {
  const auto message = make("ttn.lorawan.v3.ListUserSessionsRequest");
  for (const char* order : {"created_at", "-created_at"})
    ASSERT_TRUE(set_field(*message, "order", order, OnRepeated::append));
  EXPECT_EQ(*to_json(*message), R"({"order":"-created_at"})");
  const auto names = make("ttn.lorawan.v3.StreamEventsRequest");
  for (const char* name : {"a", "b"})
    ASSERT_TRUE(set_field(*names, "names", name, OnRepeated::append));
  EXPECT_EQ(*to_json(*names), R"({"names":["a","b"]})");
  ASSERT_TRUE(set_field(*names, "names", "c", OnRepeated::replace));
  EXPECT_EQ(*to_json(*names), R"({"names":["c"]})");
}

TEST(Url, OfAChoiceTheLastKeyCounts) {
  const auto message = make("ttn.lorawan.v3.OrganizationOrUserIdentifiers");
  ASSERT_TRUE(set_field(*message, "user_ids.user_id", "u", OnRepeated::append));
  ASSERT_TRUE(set_field(*message, "organization_ids.organization_id", "o", OnRepeated::append));
  EXPECT_EQ(*to_json(*message), R"({"organization_ids":{"organization_id":"o"}})");
}

TEST(Url, AnEntryGivenTwiceIsOneEntry) {
  const auto message = make("ttn.lorawan.v3.Gateway");
  for (const char* value : {"1", "2"})
    ASSERT_TRUE(set_field(*message, "attributes[a]", value, OnRepeated::append));
  EXPECT_EQ(*to_json(*message), R"({"attributes":{"a":"2"}})");
}

}  // namespace
}  // namespace ff::api_json::test
