// farfield.v1.NsEndDeviceInspection over HTTP JSON.
#include "actors/network_server/session/decision.hpp"
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.

const UtcTime heard_at{std::chrono::seconds{1'700'000'000}};

network_server::DeviceSnapshot snapshot(const DeviceUid& device) {
  network_server::DeviceSnapshot snapshot;
  snapshot.exists = device.device_id.text() == "dev-1";
  if (!snapshot.exists) return snapshot;
  network_server::UplinkJudged replay;
  replay.verdict = network_server::UplinkVerdict::counter_too_low;
  replay.f_cnt = FCnt32{5};
  replay.last_f_cnt = FCnt32{7};
  snapshot.decisions.push_back({heard_at, 3, replay});
  snapshot.decisions.push_back({heard_at, 1, network_server::DownlinkNotSent{}});
  return snapshot;
}

network_server::ShardActor::behavior_type inspectable_double(network_server::ShardActor::pointer) {
  using namespace network_server;
  return {
      [](const UplinkReceived&) {},
      [](const ToSession&) {},
      [](const IndexSession&) {},
      [](const IndexJoinEuis&) {},
      [](const WakeSessionAt&) {},
      [](const SessionLoaded&) {},
      [](const actors::Tick&) {},
      [](const InspectShard&) {},
      [](const InspectAddress&) {},
      [](const InspectDevice& message) { message.reply(snapshot(message.device)); },
      [](const SessionRested&) {},
      [](const SessionSettled&) {},
      [](const OpenShard&) {},
      [](const ShardRead&) {},
  };
}

class NsDeviceInspectionTest : public ApiFixture {
 protected:
  NsDeviceInspectionTest() {
    rights["app-1"] = {RIGHT_APPLICATION_DEVICES_READ};
    deps.inspectable_network_servers = spawn<InspectableNetworkServers>(inspectable_double);
  }
  Answer decisions(const std::string& device_id) {
    return call("GET", "/farfield/ns/applications/app-1/devices/" + device_id + "/decisions");
  }
};

TEST_F(NsDeviceInspectionTest, SaysWhatWasDecidedAndWhy) {
  const auto answer = decisions("dev-1");
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  EXPECT_EQ(answer.at("/decisions/0/at"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(answer.at("/decisions/0/kind"), "uplink_dropped");
  EXPECT_EQ(answer.at("/decisions/0/times"), "3");
  EXPECT_EQ(answer.at("/decisions/0/operands/f_cnt"), "5");
  EXPECT_EQ(answer.at("/decisions/0/operands/last_f_cnt"), "7");
  EXPECT_NE(answer.at("/decisions/0/text").find("uplink 5 dropped"), std::string::npos);
  EXPECT_EQ(answer.at("/decisions/1/kind"), "no_downlink");
}

TEST_F(NsDeviceInspectionTest, KnowsWhichDevicesThereAre) {
  const auto answer = decisions("dev-2");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.error(), "pkg/networkserver:device_not_found");
}

TEST_F(NsDeviceInspectionTest, NeedsTheRightToReadDevices) {
  rights["app-1"] = {RIGHT_APPLICATION_DEVICES_WRITE};
  EXPECT_EQ(decisions("dev-1").status, 403);
}

}  // namespace
}  // namespace ff::api::test
