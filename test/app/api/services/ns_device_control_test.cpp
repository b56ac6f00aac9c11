// farfield.v1.NsEndDeviceControl over HTTP JSON.
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name many rights.

const std::string ns = "/ns/applications/app-1/devices/dev-1";
const std::string force = "/farfield/ns/applications/app-1/devices/dev-1/force-rejoin";

const std::string close_session = "/farfield/ns/applications/app-1/devices/dev-1/close-session";

const std::string abp_1_1 = R"({"end_device":{
  "ids":{"device_id":"dev-1","application_ids":{"application_id":"app-1"},"dev_eui":"0102030405060708"},
  "frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_1","lorawan_phy_version":"PHY_V1_1_REV_B",
  "session":{"dev_addr":"260B1234","keys":{
    "f_nwk_s_int_key":{"key":"11111111111111111111111111111111"},
    "s_nwk_s_int_key":{"key":"22222222222222222222222222222222"},
    "nwk_s_enc_key":{"key":"33333333333333333333333333333333"}}}},
 "field_mask":{"paths":["frequency_plan_id","lorawan_version","lorawan_phy_version","session.dev_addr",
  "session.keys.f_nwk_s_int_key.key","session.keys.s_nwk_s_int_key.key","session.keys.nwk_s_enc_key.key"]}})";

const std::string abp_1_0_4 = R"({"end_device":{
  "ids":{"device_id":"dev-1","application_ids":{"application_id":"app-1"},"dev_eui":"0102030405060708"},
  "frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_4","lorawan_phy_version":"RP002_V1_0_3",
  "session":{"dev_addr":"260B1234","keys":{"f_nwk_s_int_key":{"key":"11111111111111111111111111111111"}}}},
 "field_mask":{"paths":["frequency_plan_id","lorawan_version","lorawan_phy_version","session.dev_addr",
  "session.keys.f_nwk_s_int_key.key"]}})";

/// An OTAA device that has joined, as an import brings it along.
const std::string joined = R"({"end_device":{
  "ids":{"device_id":"dev-1","application_ids":{"application_id":"app-1"},"dev_eui":"0102030405060708",
         "join_eui":"70B3D57ED0000000"},
  "frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_4","lorawan_phy_version":"RP002_V1_0_3",
  "supports_join":true,
  "session":{"dev_addr":"260B1234","keys":{"session_key_id":"AQI=",
    "f_nwk_s_int_key":{"key":"11111111111111111111111111111111"}}}},
 "field_mask":{"paths":["frequency_plan_id","lorawan_version","lorawan_phy_version","supports_join",
  "session.dev_addr","session.keys.session_key_id","session.keys.f_nwk_s_int_key.key"]}})";

class NsDeviceControlTest : public ApiFixture {
 protected:
  NsDeviceControlTest() {
    rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_WRITE,
                       RIGHT_APPLICATION_DEVICES_READ_KEYS, RIGHT_APPLICATION_DEVICES_WRITE_KEYS};
  }
};

TEST_F(NsDeviceControlTest, AsksADeviceOf11ToRejoin) {
  const auto set = call("PUT", ns, abp_1_1);
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto asked = call("POST", force,
                          R"({"request":{"rejoin_type":"KEYS","data_rate_index":"DATA_RATE_2",
                              "max_retries":3,"period_exponent":"REJOIN_PERIOD_1"}})");
  EXPECT_EQ(asked.status, 200) << boost::json::serialize(asked.body);
}

TEST_F(NsDeviceControlTest, RefusesWhatTheCommandCanNotSay) {
  ASSERT_EQ(call("PUT", ns, abp_1_1).status, 200);
  for (const char* request : {R"({"max_retries":8})", R"({"data_rate_index":16})",
                              R"({"period_exponent":8})", R"({"rejoin_type":7})"}) {
    const auto refused = call("POST", force, R"({"request":)" + std::string(request) + "}");
    EXPECT_EQ(refused.status, 400) << request;
    EXPECT_EQ(refused.at("/details/0/name"), "validation") << request;
  }
  const auto session = call("POST", force, R"({"request":{"rejoin_type":"SESSION"}})");
  EXPECT_EQ(session.status, 400);
  EXPECT_EQ(session.error(), "pkg/networkserver:field_value");
}

TEST_F(NsDeviceControlTest, RefusesDevicesThatCanNotRejoin) {
  EXPECT_EQ(call("POST", force, R"({"request":{}})").status, 404);
  const auto set = call("PUT", ns, abp_1_0_4);
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto refused = call("POST", force, R"({"request":{}})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.at("/details/0/name"), "rejoin_request");
}

TEST_F(NsDeviceControlTest, ClosesASessionForGood) {
  EXPECT_EQ(call("POST", close_session, "{}").status, 404);
  const auto set = call("PUT", ns, joined);
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto closed = call("POST", close_session, "{}");
  EXPECT_EQ(closed.status, 200) << boost::json::serialize(closed.body);
  rights["app-1"].push_back(RIGHT_APPLICATION_TRAFFIC_READ);  // For mac_state.
  const auto device = call("GET", ns + "?field_mask=session,mac_state,frequency_plan_id");
  ASSERT_EQ(device.status, 200) << boost::json::serialize(device.body);
  EXPECT_EQ(device.at("/frequency_plan_id"), "EU_863_870_TTN");
  EXPECT_FALSE(device.body.as_object().contains("session"));
  EXPECT_FALSE(device.body.as_object().contains("mac_state"));
  const auto again = call("POST", close_session, "{}");
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(again.error(), "pkg/networkserver:unknown_session");
}

TEST_F(NsDeviceControlTest, ClosesNoSessionOfADeviceThatCanNotJoin) {
  ASSERT_EQ(call("PUT", ns, abp_1_0_4).status, 200);
  const auto refused = call("POST", close_session, "{}");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.error(), "pkg/networkserver:abp_session");
}

TEST_F(NsDeviceControlTest, NeedsTheRightToWriteDevices) {
  ASSERT_EQ(call("PUT", ns, abp_1_1).status, 200);
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ};
  EXPECT_EQ(call("POST", force, R"({"request":{}})").status, 403);
  EXPECT_EQ(call("POST", close_session, "{}").status, 403);
}

}  // namespace
}  // namespace ff::api::test
