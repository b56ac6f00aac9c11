#include "app/cli/live/live_commands.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/cli/device/device_commands.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/message/set_text.hpp"
#include "farfield/v1/network_server.pb.h"
#include "test/app/cli/command_line.hpp"
#include "ttn/lorawan/v3/applicationserver.pb.h"
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

constexpr auto radio =
    R"("settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":7,"coding_rate":"4/5"}},)"
    R"("frequency":"868100000"})";

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

TEST_F(Live, SimulatesAnUplinkAndLeavesMarkingItToTheServer) {
  ASSERT_TRUE(run({"simulate", "application-uplink", "app", "dev", "--f-port", "1", "--frm-payload",
                   "01", "--received-at", "2026-01-01T00:00:00Z"}));
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_[0].method, "AppAs/SimulateUplink");
  EXPECT_EQ(calls_[0].request.find("simulated"), std::string::npos) << calls_[0].request;
  EXPECT_NE(calls_[0].request.find(R"("frm_payload":"AQ==")"), std::string::npos)
      << calls_[0].request;
  EXPECT_NE(calls_[0].request.find(radio), std::string::npos) << calls_[0].request;
  EXPECT_TRUE(run({"simulate", "application-uplink", "app"}).error().is(no_end_device_id));
}

TEST_F(Live, TriesAFormatterThatIsGiven) {
  const auto script = std::filesystem::path(testing::TempDir()) / "decoder.js";
  std::ofstream(script) << "function decodeUplink() {}";
  ASSERT_TRUE(run({"end-devices", "formatters", "decode-uplink", "app", "dev", "--f-port", "1",
                   "--frm-payload", "C0FFEE", "--parameter-local-file", script.string()}));
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_EQ(calls_[0].method, "AppAs/DecodeUplink");
  EXPECT_EQ(
      calls_[0].request,
      R"({"end_device_ids":)" + ids + R"(,"uplink":{"f_port":1,"frm_payload":"wP/u",)" + radio +
          R"(},"formatter":"FORMATTER_JAVASCRIPT","parameter":"function decodeUplink() {}"})");
  ASSERT_TRUE(run({"dev", "formatters", "encode-downlink", "app", "dev", "--decoded-payload",
                   R"({"led":true})", "--formatter", "FORMATTER_CAYENNELPP"}));
  EXPECT_EQ(calls_[0], (FakeApi::Call{"AppAs/EncodeDownlink",
                                      R"({"end_device_ids":)" + ids +
                                          R"(,"downlink":{"decoded_payload":{"led":true}},)"
                                          R"("formatter":"FORMATTER_CAYENNELPP"})"}));
  EXPECT_TRUE(
      run({"end-devices", "formatters", "decode-downlink", "app"}).error().is(no_end_device_id));
}

TEST_F(Live, TriesTheFormatterThatADevicesMessagesTake) {
  bool has_own = true;
  const auto answer = [&](const std::string& method, const auto&, auto& message) {
    using google::protobuf::DynamicCastToGenerated;
    if (method == "AsEndDeviceRegistry/Get") {
      auto& device = *DynamicCastToGenerated<pb::EndDevice>(&message);
      device.mutable_version_ids()->set_brand_id("acme");
      if (has_own) device.mutable_formatters()->set_down_formatter(pb::FORMATTER_REPOSITORY);
    }
    if (method == "As/GetLink") {
      auto& formatters =
          *DynamicCastToGenerated<pb::ApplicationLink>(&message)->mutable_default_formatters();
      formatters.set_down_formatter(pb::FORMATTER_JAVASCRIPT);
      formatters.set_down_formatter_parameter("script");
    }
    return Status();
  };
  const std::vector<std::string> words = {
      "end-devices", "formatters", "decode-downlink", "app", "dev", "--frm-payload", "01"};
  ASSERT_TRUE(run(words, answer));
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_EQ(calls_[1],
            (FakeApi::Call{"AppAs/DecodeDownlink", R"({"end_device_ids":)" + ids +
                                                       R"(,"version_ids":{"brand_id":"acme"},)"
                                                       R"("downlink":{"frm_payload":"AQ=="},)"
                                                       R"("formatter":"FORMATTER_REPOSITORY"})"}));
  has_own = false;
  ASSERT_TRUE(run(words, answer));
  ASSERT_EQ(calls_.size(), 3U);
  EXPECT_TRUE(
      calls_[2].request.ends_with(R"("formatter":"FORMATTER_JAVASCRIPT","parameter":"script"})"));
}

TEST_F(Live, KeepsTestVectorsOfAnApplicationOrADevice) {
  ASSERT_TRUE(run({"applications", "formatter-vectors", "get", "app"}));
  EXPECT_EQ(calls_[0], (FakeApi::Call{"farfield.v1.AsFormatterVectors/Get",
                                      R"({"application_ids":{"application_id":"app"}})"}));
  ASSERT_TRUE(run({"applications", "formatter-vectors", "run", "app", "dev"}));
  EXPECT_EQ(calls_[0], (FakeApi::Call{"farfield.v1.AsFormatterVectors/Run",
                                      R"({"end_device_ids":)" + ids + "}"}));
  const auto file = std::filesystem::path(testing::TempDir()) / "vectors.json";
  std::ofstream(file) << R"([{"name":"warm","encoded":{"frm_payload":"Lw=="}}])";
  ASSERT_TRUE(run({"applications", "formatter-vectors", "set", "app", "--vectors-local-file",
                   file.string(), "--skip-run"}));
  EXPECT_EQ(calls_[0],
            (FakeApi::Call{"farfield.v1.AsFormatterVectors/Set",
                           R"({"application_ids":{"application_id":"app"},"vectors":[{"name":)"
                           R"("warm","encoded":{"frm_payload":"Lw=="}}],"skip_run":true})"}));
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
