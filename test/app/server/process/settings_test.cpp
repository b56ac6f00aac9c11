// What the operator decided reaches the components.
#include "app/server/process/settings.hpp"

#include <gtest/gtest.h>

#include "config/load/load.hpp"

namespace ff::app {
namespace {

NodeConfig of(std::vector<std::string> flags) {
  const auto loaded = config::load({std::move(flags), {}, {}});
  EXPECT_TRUE(loaded);
  auto node = node_config(loaded->config, 0);
  EXPECT_TRUE(node);
  return std::move(*node);
}

bool steers(const NodeConfig& node) {
  const auto& adr = node.network_server.default_mac_settings.adr;
  return adr &&
         std::get<mac::AdrDynamic>(*adr).channel_steering == mac::ChannelSteering::lora_narrow;
}

bool names_regions_as_stations_do(const NodeConfig& node) {
  return node.gateway_server.basic_station.reference_region_names;
}

TEST(ExperimentalFeatures, AreOffUnlessNamed) {
  const auto none = of({});
  EXPECT_FALSE(steers(none));
  EXPECT_FALSE(names_regions_as_stations_do(none));
  const auto steering = of({"--experimental.features=ns.adr.auto_narrow_steer,db.pgdriver"});
  EXPECT_TRUE(steers(steering));
  EXPECT_FALSE(names_regions_as_stations_do(steering));
  const auto regions = of({"--experimental.features=gs.lbslns.reference_region_names"});
  EXPECT_FALSE(steers(regions));
  EXPECT_TRUE(names_regions_as_stations_do(regions));
}

TEST(ExperimentalFeatures, AnUnknownNameIsRefused) {
  EXPECT_FALSE(config::load({{"--experimental.features=ns.adr.auto_narow_steer"}, {}, {}}));
}

TEST(ApplicationServerSettings, ReachTheDevicesPipelines) {
  const auto pipeline =
      of({"--as.app-s-key-timeout=700ms", "--as.device-last-seen.flush-interval=0"})
          .application_server.pipeline;
  EXPECT_EQ(pipeline.app_s_key_timeout, std::chrono::milliseconds{700});
  EXPECT_FALSE(pipeline.tells_last_seen);
}

}  // namespace
}  // namespace ff::app
