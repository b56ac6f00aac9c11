// AppAs.SimulateUplink over HTTP JSON. [spec application-server §6]
#include "test/app/api/services/api_fixture.hpp"

namespace ff::api::test {
namespace {

using namespace ttn::lorawan::v3;  // The tests name rights.
using application_server::ReadyUp;

const std::string devices = "/as/applications/app-1/devices/";
const std::string uplink =
    R"({"uplink_message":{"f_port":2,"frm_payload":"AQID","rx_metadata":[{"gateway_ids":)"
    R"({"gateway_id":"test"},"rssi":42,"snr":4.25}],"settings":{"data_rate":{"lora":{)"
    R"("bandwidth":125000,"spreading_factor":7}},"frequency":"868000000"}}})";

class SimulateTest : public ApiFixture {
 protected:
  SimulateTest() {
    rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_UP_WRITE, RIGHT_APPLICATION_DEVICES_WRITE};
    deps.application_servers = spawn<ApplicationServers>(
        [simulated = simulated](application_server::PipelineHandle::pointer self) {
          return remembering_application_server(self, simulated);
        });
  }
  Answer simulate(const std::string& body) {
    return call("POST", devices + "dev-1/up/simulate", body);
  }
  Simulated simulated = std::make_shared<std::vector<application_server::SimulateUp>>();
};

TEST_F(SimulateTest, MakesAnUplinkOfWhatIsGivenAndWhatTheRegistryKnows) {
  call("PUT", devices + "dev-1",
       R"({"end_device":{"ids":{"device_id":"dev-1","application_ids":{"application_id":"app-1"},)"
       R"("dev_eui":"A81758FFFE0412BC"}},"field_mask":{"paths":["ids.dev_eui"]}})");
  const auto answer = simulate(uplink);
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  ASSERT_EQ(simulated->size(), 1U);
  const auto& up = std::get<ff::ApplicationUp>(simulated->front().up);
  EXPECT_TRUE(up.simulated);
  EXPECT_EQ(up.ids.dev_eui, DevEui{0xA81758FFFE0412BC});
  EXPECT_EQ(up.received_at, deps.now());
  const auto& frame = std::get<ff::ApplicationUplink>(up.up);
  EXPECT_EQ(frame.received_at, deps.now());
  EXPECT_EQ(frame.frm_payload, (Bytes{1, 2, 3}));
  EXPECT_EQ(frame.rx_metadata.at(0).gateway.gateway_id.text(), "test");
  EXPECT_FLOAT_EQ(frame.rx_metadata.at(0).snr_db, 4.25F);
  EXPECT_EQ(frame.settings.frequency.hz(), 868'000'000U);
  EXPECT_EQ(std::get<LoraDataRate>(frame.settings.data_rate).spreading_factor, 7);
  bool has_id = false;
  for (const auto& id : up.correlation_ids) has_id = has_id || id == "as:up:ULID";
  EXPECT_TRUE(has_id);
}

TEST_F(SimulateTest, PassesOtherKindsOnAsTheyAre) {
  const auto answer = simulate(
      R"({"received_at":"2025-02-11T08:31:07Z","downlink_failed":{"downlink":{"f_port":1},)"
      R"("error":{"namespace":"pkg/x","name":"y","code":5}}})");
  ASSERT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
  const auto& ready = std::get<ReadyUp>(simulated->at(0).up);
  EXPECT_EQ(ready.message.kind, application_server::UpKind::downlink_failed);
  const std::string body(as_text(ready.message.body));
  EXPECT_NE(body.find(R"("received_at":"2025-02-11T08:31:07Z")"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("error":{"namespace":"pkg/x","name":"y","code":5})"), std::string::npos);
  EXPECT_NE(body.find(R"("simulated":true)"), std::string::npos);
  EXPECT_EQ(simulated->at(0).told.name, "as.down.data.failed.forward");
}

TEST_F(SimulateTest, RefusesWhatIsMarkedAlreadyIsNothingOrIsNotAllowed) {
  auto marked = uplink;
  marked.insert(1, R"("simulated":true,)");
  const auto answer = simulate(marked);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.error(), "pkg/applicationserver/io/grpc:simulated");
  EXPECT_EQ(simulate("{}").status, 400);
  EXPECT_EQ(simulate(R"({"uplink_message":{"f_port":224,"settings":{}}})").status, 400);
  rights["app-1"] = {RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE, RIGHT_APPLICATION_TRAFFIC_READ};
  EXPECT_EQ(simulate(uplink).status, 403);
  EXPECT_TRUE(simulated->empty());
}

}  // namespace
}  // namespace ff::api::test
