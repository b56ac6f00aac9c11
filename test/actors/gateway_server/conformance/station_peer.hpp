// A LoRa Basics Station.
#pragma once

#include "protocol/base/hex.hpp"
#include "test/actors/gateway_server/conformance/peer.hpp"
#include "test/net/websocket/client.hpp"

namespace ff::gateway_server::conformance {

class StationPeer final : public Peer {
 public:
  inline static const net::Endpoint server = *net::Endpoint::parse("192.0.2.1:1887");
  /// Session 189 of the station's clock; the low 32 bits are the counter.
  static constexpr std::uint64_t session = std::uint64_t{189} << 48U;

  StationPeer(World& world, Identity identity) : world_(world), identity_(std::move(identity)) {}

  void connect() override {
    net::ConnectOptions options;
    options.host = "192.0.2.1";
    options.port = 1887;
    world_.streams.connect(options, [this](Result<std::shared_ptr<net::Stream>> stream) {
      line_ = std::make_shared<Line>();
      line_->stream = *stream;
      return line_;
    });
    world_.pump();
    line_->stream->write(
        as_bytes("GET /traffic/eui-" + to_string(*identity_.ids.eui) +
                 " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                 "Authorization: " +
                 identity_.secret + "\r\n\r\n"));
    world_.pump();
  }
  bool is_served() override {
    for (const auto& frame : line_->reader.frames)
      cut_off_ |= frame.header.opcode == websocket::Opcode::close;
    return line_->is_open() && !cut_off_ && !line_->closed;
  }
  void say(const Heard& heard) override { say(text_of(heard)); }
  void say_status() override {
    say(R"({"msgtype":"version","station":"2.0.6","model":"linux","protocol":2,"features":""})");
  }
  std::vector<Told> take() override {
    std::vector<Told> out;
    for (const auto& frame : std::exchange(line_->reader.frames, {})) {
      const auto text = frame.text();
      if (text.find(R"("dnmsg")") == std::string::npos) continue;
      const auto value = [&](const std::string& key) {
        return text.substr(text.find('"' + key + "\":") + key.size() + 3);
      };
      const auto pdu = value("pdu").substr(1);
      const auto starts = std::stoull(value("xtime")) + 1'000'000 * std::stoull(value("RxDelay"));
      out.push_back({*parse_hex(pdu.substr(0, pdu.find('"'))), static_cast<std::uint32_t>(starts),
                     static_cast<std::uint16_t>(std::stoul(value("diid"))),
                     static_cast<std::uint32_t>(std::stoul(value("rctx")))});
    }
    return out;
  }
  void report(const Told& told, TxResult) override {
    say(R"({"msgtype":"dntxed","diid":)" + std::to_string(told.token) + R"(,"xtime":)" +
        std::to_string(session + told.starts_us) + "}");
  }
  void say_garbage() override { say("{"); }
  void leave() override {
    line_->stream->abort();
    world_.pump();
  }

 private:
  struct Line final : net::StreamHandler {
    void on_data(ByteView bytes) override {
      if (is_open()) return static_cast<void>(reader.feed(bytes));
      answer += as_text(bytes);
      const auto end = answer.find("\r\n\r\n");
      if (end == std::string::npos || !answer.starts_with("HTTP/1.1 101")) return;
      const auto rest = answer.substr(end + 4);
      opened = true;
      reader.feed(as_bytes(rest));
    }
    void on_closed(net::CloseReason) override { closed = true; }
    bool is_open() const { return opened; }

    std::shared_ptr<net::Stream> stream;
    std::string answer;
    websocket::FrameReader reader;
    bool opened = false;
    bool closed = false;
  };

  void say(std::string_view text) {
    line_->stream->write(websocket::client_frame(websocket::Opcode::text, text));
    world_.pump();
  }

  static std::string text_of(const Heard& heard) {
    const ByteView phy = heard.phy_payload;
    const bool is_fsk = std::holds_alternative<FskDataRate>(heard.data_rate);
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    const auto signed_number = [](std::uint64_t value) {
      return std::to_string(static_cast<std::int32_t>(value));
    };
    const auto eui = [](ByteView le) {
      auto text = hex_lower(read_le<8>(le), 16);
      for (const std::size_t at : {14, 12, 10, 8, 6, 4, 2}) text.insert(at, 1, '-');
      return '"' + text + '"';
    };
    std::string out = R"("DR":)" + number(is_fsk ? 7 : 5) + R"(,"Freq":)" +
                      number(heard.frequency.hz()) + R"(,"RefTime":0,"upinfo":{"rctx":)" +
                      number(heard.antenna) + R"(,"xtime":)" + number(session + heard.counter_us) +
                      R"(,"gpstime":0,"rssi":-35,"snr":5.5}})";
    if (phy[0] == 0xe0)
      return R"({"msgtype":"propdf","FRMPayload":")" + hex_lower(phy) + R"(",)" + out;
    const auto mic = signed_number(read_le<4>(phy.last(4)));
    if (phy[0] == 0x00) {
      return R"({"msgtype":"jreq","MHdr":0,"JoinEui":)" + eui(phy.subspan(1)) + R"(,"DevEui":)" +
             eui(phy.subspan(9)) + R"(,"DevNonce":)" + number(read_le<2>(phy.subspan(17))) +
             R"(,"MIC":)" + mic + ',' + out;
    }
    return R"({"msgtype":"updf","MHdr":)" + number(phy[0]) + R"(,"DevAddr":)" +
           signed_number(read_le<4>(phy.subspan(1))) + R"(,"FCtrl":)" + number(phy[5]) +
           R"(,"FCnt":)" + number(read_le<2>(phy.subspan(6))) + R"(,"FOpts":"","FPort":)" +
           number(phy[8]) + R"(,"FRMPayload":")" + hex_lower(phy.subspan(9, phy.size() - 13)) +
           R"(","MIC":)" + mic + ',' + out;
  }

  World& world_;
  const Identity identity_;
  std::shared_ptr<Line> line_;
  bool cut_off_ = false;
};

inline Dialect station_dialect() {
  return {{.name = "basic_station",
           .metric = "semtechws/lbslns",
           .tells_crc = false,
           .reports_failure = false,
           .accept_class = "gs:accept:semtechws/lbslns"},
          [](World& world, GatewayServerSettings& settings) {
            settings.basic_station.push_back({.local = StationPeer::server,
                                              .name = "basic-station",
                                              .tls = nullptr,
                                              .fallback_plan_id = "",
                                              .network = &world.streams});
          },
          [](World& world, const Identity& identity) -> std::unique_ptr<Peer> {
            return std::make_unique<StationPeer>(world, identity);
          }};
}

}  // namespace ff::gateway_server::conformance
