#include "actors/application_server/frontend_mqtt/topics.hpp"

#include <gtest/gtest.h>

namespace ff::application_server {
namespace {

TEST(Topics, FiltersAreRewrittenToTheApplication) {
  const std::vector<std::pair<std::string, std::optional<std::string>>> table = {
      {"#", "v3/app@ttn/#"},
      {"v3/#", "v3/app@ttn/#"},
      {"v3/+/devices/+/up", "v3/app@ttn/devices/+/up"},
      {"v3/app@ttn/devices/dev/up", "v3/app@ttn/devices/dev/up"},
      {"v3/app@ttn/anything/at/all", "v3/app@ttn/anything/at/all"},
      {"v3/other/devices/+/up", std::nullopt},
      {"v3/app@ttnx/#", std::nullopt},
      {"v3/+", std::nullopt},
      {"v2/#", std::nullopt},
      {"+/app@ttn/#", std::nullopt},
      {"$SYS/#", std::nullopt},
      {"v3/+/$share/g/up", std::nullopt},
      {"v3/app@ttn/$share/g/up", std::nullopt},
  };
  for (const auto& [filter, expected] : table)
    EXPECT_EQ(rewrite_filter(filter, "app@ttn"), expected) << filter;
}

TEST(Topics, StoredFiltersAreRelativeToTheApplication) {
  for (const auto* uid : {"app", "app@ttn"}) {
    const auto own = "v3/" + std::string(uid) + '/';
    EXPECT_EQ(relative_filter(*rewrite_filter("#", uid), uid), "#");
    EXPECT_EQ(relative_filter(*rewrite_filter("v3/+/devices/+/up", uid), uid), "devices/+/up");
    EXPECT_EQ(relative_filter(*rewrite_filter(own + "devices/dev/up", uid), uid), "devices/dev/up");
    EXPECT_EQ(relative_filter(*rewrite_filter(own, uid), uid), "");
  }
}

TEST(Topics, GroupsAreKnownByNameAndRelativeFilter) {
  for (const auto* uid : {"app", "app@ttn"}) {
    EXPECT_EQ(shared_name("$share/g/#", uid), "$share/g/#");
    EXPECT_EQ(shared_name("$share/g/v3/+/devices/+/up", uid), "$share/g/devices/+/up");
    EXPECT_EQ(shared_name("$share/g/v3/" + std::string(uid) + "/devices/d/up", uid),
              "$share/g/devices/d/up");
    for (const auto* filter : {"#", "$share/g/v3/other/#", "$share/g/v3/+/$share/g/#", "$share/g"})
      EXPECT_FALSE(shared_name(filter, uid)) << filter;
  }
}

TEST(Topics, DownlinkTopicsNameDeviceAndOperation) {
  const auto push = parse_downlink_topic("v3/app/devices/dev-1/down/push", "app");
  ASSERT_TRUE(push);
  EXPECT_EQ(push->device_id.text(), "dev-1");
  EXPECT_FALSE(push->replace);
  EXPECT_TRUE(parse_downlink_topic("v3/app/devices/dev-1/down/replace", "app")->replace);
  for (const auto* topic : {"v3/app/devices/dev-1/up", "v3/app/devices/dev-1/down/queued",
                            "v3/other/devices/dev-1/down/push", "v3/app/devices/D!/down/push",
                            "v3/app/devices/dev-1", "v3/app/devices//down/push", ""}) {
    EXPECT_FALSE(parse_downlink_topic(topic, "app")) << topic;
  }
}

TEST(Topics, UserNamesAreApplicationsWithOrWithoutTenant) {
  EXPECT_EQ(application_of("app"), ApplicationId("app"));
  EXPECT_EQ(application_of("app@tenant"), ApplicationId("app"));
  for (const auto* name : {"", "a", "App", "app@", "app@T", "@tenant", "app/x"})
    EXPECT_FALSE(application_of(name)) << name;
}

TEST(Topics, EveryKindOfMessageHasItsTopic) {
  for (int kind = 1; kind <= 11; ++kind) {
    EXPECT_TRUE(up_topic("app", DeviceId("dev"), static_cast<UpKind>(kind)).size() >
                std::string("v3/app/devices/dev/").size());
  }
  EXPECT_EQ(up_topic("app", DeviceId("dev"), UpKind::downlink_nack),
            "v3/app/devices/dev/down/nack");
}

}  // namespace
}  // namespace ff::application_server
