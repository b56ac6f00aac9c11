#include "app/cli/live/live_commands.hpp"

#include <gtest/gtest.h>

#include "app/cli/device/device_commands.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/message/set_text.hpp"
#include "farfield/v1/network_server.pb.h"
#include "test/app/cli/command_line.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

class Live : public CommandLine {
 protected:
  Live() {
    add_live_commands(root_);
    add_device_commands(root_);
  }
};

const std::string ids = R"({"device_id":"dev","application_ids":{"application_id":"app"}})";

TEST_F(Live, QueuesADownlinkWithWhatWasGiven) {
  ASSERT_TRUE(
      run({"devices", "downlink", "push", "app", "dev", "--f-port", "3", "--frm-payload", "C0FFEE",
           "--confirmed", "--priority", "HIGH", "--class-b-c.gateways", "gtw-1,gtw-2:1:2"}));
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_[0].method, "AppAs/DownlinkQueuePush");
  EXPECT_EQ(
      calls_[0].request,
      R"({"end_device_ids":)" + ids +
          R"(,"downlinks":[{"f_port":3,"frm_payload":"wP/u","confirmed":true,"class_b_c":{"gateways":[)"
          R"({"gateway_ids":{"gateway_id":"gtw-1"}},)"
          R"({"gateway_ids":{"gateway_id":"gtw-2"},"antenna_index":1,"group_index":2}]},)"
          R"("priority":"HIGH"}]})");
}

TEST_F(Live, EmptiesAQueueByReplacingIt) {
  ASSERT_TRUE(run({"devices", "downlink", "clear", "app", "dev"}));
  EXPECT_EQ(calls_[0],
            (FakeApi::Call{"AppAs/DownlinkQueueReplace", R"({"end_device_ids":)" + ids + "}"}));
  EXPECT_TRUE(run({"devices", "downlink", "clear", "app"}).error().is(no_end_device_id));
  EXPECT_TRUE(run({"devices", "downlink", "push", "app", "dev", "--class-b-c.gateways", "g:x"})
                  .error()
                  .is(invalid_text));
}

TEST_F(Live, SimulatesAnUplinkThatSaysSo) {
  ASSERT_TRUE(run({"simulate", "application-uplink", "app", "dev", "--f-port", "1", "--frm-payload",
                   "01", "--received-at", "2026-01-01T00:00:00Z"}));
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_[0].method, "AppAs/SimulateUplink");
  EXPECT_NE(calls_[0].request.find(R"("simulated":true)"), std::string::npos);
  EXPECT_NE(calls_[0].request.find(R"("frm_payload":"AQ==")"), std::string::npos)
      << calls_[0].request;
  EXPECT_NE(calls_[0].request.find(R"("received_at":"2026-01-01T00:00:00Z"},"simulated")"),
            std::string::npos)
      << calls_[0].request;
  EXPECT_TRUE(run({"simulate", "application-uplink", "app"}).error().is(no_end_device_id));
}

TEST_F(Live, TellsARelaysDeviceFromTheOneItForwards) {
  ASSERT_TRUE(run({"relays", "ufr", "create", "app", "dev", "2", "--rule.device-id", "sensor"}));
  EXPECT_EQ(calls_[0].request,
            R"({"end_device_ids":)" + ids + R"(,"index":2,"rule":{"device_id":"sensor"}})");
}

TEST_F(Live, NeedsAnEntityToShowEventsOf) {
  EXPECT_EQ(run({"events"}).error().name(), "no_ids");
  EXPECT_TRUE(run({"events", "--application-id", "a,b", "--device-id", "d", "--tail", "5"}));
  EXPECT_TRUE(run({"events", "--gateway-id", "g", "--tail", "x"}).error().is(invalid_text));
}

TEST_F(Live, TellsDecisionsAsSentences) {
  const auto answer = [](const std::string&, const auto&, auto& message) {
    auto& decisions =
        *google::protobuf::DynamicCastToGenerated<farfield::v1::EndDeviceDecisions>(&message);
    auto& decision = *decisions.add_decisions();
    decision.mutable_at()->set_seconds(1'700'000'000);
    decision.set_text("uplink 7 dropped: a replay");
    decision.set_times(3);
    return Status();
  };
  for (const auto& words : {std::vector<std::string>{"inspect", "device", "app", "dev"},
                            std::vector<std::string>{"ed", "inspect", "app", "dev"}}) {
    ASSERT_TRUE(run(words, answer));
    EXPECT_EQ(out_, "2023-11-14T22:13:20Z  uplink 7 dropped: a replay (3 times)\n");
    EXPECT_EQ(calls_[0].method, "farfield.v1.NsEndDeviceInspection/GetDecisions");
  }
}

TEST_F(Live, DeletesDevicesInBatches) {
  std::vector<std::string> words = {"devices", "batch-delete", "app"};
  for (int i = 0; i < 25; ++i) words.push_back("dev-" + std::to_string(i));
  ASSERT_TRUE(run(words, [](const std::string& method, const auto&, auto& message) {
    if (method == "EndDeviceBatchRegistry/Get")
      google::protobuf::DynamicCastToGenerated<pb::EndDevices>(&message)
          ->add_end_devices()
          ->mutable_ids()
          ->set_device_id("dev-1");
    return Status();
  }));
  ASSERT_EQ(calls_.size(), 10U);
  EXPECT_EQ(calls_[1].request,
            R"({"application_ids":{"application_id":"app"},"device_ids":["dev-1"]})");
  EXPECT_EQ(calls_[4].method, "EndDeviceBatchRegistry/Delete");
  input_ = R"({"application_id":"app","device_ids":["x"]})";
  ASSERT_TRUE(run({"devices", "batch-delete"}));
  EXPECT_EQ(calls_[0].request,
            R"({"application_ids":{"application_id":"app"},"device_ids":["x"]})");
}

}  // namespace
}  // namespace ff::cli
