// Where frames go once a connection has let them pass, and how that is counted.
#include <gtest/gtest.h>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/connection/errors.hpp"

namespace ff::gateway_server {
namespace {

class Agent final : public PacketBrokerAgent {
 public:
  Status publish_uplink(std::shared_ptr<const UplinkFrame> frame) override {
    frames.push_back(std::move(frame));
    return {};
  }
  std::vector<std::shared_ptr<const UplinkFrame>> frames;
};

TEST(Forward, GoesToTheNetworkServerOrToTheAgentOfPacketBroker) {
  std::vector<std::shared_ptr<const UplinkFrame>> ours;
  Context context;
  context.upstream.uplink = [&ours](std::shared_ptr<const UplinkFrame> frame) -> Status {
    ours.push_back(std::move(frame));
    return {};
  };
  const auto frame = std::make_shared<const UplinkFrame>();
  EXPECT_TRUE(context.forward(UpstreamHost::cluster, frame));
  EXPECT_EQ(ours, std::vector{frame});
  const auto nobody = context.forward(UpstreamHost::packetbroker, frame);
  ASSERT_FALSE(nobody);
  EXPECT_TRUE(nobody.error().is(packet_broker_agent_not_found));
  const auto agent = std::make_shared<Agent>();
  context.packet_broker = agent;
  EXPECT_TRUE(context.forward(UpstreamHost::packetbroker, frame));
  EXPECT_EQ(agent->frames, std::vector{frame});
  EXPECT_EQ(ours.size(), 1U);
}

TEST(Forward, IsCountedByHost) {
  actors::Metrics metrics;
  const ConnectionProbe probe(metrics);
  const auto has = [&](const std::string& line) {
    return metrics.text().find("\nttn_lw_gs_uplink_" + line + "\n") != std::string::npos;
  };
  EXPECT_EQ(metrics.text().find("packetbroker"), std::string::npos) << "none has come yet";
  probe.count_uplink({UpstreamHost::cluster, {}});
  probe.count_uplink({UpstreamHost::packetbroker, {}});
  probe.count_uplink({UpstreamHost::packetbroker, fail(packet_broker_agent_not_found)});
  EXPECT_TRUE(has("forwarded_total{host=\"cluster\"} 1"));
  EXPECT_TRUE(has("forwarded_total{host=\"packetbroker\"} 1"));
  EXPECT_TRUE(
      has("dropped_total{error=\"pkg/gatewayserver:host_handle\",host=\"packetbroker\"} 1"));
  EXPECT_TRUE(has("dropped_total{error=\"pkg/gatewayserver:host_handle\",host=\"cluster\"} 0"));
}

TEST(Forward, OfReportsIsCountedByWhyItFails) {
  actors::Metrics metrics;
  const ConnectionProbe probe(metrics);
  const auto has = [&](const std::string& error, int count) {
    const auto line = "\nttn_lw_gs_txack_dropped_total{error=\"pkg/gatewayserver:" + error +
                      "\",host=\"cluster\"} " + std::to_string(count) + "\n";
    return metrics.text().find(line) != std::string::npos;
  };
  probe.count_dropped(ReportDrop::unreachable);
  probe.count_dropped(ReportDrop::unreachable);
  probe.count_dropped(ReportDrop::unknown_downlink);
  EXPECT_TRUE(has("host_handle", 2)) << metrics.text();
  EXPECT_TRUE(has("downlink_not_found", 1)) << metrics.text();
}

TEST(Forward, OfStatusesAndTheEndOfConnectionsAreCountedByTheErrorsName) {
  actors::Metrics metrics;
  const ConnectionProbe probe(metrics);
  const auto has = [&](const std::string& line) {
    return metrics.text().find("\nttn_lw_gs_" + line + "\n") != std::string::npos;
  };
  EXPECT_TRUE(has("status_forwarded_total{host=\"cluster\"} 0"));
  EXPECT_TRUE(
      has("uplink_dropped_total{error=\"pkg/gatewayserver:late_join\",host=\"cluster\"} 0"));
  probe.count_dropped_status(Error(buffer_full));
  probe.count_disconnected(Protocol::mqtt, Error(new_connection));
  probe.count_disconnected(Protocol::mqtt, Error(new_connection));
  EXPECT_TRUE(
      has("status_dropped_total{error=\"pkg/gatewayserver/io:buffer_full\",host=\"cluster\"} 1"));
  EXPECT_TRUE(
      has("gateways_disconnected_total{error=\"pkg/gatewayserver:new_connection\","
          "protocol=\"mqtt\"} 2"));
}

}  // namespace
}  // namespace ff::gateway_server
