// Every line of a profile against the field of the template it becomes, and each value at its
// limits. [spec devices-repository §1.3, §1.4]
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "protocol/device_repository/answer.hpp"
#include "protocol/device_repository/document.hpp"
#include "protocol/device_repository/region.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

constexpr const char* start = "macVersion: 1.0.3\nregionalParametersVersion: RP001-1.0.3-RevA\n";

Result<Document> read(const std::string& yaml) {
  return read_document("acme/profile.yaml", yaml);
}

json::object body_of(const std::string& yaml) {
  const auto document = read(yaml);
  EXPECT_TRUE(document) << yaml << (document ? "" : document.error().message());
  return document ? json::parse(document->body).as_object() : json::object();
}

/// The value at a dotted path; null when there is none.
json::value at(const json::object& body, std::string path) {
  const json::value* value = &body.at("end_device");
  path += '.';
  for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
    const auto* object = value->if_object();
    value = object == nullptr ? nullptr : object->if_contains(path.substr(0, dot));
    if (value == nullptr) return nullptr;
    path.erase(0, dot + 1);
  }
  return *value;
}

bool is_in_mask(const json::object& body, const std::string& path) {
  const auto& paths = body.at("paths").as_array();
  return std::ranges::find(paths, json::value(path)) != paths.end();
}

struct Row {
  const char* yaml;
  const char* path;
  const char* value;  ///< JSON; null: the file is refused.
};

constexpr Row rows[] = {
    {"supportsJoin: true", "supports_join", "true"},
    {"supportsJoin: false", "supports_join", "false"},
    {"supportsJoin: yes", "supports_join", nullptr},
    {"supportsJoin: 1", "supports_join", nullptr},
    {"supportsClassB: true", "supports_class_b", "true"},
    {"supportsClassC: true", "supports_class_c", "true"},
    {"classBTimeout: 0", "mac_settings.class_b_timeout", R"("0s")"},
    {"classBTimeout: 86400", "mac_settings.class_b_timeout", R"("86400s")"},
    {"classBTimeout: 86401", "mac_settings.class_b_timeout", nullptr},
    {"classBTimeout: -1", "mac_settings.class_b_timeout", nullptr},
    {"classCTimeout: 60", "mac_settings.class_c_timeout", R"("60s")"},
    {"classCTimeout: 60.0", "mac_settings.class_c_timeout", R"("60s")"},
    {"classCTimeout: 60.5", "mac_settings.class_c_timeout", nullptr},
    {"classCTimeout: '60'", "mac_settings.class_c_timeout", R"("60s")"},
    {"classCTimeout: a", "mac_settings.class_c_timeout", nullptr},
    {"classCTimeout: [60]", "mac_settings.class_c_timeout", nullptr},
    {"pingSlotPeriod: 1", "mac_settings.ping_slot_periodicity", R"("PING_EVERY_1S")"},
    {"pingSlotPeriod: 2", "mac_settings.ping_slot_periodicity", R"("PING_EVERY_2S")"},
    {"pingSlotPeriod: 64", "mac_settings.ping_slot_periodicity", R"("PING_EVERY_64S")"},
    {"pingSlotPeriod: 128", "mac_settings.ping_slot_periodicity", R"("PING_EVERY_128S")"},
    {"pingSlotPeriod: 0", "mac_settings.ping_slot_periodicity", nullptr},
    {"pingSlotPeriod: 3", "mac_settings.ping_slot_periodicity", nullptr},
    {"pingSlotPeriod: 256", "mac_settings.ping_slot_periodicity", nullptr},
    {"pingSlotDataRateIndex: 0", "mac_settings.ping_slot_data_rate_index", "0"},
    {"pingSlotDataRateIndex: 15", "mac_settings.ping_slot_data_rate_index", "15"},
    {"pingSlotDataRateIndex: 16", "mac_settings.ping_slot_data_rate_index", nullptr},
    {"pingSlotFrequency: 869.525", "mac_settings.ping_slot_frequency", R"("869525000")"},
    {"pingSlotFrequency: 0", "mac_settings.ping_slot_frequency", R"("0")"},
    {"pingSlotFrequency: -1", "mac_settings.ping_slot_frequency", nullptr},
    {"rx1Delay: 0", "mac_settings.rx1_delay", "0"},
    {"rx1Delay: 15", "mac_settings.rx1_delay", "15"},
    {"rx1Delay: 16", "mac_settings.rx1_delay", nullptr},
    {"rx1DataRateOffset: 7", "mac_settings.rx1_data_rate_offset", "7"},
    {"rx1DataRateOffset: 8", "mac_settings.rx1_data_rate_offset", nullptr},
    {"rx2DataRateIndex: 15", "mac_settings.rx2_data_rate_index", "15"},
    {"rx2DataRateIndex: 16", "mac_settings.rx2_data_rate_index", nullptr},
    {"rx2Frequency: 869.525", "mac_settings.rx2_frequency", R"("869525000")"},
    {"rx2Frequency: 868.1", "mac_settings.rx2_frequency", R"("868100000")"},
    {"rx2Frequency: 923.2", "mac_settings.rx2_frequency", R"("923200000")"},
    {"rx2Frequency: 434.665", "mac_settings.rx2_frequency", R"("434665000")"},
    {"rx2Frequency: 0.1", "mac_settings.rx2_frequency", R"("100000")"},
    {"rx2Frequency: 0.09", "mac_settings.rx2_frequency", nullptr},
    {"rx2Frequency: 869525000", "mac_settings.rx2_frequency", nullptr},
    {"supports32bitFCnt: true", "mac_settings.supports_32_bit_f_cnt", "true"},
    {"maxDutyCycle: 1", "mac_settings.max_duty_cycle", R"("DUTY_CYCLE_1")"},
    {"maxDutyCycle: 0.6", "mac_settings.max_duty_cycle", R"("DUTY_CYCLE_2")"},
    {"maxDutyCycle: 0.5", "mac_settings.max_duty_cycle", R"("DUTY_CYCLE_2")"},
    {"maxDutyCycle: 0.49", "mac_settings.max_duty_cycle", R"("DUTY_CYCLE_4")"},
    {"maxDutyCycle: 0.01", "mac_settings.max_duty_cycle", R"("DUTY_CYCLE_128")"},
    {"maxDutyCycle: 0.000001", "mac_settings.max_duty_cycle", R"("DUTY_CYCLE_32768")"},
    {"maxDutyCycle: 1.1", "mac_settings.max_duty_cycle", nullptr},
    {"maxDutyCycle: -0.1", "mac_settings.max_duty_cycle", nullptr},
    {"factoryPresetFrequencies: [868.1, 868.3]", "mac_settings.factory_preset_frequencies",
     R"(["868100000","868300000"])"},
    {"factoryPresetFrequencies: [868.1, x]", "mac_settings.factory_preset_frequencies", nullptr},
    {"factoryPresetFrequencies: 868.1", "mac_settings.factory_preset_frequencies", nullptr},
    {"maxEIRP: 16", "mac_state.desired_parameters.max_eirp", "16"},
    {"maxEIRP: 13.5", "mac_state.desired_parameters.max_eirp", "13.5"},
    {"maxEIRP: 101", "mac_state.desired_parameters.max_eirp", nullptr},
};

TEST(ProfileTable, EveryLineIsItsFieldAndItsPath) {
  for (const auto& [yaml, path, value] : rows) {
    const auto document = read(start + std::string(yaml));
    ASSERT_EQ(document.has_value(), value != nullptr) << yaml;
    if (!document) continue;
    const auto body = json::parse(document->body).as_object();
    const auto found = at(body, path);
    const auto expected = json::parse(value);
    if (expected.is_number()) {
      EXPECT_DOUBLE_EQ(found.to_number<double>(), expected.to_number<double>()) << yaml;
    } else {
      EXPECT_EQ(found, expected) << yaml;
    }
    EXPECT_TRUE(is_in_mask(body, path)) << yaml;
  }
}

TEST(ProfileTable, WhatIsNotSaidIsNotInTheMask) {
  const auto body = body_of(start);
  for (const auto& row : rows) {
    EXPECT_FALSE(is_in_mask(body, row.path)) << row.path;
    EXPECT_TRUE(at(body, row.path).is_null()) << row.path;
  }
  for (const char* none : {"supportsJoin: ~", "rx1Delay:", "maxDutyCycle: 0",
                           "factoryPresetFrequencies: []", "vendorProfileID: 7"}) {
    EXPECT_EQ(body_of(start + std::string(none)), body) << none;
  }
}

struct Version {
  const char* yaml;
  const char* api;
};

TEST(ProfileTable, VersionsAreThoseOfTheApi) {
  constexpr Version mac[] = {{"1.0", "MAC_V1_0"},     {"1.0.1", "MAC_V1_0_1"},
                             {"1.0.2", "MAC_V1_0_2"}, {"1.0.3", "MAC_V1_0_3"},
                             {"1.0.4", "MAC_V1_0_4"}, {"'1.1'", "MAC_V1_1"}};
  for (const auto& [yaml, api] : mac) {
    const auto body =
        body_of("macVersion: " + std::string(yaml) + "\nregionalParametersVersion: TS001-1.0\n");
    EXPECT_EQ(at(body, "lorawan_version"), json::value(api)) << yaml;
    EXPECT_TRUE(is_in_mask(body, "lorawan_version"));
  }
  constexpr Version phy[] = {{"TS001-1.0", "PHY_V1_0"},
                             {"TS001-1.0.1", "PHY_V1_0_1"},
                             {"RP001-1.0.2", "PHY_V1_0_2_REV_A"},
                             {"RP001-1.0.2-RevB", "PHY_V1_0_2_REV_B"},
                             {"RP001-1.0.3-RevA", "PHY_V1_0_3_REV_A"},
                             {"RP001-1.1-RevA", "PHY_V1_1_REV_A"},
                             {"RP001-1.1-RevB", "PHY_V1_1_REV_B"},
                             {"RP002-1.0.0", "RP002_V1_0_0"},
                             {"RP002-1.0.1", "RP002_V1_0_1"},
                             {"RP002-1.0.2", "RP002_V1_0_2"},
                             {"RP002-1.0.3", "RP002_V1_0_3"},
                             {"RP002-1.0.4", "RP002_V1_0_4"}};
  for (const auto& [yaml, api] : phy) {
    const auto body =
        body_of("macVersion: 1.0.3\nregionalParametersVersion: " + std::string(yaml) + "\n");
    EXPECT_EQ(at(body, "lorawan_phy_version"), json::value(api)) << yaml;
    EXPECT_TRUE(is_in_mask(body, "lorawan_phy_version"));
  }
  for (const char* none : {"1.0.0", "1", "1.1.0", "v1.0", "MAC_V1_0", "''"})
    EXPECT_FALSE(
        read("macVersion: " + std::string(none) + "\nregionalParametersVersion: RP002-1.0.3\n"))
        << none;
}

TEST(ProfileTable, AnUnknownRegionalVersionIsAnErrorOfItsTemplateAlone) {
  for (const char* version : {"RP001-1.0.3", "rp002-1.0.3", "RP002-2.0.0"}) {
    const auto document =
        read("macVersion: 1.0.3\nregionalParametersVersion: " + std::string(version) + "\n");
    ASSERT_TRUE(document) << version;
    const auto made = make_template(document->body, {}, false);
    ASSERT_FALSE(made) << version;
    EXPECT_EQ(made.error().name(), "regional_parameters_version");
  }
}

TEST(ProfileTable, PowerIsOnlyOfDevicesThatDoNotJoin) {
  const auto joins = body_of(start + std::string("supportsJoin: true\nmaxEIRP: 16"));
  EXPECT_TRUE(at(joins, "mac_state").is_null());
  EXPECT_FALSE(is_in_mask(joins, "mac_state.desired_parameters.max_eirp"));
  const auto stays = body_of(start + std::string("supportsJoin: false\nmaxEIRP: 16"));
  EXPECT_FALSE(at(stays, "mac_state.desired_parameters.max_eirp").is_null());
}

TEST(RegionTable, IsTheChaptersTable) {
  constexpr std::pair<const char*, const char*> regions[] = {{"EU863-870", "EU_863_870"},
                                                             {"US902-928", "US_902_928"},
                                                             {"AU915-928", "AU_915_928"},
                                                             {"CN470-510", "CN_470_510"},
                                                             {"CN470-510-20-A", "CN_470_510_20_A"},
                                                             {"CN470-510-20-B", "CN_470_510_20_B"},
                                                             {"CN470-510-26-A", "CN_470_510_26_A"},
                                                             {"CN470-510-26-B", "CN_470_510_26_B"},
                                                             {"CN779-787", "CN_779_787"},
                                                             {"EU433", "EU_433"},
                                                             {"AS923", "AS_923"},
                                                             {"AS923-2", "AS_923_2"},
                                                             {"AS923-3", "AS_923_3"},
                                                             {"AS923-4", "AS_923_4"},
                                                             {"KR920-923", "KR_920_923"},
                                                             {"IN865-867", "IN_865_867"},
                                                             {"RU864-870", "RU_864_870"}};
  for (const auto& [region, band] : regions) {
    EXPECT_EQ(band_of_region(region), band);
    EXPECT_TRUE(is_band(band));
    EXPECT_FALSE(is_band(region)) << region;
    EXPECT_EQ(band_of_region(band), "") << band;
  }
  for (const char* none : {"", "EU863", "eu863-870", "EU863-870 ", "AS923-1", "ISM2400"}) {
    EXPECT_EQ(band_of_region(none), "") << none;
    EXPECT_FALSE(is_band(none)) << none;
  }
}

TEST(Template, HasVersionIdsAlwaysAndFormattersWithACodec) {
  const auto document = read(start);
  ASSERT_TRUE(document);
  const DeviceVersionIds product{"acme", "thing", "", "1.0", "EU_863_870"};
  for (const bool has_codec : {false, true}) {
    const auto made = make_template(document->body, product, has_codec);
    ASSERT_TRUE(made);
    const auto body = json::parse(*made).as_object();
    const auto& device = body.at("end_device").as_object();
    EXPECT_EQ(device.at("version_ids"),
              json::parse(R"({"brand_id":"acme","model_id":"thing","firmware_version":"1.0",)"
                          R"("band_id":"EU_863_870"})"));
    EXPECT_EQ(device.contains("formatters"), has_codec);
    const auto& paths = body.at("field_mask").at("paths").as_array();
    EXPECT_EQ(std::ranges::count(paths, json::value("version_ids")), 1);
    EXPECT_EQ(std::ranges::count(paths, json::value("formatters")), has_codec ? 1 : 0);
    for (const auto& path : paths) {
      const std::string name(path.as_string());
      EXPECT_TRUE(device.contains(name.substr(0, name.find('.')))) << name;
    }
  }
}

}  // namespace
}  // namespace ff::device_repository
