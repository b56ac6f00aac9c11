// The three device registries over HTTP JSON: what clients write is what they read, and nobody else
// reads it.
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name many rights.

const std::string ns = "/ns/applications/app-1/devices/dev-1";
const std::string as = "/as/applications/app-1/devices/dev-1";
const std::string js = "/js/applications/app-1/devices/dev-1";
const std::string key_1 = std::string(32, '1');

const std::string abp = R"({"end_device":{
  "ids":{"device_id":"dev-1","application_ids":{"application_id":"app-1"},"dev_eui":"0102030405060708","join_eui":"1112131415161718"},
  "frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_3","lorawan_phy_version":"PHY_V1_0_3_REV_A",
  "mac_settings":{"rx1_delay":"RX_DELAY_5","resets_f_cnt":true,"adr":{"static":{"data_rate_index":"DATA_RATE_3","tx_power_index":2,"nb_trans":1}}},
  "session":{"dev_addr":"260B1234","keys":{"f_nwk_s_int_key":{"key":"11111111111111111111111111111111"}}}},
 "field_mask":{"paths":["frequency_plan_id","lorawan_version","lorawan_phy_version","mac_settings.rx1_delay",
  "mac_settings.resets_f_cnt","mac_settings.adr","session.dev_addr","session.keys.f_nwk_s_int_key.key"]}})";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

class DeviceRegistriesTest : public ApiFixture {
 protected:
  DeviceRegistriesTest() {
    rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_WRITE,
                       RIGHT_APPLICATION_DEVICES_READ_KEYS, RIGHT_APPLICATION_DEVICES_WRITE_KEYS,
                       RIGHT_APPLICATION_TRAFFIC_READ};
  }
};

TEST_F(DeviceRegistriesTest, ThePersonalizedDeviceThatIsSetIsTheOneThatIsRead) {
  const auto set = call("PUT", ns, abp);
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto got =
      call("GET", ns + "?field_mask=session,mac_settings,frequency_plan_id,supports_join");
  ASSERT_EQ(got.status, 200) << boost::json::serialize(got.body);
  EXPECT_EQ(got.at("/ids/dev_addr"), "260B1234");
  EXPECT_EQ(got.at("/session/dev_addr"), "260B1234");
  EXPECT_EQ(got.at("/session/keys/nwk_s_enc_key/key"), key_1);
  EXPECT_EQ(got.at("/session/keys/s_nwk_s_int_key/key"), key_1);
  EXPECT_EQ(got.at("/mac_settings/rx1_delay"), "5");
  EXPECT_EQ(got.at("/mac_settings/resets_f_cnt"), "true");
  EXPECT_EQ(got.at("/mac_settings/adr/static/data_rate_index"), "3");
  EXPECT_EQ(got.at("/frequency_plan_id"), "EU_863_870_TTN");
  EXPECT_EQ(got.at("/lorawan_version"), "") << "not asked for";
}

TEST_F(DeviceRegistriesTest, WithoutAMaskOnlyIdsAndTimesAreRead) {
  ASSERT_EQ(call("PUT", ns, abp).status, 200);
  const auto got = call("GET", ns);
  EXPECT_EQ(got.at("/ids/device_id"), "dev-1");
  EXPECT_EQ(got.at("/session"), "");
}

TEST_F(DeviceRegistriesTest, AChangeLeavesWhatItDoesNotName) {
  ASSERT_EQ(call("PUT", ns, abp).status, 200);
  const auto changed =
      call("PUT", ns,
           R"({"end_device":{"mac_settings":{"rx1_delay":"RX_DELAY_3"},"supports_class_c":true},
    "field_mask":{"paths":["mac_settings.rx1_delay","supports_class_c"]}})");
  ASSERT_EQ(changed.status, 200) << boost::json::serialize(changed.body);
  const auto got = call("GET", ns + "?field_mask=mac_settings,supports_class_c,session.keys");
  EXPECT_EQ(got.at("/mac_settings/rx1_delay"), "3");
  EXPECT_EQ(got.at("/mac_settings/resets_f_cnt"), "true");
  EXPECT_EQ(got.at("/supports_class_c"), "true");
  EXPECT_EQ(got.at("/session/keys/f_nwk_s_int_key/key"), key_1);
}

TEST_F(DeviceRegistriesTest, AnIncompleteDeviceIsRefusedByTheNameOfItsField) {
  const std::pair<const char*, const char*> rows[] = {
      {R"("frequency_plan_id":"EU_863_870_TTN",)", "frequency_plan_id"},
      {R"("lorawan_version":"MAC_V1_0_3",)", "lorawan_version"},
      {R"("lorawan_phy_version":"PHY_V1_0_3_REV_A",)", "lorawan_phy_version"},
      {R"("dev_addr":"260B1234",)", "session.dev_addr"},
      {R"("f_nwk_s_int_key":{"key":"11111111111111111111111111111111"})",
       "session.keys.f_nwk_s_int_key.key"},
  };
  for (const auto& [text, field] : rows) {
    const auto answer = call("PUT", ns, replaced(abp, text, ""));
    EXPECT_EQ(answer.status, 400) << field;
    EXPECT_EQ(answer.error(), "pkg/networkserver:field_value") << field;
    EXPECT_EQ(answer.at("/details/0/attributes/field"), field);
    EXPECT_EQ(answer.at("/details/0/cause/name"), "field_is_zero") << field;
  }
  EXPECT_EQ(call("GET", ns).status, 404);
}

TEST_F(DeviceRegistriesTest, EuisAndKindOfActivationNeverChange) {
  ASSERT_EQ(call("PUT", ns, abp).status, 200);
  const auto eui =
      call("PUT", ns,
           R"({"end_device":{"ids":{"dev_eui":"FFFFFFFFFFFFFFFF"}},"field_mask":{"paths":[]}})");
  EXPECT_EQ(eui.error(), "pkg/networkserver/redis:read_only_field");
  const auto join =
      call("PUT", ns,
           R"({"end_device":{"supports_join":true},"field_mask":{"paths":["supports_join"]}})");
  EXPECT_EQ(join.error(), "pkg/networkserver:field_value");
  EXPECT_EQ(join.at("/details/0/attributes/field"), "supports_join");
}

TEST_F(DeviceRegistriesTest, AResetKeepsAddressAndKeysAndCountsFromZero) {
  auto counted =
      replaced(abp, R"("dev_addr":"260B1234")", R"("dev_addr":"260B1234","last_f_cnt_up":77)");
  counted =
      replaced(counted, R"("session.dev_addr",)", R"("session.dev_addr","session.last_f_cnt_up",)");
  ASSERT_EQ(call("PUT", ns, counted).status, 200);
  EXPECT_EQ(call("GET", ns + "?field_mask=session").at("/session/last_f_cnt_up"), "77");
  const auto reset = call("PATCH", ns, R"({"field_mask":{"paths":["session"]}})");
  ASSERT_EQ(reset.status, 200) << boost::json::serialize(reset.body);
  EXPECT_EQ(reset.at("/session/last_f_cnt_up"), "");
  EXPECT_EQ(reset.at("/session/dev_addr"), "260B1234");
}

TEST_F(DeviceRegistriesTest, ADeletedDeviceIsNotFound) {
  ASSERT_EQ(call("PUT", ns, abp).status, 200);
  EXPECT_EQ(call("DELETE", ns).status, 200);
  EXPECT_EQ(call("GET", ns).error(), "pkg/networkserver:device_not_found");
  EXPECT_EQ(call("DELETE", ns).status, 404);
}

TEST_F(DeviceRegistriesTest, AMaskOfAnotherServerIsRefused) {
  EXPECT_EQ(call("GET", ns + "?field_mask=root_keys").error(),
            "pkg/rpcmiddleware/validator:field_mask_paths");
  EXPECT_EQ(call("GET", js + "?field_mask=session").error(),
            "pkg/rpcmiddleware/validator:field_mask_paths");
  EXPECT_EQ(call("GET", as + "?field_mask=frequency_plan_id").error(),
            "pkg/rpcmiddleware/validator:field_mask_paths");
}

TEST_F(DeviceRegistriesTest, KeysNeedRightsOfTheirOwn) {
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_WRITE};
  const auto set = call("PUT", ns, abp);
  EXPECT_EQ(set.status, 403);
  EXPECT_EQ(set.error(), "pkg/auth/rights:insufficient_application_rights");
  EXPECT_EQ(set.at("/details/0/attributes/missing/0"), "RIGHT_APPLICATION_DEVICES_WRITE_KEYS");
  for (const auto* mask : {"session", "session.keys", "session.keys.f_nwk_s_int_key.key"}) {
    EXPECT_EQ(call("GET", ns + "?field_mask=" + mask).status, 403) << mask;
  }
  EXPECT_EQ(call("GET", ns + "?field_mask=session.dev_addr").status, 404)
      << "allowed, but there is none";
  EXPECT_EQ(call("GET", "/ns/applications/other/devices/dev-1").error(),
            "pkg/auth/rights:no_application_rights");
}

TEST_F(DeviceRegistriesTest, TheJoinServerFindsADeviceByItsIdsAlone) {
  auto otaa = replaced(abp, R"("frequency_plan_id":"EU)",
                       R"("supports_join":true,"frequency_plan_id":"EU)");
  otaa = replaced(otaa, R"(,
  "session":{"dev_addr":"260B1234","keys":{"f_nwk_s_int_key":{"key":"11111111111111111111111111111111"}}})",
                  "");
  otaa = replaced(otaa, R"(,"session.dev_addr","session.keys.f_nwk_s_int_key.key")",
                  R"(,"supports_join")");
  const auto ns_set = call("PUT", ns, otaa);
  ASSERT_EQ(ns_set.status, 200) << boost::json::serialize(ns_set.body);
  const auto set = call("PUT", js, R"({"end_device":{
    "ids":{"dev_eui":"0102030405060708","join_eui":"1112131415161718"},"net_id":"000013",
    "root_keys":{"app_key":{"key":"11111111111111111111111111111111"}}},
    "field_mask":{"paths":["net_id","root_keys.app_key.key"]}})");
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto got = call("GET", js + "?field_mask=root_keys,net_id");
  ASSERT_EQ(got.status, 200) << boost::json::serialize(got.body);
  EXPECT_EQ(got.at("/root_keys/app_key/key"), key_1);
  EXPECT_EQ(got.at("/net_id"), "000013");
  EXPECT_EQ(call("DELETE", js).status, 200);
  EXPECT_EQ(call("GET", js).error(), "pkg/joinserver:device_not_found");
}

TEST_F(DeviceRegistriesTest, EuisOfAnotherDeviceAreTakenInTheJoinServer) {
  rights["app-2"] = rights["app-1"];
  const std::string body =
      R"({"end_device":{"ids":{"dev_eui":"0102030405060708","join_eui":"1112131415161718"},
    "root_keys":{"app_key":{"key":"11111111111111111111111111111111"}}},"field_mask":{"paths":["root_keys.app_key.key"]}})";
  ASSERT_EQ(call("PUT", js, body).status, 200);
  const auto second = call("PUT", "/js/applications/app-2/devices/dev-9", body);
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.error(), "pkg/internal/registry:end_device_euis_taken");
  EXPECT_EQ(call("PUT", js, body).status, 200) << "the same again is a change";
}

TEST_F(DeviceRegistriesTest, TheApplicationServersPartIsSetReadAndDeleted) {
  const auto set = call(
      "PUT", as,
      R"({"end_device":{"formatters":{"up_formatter":"FORMATTER_JAVASCRIPT","up_formatter_parameter":"x"},
    "session":{"dev_addr":"260B1234","keys":{"app_s_key":{"key":"11111111111111111111111111111111"}}}},
    "field_mask":{"paths":["formatters","session.dev_addr","session.keys.app_s_key.key"]}})");
  ASSERT_EQ(set.status, 200) << boost::json::serialize(set.body);
  const auto got = call("GET", as + "?field_mask=formatters,session");
  EXPECT_EQ(got.at("/formatters/up_formatter_parameter"), "x");
  EXPECT_EQ(got.at("/session/keys/app_s_key/key"), key_1);
  EXPECT_EQ(got.at("/ids/dev_addr"), "260B1234");
  const auto zero =
      call("PUT", as, R"({"end_device":{},"field_mask":{"paths":["session.dev_addr"]}})");
  EXPECT_EQ(zero.error(), "pkg/applicationserver:field_value");
  EXPECT_EQ(call("DELETE", as).status, 200);
  EXPECT_EQ(call("GET", as).error(), "pkg/applicationserver:device_not_found");
}

TEST_F(DeviceRegistriesTest, AComponentThatIsNotThereIsUnavailable) {
  deps.network_servers = NetworkServers(*storage::ShardCount::make(1));
  const auto got = call("GET", ns);
  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(got.error(), "pkg/cluster:peer_unavailable");
}

}  // namespace
}  // namespace ff::api::test
