#include <gtest/gtest.h>

#include <algorithm>

#include "app/cli/message/leaf.hpp"
#include "app/cli/message/set_text.hpp"
#include "protocol/api_json/api_json.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/gateway.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

const Leaf& leaf_of(const std::vector<Leaf>& leaves, std::string_view path) {
  const auto found = std::ranges::find(leaves, path, &Leaf::path);
  EXPECT_NE(found, leaves.end()) << path;
  return *found;
}

struct Row {
  const char* path;
  std::vector<std::string> texts;
  const char* json;
};

TEST(SetText, PutsTextsIntoFieldsOfEveryKind) {
  const auto leaves = leaves_of(*pb::EndDevice::descriptor());
  const Row rows[] = {
      {"name", {"a \"b\""}, R"({"name":"a \"b\""})"},
      {"ids.dev_eui", {"70b3d57ed0000001"}, R"({"ids":{"dev_eui":"70B3D57ED0000001"}})"},
      {"ids.dev_eui", {"cLPVftAAAAE="}, R"({"ids":{"dev_eui":"70B3D57ED0000001"}})"},
      {"supports_join", {"true"}, R"({"supports_join":true})"},
      {"supports_join", {"false"}, "{}"},
      {"lorawan_version", {"1.0.3"}, R"({"lorawan_version":"MAC_V1_0_3"})"},
      {"lorawan_version", {"mac-v1-0-3"}, R"({"lorawan_version":"MAC_V1_0_3"})"},
      {"lorawan_phy_version",
       {"PHY_V1_0_3_REV_A"},
       R"({"lorawan_phy_version":"PHY_V1_0_3_REV_A"})"},
      {"min_frequency", {"868000000"}, R"({"min_frequency":"868000000"})"},
      {"attributes", {"a=1,b=2", "c=x,y"}, R"({"attributes":{"a":"1","b":"2","c":"x,y"}})"},
      {"used_dev_nonces", {"1,2", "3"}, R"({"used_dev_nonces":[1,2,3]})"},
      {"mac_settings.rx1_delay", {"RX_DELAY_5"}, R"({"mac_settings":{"rx1_delay":5}})"},
      {"mac_settings.class_b_timeout", {"1m30s"}, R"({"mac_settings":{"class_b_timeout":"90s"}})"},
      {"mac_settings.adr.mode.dynamic.margin",
       {"12.5"},
       R"({"mac_settings":{"adr":{"dynamic":{"margin":12.5}}}})"},
      {"claim_authentication_code.valid_from",
       {"2026-01-02T03:04:05+01:00"},
       R"({"claim_authentication_code":{"valid_from":"2026-01-02T02:04:05Z"}})"},
      {"locations",
       {R"({"user":{"latitude":52.5}})"},
       R"({"locations":{"user":{"latitude":52.5}}})"},
      {"root_keys.app_key.key",
       {"000102030405060708090A0B0C0D0E0F"},
       R"({"root_keys":{"app_key":{"key":"000102030405060708090A0B0C0D0E0F"}}})"},
  };
  for (const auto& row : rows) {
    pb::EndDevice device;
    const auto done = set_text(device, leaf_of(leaves, row.path), row.texts);
    ASSERT_TRUE(done) << row.path << ": " << done.error().message();
    EXPECT_EQ(*api_json::to_json(device), row.json) << row.path;
  }
}

TEST(SetText, ReplacesWhatWasThere) {
  const auto leaves = leaves_of(*pb::EndDevice::descriptor());
  pb::EndDevice device;
  device.set_supports_join(true);
  (*device.mutable_attributes())["old"] = "1";
  ASSERT_TRUE(
      set_text(device, leaf_of(leaves, "supports_join"), std::vector<std::string>{"false"}));
  ASSERT_TRUE(set_text(device, leaf_of(leaves, "attributes"), std::vector<std::string>{"new=2"}));
  EXPECT_EQ(*api_json::to_json(device), R"({"attributes":{"new":"2"}})");
}

TEST(SetText, RefusesWithoutTellingTheValue) {
  const auto leaves = leaves_of(*pb::EndDevice::descriptor());
  const Row rows[] = {{"ids.dev_eui", {"70b3"}, ""},
                      {"root_keys.app_key.key", {"secret-key!"}, ""},
                      {"supports_join", {"secret"}, ""},
                      {"lorawan_version", {"secret"}, ""},
                      {"min_frequency", {"secret"}, ""},
                      {"attributes", {"secret"}, ""},
                      {"mac_settings.class_b_timeout", {"secret"}, ""},
                      {"locations", {"secret"}, ""},
                      {"claim_authentication_code.valid_from", {"secret"}, ""}};
  for (const auto& row : rows) {
    pb::EndDevice device;
    const auto done = set_text(device, leaf_of(leaves, row.path), row.texts);
    ASSERT_FALSE(done) << row.path;
    EXPECT_TRUE(done.error().is(invalid_text));
    EXPECT_EQ(done.error().message().find("secret"), std::string::npos) << done.error().message();
  }
}

TEST(SetText, TakesListsOfMessagesAsJson) {
  const auto leaves = leaves_of(*pb::Gateway::descriptor());
  pb::Gateway gateway;
  const std::vector<std::string> texts = {R"([{"gain":1},{"gain":2}])", R"({"gain":3})"};
  ASSERT_TRUE(set_text(gateway, leaf_of(leaves, "antennas"), texts));
  ASSERT_EQ(gateway.antennas_size(), 3);
  EXPECT_EQ(gateway.antennas(2).gain(), 3);
}

TEST(Leaves, AreBoundedAndNameOneofsAsFieldMasksDo) {
  const auto leaves = leaves_of(*pb::Application::descriptor());
  leaf_of(leaves, "administrative_contact.ids.user_ids.user_id");
  EXPECT_LT(leaves_of(*pb::EndDevice::descriptor()).size(), 2000U);
}

}  // namespace
}  // namespace ff::cli
