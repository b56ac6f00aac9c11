// The files of app/repository, and what is wrong with others. [spec devices-repository-templates-qr
// §1.1 to §1.3]
#include "protocol/device_repository/document.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

namespace ff::device_repository {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(FF_SOURCE_DIR "/app/repository/vendor/" + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

Document own(const std::string& path) {
  auto document = read_document(path, file(path));
  EXPECT_TRUE(document) << path << (document ? "" : document.error().message());
  return document.value_or(Document{});
}

/// Texts may be written in many ways; values not.
boost::json::value value(std::string_view text) {
  return boost::json::parse(text);
}

std::string problem(const std::string& path, std::string_view content) {
  const auto document = read_document(path, content);
  return document ? "" : document.error().message();
}

constexpr const char* profile_start =
    "macVersion: 1.0.3\nregionalParametersVersion: RP001-1.0.3-RevA\n";

boost::json::value profile(const std::string& more) {
  const auto document = read_document("acme/profile.yaml", profile_start + more);
  EXPECT_TRUE(document) << more;
  return value(document.value().body).at("end_device");
}

TEST(Documents, AreFilesOfABrandByTheirNames) {
  for (const auto* path :
       {"index.yaml", "acme/index.yaml", "acme/thing.yaml", "acme/x.js", "acme/decoders/x.js"})
    EXPECT_TRUE(is_document(path)) << path;
  for (const auto* path :
       {"", "x.yaml", "acme/logo.svg", "acme/a/b.yaml", "../x.js", "acme/../x.js", "/acme/x.js",
        "Acme/x.js", "acme/x y.js", "acme//x.js", "acme/.js/", "ac/x.js", "a-b/x.js", "-abc/x.js"})
    EXPECT_FALSE(is_document(path)) << path;
}

TEST(Documents, BrandsWithoutDrafts) {
  EXPECT_EQ(value(own("index.yaml").body), value(R"({"brands":[
    {"brand_id":"farfield-sensors","name":"Farfield Sensors","private_enterprise_number":64123,
     "organization_unique_identifiers":["02FA01","02FA02"],"lora_alliance_vendor_id":64001,
     "website":"https://sensors.farfield.example","email":"sensors@farfield.example",
     "logo":"logo.svg"},
    {"brand_id":"north-harbour","name":"North Harbour Instruments",
     "lora_alliance_vendor_id":64002,"website":"https://northharbour.example"}]})"));
}

TEST(Documents, ABrandThatIsWrongIsLeftOutAlone) {
  const auto document =
      read_document("index.yaml", "vendors: [{id: BAD}, {id: good-one}, {name: none}, 7]");
  ASSERT_TRUE(document);
  EXPECT_EQ(value(document->body), value(R"({"brands":[{"brand_id":"good-one"}]})"));
  ASSERT_EQ(document->warnings.size(), 3U);
  EXPECT_EQ(document->warnings[0], "vendors[0].id: not an identifier");
}

TEST(Documents, ABrandsModelsAndNumbers) {
  EXPECT_EQ(value(own("farfield-sensors/index.yaml").body), value(R"({
    "models":["climate-one","valve-two"],"profiles":{
      "1":{"model_id":"climate-one","firmware_version":"1.0","hardware_version":"rev A",
           "band_id":"EU_863_870"},
      "2":{"model_id":"climate-one","firmware_version":"1.0","hardware_version":"rev A",
           "band_id":"US_902_928"},
      "9":{"profile_id":"module-class-c","codec_id":"valve-codec"}}})"));
  const auto document = read_document(
      "acme/index.yaml",
      "endDevices: [one-model, X]\nprofileIDs: {x: {id: abc}, '3': {endDeviceID: abc, region: Q}}");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->warnings.size(), 3U);
  EXPECT_EQ(value(document->body), value(R"({"models":["one-model"],"profiles":{}})"));
}

TEST(Documents, AModelInTheFormOfTheApi) {
  EXPECT_EQ(value(own("farfield-sensors/climate-one.yaml").body), value(R"({
    "name":"Climate One",
    "description":"Temperature and humidity indoors, with a button that reports at once",
    "hardware_versions":[{"version":"rev A","numeric":1,"part_number":"FF-C1-A"}],
    "firmware_versions":[
      {"version":"1.0","numeric":1,"supported_hardware_versions":["rev A"],"profiles":{
        "EU_863_870":{"profile_id":"climate-profile-eu868","lorawan_certified":true,
                      "codec_id":"climate-codec"},
        "US_902_928":{"profile_id":"climate-profile-us915","codec_id":"climate-codec"}}},
      {"version":"0.9","profiles":{"EU_863_870":{"profile_id":"climate-profile-eu868"}}}],
    "sensors":["temperature","humidity","button"],
    "dimensions":{"width":80.0,"height":24.5,"length":80.0},"weight":96.0,
    "battery":{"replaceable":true,"type":"AA"},
    "operating_conditions":{"temperature":{"min":-20.0,"max":55.0},
                            "relative_humidity":{"min":0.0,"max":0.95}},
    "ip_code":"IP20","key_provisioning":["custom","join server"],"key_security":"read protected",
    "photos":{"main":"climate-one.png","other":["climate-one-back.jpg"]},
    "videos":{"main":"https://www.youtube.com/watch?v=aaaaaaaaaaa"},
    "product_url":"https://sensors.farfield.example/climate-one",
    "datasheet_url":"https://sensors.farfield.example/climate-one.pdf",
    "resellers":[{"name":"Corner Shop","region":["European Union"],
                  "url":"https://shop.example/climate-one"}],
    "compliances":{"safety":[{"body":"IEC","norm":"EN","standard":"62368-1"}],
      "radio_equipment":[{"body":"ETSI","norm":"EN","standard":"300 220-2","version":"3.2.1"}]},
    "additional_radios":["nfc"]})"));
}

TEST(Documents, AModelsUnknownRegionIsLeftOutAndLengthsOfNothingToo) {
  const auto document = own("north-harbour/buoy-light.yaml");
  EXPECT_EQ(document.warnings, std::vector<std::string>{"profiles: `ISM2400` is not a region"});
  EXPECT_EQ(value(document.body).at("dimensions"), value(R"({"diameter":400.0})"));
}

TEST(Documents, AProfileAsFieldsOfATemplate) {
  const auto body = value(own("north-harbour/buoy-profile.yaml").body);
  EXPECT_EQ(body.at("end_device"), value(R"({
    "lorawan_version":"MAC_V1_0_2","lorawan_phy_version":"PHY_V1_0_2_REV_B","supports_join":false,
    "supports_class_b":true,"supports_class_c":false,
    "mac_state":{"desired_parameters":{"max_eirp":14.0}},
    "mac_settings":{"class_b_timeout":"8s","ping_slot_periodicity":"PING_EVERY_32S",
      "ping_slot_data_rate_index":3,"ping_slot_frequency":"869525000","rx1_delay":1,
      "rx1_data_rate_offset":2,"rx2_data_rate_index":0,"rx2_frequency":"869525000",
      "factory_preset_frequencies":["868100000","868300000","868500000"],
      "max_duty_cycle":"DUTY_CYCLE_128","supports_32_bit_f_cnt":false}})"));
  EXPECT_EQ(body.at("paths"), value(R"(["lorawan_version","lorawan_phy_version","supports_join",
    "supports_class_b","mac_settings.class_b_timeout","mac_settings.ping_slot_periodicity",
    "mac_settings.ping_slot_data_rate_index","mac_settings.ping_slot_frequency","supports_class_c",
    "mac_settings.rx1_delay","mac_settings.rx1_data_rate_offset","mac_settings.rx2_data_rate_index",
    "mac_settings.rx2_frequency","mac_settings.factory_preset_frequencies",
    "mac_settings.max_duty_cycle","mac_settings.supports_32_bit_f_cnt",
    "mac_state.desired_parameters.max_eirp"])"));
}

TEST(Documents, OnlyWhatAProfileSaysIsInItsTemplate) {
  const auto document = read_document("acme/profile.yaml", profile_start);
  ASSERT_TRUE(document);
  EXPECT_EQ(value(document->body), value(R"({"end_device":{"lorawan_version":"MAC_V1_0_3",
              "lorawan_phy_version":"PHY_V1_0_3_REV_A"},
              "paths":["lorawan_version","lorawan_phy_version"]})"));
}

TEST(Documents, DutyCyclesAreRoundedDown) {
  const std::pair<const char*, const char*> cases[] = {{"1", "DUTY_CYCLE_1"},
                                                       {"0.99", "DUTY_CYCLE_2"},
                                                       {"0.5", "DUTY_CYCLE_2"},
                                                       {"0.1", "DUTY_CYCLE_16"},
                                                       {"0.01", "DUTY_CYCLE_128"},
                                                       {"0.001", "DUTY_CYCLE_1024"},
                                                       {"0.0000001", "DUTY_CYCLE_32768"}};
  for (const auto& [fraction, expected] : cases)
    EXPECT_EQ(
        profile(std::string("maxDutyCycle: ") + fraction).at("mac_settings").at("max_duty_cycle"),
        expected);
  EXPECT_FALSE(profile("maxDutyCycle: 0").as_object().contains("mac_settings"));
}

TEST(Documents, PowerIsForDevicesThatDoNotJoin) {
  EXPECT_FALSE(profile("maxEIRP: 14\nsupportsJoin: true").as_object().contains("mac_state"));
  EXPECT_TRUE(profile("maxEIRP: 14\nsupportsJoin: false").as_object().contains("mac_state"));
}

TEST(Documents, AnUnknownVersionOfTheRegionalParametersIsKeptForItsError) {
  const auto document =
      read_document("acme/profile.yaml", "macVersion: '1.1'\nregionalParametersVersion: RP002-9\n");
  ASSERT_TRUE(document);
  EXPECT_EQ(value(document->body).at("phy_version"), "RP002-9");
}

TEST(Documents, ACodecsFunctionsAndExamples) {
  const auto body = value(own("farfield-sensors/climate-codec.yaml").body);
  const auto& up = body.at("uplink_decoder");
  EXPECT_EQ(up.at("file"), "climate.js");
  EXPECT_EQ(up.at("examples").as_array().at(0), value(R"({
    "description":"21.4 °C and 40 %, by the clock",
    "input":{"f_port":1,"frm_payload":"ANZQ"},
    "output":{"data":{"temperature":21.4,"humidity":40,"button":false}}})"));
  EXPECT_EQ(up.at("examples").as_array().at(2).at("output"),
            value(R"({"errors":["expected 3 bytes, got 1"]})"));
  EXPECT_EQ(body.at("downlink_encoder").at("examples").as_array().at(0), value(R"({
    "description":"Report every ten minutes","input":{"data":{"interval":600}},
    "output":{"f_port":3,"frm_payload":"Alg="}})"));
  std::string many = "uplinkDecoder:\n  fileName: a.js\n  examples:\n";
  for (int i = 0; i < 30; ++i) many += "    - {description: x}\n";
  EXPECT_EQ(value(read_document("acme/c.yaml", many)->body)
                .at("uplink_decoder")
                .at("examples")
                .as_array()
                .size(),
            20U);
}

TEST(Documents, AScriptIsItself) {
  const auto text = file("farfield-sensors/valve.js");
  const auto document = own("farfield-sensors/valve.js");
  EXPECT_EQ(document.kind, DocumentKind::script);
  EXPECT_EQ(document.body, text);
  EXPECT_FALSE(read_document("acme/x.js", std::string(script_size_max + 1, ' ')));
}

TEST(Documents, WhatIsWrongIsNamed) {
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"index.yaml", "vendors: 7", "vendors: not a list"},
      {"acme/a.yaml", "[1]", "file: not a map"},
      {"acme/a.yaml", "name: x", "file: neither a model, a profile nor a codec"},
      {"acme/a.yaml", "firmwareVersions: [{profiles: {EU433: {id: abc}}}]",
       "firmwareVersions[0].version: is missing"},
      {"acme/a.yaml", "firmwareVersions: [{version: '1', profiles: {EU433: {codec: abc}}}]",
       "firmwareVersions[0].profiles.EU433.id: is missing"},
      {"acme/a.yaml", "firmwareVersions: []\nphotos: {main: ../../etc/passwd}",
       "photos.main: not the name of a file"},
      {"acme/a.yaml", "firmwareVersions: []\nvideos: {main: 'https://evil.example/'}",
       "videos.main: not YouTube or Vimeo"},
      {"acme/a.yaml", "firmwareVersions: []\nproductURL: 'javascript:alert(1)'",
       "productURL: not an address of the web"},
      {"acme/a.yaml", "firmwareVersions: []\nkeySecurity: none at all",
       "keySecurity: `none at all`"},
      {"acme/a.yaml", "firmwareVersions: []\nweight: heavy", "weight: not a number"},
      {"acme/a.yaml", "macVersion: 2.0", "macVersion: not a version"},
      {"acme/a.yaml", std::string(profile_start) + "rx1Delay: 16", "rx1Delay: out of range"},
      {"acme/a.yaml", std::string(profile_start) + "rx1Delay: 1.5", "rx1Delay: not a whole number"},
      {"acme/a.yaml", std::string(profile_start) + "pingSlotPeriod: 3",
       "pingSlotPeriod: not a power of two"},
      {"acme/a.yaml", std::string(profile_start) + "supportsJoin: perhaps",
       "supportsJoin: neither true nor false"},
      {"acme/a.yaml", "uplinkDecoder: {fileName: ../x.js}",
       "uplinkDecoder.fileName: not the name of a file"},
      {"acme/a.yaml", "uplinkDecoder: {examples: [{input: {bytes: [256]}}]}",
       "uplinkDecoder.examples[0].input.bytes: out of range"},
      {"acme/a.yaml", "a: [1", "line 1: "},
      {"acme/a.js", "\xff", "file: not UTF-8"},
  };
  for (const auto& [path, content, expected] : cases)
    EXPECT_EQ(problem(path, content).substr(0, std::string(expected).size()), expected) << content;
}

}  // namespace
}  // namespace ff::device_repository
