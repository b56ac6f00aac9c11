// Requests against the rules of the tables.
#include "protocol/api_rules/api_rules.hpp"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/api_rules/value_check.hpp"
#include "test/support/messages/random_message.hpp"

namespace ff::api_rules {
namespace {

const UtcTime now = *parse_rfc3339("2025-02-11T10:00:00Z");

std::unique_ptr<google::protobuf::Message> message(const std::string& type, std::string_view json) {
  auto made = api_json::make_any_content("/ttn.lorawan.v3." + type);
  EXPECT_NE(made, nullptr) << type;
  auto status = api_json::from_json(json, *made);
  EXPECT_TRUE(status) << json << (status ? "" : status.error().to_string());
  return made;
}

std::string text(const Status& status) {
  if (status) return "ok";
  std::string all;
  for (const auto* error = &status.error(); error != nullptr; error = error->cause())
    all += (all.empty() ? "" : " < ") + error->message();
  return all;
}

struct FieldRow {
  const char* type;
  const char* json;
  const char* outcome;
};

constexpr FieldRow field_rows[] = {
    {"ApplicationIdentifiers", R"({"application_id":"app-1"})", "ok"},
    {"ApplicationIdentifiers", R"({"application_id":"App"})",
     "invalid `application_id`: value does not match regex pattern "
     "\"^[a-z0-9](?:[-]?[a-z0-9]){2,}$\""},
    {"ApplicationIdentifiers", R"({"application_id":"a2345678901234567890123456789012345678"})",
     "invalid `application_id`: value length must be at most 36 runes"},
    {"EndDeviceIdentifiers", R"({"device_id":"dev","application_ids":{"application_id":"app"}})",
     "ok"},
    {"EndDeviceIdentifiers", R"({"device_id":"dev"})",
     "invalid `application_ids`: value is required"},
    {"EndDeviceIdentifiers", R"({"device_id":"dev","application_ids":{"application_id":"a"}})",
     "invalid `application_ids`: embedded message failed validation < invalid `application_id`: "
     "value does not match "
     "regex pattern \"^[a-z0-9](?:[-]?[a-z0-9]){2,}$\""},
    {"EntityIdentifiers", "{}", "invalid `ids`: value is required"},
    {"EntityIdentifiers", R"({"gateway_ids":{"gateway_id":"gtw"}})", "ok"},
    {"TxSettings", R"({"data_rate":{"lora":{}},"frequency":1})",
     "invalid `frequency`: value must be greater than or equal to 100000"},
    {"ZeroableFrequencyValue", "0", "ok"},
    {"ZeroableFrequencyValue", "50000", "invalid `value`: value must be outside range (0, 100000)"},
    {"ZeroableFrequencyValue", "868100000", "ok"},
    {"Location", R"({"latitude":91})", "invalid `latitude`: value must be inside range [-90, 90]"},
    {"Location", R"({"latitude":"NaN"})",
     "invalid `latitude`: value must be inside range [-90, 90]"},
    {"Location", R"({"source":99})",
     "invalid `source`: value must be one of the defined enum values"},
    {"ListUserAPIKeysRequest", R"({"user_ids":{"user_id":"me"},"order":"-name","limit":1000})",
     "ok"},
    {"ListUserAPIKeysRequest", R"({"user_ids":{"user_id":"me"},"limit":1001})",
     "invalid `limit`: value must be less than or equal to 1000"},
    {"CreateGatewayAPIKeyRequest",
     R"({"gateway_ids":{"gateway_id":"gtw"},"rights":[1],"expires_at":"2025-02-11T10:00:00Z"})",
     "invalid `expires_at`: value must be greater than now"},
    {"CreateGatewayAPIKeyRequest",
     R"({"gateway_ids":{"gateway_id":"gtw"},"rights":[1],"expires_at":"2025-02-11T10:00:00.001Z"})",
     "ok"},
    {"CreateGatewayAPIKeyRequest", R"({"gateway_ids":{"gateway_id":"gtw"}})",
     "invalid `rights`: value must contain at least 1 item(s)"},
    {"CreateGatewayAPIKeyRequest", R"({"gateway_ids":{"gateway_id":"gtw"},"rights":[1,1]})",
     "invalid `rights`: repeated value must contain unique items"},
    {"CreateGatewayAPIKeyRequest", R"({"gateway_ids":{"gateway_id":"gtw"},"rights":[1,9999]})",
     "invalid `rights[1]`: value must be one of the defined enum values"},
    {"Application", R"({"ids":{"application_id":"app"},"attributes":{"A":"x"}})",
     "invalid `attributes[A]`: value does not match regex pattern "
     "\"^[a-z0-9](?:[-]?[a-z0-9]){2,}$\""},
};

TEST(ApiRules, FieldsFollowTheirRules) {
  for (const auto& row : field_rows) {
    SCOPED_TRACE(std::string(row.type) + " " + row.json);
    EXPECT_EQ(text(validate(*message(row.type, row.json), now)), row.outcome);
  }
}

TEST(ApiRules, TheErrorCarriesFieldReasonAndName) {
  auto status = validate(*message("GatewayIdentifiers", R"({"gateway_id":"X"})"), now);
  ASSERT_FALSE(status);
  EXPECT_TRUE(status.error().is(validation));
  const auto& attributes = status.error().attributes();
  ASSERT_EQ(attributes.size(), 3U);
  EXPECT_EQ(attributes[0], Attribute("field", "gateway_id"));
  EXPECT_EQ(attributes[2], Attribute("name", "GatewayIdentifiersValidationError"));
}

constexpr const char* set_device = "ttn.lorawan.v3.AsEndDeviceRegistry/Set";
constexpr const char* ids =
    R"("ids":{"device_id":"dev","application_ids":{"application_id":"app"}})";

struct MaskRow {
  const char* name;
  const char* method;
  const char* type;
  std::string json;
  const ErrorDef* error;
};

const MaskRow mask_rows[] = {
    {"allowed paths", set_device, "SetEndDeviceRequest",
     std::string(R"({"end_device":{)") + ids + R"(},"field_mask":"session.dev_addr,version_ids"})",
     nullptr},
    {"a path that is known but not the component's", set_device, "SetEndDeviceRequest",
     std::string(R"({"end_device":{)") + ids + R"(},"field_mask":"mac_settings"})",
     &field_mask_paths},
    {"a path that does not exist", "ttn.lorawan.v3.GatewayRegistry/Get", "GetGatewayRequest",
     R"({"gateway_ids":{"gateway_id":"gtw"},"field_mask":"nothing"})", &field_mask_paths},
    {"what is within a message that the table names as a whole",
     "ttn.lorawan.v3.EndDeviceRegistry/Update", "UpdateEndDeviceRequest",
     std::string(R"({"end_device":{)") + ids +
         R"(,"picture":{"embedded":{"mime_type":"image/png","data":"AA=="}}},"field_mask":"picture"})",
     nullptr},
    {"a forbidden field below an allowed path", set_device, "SetEndDeviceRequest",
     R"({"end_device":{"ids":{"device_id":"dev","application_ids":{"application_id":"app"},"dev_addr":"01020304"}},"field_mask":"ids"})",
     &non_zero_path},
    {"the same field, not asked for", set_device, "SetEndDeviceRequest",
     R"({"end_device":{"ids":{"device_id":"dev","application_ids":{"application_id":"app"},"dev_addr":"01020304"}},"field_mask":"version_ids"})",
     nullptr},
    {"a broken rule outside the mask", "ttn.lorawan.v3.GatewayRegistry/Update",
     "UpdateGatewayRequest",
     R"({"gateway":{"ids":{"gateway_id":"gtw"},"gateway_server_address":"bad address"},"field_mask":"name"})",
     nullptr},
    {"a broken rule inside the mask", "ttn.lorawan.v3.GatewayRegistry/Update",
     "UpdateGatewayRequest",
     R"({"gateway":{"ids":{"gateway_id":"gtw"},"gateway_server_address":"bad address"},"field_mask":"gateway_server_address"})",
     &validation},
    {"identifiers are always validated", "ttn.lorawan.v3.GatewayRegistry/Update",
     "UpdateGatewayRequest", R"({"gateway":{"ids":{"gateway_id":"X"}},"field_mask":"name"})",
     &validation},
    {"without a mask everything is validated", "ttn.lorawan.v3.GatewayRegistry/Update",
     "UpdateGatewayRequest",
     R"({"gateway":{"ids":{"gateway_id":"gtw"},"gateway_server_address":"bad address"}})",
     &validation},
    {"a method without masks", "ttn.lorawan.v3.GatewayRegistry/Delete", "GatewayIdentifiers",
     R"({"gateway_id":"gtw"})", nullptr},
};

TEST(ApiRules, MasksRestrictWhatIsAllowedAndValidated) {
  for (const auto& row : mask_rows) {
    SCOPED_TRACE(row.name);
    auto status = validate(row.method, *message(row.type, row.json), now);
    EXPECT_EQ(status.has_value(), row.error == nullptr) << text(status);
    if (row.error != nullptr && !status) {
      EXPECT_TRUE(status.error().is(*row.error)) << text(status);
    }
  }
}

TEST(ApiRules, ForbiddenPathsAreAllListed) {
  auto status =
      validate("ttn.lorawan.v3.GatewayRegistry/Get",
               *message("GetGatewayRequest",
                        R"({"gateway_ids":{"gateway_id":"gtw"},"field_mask":"b,name,a"})"),
               now);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().attributes().at(0),
            Attribute("forbidden_paths", std::vector<std::string>{"b", "a"}));
}

struct Format {
  bool (*check)(std::string_view);
  std::vector<std::string_view> valid;
  std::vector<std::string_view> invalid;
};

/// A refusal costs no more than the request did.
TEST(ApiRules, MasksWithoutEndAreRefusedInFewWords) {
  for (const int count : {100, 5000}) {
    auto request = message("GetGatewayRequest", R"({"gateway_ids":{"gateway_id":"gtw"}})");
    auto& mask = *request->GetReflection()->MutableMessage(
        request.get(), request->GetDescriptor()->FindFieldByName("field_mask"));
    const auto* paths = mask.GetDescriptor()->FindFieldByName("paths");
    for (int i = 0; i < count; ++i)
      mask.GetReflection()->AddString(&mask, paths, i % 2 == 0 ? "name" : "");
    const auto status = validate("ttn.lorawan.v3.GatewayRegistry/Get", *request, now);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().is(field_mask_paths));
    const auto& named =
        std::get<std::vector<std::string>>(status.error().attributes().front().value);
    EXPECT_LE(named.size(), 16U);
  }
}

TEST(ApiRules, FormatsOfStrings) {
  const Format formats[] = {
      {is_email,
       {"a@b.c", "first.last+tag@example.com"},
       {"", "a", "@b", "a@", "a..b@c", "a b@c.d", "a@-b.c", "a@b@c d"}},
      {is_absolute_uri,
       {"https://example.com/a?b=c", "mqtt://x", "urn:a:b"},
       {"", "/a", "example.com/a", "://a", "http://a%2"}},
      {is_uri_reference, {"", "/a/b", "a.png", "https://x"}, {"1:2", "%zz", "a\nb"}},
      {is_uuid,
       {"123e4567-e89b-12d3-a456-426614174000"},
       {"", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"}},
      {is_ipv4, {"10.0.0.1"}, {"", "10.0.0", "10.0.0.256", "::1"}},
      {is_ip, {"10.0.0.1", "::1", "2001:db8::1"}, {"", "x", "10.0.0.1/8"}},
  };
  for (const auto& format : formats) {
    for (auto valid : format.valid) EXPECT_TRUE(format.check(valid)) << valid;
    for (auto invalid : format.invalid) EXPECT_FALSE(format.check(invalid)) << invalid;
  }
}

TEST(ApiRules, AnyMessageIsAcceptedOrRefusedButNeverFatal) {
  std::mt19937_64 random(3);
  for (const char* type :
       {"SetEndDeviceRequest", "UpdateGatewayRequest", "ApplicationUp", "CreateUserRequest"}) {
    for (int i = 0; i < 100; ++i) {
      auto made = api_json::make_any_content("/ttn.lorawan.v3." + std::string(type));
      test::fill_random(*made, random);
      auto status = validate(set_device, *made, now);
      EXPECT_EQ(status ? Code::invalid_argument : status.error().code(), Code::invalid_argument);
    }
  }
}

}  // namespace
}  // namespace ff::api_rules
