#include "app/cli/config/config.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/cli/account/use.hpp"
#include "config/load/flat_yaml.hpp"

namespace ff::cli {
namespace {

/// Folders that are gone afterwards.
class ConfigOf : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("cli-config-" + std::to_string(getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_ / "here");
    std::filesystem::create_directories(folder_ / "home");
    sources_.directories = {folder_ / "here", folder_ / "home"};
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const char* path, const char* text) { std::ofstream(folder_ / path) << text; }
  Config load() {
    auto loaded = load_config(sources_);
    EXPECT_TRUE(loaded) << loaded.error().message();
    return loaded ? loaded->config : Config();
  }

  std::filesystem::path folder_;
  Sources sources_;
};

TEST_F(ConfigOf, IsTheDefaultWithoutSources) {
  const auto config = load();
  EXPECT_EQ(config.address(Role::network), "localhost:8884");
  EXPECT_EQ(config.oauth_server_address, "https://localhost/oauth");
  EXPECT_EQ(config.output_format, "json");
  EXPECT_TRUE(config.is_enabled(Role::join));
}

TEST_F(ConfigOf, FlagsWinOverVariablesOverFilesOverDefaults) {
  write("home/.ttn-lw-cli.yml", "credentials-id: home-ttn\nca: home.pem\n");
  write("here/.ttn-lw-cli.yml", "credentials-id: here-ttn\n");
  EXPECT_EQ(load().credentials_id, "here-ttn");
  EXPECT_EQ(load().ca, "home.pem");
  write("here/.farfield-cli.yml", "credentials-id: here-ours\n");
  EXPECT_EQ(load().credentials_id, "here-ours");
  sources_.environment = {{"TTN_LW_CREDENTIALS_ID", "variable-ttn"}};
  EXPECT_EQ(load().credentials_id, "variable-ttn");
  sources_.environment.emplace_back("FARFIELD_CLI_CREDENTIALS_ID", "variable-ours");
  EXPECT_EQ(load().credentials_id, "variable-ours");
  sources_.flags["credentials-id"] = "flag";
  EXPECT_EQ(load().credentials_id, "flag");
}

TEST_F(ConfigOf, NamedFilesStandForTheDefaultOnesAndTheFirstWins) {
  write("here/.farfield-cli.yml", "credentials-id: here\nca: here.pem\n");
  write("a.yml", "credentials-id: a\n");
  write("b.yml", "credentials-id: b\nretry:\n  max: 3\n");
  sources_.files = {folder_ / "a.yml", folder_ / "b.yml"};
  const auto config = load();
  EXPECT_EQ(config.credentials_id, "a");
  EXPECT_EQ(config.ca, "");
  EXPECT_EQ(config.retry.max, 3U);
  sources_.files = {folder_ / "none.yml"};
  EXPECT_TRUE(load_config(sources_).error().is(unreadable_config));
}

TEST_F(ConfigOf, RefusesWhatIsNotAllowedAndNamesThePlace) {
  write("here/.farfield-cli.yml", "insecure: perhaps\n");
  const auto loaded = load_config(sources_);
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(loaded.error().is(invalid_option));
  EXPECT_NE(loaded.error().message().find(".farfield-cli.yml:1"), std::string::npos);
}

TEST_F(ConfigOf, WarnsOfKeysThatAreNotOurs) {
  write("here/.ttn-lw-cli.yml", "unknown: 1\n");
  const auto loaded = load_config(sources_);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1U);
}

TEST_F(ConfigOf, LeavesOutThePortThatAnOAuthAddressImplies) {
  sources_.flags["oauth-server-address"] = "https://example.com:443/oauth/";
  EXPECT_EQ(load().oauth_server_address, "https://example.com/oauth");
  sources_.flags["oauth-server-address"] = "http://example.com:8080/oauth";
  EXPECT_EQ(load().oauth_server_address, "http://example.com:8080/oauth");
}

TEST_F(ConfigOf, PrintsYamlThatLoadsToTheSame) {
  sources_.flags = {{"retry.default-timeout", "1.5s"}, {"ca", "a \"b\": c"}, {"insecure", "true"}};
  const auto before = load_config(sources_);
  ASSERT_TRUE(before);
  write("here/.farfield-cli.yml", config_text(*before, ConfigForm::yaml).c_str());
  sources_.flags.clear();
  const auto after = load_config(sources_);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->texts, before->texts);
  EXPECT_TRUE(after->warnings.empty());
}

TEST(HostOf, LeavesOutSchemePortAndPath) {
  EXPECT_EQ(host_of("https://example.com:443/oauth"), "example.com");
  EXPECT_EQ(host_of("example.com:8884"), "example.com");
  EXPECT_EQ(host_of("[::1]:8884"), "::1");
  EXPECT_EQ(host_of("example.com"), "example.com");
  EXPECT_EQ(host_of(""), "");
}

TEST(ConfigurationOfHost, KnowsWhereCloudClustersHaveTheirIdentityServer) {
  struct Row {
    const char* host;
    const char* identity;
    const char* network;
  };
  for (const auto& row :
       {Row{"example.com", "example.com", "example.com"},
        Row{"acme.nam1.cloud.thethings.industries", "acme.eu1.cloud.thethings.industries",
            "acme.nam1.cloud.thethings.industries"},
        Row{"au1.cloud.thethings.network", "eu1.cloud.thethings.network",
            "au1.cloud.thethings.network"}}) {
    UseOptions options;
    options.host = row.host;
    const auto text = configuration_of_host(options);
    ASSERT_TRUE(text) << row.host;
    const auto settings = config::read_flat_yaml(*text, "test");
    ASSERT_TRUE(settings);
    std::map<std::string, std::string> values;
    for (const auto& setting : *settings) values[setting.key] = setting.items.front();
    EXPECT_EQ(values["identity-server-grpc-address"], std::string(row.identity) + ":8884");
    EXPECT_EQ(values["network-server-grpc-address"], std::string(row.network) + ":8884");
    EXPECT_EQ(values["oauth-server-address"], "https://" + std::string(row.identity) + "/oauth");
    EXPECT_EQ(values["credentials-id"], row.host);
  }
  UseOptions options;
  options.host = "nam1.cloud.thethings.industries";
  EXPECT_TRUE(configuration_of_host(options).error().is(missing_tenant_id));
  options.host = "a b";
  EXPECT_TRUE(configuration_of_host(options).error().is(invalid_hostname));
  options.host = "";
  EXPECT_TRUE(configuration_of_host(options).error().is(no_host));
}

}  // namespace
}  // namespace ff::cli
