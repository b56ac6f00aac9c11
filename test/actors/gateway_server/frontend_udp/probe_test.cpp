#include "actors/gateway_server/frontend_udp/probe.hpp"

#include <gtest/gtest.h>

namespace ff::gateway_server {
namespace {

TEST(UdpProbe, TellsWhatSocketsLostOnce) {
  actors::Metrics metrics;
  UdpProbe one(metrics);
  UdpProbe other(metrics);
  one.sample({.received = 10, .received_dropped = 3, .send_errors = 1});
  one.sample({.received = 20, .received_dropped = 5, .send_errors = 1});
  other.sample({.received_dropped = 2});
  const auto text = metrics.text();
  const auto has = [&](const std::string& line) { return text.find(line) != std::string::npos; };
  const std::string name = "farfield_gateway_server_udp_lost_datagrams_total";
  EXPECT_TRUE(has(name + R"({reason="receive_buffer_full"} 7)")) << text;
  EXPECT_TRUE(has(name + R"({reason="send_refused"} 1)")) << text;
  EXPECT_TRUE(has(name + R"({reason="too_long"} 0)")) << text;
}

TEST(UdpProbe, CountsForwardedDatagramsByTheirType) {
  actors::Metrics metrics;
  UdpProbe probe(metrics);
  probe.forwarded[static_cast<std::size_t>(gateway::semtech_udp::PacketType::tx_ack)]->Increment();
  const auto text = metrics.text();
  const std::string name = "ttn_lw_gs_io_udp_message_forwarded_total";
  EXPECT_NE(text.find(name + R"({type="TxAck"} 1)"), std::string::npos) << text;
  EXPECT_NE(text.find(name + R"({type="PushData"} 0)"), std::string::npos) << text;
}

}  // namespace
}  // namespace ff::gateway_server
