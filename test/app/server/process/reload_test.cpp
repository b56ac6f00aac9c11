// A configuration that is read again: whole or not at all.
#include "app/server/process/reload.hpp"

#include <gtest/gtest.h>

#include "config/load/changes.hpp"

namespace ff::app {
namespace {

constexpr ErrorDef refused_by_test{"test", "refused", Code::invalid_argument, "refused"};

Result<config::Loaded> read(std::vector<std::string> arguments) {
  return config::load({std::move(arguments), {}, {}});
}

class ReloadTest : public testing::Test {
 protected:
  ReloadTest() { restart(); }

  void restart() {
    ReloadPorts ports{.load = [this] { return read(arguments); },
                      .check = [this](const config::Config&) { return checked; },
                      .takers = takers,
                      .on_changed = [this](const config::Config&) { done.emplace_back("told"); },
                      .metrics = metrics};
    reload.emplace(read({"--log.level=info"})->config, std::move(ports));
  }

  SettingsTaker taker(const std::string& name, std::vector<std::string_view> settings) {
    return {std::move(settings), [this, name](const config::Config&) {
              using Step = std::function<void()>;
              if (refuses == name) return Result<Step>(fail(refused_by_test));
              return Result<Step>([this, name] { done.push_back(name); });
            }};
  }
  std::string count(const std::string& outcome) const {
    const auto text = metrics.text();
    const auto at = text.find("farfield_config_reloads_total{outcome=\"" + outcome + "\"} ");
    return at == std::string::npos ? "" : text.substr(text.find(' ', at) + 1, 1);
  }

  using Names = std::vector<std::string>;

  actors::Metrics metrics;
  std::vector<std::string> arguments{"--log.level=info"};
  Status checked;
  std::string refuses;
  Names done;
  std::vector<SettingsTaker> takers{taker("log", {"log.format", "log.level"}),
                                    taker("keys", {"key-vault.static"})};
  std::optional<Reload> reload;
};

TEST_F(ReloadTest, WhatHasNotChangedIsLeftAlone) {
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done, Names{});
  EXPECT_EQ(count("taken"), "1");
  EXPECT_EQ(count("refused"), "0");
}

TEST_F(ReloadTest, WhoeverTakesAChangedSettingIsAskedAndNobodyElse) {
  arguments = {"--log.level=debug"};
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done, (Names{"log", "told"}));
  EXPECT_EQ(reload->now().log.level, config::LogLevel::debug);
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done.size(), 2U) << "it is in force";
  arguments = {};
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done.size(), 4U) << "back to the default";
}

TEST_F(ReloadTest, WhoHasNoSettingsIsAskedEveryTime) {
  takers.push_back(taker("file", {}));
  restart();
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done, Names{"file"});
  refuses = "file";
  arguments = {"--log.level=debug"};
  EXPECT_FALSE(reload->run());
  EXPECT_EQ(reload->now().log.level, config::LogLevel::info);
}

TEST_F(ReloadTest, WhatNeedsARestartWaitsForIt) {
  arguments = {"--log.level=info", "--ns.net-id=000013"};
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done, Names{});
  const auto waiting = config::changes(reload->now(), read(arguments)->config);
  EXPECT_EQ(waiting.restart, std::vector<std::string_view>{"ns.net-id"});
}

TEST_F(ReloadTest, AWrongConfigurationChangesNothingAndSaysWhatAStartWouldSay) {
  arguments = {"--log.level=debug", "--storage.shards=63"};
  const auto refused = reload->run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), read(arguments).error().message());
  EXPECT_EQ(done, Names{});
  EXPECT_EQ(reload->now().log.level, config::LogLevel::info);
  EXPECT_EQ(count("refused"), "1");
  EXPECT_EQ(count("taken"), "0");
  arguments = {"--log.level=debug"};
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done, (Names{"log", "told"}));
}

TEST_F(ReloadTest, ASettingThatCanNotBeTakenOverKeepsTheOthersBack) {
  arguments = {"--log.level=debug", "--key-vault.static=device=000102030405060708090a0b0c0d0e0f"};
  for (const auto* name : {"keys", "log"}) {
    refuses = name;
    const auto refused = reload->run();
    ASSERT_FALSE(refused) << name;
    EXPECT_TRUE(refused.error().is(refused_by_test));
    EXPECT_EQ(done, Names{}) << name;
  }
  refuses.clear();
  EXPECT_TRUE(reload->run());
  EXPECT_EQ(done, (Names{"log", "keys", "told"}));
}

TEST_F(ReloadTest, WhatAServerCouldNotStartWithIsRefused) {
  arguments = {"--log.level=debug"};
  checked = fail(refused_by_test);
  EXPECT_FALSE(reload->run());
  EXPECT_EQ(done, Names{});
}

}  // namespace
}  // namespace ff::app
