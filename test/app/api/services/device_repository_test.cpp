// DeviceRepository over HTTP JSON, with our own repository. [spec devices-repository-templates-qr
// §1]
#include "actors/device_repository/actor.hpp"
#include "actors/device_repository/import.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/app/api/services/api_fixture.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api::test {
namespace {

const std::string climate = "/dr/brands/farfield-sensors/models/climate-one";
const std::string buoy = "/dr/brands/north-harbour/models/buoy-light";

class DeviceRepositoryTest : public ApiFixture {
 protected:
  DeviceRepositoryTest() {
    auto source = device_repository::open_source(FF_SOURCE_DIR "/app/repository");
    EXPECT_TRUE(device_repository::import_repository(**source, engine,
                                                     {.write =
                                                          [this](const storage::WriteBatch& batch) {
                                                            return engine.write(
                                                                batch, storage::Durability::sync);
                                                          },
                                                      .problem = {},
                                                      .progress = {}}));
    auto handle = device_repository::spawn_repository(*system, {.store = &engine});
    spawned.push_back(caf::actor_cast<caf::actor>(handle));
    deps.repository.emplace().set(handle);
    deps.assets_base_url = "https://assets.example";
  }
  ~DeviceRepositoryTest() override { tear_down(); }

  Answer get(const std::string& path) { return call("GET", path); }

  storage::MemoryEngine engine;
};

TEST_F(DeviceRepositoryTest, ListsBrands) {
  const auto answer = get("/dr/brands?field_mask=name,logo");
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  EXPECT_EQ(answer.body, boost::json::parse(R"({"brands":[
    {"brand_id":"farfield-sensors","name":"Farfield Sensors",
     "logo":"https://assets.example/vendor/farfield-sensors/logo.svg"},
    {"brand_id":"north-harbour","name":"North Harbour Instruments"}]})"));
  EXPECT_EQ(last->header("X-Total-Count"), "2");
  EXPECT_EQ(get("/dr/brands").at("/brands/0"), R"({"brand_id":"farfield-sensors"})");
  EXPECT_EQ(get("/dr/brands?limit=1&page=2").at("/brands/0/brand_id"), "north-harbour");
  EXPECT_EQ(get("/dr/brands?order_by=-name").at("/brands/0/brand_id"), "north-harbour");
  EXPECT_EQ(get("/dr/applications/app-1/brands?search=harbour").at("/brands/0/brand_id"),
            "north-harbour");
  EXPECT_EQ(get("/dr/brands?order_by=size").status, 400);
  EXPECT_EQ(get("/dr/brands?limit=1001").status, 400);
  EXPECT_EQ(get("/dr/brands?search=" + std::string(101, 'x')).status, 400);
}

TEST_F(DeviceRepositoryTest, GetsABrand) {
  const auto answer = get("/dr/brands/farfield-sensors?field_mask=lora_alliance_vendor_id,email");
  EXPECT_EQ(answer.body,
            boost::json::parse(R"({"brand_id":"farfield-sensors","lora_alliance_vendor_id":64001,
                                   "email":"sensors@farfield.example"})"));
  for (const auto* draft : {"/dr/brands/paper-plans", "/dr/brands/nobody"}) {
    EXPECT_EQ(get(draft).status, 404);
    EXPECT_EQ(get(draft).error(), "pkg/devicerepository:brand_not_found");
  }
}

TEST_F(DeviceRepositoryTest, ListsModels) {
  const auto answer = get("/dr/models?field_mask=name&order_by=name");
  EXPECT_EQ(answer.body, boost::json::parse(R"({"models":[
    {"brand_id":"north-harbour","model_id":"buoy-light","name":"Buoy Light"},
    {"brand_id":"farfield-sensors","model_id":"climate-one","name":"Climate One"},
    {"brand_id":"farfield-sensors","model_id":"valve-two","name":"Valve Two"}]})"));
  EXPECT_EQ(get("/dr/brands/north-harbour/models").at("/models/0/model_id"), "buoy-light");
  EXPECT_EQ(last->header("X-Total-Count"), "1");
  EXPECT_EQ(get("/dr/models?search=irrigation").at("/models/0/model_id"), "valve-two");
}

TEST_F(DeviceRepositoryTest, GetsAModel) {
  const auto answer = get(climate +
                          "?field_mask=firmware_versions,photos,key_provisioning,key_security,"
                          "battery,dimensions.height,weight,operating_conditions.temperature.min");
  EXPECT_EQ(answer.body, boost::json::parse(R"({"brand_id":"farfield-sensors",
    "model_id":"climate-one","firmware_versions":[
      {"version":"1.0","numeric":1,"supported_hardware_versions":["rev A"],"profiles":{
        "EU_863_870":{"profile_id":"climate-profile-eu868","lorawan_certified":true,
                      "codec_id":"climate-codec"},
        "US_902_928":{"profile_id":"climate-profile-us915","codec_id":"climate-codec"}}},
      {"version":"0.9","profiles":{"EU_863_870":{"profile_id":"climate-profile-eu868"}}}],
    "dimensions":{"height":24.5},"weight":96,"battery":{"replaceable":true,"type":"AA"},
    "operating_conditions":{"temperature":{"min":-20}},
    "key_provisioning":["custom","join server"],"key_security":"read protected",
    "photos":{"main":"https://assets.example/vendor/farfield-sensors/climate-one.png",
      "other":["https://assets.example/vendor/farfield-sensors/climate-one-back.jpg"]}})"))
      << boost::json::serialize(answer.body);
  EXPECT_EQ(get("/dr/brands/north-harbour/models/buoy-deep").error(),
            "pkg/devicerepository:model_not_found");
}

TEST_F(DeviceRepositoryTest, MakesATemplateOfWhatTheProfileSays) {
  const auto answer = get(buoy + "/v3%20(sea)/EU_863_870/template");
  EXPECT_EQ(answer.body, boost::json::parse(R"json({"end_device":{
    "version_ids":{"brand_id":"north-harbour","model_id":"buoy-light",
      "firmware_version":"v3 (sea)","band_id":"EU_863_870"},
    "lorawan_version":"MAC_V1_0_2","lorawan_phy_version":"PHY_V1_0_2_REV_B","supports_class_b":true,
    "mac_settings":{"class_b_timeout":"8s","ping_slot_periodicity":"PING_EVERY_32S",
      "ping_slot_data_rate_index":3,"ping_slot_frequency":"869525000","rx1_delay":1,
      "rx1_data_rate_offset":2,"rx2_data_rate_index":0,"rx2_frequency":"869525000",
      "factory_preset_frequencies":["868100000","868300000","868500000"],
      "max_duty_cycle":"DUTY_CYCLE_128","supports_32_bit_f_cnt":false},
    "mac_state":{"desired_parameters":{"max_eirp":14}},
    "formatters":{"up_formatter":"FORMATTER_REPOSITORY","down_formatter":"FORMATTER_REPOSITORY"}},
    "field_mask":{"paths":["lorawan_version","lorawan_phy_version","supports_join",
      "supports_class_b","mac_settings.class_b_timeout","mac_settings.ping_slot_periodicity",
      "mac_settings.ping_slot_data_rate_index","mac_settings.ping_slot_frequency",
      "supports_class_c","mac_settings.rx1_delay","mac_settings.rx1_data_rate_offset",
      "mac_settings.rx2_data_rate_index","mac_settings.rx2_frequency",
      "mac_settings.factory_preset_frequencies","mac_settings.max_duty_cycle",
      "mac_settings.supports_32_bit_f_cnt","mac_state.desired_parameters.max_eirp","version_ids",
      "formatters"]}})json"))
      << boost::json::serialize(answer.body);
  const auto& paths = answer.body.at("field_mask").at("paths").as_array();
  for (const auto& path : paths)
    EXPECT_TRUE(field_mask::is_known(*ttn::lorawan::v3::EndDevice::descriptor(),
                                     std::string(path.as_string())))
        << path;
}

TEST_F(DeviceRepositoryTest, MakesATemplateByTheNumbersOfTheLoRaAlliance) {
  const auto answer = get("/dr/vendors/64001/profiles/1/template");
  EXPECT_EQ(answer.at("/end_device/version_ids/model_id"), "climate-one");
  EXPECT_EQ(answer.at("/end_device/version_ids/hardware_version"), "rev A");
  EXPECT_EQ(answer.at("/end_device/supports_join"), "true");
  EXPECT_EQ(answer.at("/end_device/mac_state"), "") << "the network decides for who joins";
  const auto bare = get("/dr/vendors/64001/profiles/9/template");
  EXPECT_EQ(bare.at("/end_device/version_ids"), R"({"brand_id":"farfield-sensors"})");
  EXPECT_EQ(bare.at("/end_device/mac_settings/class_c_timeout"), "60s");
  EXPECT_EQ(bare.at("/end_device/formatters"), "");
}

TEST_F(DeviceRepositoryTest, SaysWhichPartOfAProductIsUnknown) {
  const std::string remote = "pkg/devicerepository/store/remote:";
  const std::pair<std::string, std::string> cases[] = {
      {"/dr/brands/nobody/models/x-y-z/1.0/EU_863_870/template", "brand_not_found"},
      {"/dr/brands/north-harbour/models/x-y-z/1.0/EU_863_870/template", "model_not_found"},
      {climate + "/7/EU_863_870/template", "firmware_version_not_found"},
      {climate + "/1.0/EU_1/template", "band_not_found"},
      {climate + "/1.0/AS_923/template", "no_profile_for_band"},
      {"/dr/vendors/1/profiles/1/template", "brand_with_vendor_id_not_found"},
      {"/dr/vendors/64001/profiles/77/template", "vendor_profile_id_not_found"},
      {climate + "/0.9/EU_863_870/formatters/uplink/decoder", "no_codec"},
      {buoy + "/v3%20(sea)/EU_863_870/formatters/downlink/decoder", "no_decoder"},
      {buoy + "/v3%20(sea)/EU_863_870/formatters/downlink/encoder", "no_encoder"}};
  for (const auto& [path, name] : cases) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.error(), remote + name) << path;
  }
}

TEST_F(DeviceRepositoryTest, GivesFormattersWithTheirExamples) {
  const auto base = climate + "/1.0/EU_863_870/formatters/";
  auto answer = get(base + "uplink/decoder");
  EXPECT_EQ(answer.at("/formatter"), "FORMATTER_JAVASCRIPT");
  EXPECT_EQ(answer.at("/codec_id"), "climate-codec");
  EXPECT_NE(answer.at("/formatter_parameter").find("function decodeUplink"), std::string::npos);
  EXPECT_EQ(answer.at("/examples"), "");
  answer = get(base + "uplink/decoder?field_mask=examples");
  EXPECT_EQ(answer.body.at("examples").as_array().at(0), boost::json::parse(R"({
    "description":"21.4 °C and 40 %, by the clock",
    "input":{"f_port":1,"frm_payload":"ANZQ"},
    "output":{"data":{"temperature":21.4,"humidity":40,"button":false}}})"));
  answer = get(base + "downlink/encoder?field_mask=examples");
  EXPECT_EQ(answer.at("/examples/0/input/data/interval"), "600");
  EXPECT_EQ(answer.at("/examples/0/output/frm_payload"), "Alg=");
  EXPECT_EQ(get(base + "downlink/decoder").status, 200);
  EXPECT_EQ(get("/dr/applications/app-1/brands/farfield-sensors/models/climate-one/1.0/EU_863_870/"
                "formatters/uplink/decoder")
                .status,
            200);
}

TEST_F(DeviceRepositoryTest, AnswersOnlyWhomItKnows) {
  class Nobody final : public Authenticator {
   public:
    void authenticate(const CallMetadata&, Continuation answer) override {
      answer(fail(token_unknown));
    }
  };
  authenticator->chosen = std::make_shared<Nobody>();
  EXPECT_EQ(get("/dr/brands").status, 401);
}

}  // namespace
}  // namespace ff::api::test
