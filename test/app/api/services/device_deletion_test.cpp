// Deleting the join server's part of devices by their ids alone, in whatever order their parts go:
// no root key outlives its device. With the real identity server and doubles of the others.
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

const std::string devices = "/applications/app-1/devices";

std::string euis_of(const std::string& id) {
  return R"("dev_eui":"00000000000000)" + id.substr(id.size() - 2) +
         R"(","join_eui":"0000000000000001")";
}

class DeviceDeletionTest : public IdentityTest {
 protected:
  explicit DeviceDeletionTest(bool has_network_server = true) {
    if (!has_network_server) deps.network_servers = NetworkServers(*storage::ShardCount::make(1));
    create_application("app-1");
  }

  void create(const std::string& id, bool has_network_part = true) {
    const auto registered = create_device(id, "00000000000000" + id.substr(id.size() - 2));
    ASSERT_EQ(registered.status, 200) << boost::json::serialize(registered.body);
    const auto put = [&](const std::string& role, const std::string& fields,
                         const std::string& paths) {
      const auto answer =
          call("PUT", role + devices + "/" + id,
               R"({"end_device":{"ids":{"device_id":")" + id + R"(",)" + euis_of(id) + "}" +
                   fields + R"(},"field_mask":{"paths":[)" + paths + "]}}");
      ASSERT_EQ(answer.status, 200) << role << boost::json::serialize(answer.body);
    };
    put("/js", R"(,"root_keys":{"app_key":{"key":"11111111111111111111111111111111"}})",
        R"("root_keys.app_key.key")");
    if (!has_network_part) return;
    put("/ns",
        R"(,"frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_3","supports_join":true,
           "lorawan_phy_version":"PHY_V1_0_3_REV_A")",
        R"("frequency_plan_id","lorawan_version","lorawan_phy_version","supports_join")");
  }
  int erase(const std::string& role, const std::string& id) {
    return call("DELETE", role + devices + "/" + id).status;
  }
  int erase_batch(const std::string& role, const std::string& id) {
    return call("DELETE", role + devices + "/batch?device_ids=" + id).status;
  }
  /// Whether the join server has a device of these EUIs.
  bool has_keys(const std::string& id) {
    const storage::JoinKey euis{JoinEui{1}, DevEui{std::stoul(id.substr(id.size() - 2))}};
    auto found = std::make_shared<std::promise<bool>>();
    caf::anon_send(
        deps.join_servers->of(euis),
        join_server::GetJoinDevice{euis.join_eui, euis.dev_eui, [found](const auto& device) {
                                     found->set_value(device.has_value());
                                   }});
    return found->get_future().get();
  }
};

TEST_F(DeviceDeletionTest, TakesTheRootKeysBeforeAndAfterTheNetworkServersPart) {
  const std::vector<std::vector<std::string>> orders{{"/js", "/ns"}, {"/ns", "/js"}};
  for (const auto& order : orders) {
    create("dev-01");
    ASSERT_TRUE(has_keys("dev-01"));
    for (const auto& role : order) EXPECT_EQ(erase(role, "dev-01"), 200) << role;
    EXPECT_FALSE(has_keys("dev-01")) << "first " << order.front();
    EXPECT_EQ(erase("/js", "dev-01"), 404) << "it has gone";
    EXPECT_EQ(erase("", "dev-01"), 200);
  }
}

TEST_F(DeviceDeletionTest, OfABatchTakesThemToo) {
  const std::vector<std::vector<std::string>> orders{{"/js", "/ns"}, {"/ns", "/js"}};
  for (const auto& order : orders) {
    create("dev-01");
    for (const auto& role : order) EXPECT_EQ(erase_batch(role, "dev-01"), 200) << role;
    EXPECT_FALSE(has_keys("dev-01")) << "first " << order.front();
    EXPECT_EQ(erase_batch("/js", "dev-01"), 200) << "those that are not there are left out";
    EXPECT_EQ(erase("", "dev-01"), 200);
  }
}

TEST_F(DeviceDeletionTest, FindsADeviceThatHasNoNetworkServersPart) {
  create("dev-02", false);
  const auto got = call("GET", "/js" + devices + "/dev-02?field_mask=root_keys");
  ASSERT_EQ(got.status, 200) << boost::json::serialize(got.body);
  EXPECT_EQ(got.at("/ids/dev_eui"), "0000000000000002");
  EXPECT_EQ(got.at("/root_keys/app_key/key"), "11111111111111111111111111111111");
  EXPECT_EQ(erase("/js", "dev-02"), 200);
  EXPECT_FALSE(has_keys("dev-02"));
  EXPECT_EQ(call("GET", "/js" + devices + "/dev-99").error(), "pkg/joinserver:device_not_found");
}

class SilentNetworkServerTest : public DeviceDeletionTest {
 protected:
  SilentNetworkServerTest() : DeviceDeletionTest(false) {}
};

TEST_F(SilentNetworkServerTest, DoesNotMakeTheJoinServerSayThatNothingIsThere) {
  create("dev-03", false);
  EXPECT_EQ(call("DELETE", "/js" + devices + "/dev-99").error(), "pkg/cluster:peer_unavailable");
  EXPECT_EQ(erase("/js", "dev-03"), 200) << "the identity server knows its EUIs";
  EXPECT_FALSE(has_keys("dev-03"));
}

}  // namespace
}  // namespace ff::api::test
