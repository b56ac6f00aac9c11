// Deleting many devices of an application at once, over HTTP JSON.
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.

std::string devices(const std::string& role) {
  return "/" + role + "/applications/app-1/devices";
}
std::string batch(const std::string& role, std::initializer_list<const char*> ids) {
  std::string query = devices(role) + "/batch";
  char separator = '?';
  for (const char* id : ids)
    query += std::exchange(separator, '&') + std::string("device_ids=") + id;
  return query;
}

class DeviceBatchesTest : public ApiFixture {
 protected:
  DeviceBatchesTest() {
    rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ, RIGHT_APPLICATION_DEVICES_WRITE,
                       RIGHT_APPLICATION_DEVICES_WRITE_KEYS};
    hub.subscribe({.subjects = {ApplicationId("app-1")}, .receive = [this](const auto& event) {
                     const std::scoped_lock lock(mutex_);
                     events_.push_back(event);
                   }});
  }
  ~DeviceBatchesTest() override { tear_down(); }

  void create(const std::string& id) {
    const auto ids = R"("ids":{"device_id":")" + id + R"(","dev_eui":"01020304050607)" +
                     id.substr(id.size() - 2) + R"(","join_eui":"1112131415161718"})";
    const auto put = [&](const std::string& role, const std::string& fields,
                         const std::string& paths) {
      const auto answer = call(
          "PUT", devices(role) + "/" + id,
          R"({"end_device":{)" + ids + fields + R"(},"field_mask":{"paths":[)" + paths + "]}}");
      ASSERT_EQ(answer.status, 200) << role << boost::json::serialize(answer.body);
    };
    put("ns",
        R"(,"frequency_plan_id":"EU_863_870_TTN","lorawan_version":"MAC_V1_0_3","supports_join":true,
           "lorawan_phy_version":"PHY_V1_0_3_REV_A")",
        R"("frequency_plan_id","lorawan_version","lorawan_phy_version","supports_join")");
    put("as", "", R"("formatters")");
    put("js", R"(,"root_keys":{"app_key":{"key":"11111111111111111111111111111111"}})",
        R"("root_keys.app_key.key")");
  }
  int status_of(const std::string& role, const std::string& id) {
    return call("GET", devices(role) + "/" + id).status;
  }
  std::vector<events::EventPtr> events() {
    const std::scoped_lock lock(mutex_);
    return events_;
  }

  std::mutex mutex_;
  std::vector<events::EventPtr> events_;
};

TEST_F(DeviceBatchesTest, DeletesTheDevicesThatAreThereAndSkipsTheOthers) {
  for (const char* id : {"dev-01", "dev-02", "dev-03"}) create(id);
  // In the order of the reference's tools: the join server's devices are found by the network
  // server's.
  for (const std::string role : {"js", "as", "ns"}) {
    const auto answer = call("DELETE", batch(role, {"dev-01", "dev-03", "dev-99"}));
    EXPECT_EQ(answer.status, 200) << role << boost::json::serialize(answer.body);
  }
  for (const std::string role : {"ns", "as"}) {
    EXPECT_EQ(status_of(role, "dev-01"), 404) << role;
    EXPECT_EQ(status_of(role, "dev-02"), 200) << role;
    EXPECT_EQ(status_of(role, "dev-03"), 404) << role;
  }
  create("dev-01");
  EXPECT_EQ(status_of("js", "dev-02"), 200);
}

TEST_F(DeviceBatchesTest, TellsABatchInOneEvent) {
  for (const char* id : {"dev-01", "dev-02"}) create(id);
  for (const std::string role : {"js", "as", "ns"}) {
    ASSERT_EQ(call("DELETE", batch(role, {"dev-01", "dev-02", "dev-99"})).status, 200);
  }
  ASSERT_EQ(call("DELETE", batch("ns", {"dev-01"})).status, 200) << "nothing is left to tell of";
  const auto told = events();
  ASSERT_EQ(told.size(), 3U);
  const char* const names[] = {"js.end_device.batch.delete", "as.end_device.batch.delete",
                               "ns.end_device.batch.delete"};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(told[i]->name, names[i]);
    EXPECT_EQ(std::get<ApplicationId>(told[i]->subject), ApplicationId("app-1"));
    const auto& data = std::get<events::ProtobufData>(told[i]->data);
    EXPECT_EQ(data.type, "ttn.lorawan.v3.EndDeviceIdentifiersList");
    EndDeviceIdentifiersList list;
    ASSERT_TRUE(list.ParseFromString(data.bytes));
    EXPECT_EQ(list.end_device_ids_size(), 2) << names[i];
  }
}

TEST_F(DeviceBatchesTest, TakesOneToTwentyDevicesByTheirIds) {
  EXPECT_EQ(call("DELETE", batch("ns", {})).status, 400);
  EXPECT_EQ(call("DELETE", batch("ns", {"No%20Id"})).status, 400);
  std::string many = devices("ns") + "/batch?device_ids=dev-00";
  for (int i = 1; i < 20; ++i) many += "&device_ids=dev-" + std::to_string(100 + i);
  EXPECT_EQ(call("DELETE", many).status, 200);
  EXPECT_EQ(call("DELETE", many + "&device_ids=dev-99").status, 400);
}

TEST_F(DeviceBatchesTest, NeedsTheRightToWriteDevices) {
  create("dev-01");
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ};
  for (const std::string role : {"js", "as", "ns"})
    EXPECT_EQ(call("DELETE", batch(role, {"dev-01"})).status, 403) << role;
  EXPECT_EQ(status_of("ns", "dev-01"), 200);
  EXPECT_TRUE(events().empty());
}

TEST_F(DeviceBatchesTest, AServerThatIsNotThereIsAnError) {
  deps.network_servers = NetworkServers(*storage::ShardCount::make(1));
  EXPECT_EQ(call("DELETE", batch("ns", {"dev-01", "dev-02"})).error(),
            "pkg/cluster:peer_unavailable");
  EXPECT_EQ(call("DELETE", batch("js", {"dev-01"})).error(), "pkg/cluster:peer_unavailable");
}

}  // namespace
}  // namespace ff::api::test
