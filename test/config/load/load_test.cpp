#include "config/load/load.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/load/print.hpp"
#include "config/schema/schema.hpp"

namespace ff::config {
namespace {

class Load : public testing::Test {
 protected:
  Load()
      : directory_(std::filesystem::temp_directory_path() /
                   ("ff-config-" + std::to_string(getpid()) + "-" +
                    testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(directory_);
  }
  ~Load() override { std::filesystem::remove_all(directory_); }

  std::string file(const std::string& name, std::string_view text) {
    const auto path = directory_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  std::filesystem::path directory_;
};

std::string problem(const Sources& sources) {
  const auto loaded = load(sources);
  return loaded ? "" : loaded.error().message();
}

TEST_F(Load, AdrAlgorithmsAreChosenByName) {
  Sources sources;
  sources.default_files = {
      file("farfield.yml", "ns: {adr: {algorithm: two-way, exceptions: {meters: reference}}}\n")};
  const auto loaded = load(sources);
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(loaded->config.ns.adr.algorithm, AdrAlgorithm::two_way);
  EXPECT_EQ(loaded->config.ns.adr.exceptions,
            (std::vector{AdrException{"meters", AdrAlgorithm::reference}}));
}

TEST_F(Load, FlagsWinOverEnvironmentOverFilesOverDefaults) {
  Sources sources;
  sources.default_files = {
      file("farfield.yml",
           "ns: {net-id: '000001', deduplication-window: 250ms, downlink-queue-capacity: 7}\n")};
  sources.environment = {{"FARFIELD_NS_NET_ID", "000002"},
                         {"FARFIELD_NS_DEDUPLICATION_WINDOW", "300ms"}};
  sources.arguments = {"--ns.net-id", "000003"};

  const auto loaded = load(sources);
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(loaded->config.ns.net_id, NetId{3});
  EXPECT_EQ(loaded->origins.at("ns.net-id"), (Origin{OriginKind::flag, "--ns.net-id"}));
  EXPECT_EQ(loaded->config.ns.deduplication_window, std::chrono::milliseconds{300});
  EXPECT_EQ(loaded->origins.at("ns.deduplication-window").place,
            "FARFIELD_NS_DEDUPLICATION_WINDOW");
  EXPECT_EQ(loaded->config.ns.downlink_queue_capacity, 7U);
  EXPECT_EQ(loaded->origins.at("ns.downlink-queue-capacity").place,
            sources.default_files[0].string() + ":1");
  EXPECT_EQ(loaded->config.ns.cooldown_window, std::chrono::seconds{1});
  EXPECT_EQ(loaded->origins.at("ns.cooldown-window").kind, OriginKind::initial);
}

TEST_F(Load, OurVariablesWinOverTheReferences) {
  for (const bool ours_first : {false, true}) {
    Environment environment = {{"TTN_LW_NS_NET_ID", "000001"}, {"FARFIELD_NS_NET_ID", "000002"}};
    if (ours_first) std::swap(environment[0], environment[1]);
    const auto loaded = load({{}, environment, {}});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.ns.net_id, NetId{2});
  }
}

TEST_F(Load, AnOldSettingSpeaksThroughTheNewOne) {
  const auto loaded = load({{"--tls.acme.enable", "--tls.source=file"}, {}, {}});
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(loaded->config.tls.source, TlsSource::acme);
  EXPECT_EQ(loaded->origins.find("tls.source")->second.place, "--tls.acme.enable");
  const auto without = load({{"--tls.acme.enable=false"}, {}, {}});
  ASSERT_TRUE(without);
  EXPECT_EQ(without->config.tls.source, default_config().tls.source);
}

TEST_F(Load, TheReferencesOtherVariablesAreAWarning) {
  const auto loaded =
      load({{}, {{"TTN_LW_REDIS_ADDRESS", "x"}, {"TTN_LW_HTTP_LISTEN", ":80"}, {"HOME", "/"}}, {}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->warnings,
            std::vector<std::string>{"`TTN_LW_REDIS_ADDRESS` has no meaning here"});
  EXPECT_EQ(loaded->config.http.listen.plain, ":80");
}

TEST_F(Load, WhatIsOfTheReferencesInsideIsAWarningInAFile) {
  const auto path = file("stack.yml",
                         "redis: {address: 'x:6379', namespace: [ttn, v3]}\n"
                         "gs:\n"
                         "  packetbroker: {update-gateway-interval: 10m}\n"
                         "  udp: {packet-handlers: 1024, connection-expires: 2m}\n"
                         "as.fetcher: {timeout: 5s}\n"
                         "console: {ui: {site-name: N}, oauth: {client-id: console}}\n"
                         "is.email.network.branding-base-url: 'https://example.com'\n");
  const auto loaded = load({{"-c", path}, {}, {}});
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(
      loaded->warnings,
      (std::vector<std::string>{
          path + ":1: `redis` has no meaning here",
          path + ":3: `gs.packetbroker.update-gateway-interval` has no meaning here",
          path + ":4: `gs.udp.packet-handlers` has no meaning here",
          path + ":5: `as.fetcher` has no meaning here", path + ":6: `console` has no meaning here",
          path + ":7: `is.email.network.branding-base-url` has no meaning here"}));
  EXPECT_EQ(loaded->config.gs.udp.connection_expires, Duration{std::chrono::minutes{2}});
  EXPECT_NE(problem({{"-c", file("typo.yml", "gs: {packetbroker: {interval: 10m}}")}, {}, {}}), "");
  EXPECT_EQ(problem({{"-c", file("plans.yml", "frequency-plans.url: 'https://x'")}, {}, {}}), "");
  EXPECT_NE(problem({{"--gs.udp.packet-handlers=8"}, {}, {}}), "") << "nobody has it on a line";
}

TEST_F(Load, TheFirstNamedFileWins) {
  const auto first = file("first.yml", "ns: {net-id: '000001'}");
  const auto second = file("second.yml", "ns: {net-id: '000002', downlink-queue-capacity: 5}");
  const auto loaded = load({{"-c", first, "--config=" + second}, {}, {"/nowhere.yml"}});
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_EQ(loaded->config.ns.net_id, NetId{1});
  EXPECT_EQ(loaded->config.ns.downlink_queue_capacity, 5U);
}

TEST_F(Load, OnlyTheFirstDefaultFileThatExistsIsRead) {
  const auto first = file("first.yml", "{}");
  const auto second = file("second.yml", "ns: {net-id: '000002'}");
  const auto loaded = load({{}, {}, {"/nowhere.yml", first, second}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->files, std::vector<std::filesystem::path>{first});
  EXPECT_EQ(loaded->config.ns.net_id, NetId{0});
}

TEST_F(Load, TheEnvironmentCanNameTheFile) {
  const auto path = file("named.yml", "ns.net-id: 000013");
  const auto loaded = load({{}, {{"FARFIELD_CONFIG", path}}, {}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.ns.net_id, NetId{0x13});
}

TEST_F(Load, AMissingNamedFileIsAnError) {
  const auto loaded = load({{"-c", "/nowhere.yml"}, {}, {}});
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(loaded.error().is(unreadable_file));
  EXPECT_TRUE(load({{"-c", directory_.string()}, {}, {}}).error().is(unreadable_file));
}

TEST_F(Load, ListsAndMapsCanBeGivenInEveryWay) {
  const std::vector<DevAddrPrefix> prefixes = {{DevAddr{0x26000000}, 7}, {DevAddr{0x13000000}, 8}};
  const std::vector<UdpListener> listeners = {{":1700", "EU_863_870"}, {":1701", ""}};
  const auto yaml =
      file("lists.yml",
           "ns:\n  dev-addr-prefixes: [26000000/7, 13000000/8]\n"
           "gs:\n  udp:\n    listeners:\n      ':1700': EU_863_870\n      ':1701':\n");
  const Sources ways[] = {
      {{"-c", yaml}, {}, {}},
      {{},
       {{"FARFIELD_NS_DEV_ADDR_PREFIXES", "26000000/7 13000000/8"},
        {"TTN_LW_GS_UDP_LISTENERS", ":1700=EU_863_870 :1701="}},
       {}},
      {{"--ns.dev-addr-prefixes=26000000/7,13000000/8", "--gs.udp.listeners",
        ":1700=EU_863_870,:1701="},
       {},
       {}},
      {{"--ns.dev-addr-prefixes", "26000000/7", "--ns.dev-addr-prefixes", "13000000/8",
        "--gs.udp.listeners", ":1700=EU_863_870", "--gs.udp.listeners=:1701"},
       {},
       {}},
  };
  for (const auto& way : ways) {
    const auto loaded = load(way);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->config.ns.dev_addr_prefixes, prefixes);
    EXPECT_EQ(loaded->config.gs.udp.listeners, listeners);
  }
}

TEST_F(Load, RecordsCanBeGivenInEveryWay) {
  const std::vector<RateLimitingProfile> profiles = {
      {"api", 600, 0, {"grpc:method:/ttn.lorawan.v3.GatewayRegistry/List", "http:oauth"}},
      {"up", 60, 20, {"gs:up"}}};
  const auto yaml = file("records.yml", R"(
rate-limiting:
  profiles:
    - name: api
      max-per-min: 600
      associations: ["grpc:method:/ttn.lorawan.v3.GatewayRegistry/List", "http:oauth"]
    - {name: up, max-per-min: 60, max-burst: 20, associations: "gs:up"}
)");
  const std::string api =
      "name=api;max-per-min=600;"
      "associations=grpc:method:/ttn.lorawan.v3.GatewayRegistry/List+http:oauth";
  const std::string up = "name=up;max-per-min=60;max-burst=20;associations=gs:up";
  const auto texts = file("texts.yml", "rate-limiting: {profiles: ['" + api + "', '" + up + "']}");
  const Sources ways[] = {
      {{"-c", yaml}, {}, {}},
      {{"-c", texts}, {}, {}},
      {{}, {{"FARFIELD_RATE_LIMITING_PROFILES", api + " " + up}}, {}},
      {{"--rate-limiting.profiles", api, "--rate-limiting.profiles=" + up}, {}, {}},
  };
  for (const auto& way : ways) {
    const auto loaded = load(way);
    ASSERT_TRUE(loaded) << loaded.error().message();
    EXPECT_EQ(loaded->config.rate_limiting.profiles, profiles);
  }
  const auto none = file("none.yml", "rate-limiting: {profiles: []}");
  ASSERT_TRUE(load({{"-c", none}, {}, {}}));
}

TEST_F(Load, AddressesOfApplicationsAreTheNetworks) {
  const auto refused = [&](std::vector<std::string> flags) {
    const auto loaded = load({std::move(flags), {}, {}});
    return loaded ? std::string() : loaded.error().message();
  };
  EXPECT_EQ(
      refused({"--ns.net-id=000013", "--ns.application-dev-addr-prefixes=meters=26010000/16"}), "");
  EXPECT_NE(refused({"--ns.net-id=000013", "--ns.application-dev-addr-prefixes=meters=48000000/16"})
                .find("meters are not all the network's own"),
            std::string::npos);
  EXPECT_NE(refused({"--ns.dev-addr-prefixes=26010000/16",
                     "--ns.application-dev-addr-prefixes=meters=26010000/17,roofs=26018000/17"})
                .find("nothing is left"),
            std::string::npos);
}

TEST_F(Load, AListOfOneSourceReplacesThatOfALesser) {
  const auto loaded = load({{"--ns.dev-addr-prefixes=13000000/8"},
                            {{"FARFIELD_NS_DEV_ADDR_PREFIXES", "26000000/7"}},
                            {}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.ns.dev_addr_prefixes.size(), 1U);
}

TEST_F(Load, FlagsOfTruthNeedNoValue) {
  const auto loaded = load(
      {{"gs", "--gs.require-registered-gateways", "ns", "--http.metrics.enable=false"}, {}, {}});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->config.gs.require_registered_gateways);
  EXPECT_FALSE(loaded->config.http.metrics.enable);
  EXPECT_EQ(loaded->words, (std::vector<std::string>{"gs", "ns"}));
}

TEST_F(Load, OtherFlagsOfWhichTheLastCounts) {
  const auto loaded =
      load({{"--log.level=debug", "--log.level", "error", "--", "--log.level=fatal"}, {}, {}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.log.level, LogLevel::error);
  EXPECT_EQ(loaded->words, std::vector<std::string>{"--log.level=fatal"});
}

struct ErrorRow {
  std::vector<std::string> arguments;
  Environment environment;
  std::string_view message;
};

const ErrorRow error_rows[] = {
    {{"--ns.net-id=13"}, {}, "--ns.net-id: `ns.net-id` can not be `13`: it takes 6 hex digits"},
    {{},
     {{"TTN_LW_NS_NET_ID", "x"}},
     "TTN_LW_NS_NET_ID: `ns.net-id` can not be `x`: it takes 6 hex digits"},
    {{"--ns.net-idd=13"},
     {},
     "--ns.net-idd: there is no setting `ns.net-idd`; did you mean `ns.net-id`?"},
    {{"--net-id", "000013"},
     {},
     "--net-id: there is no setting `net-id`; did you mean `ns.net-id`?"},
    {{"--completely.other"}, {}, "--completely.other: there is no setting `completely.other`"},
    {{"-x"}, {}, "command line: there is no setting `-x`"},
    {{"--ns.net-id"}, {}, "command line: `ns.net-id` needs a value: 6 hex digits"},
    {{"-c"}, {}, "command line: `config` needs a value: a path"},
    {{},
     {{"FARFIELD_NS_NETID", "1"}},
     "FARFIELD_NS_NETID: there is no setting `ns.netid`; did you mean `ns.net-id`?"},
    {{"--storage.shards=63"},
     {},
     "--storage.shards: `storage.shards` can not be `63`: it takes a power of two from 1 to 32768"},
    {{"--log.level=loud"},
     {},
     "--log.level: `log.level` can not be `loud`: it takes one of debug info warn error fatal"},
    {{"--http.listen=:1884"}, {}, "`http.listen`: another listener has the same address :1884"},
    {{"--ns.deduplication-window=5s"},
     {},
     "`ns.deduplication-window`: it must be shorter than "
     "ns.default-mac-settings.desired-rx1-delay, or every answer is "
     "late"},
    {{"--gs.udp.listeners=:1700,:1700=EU_863_870"},
     {},
     "`gs.udp.listeners`: it has :1700 more than once"},
    {{"--as.mqtt.tls.client-ca=ca.pem", "--as.mqtt.listen-tls="},
     {},
     "`as.mqtt.tls.client-ca`: it needs tls.source and as.mqtt.listen-tls"},
    {{"--as.mqtt.tls.client-ca=ca.pem", "--tls.source="},
     {},
     "`as.mqtt.tls.client-ca`: it needs tls.source and as.mqtt.listen-tls"},
    {{"--as.downlinks.confirmation.default-retry-attempts=33"},
     {},
     "`as.downlinks.confirmation.default-retry-attempts`: it must not be larger than "
     "as.downlinks.confirmation.max-retry-attempts"},
};

TEST_F(Load, ErrorsSayWhichKeyWhichValueWhatIsAllowedAndFromWhere) {
  for (const auto& row : error_rows)
    EXPECT_EQ(problem({row.arguments, row.environment, {}}), row.message);
}

TEST_F(Load, AllErrorsAreReportedAtOnce) {
  const auto loaded = load({{"--a=1", "--ns.net-id=x"}, {}, {}});
  ASSERT_FALSE(loaded);
  EXPECT_TRUE(loaded.error().is(invalid_configuration));
  EXPECT_EQ(loaded.error().message(),
            "2 errors in the configuration:\n  --a: there is no setting `a`\n"
            "  --ns.net-id: `ns.net-id` can not be `x`: it takes 6 hex digits");
}

TEST_F(Load, TwoListenersOnAnyPortDoNotClash) {
  EXPECT_EQ(problem({{"--http.listen=127.0.0.1:0", "--grpc.listen=127.0.0.1:0"}, {}, {}}), "");
}

TEST_F(Load, TheEffectiveYamlLoadsToTheSame) {
  auto loaded = load(
      {{"--ns.dev-addr-prefixes=26000000/7,13000000/8",
        "--gs.udp.listeners=:1700=EU_863_870,[::1]:1=", "--storage.directory=/tmp/a \"b\"\\c#",
        "--gs.forward==26000000/7,=13000000/8,packetbroker=00000000/0",
        "--tls.source=", "--rate-limiting.profiles=name=a;max-per-min=1;associations=http+gs:up"},
       {},
       {}});
  ASSERT_TRUE(loaded) << loaded.error().message();
  const auto path = file("effective.yml", to_yaml(*loaded));
  const auto again = load({{"-c", path}, {}, {}});
  ASSERT_TRUE(again) << again.error().message() << to_yaml(*loaded);
  for (const auto& knob : knobs()) {
    EXPECT_EQ(knob.value.items(again->config), knob.value.items(loaded->config)) << knob.name;
    EXPECT_EQ(again->origins.find(knob.name)->second.kind, OriginKind::file) << knob.name;
  }
}

TEST_F(Load, TheEffectiveYamlShowsSources) {
  const auto loaded = load({{"--ns.net-id=000013"}, {{"FARFIELD_LOG_LEVEL", "warn"}}, {}});
  ASSERT_TRUE(loaded);
  const auto yaml = to_yaml(*loaded);
  EXPECT_NE(yaml.find("\n  net-id: \"000013\"  # --ns.net-id\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("\n  level: warn  # FARFIELD_LOG_LEVEL\n"), std::string::npos);
  EXPECT_NE(yaml.find("\n  shards: 64  # default\n"), std::string::npos);
  EXPECT_NE(to_environment(*loaded).find("\nFARFIELD_NS_NET_ID=\"000013\"\n"), std::string::npos);
}

TEST_F(Load, SecretsAreNeitherPrintedNorInErrors) {
  const auto loaded = load({{"--http.metrics.password=hunter2"}, {}, {}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.http.metrics.password, "hunter2");
  EXPECT_EQ((to_yaml(*loaded) + to_environment(*loaded)).find("hunter2"), std::string::npos);
  const auto path = file("secret.yml", "http: {metrics: {password: [hunter2, hunter3]}}");
  EXPECT_EQ(problem({{"-c", path}, {}, {}}),
            path + ":1: `http.metrics.password` can not be `***`: it takes any text");
}

TEST_F(Load, TheExampleFileHasEverySettingAtItsDefault) {
  const auto loaded = load({{"-c", FF_SOURCE_DIR "/config/examples/farfield.yml"}, {}, {}});
  ASSERT_TRUE(loaded) << loaded.error().message();
  const auto defaults = default_config();
  for (const auto& knob : knobs()) {
    EXPECT_EQ(knob.value.items(loaded->config), knob.value.items(defaults)) << knob.name;
    EXPECT_EQ(loaded->origins.find(knob.name)->second.kind, OriginKind::file) << knob.name;
  }
}

TEST_F(Load, TheReferenceTextNamesEverySetting) {
  const auto text = reference_text();
  for (const auto& knob : knobs())
    EXPECT_NE(text.find("--" + std::string(knob.name) + "  ("), std::string::npos);
}

}  // namespace
}  // namespace ff::config
