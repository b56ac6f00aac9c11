// The simulator's codec against the server's: what one writes the other reads.
#include "tools/sim/core/gateway_protocol.hpp"

#include <gtest/gtest.h>

#include "protocol/gateway/semtech_udp/packet.hpp"
#include "protocol/gateway/semtech_udp/pull_resp.hpp"
#include "protocol/gateway/semtech_udp/push_data.hpp"
#include "protocol/gateway/semtech_udp/tx_ack.hpp"

namespace ff::sim {
namespace {

namespace server = gateway::semtech_udp;

constexpr PacketHeader header{0x12ab, GatewayEui{0xb827'ebff'fe12'3456}};

server::PushData read_by_server(ByteView datagram) {
  const auto packet = server::parse_packet(datagram);
  EXPECT_TRUE(packet);
  EXPECT_EQ(packet->type, server::PacketType::push_data);
  EXPECT_EQ(packet->eui, header.eui);
  const GatewayIdentifiers gateway{GatewayId{"gtw-1"}, header.eui};
  server::PushDataDecoder decoder;
  auto push = decoder.decode(packet->body, {gateway, UtcTime{}, "192.0.2.1", "test"});
  EXPECT_TRUE(push);
  return push ? *push : server::PushData{};
}

TEST(GatewayProtocol, writes_frames_that_the_server_reads) {
  struct Row {
    Frequency frequency;
    DataRate data_rate;
    float snr;
  };
  const Row rows[] = {
      {Frequency::hz(868'100'000), LoraDataRate{7, 125'000}, 9.5F},
      {Frequency::hz(867'000'300), LoraDataRate{12, 125'000}, -0.4F},
      {Frequency::hz(904'600'000), LoraDataRate{8, 500'000}, -12.5F},
      {Frequency::hz(868'800'000), FskDataRate{50'000}, 0.0F},
      {Frequency::hz(867'100'000), LrFhssDataRate{137'000, CodingRate::cr1_3}, -12.0F},
      {Frequency::hz(867'100'000), LrFhssDataRate{336'000, CodingRate::cr2_3}, -12.0F},
      {Frequency::hz(904'600'000), LrFhssDataRate{1'523'000, CodingRate::cr1_3}, 1.0F},
  };
  const Bytes payload{0x40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  for (const auto& row : rows) {
    std::string text;
    Bytes datagram;
    write_frame_text(text, {row.frequency, 3, row.data_rate, payload});
    write_push_data(datagram, header, {.tmst = 3'512'348'611, .rssi_dbm = -97, .snr_db = row.snr},
                    text);
    const auto push = read_by_server(datagram);
    ASSERT_EQ(push.uplinks.size(), 1U);
    const auto& frame = push.uplinks.front();
    EXPECT_EQ(frame.phy_payload, payload);
    EXPECT_EQ(frame.settings.frequency, row.frequency);
    EXPECT_TRUE(same_modulation(frame.settings.data_rate, row.data_rate));
    ASSERT_EQ(frame.rx_metadata.size(), 1U);
    EXPECT_EQ(frame.rx_metadata.front().timestamp_us, 3'512'348'611U);
    EXPECT_FLOAT_EQ(frame.rx_metadata.front().rssi_dbm, -97);
  }
}

TEST(GatewayProtocol, writes_a_status_that_the_server_reads) {
  Bytes datagram;
  write_status(datagram, header, {"2026-11-20 14:00:00 UTC", 10, 9, 3, 2});
  const auto push = read_by_server(datagram);
  EXPECT_TRUE(push.status);
  EXPECT_FALSE(push.status_ignored);
}

TEST(GatewayProtocol, writes_pull_data_and_tx_ack_that_the_server_reads) {
  Bytes datagram;
  write_pull_data(datagram, header);
  const auto pull = server::parse_packet(datagram);
  ASSERT_TRUE(pull);
  EXPECT_EQ(pull->type, server::PacketType::pull_data);
  EXPECT_EQ(pull->token, server::Token{header.token});
  for (std::size_t i = 0; i < tx_error_count; ++i) {
    const auto error = static_cast<TxError>(i);
    write_tx_ack(datagram, header, error);
    const auto packet = server::parse_packet(datagram);
    ASSERT_TRUE(packet);
    const auto result = server::parse_tx_ack(packet->body);
    ASSERT_TRUE(result);
    const std::string_view word = server::tx_ack_word(*result);
    EXPECT_EQ(word, to_string(error));
  }
}

TEST(GatewayProtocol, reads_what_the_server_writes) {
  gateway::GatewayDownlink downlink;
  downlink.phy_payload = {0x60, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  downlink.data_rate = LoraDataRate{9, 125'000};
  downlink.frequency = Frequency::hz(869'525'000);
  downlink.eirp_dbm = 16.15F;
  downlink.timestamp_us = 4'294'967'295U;
  const auto datagram = server::make_packet(server::PacketType::pull_resp, 2, server::Token{7}, {},
                                            server::pull_resp_json(downlink));
  const auto packet = parse_server_packet(datagram);
  ASSERT_TRUE(packet) << packet.error().message();
  const auto& request = std::get<TxRequest>(*packet);
  EXPECT_EQ(request.token, 7);
  EXPECT_EQ(request.tmst, 4'294'967'295U);
  EXPECT_FALSE(request.immediate);
  EXPECT_EQ(request.frequency, downlink.frequency);
  EXPECT_TRUE(same_modulation(request.data_rate, downlink.data_rate));
  EXPECT_TRUE(request.inverted_polarity);
  EXPECT_EQ(request.phy_payload, downlink.phy_payload);
}

TEST(GatewayProtocol, reads_acknowledgements) {
  const auto packet = parse_server_packet(Bytes{2, 0x12, 0xab, 1});
  ASSERT_TRUE(packet);
  const auto& acknowledgement = std::get<Acknowledgement>(*packet);
  EXPECT_EQ(acknowledgement.type, PacketType::push_ack);
  EXPECT_EQ(acknowledgement.token, 0x12ab);
}

TEST(GatewayProtocol, names_what_is_wrong_with_a_downlink) {
  struct Row {
    const char* body;
    const char* reason;
  };
  const Row rows[] = {
      {"", "no txpk object"},
      {R"({"txpk":[]})", "no txpk object"},
      {R"({"txpk":{}})", "txpk.tmst"},
      {R"({"txpk":{"tmst":-1}})", "txpk.tmst"},
      {R"({"txpk":{"imme":1}})", "txpk.imme"},
      {R"({"txpk":{"tmst":1,"freq":"868.1"}})", "txpk.freq"},
      {R"({"txpk":{"tmst":1,"freq":868.1,"modu":"LORA","datr":"SF13BW125"}})", "txpk.datr"},
      {R"({"txpk":{"tmst":1,"freq":868.1,"modu":"LORA","datr":"SF7BW125"}})", "txpk.codr"},
      {R"({"txpk":{"tmst":1,"freq":868.1,"modu":"FSK","datr":0}})", "txpk.datr"},
      {R"({"txpk":{"tmst":1,"freq":868.1,"modu":"LORA","datr":"SF7BW125","codr":"4/5",
           "powe":14,"size":2,"data":"YA=="}})",
       "txpk.size"},
  };
  for (const auto& row : rows) {
    Bytes datagram{2, 0, 1, 3};
    append(datagram, as_bytes(row.body));
    const auto packet = parse_server_packet(datagram);
    ASSERT_FALSE(packet) << row.body;
    EXPECT_NE(packet.error().message().find(row.reason), std::string::npos)
        << packet.error().message();
  }
  for (const auto& bytes : {Bytes{}, Bytes{2, 0, 0}, Bytes{1, 0, 0, 1}, Bytes{2, 0, 0, 9}}) {
    EXPECT_FALSE(parse_server_packet(bytes));
  }
}

}  // namespace
}  // namespace ff::sim
