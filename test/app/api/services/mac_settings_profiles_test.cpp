// MAC settings profiles over HTTP JSON, with their real registry on a store in memory; devices that
// take and leave them.
#include "actors/network_server/profiles/actor.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.

const std::string profiles = "/ns/applications/app-1/mac_settings_profiles";
const std::string pro = profiles + "/pro-1";
const std::string device = "/ns/applications/app-1/devices/dev-1";
const std::string profile_ids =
    R"({"application_ids":{"application_id":"app-1"},"profile_id":"pro-1"})";

std::string create_body(const std::string& id, const std::string& settings) {
  return R"({"mac_settings_profile":{"ids":{"application_ids":{"application_id":"app-1"},"profile_id":")" +
         id + R"("},"mac_settings":)" + settings + "}}";
}
std::string update_body(const std::string& settings, const std::string& paths) {
  return R"({"mac_settings_profile":{"ids":)" + profile_ids + R"(,"mac_settings":)" + settings +
         R"(},"field_mask":{"paths":[)" + paths + "]}}";
}
std::string device_body(const std::string& fields, const std::string& paths) {
  return R"({"end_device":{)" + fields + R"(},"field_mask":{"paths":[)" + paths + "]}}";
}
const std::string otaa = device_body(
    R"("ids":{"dev_eui":"0102030405060708","join_eui":"1112131415161718"},
       "frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_3","supports_join":true,
       "lorawan_phy_version":"PHY_V1_0_3_REV_A","mac_settings_profile_ids":)" +
        profile_ids,
    R"("frequency_plan_id","lorawan_version","lorawan_phy_version","supports_join",
       "mac_settings_profile_ids")");

class ProfilesTest : public ApiFixture {
 protected:
  ProfilesTest() {
    rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_WRITE};
    auto context = std::make_shared<network_server::Context>();
    context->deps.clock = actors::make_system_clock();
    context->deps.metrics = &metrics_;
    context->deps.committer.set(actors::spawn_committer(
        *system,
        {.engine = &engine_, .metrics = &metrics_, .on_store_failed = {}, .own_thread = true}));
    spawned.push_back(caf::actor_cast<caf::actor>(context->deps.committer.get()));
    context->plans =
        std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context->shards = *deps.network_servers;
    deps.profiles.set(network_server::spawn_profiles(*system, context, engine_));
    spawned.push_back(caf::actor_cast<caf::actor>(deps.profiles.get()));
  }
  ~ProfilesTest() override { tear_down(); }

  Answer create(const std::string& settings) {
    return call("POST", profiles, create_body("pro-1", settings));
  }
  static std::string field(const Answer& answer) {
    return answer.error() + " " + answer.at("/details/0/attributes/field");
  }

  actors::Metrics metrics_;
  storage::MemoryEngine engine_;
};

TEST_F(ProfilesTest, WhatIsCreatedIsRead) {
  const auto created = create(R"({"rx1_delay":"RX_DELAY_3","adr":{"disabled":{}}})");
  ASSERT_EQ(created.status, 200) << boost::json::serialize(created.body);
  EXPECT_EQ(created.at("/mac_settings_profile/ids/profile_id"), "pro-1");
  const auto got = call("GET", pro);
  ASSERT_EQ(got.status, 200) << boost::json::serialize(got.body);
  EXPECT_EQ(got.at("/mac_settings_profile/ids/application_ids/application_id"), "app-1");
  EXPECT_EQ(got.at("/mac_settings_profile/mac_settings/rx1_delay"), "3");
  EXPECT_EQ(got.at("/mac_settings_profile/mac_settings/adr/disabled"), "{}");
  const auto some = call("GET", pro + "?field_mask=mac_settings.adr");
  EXPECT_EQ(some.at("/mac_settings_profile/ids/profile_id"), "pro-1");
  EXPECT_EQ(some.at("/mac_settings_profile/mac_settings/rx1_delay"), "");
  EXPECT_EQ(some.at("/mac_settings_profile/mac_settings/adr/disabled"), "{}");
  EXPECT_EQ(create("{}").error(), "pkg/networkserver:mac_settings_profile_already_exists");
  EXPECT_EQ(create("{}").status, 409);
}

TEST_F(ProfilesTest, AChangeLeavesWhatItDoesNotName) {
  ASSERT_EQ(create(R"({"rx1_delay":"RX_DELAY_3","resets_f_cnt":true})").status, 200);
  const auto changed =
      call("PUT", pro, update_body(R"({"rx1_delay":"RX_DELAY_7"})", R"("mac_settings.rx1_delay")"));
  ASSERT_EQ(changed.status, 200) << boost::json::serialize(changed.body);
  EXPECT_EQ(changed.at("/mac_settings_profile/mac_settings/rx1_delay"), "7");
  const auto got = call("GET", pro);
  EXPECT_EQ(got.at("/mac_settings_profile/mac_settings/rx1_delay"), "7");
  EXPECT_EQ(got.at("/mac_settings_profile/mac_settings/resets_f_cnt"), "true");
  ASSERT_EQ(call("PUT", pro, update_body("{}", R"("mac_settings")")).status, 200);
  EXPECT_EQ(call("GET", pro).at("/mac_settings_profile/mac_settings/resets_f_cnt"), "");
}

TEST_F(ProfilesTest, APayloadOfAnotherProfileIsRefused) {
  ASSERT_EQ(create("{}").status, 200);
  auto body = update_body("{}", R"("mac_settings")");
  body.replace(body.find("app-1"), 5, "app-2");
  EXPECT_EQ(field(call("PUT", pro, body)),
            "pkg/networkserver:field_value mac_settings_profile.ids");
}

TEST_F(ProfilesTest, NothingIsFoundUnderAnUnknownId) {
  const auto missing = "pkg/networkserver:mac_settings_profile_not_found";
  EXPECT_EQ(call("GET", pro).error(), missing);
  EXPECT_EQ(call("DELETE", pro).error(), missing);
  EXPECT_EQ(call("PUT", pro, update_body("{}", R"("mac_settings")")).error(), missing);
  EXPECT_EQ(call("PUT", device, otaa).error(), missing);
  ASSERT_EQ(create("{}").status, 200);
  EXPECT_EQ(call("DELETE", pro).status, 200);
  EXPECT_EQ(call("GET", pro).status, 404);
}

TEST_F(ProfilesTest, BadProfilesAreRefused) {
  EXPECT_EQ(call("POST", profiles, create_body("No Id", "{}")).status, 400);
  EXPECT_EQ(create(R"({"use_adr":true,"adr":{"disabled":{}}})").status, 400);
  EXPECT_EQ(call("GET", pro + "?field_mask=session").error(),
            "pkg/rpcmiddleware/validator:field_mask_paths");
  EXPECT_EQ(call("GET", profiles + "?limit=1001").status, 400);
}

TEST_F(ProfilesTest, ListsPagesInOrder) {
  for (const char* id : {"pro-2", "pro-1", "pro-3"})
    ASSERT_EQ(call("POST", profiles, create_body(id, "{}")).status, 200);
  const auto all = call("GET", profiles);
  EXPECT_EQ(all.at("/mac_settings_profiles/0/ids/profile_id"), "pro-1");
  EXPECT_EQ(all.at("/mac_settings_profiles/2/ids/profile_id"), "pro-3");
  EXPECT_EQ(last->header("x-total-count"), "3");
  const auto page = call("GET", profiles + "?order=-profile_id&limit=2&page=2");
  EXPECT_EQ(page.at("/mac_settings_profiles/0/ids/profile_id"), "pro-1");
  EXPECT_EQ(page.at("/mac_settings_profiles/1/ids/profile_id"), "");
  EXPECT_EQ(last->header("x-total-count"), "3");
}

TEST_F(ProfilesTest, RightsAreOfTheApplicationsDevices) {
  ASSERT_EQ(create("{}").status, 200);
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ};
  EXPECT_EQ(call("GET", pro).status, 200);
  EXPECT_EQ(call("GET", profiles).status, 200);
  EXPECT_EQ(create("{}").status, 403);
  EXPECT_EQ(call("PUT", pro, update_body("{}", R"("mac_settings")")).status, 403);
  EXPECT_EQ(call("DELETE", pro).status, 403);
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_WRITE};
  EXPECT_EQ(call("GET", pro).status, 403);
  EXPECT_EQ(call("GET", profiles).status, 403);
}

// --- devices -------------------------------------------------------------------------------------

TEST_F(ProfilesTest, ADeviceHasAProfileOrSettingsOfItsOwn) {
  ASSERT_EQ(create(R"({"rx1_delay":"RX_DELAY_3"})").status, 200);
  ASSERT_EQ(call("PUT", device, otaa).status, 200);
  const auto got = call("GET", device + "?field_mask=mac_settings,mac_settings_profile_ids");
  EXPECT_EQ(got.at("/mac_settings_profile_ids/profile_id"), "pro-1");
  EXPECT_EQ(got.at("/mac_settings_profile_ids/application_ids/application_id"), "app-1");
  EXPECT_EQ(got.at("/mac_settings"), "");

  const auto refused = "pkg/networkserver:field_value mac_settings";
  const auto settings = R"("mac_settings":{"rx1_delay":"RX_DELAY_5"})";
  EXPECT_EQ(field(call("PUT", device, device_body(settings, R"("mac_settings.rx1_delay")"))),
            refused);
  const auto both = std::string(settings) + R"(,"mac_settings_profile_ids":)" + profile_ids;
  EXPECT_EQ(
      field(call("PUT", device, device_body(both, R"("mac_settings","mac_settings_profile_ids")"))),
      refused);
  const auto unrelated = device_body(R"("supports_class_c":true)", R"("supports_class_c")");
  EXPECT_EQ(call("PUT", device, unrelated).status, 200);
}

TEST_F(ProfilesTest, ADeviceThatLeavesItsProfileKeepsItsValues) {
  ASSERT_EQ(create(R"({"rx1_delay":"RX_DELAY_3"})").status, 200);
  ASSERT_EQ(call("PUT", device, otaa).status, 200);
  const auto left = call("PUT", device, device_body("", R"("mac_settings_profile_ids")"));
  ASSERT_EQ(left.status, 200) << boost::json::serialize(left.body);
  const auto got = call("GET", device + "?field_mask=mac_settings,mac_settings_profile_ids");
  EXPECT_EQ(got.at("/mac_settings_profile_ids"), "");
  EXPECT_EQ(got.at("/mac_settings/rx1_delay"), "3");
  const auto own =
      device_body(R"("mac_settings":{"rx1_delay":"RX_DELAY_5"})", R"("mac_settings.rx1_delay")");
  EXPECT_EQ(call("PUT", device, own).status, 200);
}

TEST_F(ProfilesTest, RelaySettingsOfADeviceWithAProfileAreTheProfiles) {
  deps.plans = std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
  const auto served = R"({"served":{"always":{},"serving_device_id":"dev-2"}})";
  ASSERT_EQ(create(std::string(R"({"desired_relay":)") + served + "}").status, 200);
  ASSERT_EQ(call("PUT", device, otaa).status, 200);
  const auto relay = "/ns/applications/app-1/relays/dev-1";
  const auto got = call("GET", relay);
  EXPECT_EQ(got.at("/settings/served/serving_device_id"), "dev-2")
      << boost::json::serialize(got.body);
  EXPECT_EQ(field(call("DELETE", relay)), "pkg/networkserver:field_value mac_settings");
}

TEST_F(ProfilesTest, AProfileOfAnotherApplicationIsRefused) {
  ASSERT_EQ(create("{}").status, 200);
  auto body = otaa;
  body.replace(body.find("app-1"), 5, "app-2");
  EXPECT_EQ(field(call("PUT", device, body)),
            "pkg/networkserver:field_value mac_settings_profile_ids.application_ids");
}

TEST_F(ProfilesTest, AComponentThatIsNotThereIsUnavailable) {
  deps.profiles = Profiles();
  EXPECT_EQ(call("GET", pro).error(), "pkg/cluster:peer_unavailable");
  EXPECT_EQ(call("PUT", device, otaa).error(), "pkg/cluster:peer_unavailable");
}

}  // namespace
}  // namespace ff::api::test
