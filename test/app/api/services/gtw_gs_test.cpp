// GtwGs: a gateway's stream and its link, and what gateways ask before they connect.
#include <caf/typed_event_based_actor.hpp>

#include <future>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/frontend_grpc/interface.hpp"
#include "app/api/services/gateway_stream.hpp"
#include "app/api/services/mapping/concentrator_config.hpp"
#include "test/app/api/services/api_fixture.hpp"
#include "test/support/gateway_server/memory_gateway_registry.hpp"
#include "ttn/lorawan/v3/gatewayserver.grpc.pb.h"

namespace ff::api::test {
namespace {

namespace pb = ttn::lorawan::v3;
using namespace ttn::lorawan::v3;  // The tests name rights.
using gateway_server::GrpcFrontendHandle;
using gateway_server::LinkHandle;
using gateway_server::LinkPort;

/// What a frontend was asked, and what its link was told.
class Links {
 public:
  void opened(const gateway_server::OpenLink& message) {
    const std::scoped_lock lock(mutex_);
    asked_.set_value(message);
  }
  void told(gateway_server::LinkMessage message) {
    const std::scoped_lock lock(mutex_);
    messages_.push_back(std::move(message));
    changed_.notify_all();
  }
  void closed(const Error& reason) {
    const std::scoped_lock lock(mutex_);
    reasons_.push_back(reason);
    changed_.notify_all();
  }
  gateway_server::OpenLink request() { return asked_.get_future().get(); }
  std::vector<gateway_server::LinkMessage> messages(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return messages_.size() >= count; });
    return messages_;
  }
  std::vector<Error> reasons(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return reasons_.size() >= count; });
    return reasons_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::promise<gateway_server::OpenLink> asked_;
  std::vector<gateway_server::LinkMessage> messages_;
  std::vector<Error> reasons_;
};

LinkHandle::behavior_type link_double(LinkHandle::pointer, Links* links) {
  return {
      [](const gateway_server::ConnectionReady&) {},
      [](const gateway_server::ConnectionEnded&) {},
      [](const gateway_server::SendDownlink&) {},
      [links](const gateway_server::LinkReceived& message) { links->told(message.message); },
      [links](const gateway_server::LinkClosed& message) { links->closed(message.reason); },
  };
}

GrpcFrontendHandle::behavior_type frontend_double(GrpcFrontendHandle::pointer, Links* links) {
  return {[links](const gateway_server::OpenLink& message) { links->opened(message); }};
}

pb::UplinkMessage uplink(const std::string& payload, float rssi) {
  pb::UplinkMessage out;
  out.set_raw_payload(payload);
  auto& lora = *out.mutable_settings()->mutable_data_rate()->mutable_lora();
  lora.set_bandwidth(125'000);
  lora.set_spreading_factor(7);
  lora.set_coding_rate("4/5");
  out.mutable_settings()->set_frequency(868'100'000);
  out.mutable_settings()->set_timestamp(7);
  out.add_rx_metadata()->set_rssi(rssi);
  return out;
}

class GtwGsTest : public ApiFixture {
 protected:
  GtwGsTest() {
    registry->gateways.emplace_back();
    registry->gateways[0].ids.gateway_id = GatewayId{"gtw-1"};
    registry->gateways[0].frequency_plan_ids = {"EU_863_870_TTN"};
    GatewayDoors doors;
    auto frontend = system->spawn(frontend_double, &links);
    doors.links.set(frontend);
    doors.registry = registry;
    doors.mqtt = {"gw.example.com:1882", "gw.example.com:8882"};
    doors.mqtt_v2 = {"gw.example.com:1881", "gw.example.com:8881"};
    spawned.push_back(caf::actor_cast<caf::actor>(frontend));
    deps.gateway_doors = doors;
    deps.plans = std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    rights["gtw-1"] = {RIGHT_GATEWAY_LINK, RIGHT_GATEWAY_INFO};
  }
  ~GtwGsTest() override {
    context.TryCancel();
    port.reset();
    stream.reset();
    tear_down();
  }

  void link(const std::string& id = "gtw-1") {
    start();
    context.AddMetadata("authorization", "Bearer x");
    if (!id.empty()) context.AddMetadata("id", id);
    stub = GtwGs::NewStub(server->in_process_channel());
    stream = stub->LinkGateway(&context);
  }
  /// Linked and admitted.
  void begin() {
    link();
    const auto request = links.request();
    EXPECT_EQ(request.connect.ids.gateway_id.text(), "gtw-1");
    EXPECT_EQ(request.connect.protocol, gateway_server::Protocol::grpc);
    EXPECT_TRUE(request.connect.authenticated);
    port = request.port;
    auto handle = system->spawn(link_double, &links);
    spawned.push_back(caf::actor_cast<caf::actor>(handle));
    port->opened(handle);
    port->ready({});
    stream->WaitForInitialMetadata();
  }
  grpc::Status end() {
    pb::GatewayDown down;
    while (stream->Read(&down)) {
    }
    return stream->Finish();
  }

  Links links;
  std::shared_ptr<ff::test::MemoryGatewayRegistry> registry =
      std::make_shared<ff::test::MemoryGatewayRegistry>();
  grpc::ClientContext context;
  std::unique_ptr<GtwGs::Stub> stub;
  std::unique_ptr<grpc::ClientReaderWriter<pb::GatewayUp, pb::GatewayDown>> stream;
  std::shared_ptr<LinkPort> port;
};

TEST_F(GtwGsTest, OfABatchTheStrongestOfEachPayloadIsHeard) {
  begin();
  pb::GatewayUp up;
  *up.add_uplink_messages() = uplink("a", -90);
  *up.add_uplink_messages() = uplink("b", -80);
  *up.add_uplink_messages() = uplink("a", -70);
  up.mutable_gateway_status()->add_ip("192.0.2.7");
  up.mutable_tx_acknowledgment()->add_correlation_ids("gs:down:token:7");
  up.mutable_tx_acknowledgment()->set_result(pb::TxAcknowledgment::TOO_LATE);
  ASSERT_TRUE(stream->Write(up));
  const auto messages = links.messages(2);
  ASSERT_EQ(messages.size(), 2U);
  const auto& heard = std::get<gateway_server::GatewayUp>(messages[0]);
  ASSERT_EQ(heard.uplinks.size(), 2U);
  EXPECT_EQ(heard.uplinks[0].rx_metadata[0].rssi_dbm, -70);
  EXPECT_EQ(heard.uplinks[1].rx_metadata[0].rssi_dbm, -80);
  EXPECT_EQ(heard.uplinks[0].received_at, deps.now());
  EXPECT_EQ(heard.status->ip, std::vector<std::string>{"192.0.2.7"});
  const auto& report = std::get<gateway_server::TxAcked>(messages[1]);
  EXPECT_EQ(report.token, gateway_server::DownlinkToken{7});
  EXPECT_EQ(report.result, TxResult::too_late);
}

TEST_F(GtwGsTest, WhatIsMalformedIsDroppedAlone) {
  begin();
  pb::GatewayUp up;
  *up.add_uplink_messages() = uplink("", -90);
  *up.add_uplink_messages() = uplink("b", -80);
  ASSERT_TRUE(stream->Write(up));
  ASSERT_TRUE(stream->Write(pb::GatewayUp()));
  ASSERT_TRUE(stream->Write(up));
  const auto messages = links.messages(4);
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<gateway_server::Malformed>(messages[0]));
  EXPECT_EQ(std::get<gateway_server::GatewayUp>(messages[1]).uplinks.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<gateway_server::Malformed>(messages[2]));
}

TEST_F(GtwGsTest, ADownlinkIsWhatTheGatewayHasToTransmit) {
  begin();
  gateway_server::SendDownlink message;
  message.token = gateway_server::DownlinkToken{3};
  message.correlation_ids = {"ns:downlink:1"};
  message.downlink.phy_payload = {0x60, 1};
  message.downlink.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
  message.downlink.frequency = Frequency::hz(869'525'000);
  message.downlink.eirp_dbm = 27;
  message.downlink.timestamp_us = 77;
  port->send(message);
  pb::GatewayDown down;
  ASSERT_TRUE(stream->Read(&down));
  const auto& downlink = down.downlink_message();
  EXPECT_EQ(downlink.raw_payload().size(), 2U);
  EXPECT_EQ(downlink.scheduled().data_rate().lora().spreading_factor(), 9U);
  EXPECT_EQ(downlink.scheduled().frequency(), 869'525'000U);
  EXPECT_EQ(downlink.scheduled().timestamp(), 77U);
  EXPECT_EQ(downlink.scheduled().downlink().tx_power(), 27);
  EXPECT_TRUE(downlink.scheduled().downlink().invert_polarization());
  ASSERT_EQ(downlink.correlation_ids_size(), 2);
  EXPECT_EQ(downlink.correlation_ids(0), "ns:downlink:1");
  EXPECT_EQ(downlink.correlation_ids(1), "gs:down:token:3");
}

TEST_F(GtwGsTest, AGatewayThatDoesNotReadIsCutOffAndItsDownlinkHasFailed) {
  begin();
  gateway_server::SendDownlink message;
  message.token = gateway_server::DownlinkToken{3};
  message.downlink.data_rate = FskDataRate{50'000};
  message.downlink.phy_payload = Bytes(255);
  // Until the transport holds no more.
  for (int i = 0; i < 100'000 && links.reasons(0).empty(); ++i) port->send(message);
  const auto reasons = links.reasons(1);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_TRUE(reasons[0].is(stream_closed));
  const auto messages = links.messages(1);
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(std::get<gateway_server::TxAcked>(messages[0]).result, TxResult::unknown_error);
  EXPECT_EQ(end().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GtwGsTest, ARefusalNamesTheGatewayAndTheCause) {
  link();
  port = links.request().port;
  port->ended(Error(gateway_server::frequency_plan_not_configured, {{"id", "nowhere"}}));
  const auto status = end();
  EXPECT_NE(status.error_message().find("pkg/gatewayserver/io/grpc:connect"), std::string::npos)
      << status.error_message();
}

TEST_F(GtwGsTest, ATakenOverGatewayIsToldWhy) {
  begin();
  port->ended(Error(gateway_server::new_connection));
  const auto status = end();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_NE(status.error_message().find("new_connection"), std::string::npos);
}

TEST_F(GtwGsTest, AGatewayThatLeavesIsDisconnected) {
  begin();
  context.TryCancel();
  const auto reasons = links.reasons(1);
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_TRUE(reasons[0].is(stream_closed));
  EXPECT_EQ(end().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(GtwGsTest, AGatewayThatSaysItIsDoneEndsInOrder) {
  begin();
  stream->WritesDone();
  ASSERT_EQ(links.reasons(1).size(), 1U);
  port->ended(links.reasons(1)[0]);
  EXPECT_TRUE(end().ok());
}

TEST_F(GtwGsTest, AGatewayThatLeavesBeforeItHasALinkLeavesNothingBehind) {
  link();
  port = links.request().port;
  context.TryCancel();
  EXPECT_EQ(end().error_code(), grpc::StatusCode::CANCELLED);
  // OnCancel may come a little after the client's end.
  auto handle = system->spawn(link_double, &links);
  spawned.push_back(caf::actor_cast<caf::actor>(handle));
  port->opened(handle);
  EXPECT_EQ(links.reasons(1).size(), 1U);
}

TEST_F(GtwGsTest, OnlyWithTheRightToLink) {
  rights["gtw-1"] = {RIGHT_GATEWAY_INFO};
  link();
  EXPECT_EQ(end().error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(GtwGsTest, TheGatewayIsNamedInTheMetadata) {
  link("");
  EXPECT_EQ(end().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GtwGsTest, WithoutAGatewayServerItIsUnavailable) {
  deps.gateway_doors->links = {};
  link();
  EXPECT_EQ(end().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GtwGsTest, TheConcentratorsConfigurationIsOfTheFirstPlan) {
  start();
  const auto stub_of = GtwGs::NewStub(server->in_process_channel());
  context.AddMetadata("authorization", "Bearer x");
  context.AddMetadata("id", "gtw-1");
  pb::ConcentratorConfig config;
  const auto status = stub_of->GetConcentratorConfig(&context, {}, &config);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(config.channels_size(), 8);
  EXPECT_EQ(config.channels(0).frequency(), 868'100'000U);
  EXPECT_EQ(config.channels(0).radio(), 1U);
  EXPECT_EQ(config.channels(7).radio(), 0U);
  EXPECT_EQ(config.lora_standard_channel().frequency(), 868'300'000U);
  EXPECT_EQ(config.lora_standard_channel().bandwidth(), 250'000U);
  EXPECT_EQ(config.lora_standard_channel().spreading_factor(), 7U);
  EXPECT_EQ(config.fsk_channel().frequency(), 868'800'000U);
  EXPECT_EQ(config.clock_source(), 1U);
  ASSERT_EQ(config.radios_size(), 2);
  EXPECT_EQ(config.radios(0).chip_type(), "SX1257");
  EXPECT_EQ(config.radios(0).tx_configuration().min_frequency(), 863'000'000U);
  EXPECT_FALSE(config.radios(1).has_tx_configuration());
  EXPECT_FALSE(config.has_lbt());
}

TEST_F(GtwGsTest, EveryPlanHasAConfiguration) {
  for (const auto& plan : deps.plans->all()) {
    const auto* region = region::find_latest(plan.band_id);
    ASSERT_NE(region, nullptr) << plan.id;
    const auto config = to_concentrator_config(plan, *region);
    EXPECT_EQ(static_cast<std::size_t>(config.channels_size()), plan.uplink_channels.size());
    EXPECT_EQ(config.has_lbt(), plan.listen_before_talk.has_value()) << plan.id;
    if (!config.has_lora_standard_channel()) continue;
    EXPECT_NE(config.lora_standard_channel().spreading_factor(), 0U) << plan.id;
  }
}

TEST_F(GtwGsTest, TellsWhereTheMqttServersAre) {
  const auto info = call("GET", "/gs/gateways/gtw-1/mqtt-connection-info");
  EXPECT_EQ(info.status, 200);
  EXPECT_EQ(info.at("/public_address"), "gw.example.com:1882");
  EXPECT_EQ(info.at("/public_tls_address"), "gw.example.com:8882");
  EXPECT_EQ(info.at("/username"), "gtw-1");
  const auto legacy = call("GET", "/gs/gateways/gtw-1/mqttv2-connection-info");
  EXPECT_EQ(legacy.at("/public_tls_address"), "gw.example.com:8881");
  rights["gtw-1"] = {RIGHT_GATEWAY_LINK};
  EXPECT_EQ(call("GET", "/gs/gateways/gtw-1/mqtt-connection-info").status, 403);
}

}  // namespace
}  // namespace ff::api::test
