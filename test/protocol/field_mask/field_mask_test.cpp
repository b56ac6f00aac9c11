// Which fields a mask keeps and copies.
#include "protocol/field_mask/field_mask.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "protocol/api_json/api_json.hpp"
#include "test/support/messages/random_message.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::field_mask {
namespace {

using ttn::lorawan::v3::EndDevice;
using Paths = std::vector<std::string>;

EndDevice device(std::string_view json) {
  EndDevice parsed;
  EXPECT_TRUE(api_json::from_json(json, parsed)) << json;
  return parsed;
}

struct CopyRow {
  const char* name;
  Paths paths;
  const char* source;
  const char* destination;
  const char* result;
};

const CopyRow copies[] = {
    {"a scalar",
     {"name"},
     R"({"name":"a","description":"b"})",
     R"({"description":"c"})",
     R"({"name":"a","description":"c"})"},
    {"a zero clears",
     {"name"},
     "{}",
     R"({"name":"a","description":"c"})",
     R"({"description":"c"})"},
    {"a parent copies its children",
     {"ids"},
     R"({"ids":{"device_id":"a"}})",
     R"({"ids":{"dev_eui":"0000000000000001"}})",
     R"({"ids":{"device_id":"a"}})"},
    {"a child leaves its siblings",
     {"ids.device_id"},
     R"({"ids":{"device_id":"a"}})",
     R"({"ids":{"dev_eui":"0000000000000001"}})",
     R"({"ids":{"device_id":"a","dev_eui":"0000000000000001"}})"},
    {"a child of an absent parent is cleared",
     {"ids.device_id"},
     "{}",
     R"({"ids":{"device_id":"a"}})",
     R"({"ids":{}})"},
    {"nothing appears when both lack the parent", {"ids.device_id"}, "{}", "{}", "{}"},
    {"lists are replaced",
     {"mac_settings.factory_preset_frequencies"},
     R"({"mac_settings":{"factory_preset_frequencies":["1"]}})",
     R"({"mac_settings":{"factory_preset_frequencies":["2","3"]}})",
     R"({"mac_settings":{"factory_preset_frequencies":["1"]}})"},
    {"maps are replaced",
     {"attributes"},
     R"({"attributes":{"a":"1"}})",
     R"({"attributes":{"b":"2"}})",
     R"({"attributes":{"a":"1"}})"},
    {"a wrapper by its value",
     {"mac_settings.rx1_delay.value"},
     R"({"mac_settings":{"rx1_delay":5}})",
     "{}",
     R"({"mac_settings":{"rx1_delay":5}})"},
    {"a oneof by its name",
     {"mac_settings.adr.mode"},
     R"({"mac_settings":{"adr":{"static":{"nb_trans":2}}}})",
     R"({"mac_settings":{"adr":{"disabled":{}}}})",
     R"({"mac_settings":{"adr":{"static":{"nb_trans":2}}}})"},
    {"a oneof is cleared",
     {"mac_settings.adr.mode"},
     "{}",
     R"({"mac_settings":{"adr":{"disabled":{}}}})",
     R"({"mac_settings":{"adr":{}}})"},
    {"within a member of a oneof",
     {"mac_settings.adr.mode.static.nb_trans"},
     R"({"mac_settings":{"adr":{"static":{"nb_trans":2,"tx_power_index":3}}}})",
     R"({"mac_settings":{"adr":{"static":{"tx_power_index":4}}}})",
     R"({"mac_settings":{"adr":{"static":{"tx_power_index":4,"nb_trans":2}}}})"},
    {"another member than the path's changes nothing",
     {"mac_settings.adr.mode.static.nb_trans"},
     R"({"mac_settings":{"adr":{"dynamic":{}}}})",
     R"({"mac_settings":{"adr":{"disabled":{}}}})",
     R"({"mac_settings":{"adr":{"disabled":{}}}})"},
    {"parent and child",
     {"ids", "ids.device_id"},
     R"({"ids":{"device_id":"a","dev_eui":"0000000000000001"}})",
     "{}",
     R"({"ids":{"device_id":"a","dev_eui":"0000000000000001"}})"},
};

TEST(FieldMask, CopiesWhatIsNamed) {
  for (const auto& row : copies) {
    SCOPED_TRACE(row.name);
    auto source = device(row.source);
    auto destination = device(row.destination);
    auto before = source;
    ASSERT_TRUE(copy(source, row.paths, destination));
    EXPECT_EQ(test::differences(device(row.result), destination), "");
    EXPECT_EQ(test::differences(before, source), "");
  }
}

TEST(FieldMask, UnknownPathsAreRefusedAndChangeNothing) {
  for (const char* path : {"", ".", "nothing", "ids.", "name.x", "ids..device_id", "attributes.a",
                           "mac_settings.adr.static", "mac_settings.adr.mode.margin",
                           "mac_state.recent_uplinks.payload"}) {
    SCOPED_TRACE(path);
    auto source = device(R"({"name":"a"})");
    auto destination = device(R"({"name":"b"})");
    Paths paths = {"name", path};
    auto status = copy(source, paths, destination);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().is(unknown_path));
    EXPECT_EQ(destination.name(), "b");
  }
}

TEST(FieldMask, KeepsOnlyWhatIsNamed) {
  auto message = device(
      R"({"ids":{"device_id":"a","dev_eui":"0000000000000001"},"name":"n","description":"d"})");
  ASSERT_TRUE(keep(Paths{"ids.device_id", "name"}, message));
  EXPECT_EQ(*api_json::to_json(message), R"({"ids":{"device_id":"a"},"name":"n"})");
  ASSERT_TRUE(keep({}, message));
  EXPECT_EQ(*api_json::to_json(message), "{}");
}

TEST(FieldMask, AllTopLevelPathsTogetherAreTheWholeMessage) {
  Paths all;
  const auto& type = *EndDevice::descriptor();
  for (int i = 0; i < type.field_count(); ++i) all.push_back(type.field(i)->name());
  std::mt19937_64 random(7);
  for (int round = 0; round < 50; ++round) {
    EndDevice source;
    EndDevice destination;
    test::fill_random(source, random);
    test::fill_random(destination, random);
    ASSERT_TRUE(copy(source, all, destination));
    ASSERT_EQ(test::differences(source, destination), "");
  }
}

TEST(FieldMask, EveryAllowedPathOfTheTablesIsKnown) {
  std::ifstream summary(FF_SOURCE_DIR "/protocol/proto/tables/fieldmasks-summary.tsv");
  std::ifstream table(FF_SOURCE_DIR "/protocol/proto/tables/fieldmasks.tsv");
  std::map<std::string, std::string> targets;
  std::string service, rpc, mode, rest, line;
  while (std::getline(summary, line)) {
    std::istringstream columns(line);
    columns >> service >> rpc >> mode >> rest;
    targets[service + "/" + rpc] = rest;
  }
  int count = 0;
  std::getline(table, line);
  // Still allowed, though the message lost them.
  const std::set<std::string> gone = {"api_key", "network_server_address", "tls"};
  while (table >> service >> rpc >> mode >> rest) {
    const auto* type = EndDevice::descriptor()->file()->pool()->FindMessageTypeByName(
        targets[service + "/" + rpc]);
    ASSERT_NE(type, nullptr) << service << "/" << rpc;
    if (type->name() == "ApplicationLink" && gone.contains(rest)) continue;
    EXPECT_TRUE(is_known(*type, rest)) << type->name() << " " << rest;
    ++count;
  }
  EXPECT_EQ(count, 4536 - 2 * 3);
}

}  // namespace
}  // namespace ff::field_mask
