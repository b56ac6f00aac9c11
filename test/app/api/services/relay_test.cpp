// NsRelayConfigurationService over HTTP JSON.
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name many rights.

const std::string relays = "/ns/applications/app-1/relays";
const std::string serving = R"({"serving":{
  "second_channel":{"ack_offset":"RELAY_SECOND_CH_ACK_OFFSET_200","data_rate_index":"DATA_RATE_3","frequency":"868300000"},
  "default_channel_index":1,"cad_periodicity":"RELAY_CAD_PERIODICITY_250_MILLISECONDS",
  "limits":{"reset_behavior":"RELAY_RESET_LIMIT_COUNTER_MAX_VALUE","overall":{"bucket_size":"RELAY_LIMIT_BUCKET_SIZE_4","reload_rate":80}}}})";

std::string served(const std::string& by) {
  return R"({"served":{"dynamic":{"smart_enable_level":"RELAY_SMART_ENABLE_LEVEL_32"},"backoff":12,"serving_device_id":")" +
         by + R"("}})";
}

class RelayTest : public ApiFixture {
 protected:
  RelayTest() {
    deps.plans = std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_WRITE,
                       RIGHT_APPLICATION_DEVICES_READ_KEYS, RIGHT_APPLICATION_DEVICES_WRITE_KEYS};
  }

  void make_device(const std::string& id) {
    const auto answer = call("PUT", "/ns/applications/app-1/devices/" + id, R"({"end_device":{
      "ids":{"device_id":")" + id + R"(","application_ids":{"application_id":"app-1"}},
      "frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_4","lorawan_phy_version":"RP002_V1_0_4",
      "session":{"dev_addr":"260B1234","keys":{"session_key_id":"AQI=","f_nwk_s_int_key":{"key":"11111111111111111111111111111111"}}},
      "mac_state":{"lorawan_version":"MAC_V1_0_4"}},
      "field_mask":{"paths":["frequency_plan_id","lorawan_version","lorawan_phy_version","session.dev_addr",
      "session.keys.session_key_id","session.keys.f_nwk_s_int_key.key","mac_state.lorawan_version"]}})");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  Answer create(const std::string& id, const std::string& settings) {
    return call("POST", relays,
                R"({"end_device_ids":{"device_id":")" + id + R"("},"settings":)" + settings + "}");
  }
  Answer create_rule(const std::string& relay, int index, const std::string& device) {
    return call("POST", relays + "/" + relay + "/uplink-forwarding-rules",
                R"({"index":)" + std::to_string(index) + R"(,"rule":{"device_id":")" + device +
                    R"(","last_w_f_cnt":7,"limits":{"reload_rate":20}}})");
  }
  std::string rule(const std::string& relay, int index) {
    return relays + "/" + relay + "/uplink-forwarding-rules/" + std::to_string(index);
  }
  /// A relay, and a device behind it.
  void make_pair() {
    make_device("relay-1");
    make_device("dev-1");
    ASSERT_EQ(create("relay-1", serving).status, 200);
    ASSERT_EQ(create("dev-1", served("relay-1")).status, 200);
  }
};

TEST_F(RelayTest, TheRelayThatIsMadeIsTheOneThatIsRead) {
  make_device("relay-1");
  const auto made = create("relay-1", serving);
  ASSERT_EQ(made.status, 200) << made.body;
  const auto got = call("GET", relays + "/relay-1?field_mask=mode.serving");
  ASSERT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.at("/settings"), made.at("/settings"));
  EXPECT_EQ(got.at("/settings/serving/second_channel/frequency"), "868300000");
  EXPECT_EQ(got.at("/settings/serving/default_channel_index"), "1");
  EXPECT_EQ(got.at("/settings/serving/limits/overall/reload_rate"), "80");
  const auto device =
      call("GET", "/ns/applications/app-1/devices/relay-1?field_mask=mac_settings,mac_state");
  EXPECT_EQ(device.at("/mac_settings/desired_relay"), made.at("/settings"));
  EXPECT_EQ(device.at("/mac_state/desired_parameters/relay/serving/default_channel_index"), "1");
  EXPECT_EQ(device.at("/mac_state/current_parameters/relay"), "") << "it has not been told yet";
}

TEST_F(RelayTest, ADeviceIsARelayOnce) {
  make_device("relay-1");
  ASSERT_EQ(create("relay-1", serving).status, 200);
  const auto again = create("relay-1", serving);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.error(), "pkg/networkserver:relay_already_exists");
}

/// Rules have methods of their own, which tell both devices.
TEST_F(RelayTest, ARelayIsNotMadeOrChangedWithRules) {
  const std::string with_rules =
      R"({"serving":{"uplink_forwarding_rules":[{"device_id":"dev-1"}]}})";
  const auto made = create("relay-1", with_rules);
  EXPECT_EQ(made.status, 400);
  EXPECT_EQ(made.error(), "pkg/networkserver:relay_manage_uplink_forwarding_rules");
  make_pair();
  ASSERT_EQ(create_rule("relay-1", 0, "dev-1").status, 200);
  const auto change = [&](const std::string& mask) {
    return call("PUT", relays + "/relay-1",
                R"({"settings":)" + with_rules + R"(,"field_mask":")" + mask + R"("})");
  };
  for (const auto* mask : {"mode", "mode.serving", "mode.serving.uplink_forwarding_rules"}) {
    EXPECT_EQ(change(mask).error(), "pkg/networkserver:relay_manage_uplink_forwarding_rules")
        << mask;
  }
  EXPECT_EQ(change("mode.serving.cad_periodicity").status, 200) << "rules are not asked for";
  EXPECT_EQ(call("GET", rule("relay-1", 0)).at("/rule/device_id"), "dev-1");
}

TEST_F(RelayTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(create("dev-9", serving).error(), "pkg/networkserver:device_not_found");
  make_device("dev-1");
  const auto path = relays + "/dev-1";
  EXPECT_EQ(call("GET", path).error(), "pkg/networkserver:relay_not_found");
  EXPECT_EQ(call("DELETE", path).error(), "pkg/networkserver:relay_not_found");
  EXPECT_EQ(
      call("PUT", path, R"({"settings":)" + serving + R"(,"field_mask":"mode.serving"})").error(),
      "pkg/networkserver:relay_not_found");
  EXPECT_EQ(call("GET", rule("dev-1", 0)).error(), "pkg/networkserver:relay_not_found");
}

TEST_F(RelayTest, SettingsAreCheckedAgainstTheBand) {
  make_device("relay-1");
  auto wrong = serving;
  wrong.replace(wrong.find("868300000"), 9, "900000000");
  const auto answer = create("relay-1", wrong);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.error(), "pkg/networkserver:field_value");
  EXPECT_EQ(answer.at("/details/0/attributes/field"),
            "settings.mode.serving.second_channel.frequency");
  EXPECT_EQ(create("relay-1", "{}").status, 400) << "neither serving nor served";
}

TEST_F(RelayTest, AChangeLeavesWhatItDoesNotName) {
  make_device("relay-1");
  ASSERT_EQ(create("relay-1", serving).status, 200);
  const auto changed = call("PUT", relays + "/relay-1", R"({
    "settings":{"serving":{"cad_periodicity":"RELAY_CAD_PERIODICITY_20_MILLISECONDS"}},
    "field_mask":"mode.serving.cad_periodicity"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  const auto got = call("GET", relays + "/relay-1?field_mask=mode");
  EXPECT_EQ(got.at("/settings/serving/cad_periodicity"), "RELAY_CAD_PERIODICITY_20_MILLISECONDS");
  EXPECT_EQ(got.at("/settings/serving/default_channel_index"), "1");
}

TEST_F(RelayTest, ADeletedRelayIsGoneFromWhatIsDesired) {
  make_device("relay-1");
  ASSERT_EQ(create("relay-1", serving).status, 200);
  ASSERT_EQ(call("DELETE", relays + "/relay-1").status, 200);
  EXPECT_EQ(call("GET", relays + "/relay-1").status, 404);
  const auto device =
      call("GET", "/ns/applications/app-1/devices/relay-1?field_mask=mac_settings,mac_state");
  EXPECT_EQ(device.at("/mac_settings/desired_relay"), "");
  EXPECT_EQ(device.at("/mac_state/desired_parameters/relay"), "");
}

TEST_F(RelayTest, ARuleTakesTheSessionOfItsDevice) {
  make_pair();
  const auto made = create_rule("relay-1", 2, "dev-1");
  ASSERT_EQ(made.status, 200) << made.body;
  const auto got = call("GET", rule("relay-1", 2));
  EXPECT_EQ(got.at("/rule/device_id"), "dev-1");
  EXPECT_EQ(got.at("/rule/session_key_id"), "AQI=");
  EXPECT_EQ(got.at("/rule/last_w_f_cnt"), "7");
  EXPECT_EQ(got.at("/rule/limits/reload_rate"), "20");
  const auto list = call("GET", relays + "/relay-1/uplink-forwarding-rules?field_mask=device_id");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.at("/rules/2/device_id"), "dev-1");
  EXPECT_EQ(list.at("/rules/2/last_w_f_cnt"), "") << "not asked for";
  const auto device =
      call("GET", "/ns/applications/app-1/devices/relay-1?field_mask=mac_state.desired_parameters");
  EXPECT_EQ(
      device.at("/mac_state/desired_parameters/relay/serving/uplink_forwarding_rules/2/device_id"),
      "dev-1");
}

TEST_F(RelayTest, ARuleMakesItsDeviceTheRelays) {
  make_device("relay-1");
  make_device("dev-1");
  ASSERT_EQ(create("relay-1", serving).status, 200);
  ASSERT_EQ(create("dev-1", served("relay-gone")).status, 200);
  ASSERT_EQ(create_rule("relay-1", 0, "dev-1").status, 200) << "that relay does not exist";
  EXPECT_EQ(call("GET", relays + "/dev-1?field_mask=mode.served.serving_device_id")
                .at("/settings/served/serving_device_id"),
            "relay-1");
}

TEST_F(RelayTest, ADeviceIsServedByOneRelay) {
  make_pair();
  make_device("relay-2");
  ASSERT_EQ(create("relay-2", serving).status, 200);
  ASSERT_EQ(create_rule("relay-1", 0, "dev-1").status, 200);
  const auto second = create_rule("relay-2", 0, "dev-1");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.error(), "pkg/networkserver/redis:relay_served");
  EXPECT_EQ(second.at("/details/0/attributes/serving"), "app-1.relay-1");
  ASSERT_EQ(call("DELETE", rule("relay-1", 0)).status, 200);
  EXPECT_EQ(create_rule("relay-2", 0, "dev-1").status, 200) << "the first has let it go";
}

TEST_F(RelayTest, RulesThatCanNotBeAreRefused) {
  make_pair();
  ASSERT_EQ(create_rule("relay-1", 0, "dev-1").status, 200);
  EXPECT_EQ(create_rule("relay-1", 0, "dev-1").error(),
            "pkg/networkserver:relay_uplink_forwarding_rule_already_exists");
  EXPECT_EQ(create_rule("relay-1", 16, "dev-1").status, 400) << "sixteen are all";
  EXPECT_EQ(create_rule("dev-1", 1, "relay-1").error(), "pkg/networkserver:relay_not_served");
  make_device("dev-2");
  EXPECT_EQ(create_rule("relay-1", 1, "dev-2").error(), "pkg/networkserver:relay_not_found");
  EXPECT_EQ(create_rule("relay-1", 1, "dev-9").error(), "pkg/networkserver:device_not_found");
  ASSERT_EQ(create("dev-2", served("dev-1")).status, 200);
  EXPECT_EQ(create_rule("dev-1", 1, "dev-2").error(), "pkg/networkserver:relay_not_serving");
  EXPECT_EQ(call("GET", rule("relay-1", 5)).error(),
            "pkg/networkserver:relay_uplink_forwarding_rule_not_found");
  EXPECT_EQ(call("DELETE", rule("relay-1", 5)).status, 404);
}

TEST_F(RelayTest, ARuleIsChangedByItsMask) {
  make_pair();
  ASSERT_EQ(create_rule("relay-1", 0, "dev-1").status, 200);
  const auto changed = call("PUT", rule("relay-1", 0),
                            R"({"rule":{"last_w_f_cnt":99},"field_mask":"last_w_f_cnt"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  auto got = call("GET", rule("relay-1", 0));
  EXPECT_EQ(got.at("/rule/last_w_f_cnt"), "99");
  EXPECT_EQ(got.at("/rule/device_id"), "dev-1");
  make_device("dev-2");
  ASSERT_EQ(create("dev-2", served("relay-2")).status, 200);
  const auto other =
      call("PUT", rule("relay-1", 0), R"({"rule":{"device_id":"dev-2"},"field_mask":"device_id"})");
  ASSERT_EQ(other.status, 200) << other.body;
  got = call("GET", rule("relay-1", 0));
  EXPECT_EQ(got.at("/rule/device_id"), "dev-2");
  EXPECT_EQ(call("GET", relays + "/dev-2").at("/settings/served/serving_device_id"), "relay-1");
}

TEST_F(RelayTest, NeedsTheRightsOfDevices) {
  make_pair();
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ};
  EXPECT_EQ(call("GET", relays + "/relay-1").status, 200);
  EXPECT_EQ(call("DELETE", relays + "/relay-1").status, 403);
  EXPECT_EQ(create_rule("relay-1", 0, "dev-1").status, 403);
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_WRITE};
  EXPECT_EQ(call("GET", relays + "/relay-1").status, 403);
  EXPECT_EQ(call("GET", relays + "/relay-1/uplink-forwarding-rules").status, 403);
}

}  // namespace
}  // namespace ff::api::test
