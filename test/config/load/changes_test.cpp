#include "config/load/changes.hpp"

#include <gtest/gtest.h>

#include "config/load/load.hpp"
#include "config/schema/schema.hpp"

namespace ff::config {
namespace {

using Names = std::vector<std::string_view>;

Config config_of(std::vector<std::string> arguments) {
  auto loaded = load({.arguments = std::move(arguments), .environment = {}, .default_files = {}});
  EXPECT_TRUE(loaded) << loaded.error().message();
  return loaded->config;
}

TEST(Changes, TheSameConfigurationHasNone) {
  const auto found = changes(default_config(), default_config());
  EXPECT_EQ(found.live, Names{});
  EXPECT_EQ(found.restart, Names{});
}

TEST(Changes, AreNamedByWhatARunningServerCanDo) {
  const auto wanted =
      config_of({"--log.level=debug", "--ns.net-id=000013", "--http.listen=:8080",
                 "--rate-limiting.profiles=name=all;max-per-min=60;associations=grpc:method"});
  const auto found = changes(default_config(), wanted);
  EXPECT_EQ(found.live, (Names{"log.level", "rate-limiting.profiles"}));
  EXPECT_EQ(found.restart, (Names{"http.listen", "ns.net-id"}));
}

TEST(Changes, LiveSettingsAreTakenOverAndNoOthers) {
  const auto now = config_of({"--ns.net-id=000013"});
  const auto wanted = config_of(
      {"--log.level=debug", "--log.format=json", "--ns.net-id=000042",
       "--key-vault.static=device=000102030405060708090a0b0c0d0e0f",
       "--rate-limiting.profiles=name=all;max-per-min=60;associations=grpc:method+gs:up"});
  const auto taken = with_live_settings(now, wanted);
  EXPECT_EQ(changes(taken, wanted).live, Names{});
  EXPECT_EQ(changes(taken, wanted).restart, Names{"ns.net-id"});
  EXPECT_EQ(changes(now, taken).restart, Names{});
}

/// A setting that is live has somebody who takes it over (app/server/process/reload.cpp), a line in
/// the operators' guide and a test.
TEST(Changes, TheseSettingsAreLive) {
  Names live;
  for (const auto& knob : knobs()) {
    if (knob.reload == Reload::live) live.push_back(knob.name);
  }
  EXPECT_EQ(live, (Names{"key-vault.static", "log.format", "log.level",
                         "rate-limiting.memory.max-size", "rate-limiting.profiles"}));
}

}  // namespace
}  // namespace ff::config
