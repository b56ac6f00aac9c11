#include "config/schema/schema.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "config/load/environment.hpp"
#include "config/load/load.hpp"
#include "config/schema/without_meaning.hpp"

namespace ff::config {
namespace {

TEST(Schema, EveryKnobHasHelpAndADescriptionOfItsValues) {
  for (const auto& knob : knobs()) {
    EXPECT_TRUE(knob.help.ends_with('.')) << knob.name;
    EXPECT_FALSE(knob.value.allowed.empty()) << knob.name;
  }
}

TEST(Schema, NamesAreLowerCaseWordsAndUnique) {
  std::set<std::string_view> names;
  for (const auto& knob : knobs()) {
    EXPECT_TRUE(names.insert(knob.name).second) << knob.name;
    EXPECT_EQ(knob.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-."),
              std::string_view::npos)
        << knob.name;
  }
}

TEST(Schema, NoKnobIsAlsoAGroupOfKnobs) {
  for (const auto& knob : knobs()) {
    for (const auto& other : knobs()) {
      EXPECT_FALSE(other.name.starts_with(std::string(knob.name) + "."))
          << knob.name << " and " << other.name;
    }
  }
}

TEST(Schema, WhatHasNoMeaningIsNoSetting) {
  for (const auto name : names_without_meaning()) {
    EXPECT_TRUE(has_no_meaning(name)) << name;
    for (const auto& knob : knobs()) {
      EXPECT_FALSE(has_no_meaning(knob.name)) << knob.name;
      EXPECT_FALSE(name.starts_with(std::string(knob.name) + ".")) << name;
    }
  }
  EXPECT_TRUE(has_no_meaning("redis.tls.require"));
  // What files of older versions still have.
  EXPECT_TRUE(has_no_meaning("as.link-mode"));
  EXPECT_TRUE(has_no_meaning("as.uplink-storage.limit"));
  EXPECT_FALSE(has_no_meaning("redistribution"));
}

/// A file of the reference may have them all. [shared/api/config.tsv]
TEST(Schema, EveryNameOfTheReferenceIsASettingOrHasNoMeaning) {
  std::ifstream file(FF_GOLDEN_DIR "/config_names.txt");
  std::size_t count = 0;
  for (std::string name; std::getline(file, name); ++count) {
    // Of records, the setting that has them: `rate-limiting.profiles[].name`.
    const auto key = name.substr(0, name.find("[]"));
    EXPECT_TRUE(key == "config" || find_knob(key) != nullptr || has_no_meaning(key)) << name;
  }
  EXPECT_EQ(count, 503U);
}

TEST(Schema, EnvironmentVariablesAreUnique) {
  std::set<std::string> suffixes;
  for (const auto& knob : knobs())
    EXPECT_TRUE(suffixes.insert(variable_suffix(knob.name)).second) << knob.name;
}

TEST(Schema, EveryDefaultIsWrittenInItsCanonicalForm) {
  const auto config = default_config();
  for (const auto& knob : knobs()) {
    std::string text;
    for (const auto& item : knob.value.items(config)) text += (text.empty() ? "" : " ") + item;
    EXPECT_EQ(text, knob.initial) << knob.name;
  }
}

TEST(Schema, ARejectedValueLeavesTheConfigAsItWas) {
  auto config = default_config();
  for (const auto& knob : knobs()) {
    const auto before = knob.value.items(config);
    if (!knob.value.assign(config, {"\n=?", "\n=?"})) {
      EXPECT_EQ(knob.value.items(config), before) << knob.name;
    }
  }
}

TEST(Schema, FindsKnobsByTheirWholeName) {
  ASSERT_NE(find_knob("ns.net-id"), nullptr);
  EXPECT_EQ(find_knob("ns.net-id")->name, "ns.net-id");
  for (const auto* name : {"", "ns", "ns.", "ns.net-i", "ns.net-idd", "zz"})
    EXPECT_EQ(find_knob(name), nullptr);
}

TEST(Schema, DefaultsAreTheReferences) {
  const auto config = default_config();
  EXPECT_EQ(config.grpc.listen.plain, ":1884");
  EXPECT_EQ(config.http.listen.tls, ":8885");
  EXPECT_EQ(config.as.mqtt.plain, ":1883");
  EXPECT_EQ(config.as.mqtt_sessions.max_per_application, 1000U);
  EXPECT_EQ(config.as.mqtt_sessions.expiry, std::chrono::hours{168});
  EXPECT_EQ(config.as.mqtt_sessions.window, 64);
  EXPECT_EQ(config.gs.udp.listeners, (std::vector<UdpListener>{{":1700", ""}}));
  EXPECT_EQ(config.gs.udp.schedule_late_time, std::chrono::milliseconds{800});
  EXPECT_EQ(config.gs.forward, std::vector<ForwardEntry>{ForwardEntry{}});
  EXPECT_EQ(config.ns.deduplication_window, std::chrono::milliseconds{200});
  EXPECT_EQ(config.ns.default_mac_settings.desired_rx1_delay, std::chrono::seconds{5});
  EXPECT_EQ(config.ns.max_application_priority, TxPriority::high);
  EXPECT_EQ(config.js.join_eui_prefixes, std::vector<JoinEuiPrefix>{JoinEuiPrefix{}});
  EXPECT_EQ(config.storage.shards, 64U);
}

}  // namespace
}  // namespace ff::config
