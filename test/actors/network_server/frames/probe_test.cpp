// What is counted of frames under the reference's names, over the whole network server.
#include "actors/network_server/frames/probe.hpp"

#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"

namespace ff::network_server {
namespace {

class FrameProbeTest : public ::testing::Test {
 protected:
  bool has(const std::string& line) const {
    return metrics.text().find(line + "\n") != std::string::npos;
  }
  static UplinkFrame frame(std::uint8_t mhdr) {
    UplinkFrame out;
    out.phy_payload = {mhdr, 1, 2, 3};
    out.received_at = UtcTime{std::chrono::seconds{100}};
    return out;
  }

  actors::Metrics metrics;
  FrameProbe probe{metrics};
};

TEST_F(FrameProbeTest, SeriesAreThereFromTheStartForFramesThatGoTheirWay) {
  for (const char* name : {"received", "duplicates", "processed", "forwarded"}) {
    const auto series = "ttn_lw_ns_uplink_" + std::string(name) + "_total{message_type=\"";
    for (const char* type :
         {"join_request", "unconfirmed_up", "confirmed_up", "rejoin_request", "proprietary"})
      EXPECT_TRUE(has(series + type + "\"} 0")) << name << " " << type;
    EXPECT_FALSE(has(series + "join_accept\"} 0"));
  }
  for (const char* name : {"attempted", "forwarded"}) {
    const auto series = "ttn_lw_ns_downlink_" + std::string(name) + "_total{message_type=\"";
    for (const char* type : {"join_accept", "unconfirmed_down", "confirmed_down"})
      EXPECT_TRUE(has(series + type + "\"} 0")) << name << " " << type;
  }
}

TEST_F(FrameProbeTest, CountsByMessageType) {
  probe.count(FrameStep::processed, phy::MType::confirmed_up);
  probe.count(FrameStep::downlinked, phy::MType::join_accept);
  probe.count(FrameStep::downlinked, phy::MType::confirmed_up);  // goes nowhere
  EXPECT_TRUE(has(R"(ttn_lw_ns_uplink_processed_total{message_type="confirmed_up"} 1)"));
  EXPECT_TRUE(has(R"(ttn_lw_ns_downlink_forwarded_total{message_type="join_accept"} 1)"));
}

TEST_F(FrameProbeTest, SaysWhyAFrameWasDropped) {
  probe.dropped(phy::MType::unconfirmed_up, Error(device_not_found));
  probe.dropped(phy::MType::unconfirmed_up, Error(device_not_found));
  probe.dropped(phy::MType::proprietary, std::nullopt);
  EXPECT_NE(metrics.text().find(R"(error="pkg/networkserver:device_not_found")"),
            std::string::npos);
  EXPECT_NE(metrics.text().find(R"(error="unknown")"), std::string::npos);
}

TEST_F(FrameProbeTest, MeasuresTheWayFromTheGatewayServer) {
  probe.arrived(frame(0x40), UtcTime{std::chrono::seconds{100} + std::chrono::milliseconds{30}});
  EXPECT_TRUE(has(R"(ttn_lw_ns_uplink_received_total{message_type="unconfirmed_up"} 1)"));
  EXPECT_TRUE(has(R"(ttn_lw_gs_ns_uplink_latency_seconds_bucket{le="0.025"} 0)"));
  EXPECT_TRUE(has(R"(ttn_lw_gs_ns_uplink_latency_seconds_bucket{le="0.05"} 1)"));
  probe.heard(3);
  probe.matched(17, 2);
  EXPECT_TRUE(has(R"(ttn_lw_ns_uplink_gateways_bucket{le="3"} 1)"));
  EXPECT_TRUE(has(R"(ttn_lw_ns_match_candidates_uplink_total_bucket{le="16"} 0)"));
  EXPECT_TRUE(has(R"(ttn_lw_ns_mic_computations_uplink_total_bucket{le="2"} 1)"));
}

TEST(MTypeOf, IsTotal) {
  EXPECT_EQ(m_type_of({}), phy::MType::proprietary);
  EXPECT_EQ(m_type_of(Bytes{0x00}), phy::MType::join_request);
  EXPECT_EQ(m_type_of(Bytes{0xff}), phy::MType::proprietary);
}

}  // namespace
}  // namespace ff::network_server
