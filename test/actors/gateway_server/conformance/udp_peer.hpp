// A Semtech UDP packet forwarder.
#pragma once

#include "protocol/base/base64.hpp"
#include "protocol/gateway/semtech_udp/packet.hpp"
#include "test/actors/gateway_server/conformance/peer.hpp"

namespace ff::gateway_server::conformance {

namespace semtech = gateway::semtech_udp;

class UdpPeer final : public Peer {
 public:
  inline static const net::Endpoint server = *net::Endpoint::parse("192.0.2.1:1700");

  UdpPeer(World& world, const Identity& identity) : world_(world), eui_(*identity.ids.eui) {
    socket_ = *world.datagrams.open(*net::Endpoint::parse("198.51.100.7:0"), {},
                                    [this](std::span<const net::Datagram> batch) {
                                      for (const auto& one : batch) hear(one.bytes);
                                    });
  }

  void connect() override { send(semtech::PacketType::pull_data, {}); }
  bool is_served() override { return acknowledged_; }
  void say(const Heard& heard) override {
    const auto* fsk = std::get_if<FskDataRate>(&heard.data_rate);
    const auto rate = fsk ? to_string(heard.data_rate) : '"' + to_string(heard.data_rate) + '"';
    send(semtech::PacketType::push_data,
         R"({"rxpk":[{"tmst":)" + std::to_string(heard.counter_us) + R"(,"chan":0,"freq":)" +
             std::to_string(static_cast<double>(heard.frequency.hz()) / 1e6) + R"(,"stat":)" +
             (heard.crc_ok == false ? "-1" : "1") + R"(,"modu":")" + (fsk ? "FSK" : "LORA") +
             R"(","datr":)" + rate + R"(,"codr":"4/5","rsig":[{"ant":)" +
             std::to_string(heard.antenna) + R"(,"chan":0,"rssic":-35,"lsnr":5.5}],"data":")" +
             base64_encode(heard.phy_payload) + R"("}]})");
  }
  void say_status() override {
    send(semtech::PacketType::push_data,
         R"({"stat":{"time":"2023-11-14 22:13:20 GMT","rxnb":7,"rxok":7}})");
  }
  std::vector<Told> take() override { return std::exchange(told_, {}); }
  void report(const Told& told, TxResult result) override {
    token_ = told.token;
    const std::string error = result == TxResult::success ? "NONE" : to_string(result);
    send(semtech::PacketType::tx_ack, R"({"txpk_ack":{"error":")" + error + R"("}})", told.token);
  }
  void say_garbage() override {
    send(semtech::PacketType::push_data, R"({"rxpk":[{)");
    socket_->send(server, as_bytes("?"));
    world_.pump();
  }
  void leave() override { socket_.reset(); }

 private:
  void send(semtech::PacketType type, std::string_view body,
            std::optional<std::uint16_t> token = {}) {
    socket_->send(server, semtech::make_packet(type, 2, semtech::Token{token.value_or(++token_)},
                                               eui_, body));
    world_.pump();
  }
  void hear(ByteView bytes) {
    const auto type = static_cast<semtech::PacketType>(bytes[3]);
    acknowledged_ |= type == semtech::PacketType::pull_ack;
    if (type != semtech::PacketType::pull_resp) return;
    const std::string text(as_text(bytes.subspan(4)));
    const auto value = [&](const std::string& key) {
      return text.substr(text.find('"' + key + "\":") + key.size() + 3);
    };
    const auto data = value("data").substr(1);
    told_.push_back({*base64_decode(data.substr(0, data.find('"'))),
                     static_cast<std::uint32_t>(std::stoul(value("tmst"))),
                     static_cast<std::uint16_t>(read_be<2>(bytes.subspan(1)))});
  }

  World& world_;
  const GatewayEui eui_;
  std::unique_ptr<net::DatagramSocket> socket_;
  std::uint16_t token_ = 0;
  bool acknowledged_ = false;
  std::vector<Told> told_;
};

inline Dialect udp_dialect() {
  return {{.name = "udp",
           .metric = "udp",
           .authenticates = false,
           .shows_secret = false,
           .takes_over = false,
           .notices_end = false,
           .chooses_antenna = false},
          [](World& world, GatewayServerSettings& settings) {
            settings.udp.push_back({UdpPeer::server, "", &world.datagrams});
          },
          [](World& world, const Identity& identity) -> std::unique_ptr<Peer> {
            return std::make_unique<UdpPeer>(world, identity);
          }};
}

}  // namespace ff::gateway_server::conformance
