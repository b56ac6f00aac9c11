// Basic Station gateways end to end: HTTP, WebSocket and LNS on streams in memory, one thread,
// virtual time.
#include <gtest/gtest.h>

#include <caf/send.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/frontend_basic_station/errors.hpp"
#include "actors/gateway_server/supervisor/gateway_server.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/stream/memory.hpp"
#include "test/net/websocket/client.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "test/support/gateway_server/memory_gateway_registry.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;
using websocket::Opcode;

const net::Endpoint server_address = *net::Endpoint::parse("192.0.2.1:1887");
constexpr GatewayEui eui{0xb827ebfffe123456};
constexpr std::string_view traffic = "/traffic/eui-B827EBFFFE123456";
constexpr std::string_view discovery = "/router-info";
constexpr std::int64_t xtime = 53198770627242300;

/// Secrets of gateways, in memory.
class MemoryGatewayAccess final : public GatewayAccess {
 public:
  std::string secret = "NNSXS.ID.SECRET";
  void check_link(const GatewayId& gateway_id, const std::string& given,
                  actors::Reply<void> reply) override {
    if (given == secret) return reply({});
    reply(fail(no_gateway_rights, {{"uid", gateway_id.text()}}));
  }
};

/// A station's end of a connection.
class Station final : public net::StreamHandler {
 public:
  void on_data(ByteView bytes) override {
    if (const auto end = answer.find("\r\n\r\n"); end != std::string::npos && is_open())
      return static_cast<void>(reader.feed(bytes));
    answer += as_text(bytes);
    const auto end = answer.find("\r\n\r\n");
    if (end == std::string::npos || !is_open()) return;
    const auto rest = answer.substr(end + 4);
    answer.resize(end + 4);
    reader.feed(as_bytes(rest));
  }
  void on_closed(net::CloseReason) override { closed = true; }

  bool is_open() const { return answer.starts_with("HTTP/1.1 101"); }
  int status() const { return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3)); }
  /// Texts heard since the last call.
  std::vector<std::string> take() {
    std::vector<std::string> out;
    for (const auto& frame : std::exchange(reader.frames, {})) {
      if (frame.header.opcode == Opcode::text) out.push_back(frame.text());
      if (frame.header.opcode == Opcode::close) close = websocket::parse_close(frame.payload);
    }
    return out;
  }

  std::shared_ptr<net::Stream> stream;
  std::string answer;
  websocket::FrameReader reader;
  std::optional<websocket::CloseBody> close;
  bool closed = false;
};

class BasicStationTest : public test::ActorFixture {
 protected:
  BasicStationTest() : network(loop) {
    registry = std::make_shared<test::MemoryGatewayRegistry>();
    access = std::make_shared<MemoryGatewayAccess>();
    GatewaySettings settings;
    settings.ids = {GatewayId{"gtw-1"}, eui};
    settings.frequency_plan_ids = {"EU_863_870_TTN"};
    settings.antennas = {{.gain_dbi = 2.5F, .location = {}}};
    registry->gateways = {settings};
  }
  ~BasicStationTest() override {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    pump();
    loop.advance(10s);
    pump();
    router.clear();
  }

  void start() {
    Context context;
    context.deps = deps;
    context.plans =
        std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context.registry = registry;
    context.access = access;
    context.upstream.uplink = [this](auto frame) {
      uplinks.push_back(std::move(frame));
      return Status();
    };
    context.upstream.acknowledgment = [this](const auto& ack) {
      acknowledgments.push_back(ack);
      return Status();
    };
    context.publish = [this](const events::Event& event,
                             const gateway_server::GatewayEventData& data) {
      events.emplace_back(event.name);
      if (const auto* error = std::get_if<Error>(&data)) reasons.emplace_back(error->name());
    };
    context.router = router;
    context.config = config;
    GatewayServerSettings settings;
    settings.own_thread = false;
    settings.on_escalation = [this](const std::string& child) { escalated = child; };
    BasicStationFrontendConfig frontend;
    frontend.local = server_address;
    frontend.name = "basic-station";
    frontend.fallback_plan_id = fallback_plan_id;
    frontend.network = &network;
    settings.basic_station.push_back(frontend);
    supervisor = start_gateway_server(*system, context, settings);
    pump();
  }

  void pump() {
    while (run() + loop.run_ready() > 0) {
    }
  }
  void pass(Duration time) {
    constexpr Duration step = 5ms;
    for (; time > Duration::zero(); time -= step) {
      loop.advance(step);
      advance(step);
      pump();
    }
  }

  std::shared_ptr<Station> request(std::string_view path,
                                   std::string_view authorization = "NNSXS.ID.SECRET",
                                   std::string_view host = "lns.example.com:1887") {
    auto station = std::make_shared<Station>();
    net::ConnectOptions options;
    options.host = "192.0.2.1";
    options.port = 1887;
    network.connect(options,
                    [station](Result<std::shared_ptr<net::Stream>> stream)
                        -> std::shared_ptr<net::StreamHandler> {
                      if (!stream) return nullptr;
                      station->stream = *stream;
                      return station;
                    });
    pump();
    if (!station->stream) return station;
    std::string text =
        "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) +
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (!authorization.empty()) text += "Authorization: " + std::string(authorization) + "\r\n";
    station->stream->write(as_bytes(text + "\r\n"));
    pump();
    return station;
  }
  void say(Station& station, std::string_view text) {
    station.stream->write(websocket::client_frame(Opcode::text, text));
    pump();
  }
  static std::string uplink(std::uint16_t f_cnt, std::int64_t at, std::uint32_t antenna = 0) {
    return R"({"msgtype":"updf","MHdr":64,"DevAddr":16909060,"FCtrl":0,"FCnt":)" +
           std::to_string(f_cnt) +
           R"(,"FOpts":"","FPort":1,"FRMPayload":"a1b2","MIC":-77,"RefTime":0,"DR":5,"Freq":868100000,)"
           R"("upinfo":{"rctx":)" +
           std::to_string(antenna) + R"(,"xtime":)" + std::to_string(at) +
           R"(,"gpstime":0,"fts":-1,"rssi":-90,"snr":7.5,"rxtime":1700000001.1}})";
  }

  std::shared_ptr<const DownlinkFrame> answer_to(const UplinkFrame& frame) {
    DownlinkFrame downlink;
    downlink.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
    downlink.phy_payload = Bytes(20, 0x60);
    const auto& rx = frame.rx_metadata.front();
    downlink.request.paths = {{rx.gateway, rx.antenna_index, rx.uplink_token}};
    downlink.request.rx1_delay = 5s;
    downlink.request.rx1 = RxWindow{frame.settings.data_rate, frame.settings.frequency};
    downlink.request.frequency_plan_id = "EU_863_870_TTN";
    return std::make_shared<const DownlinkFrame>(downlink);
  }
  Result<ScheduledDownlink> schedule(std::shared_ptr<const DownlinkFrame> downlink) {
    std::optional<Result<ScheduledDownlink>> answer;
    make_transmit(router)(std::move(downlink), [&](auto result) { answer = std::move(result); });
    pump();
    if (!answer) throw std::runtime_error("no answer");
    return *answer;
  }
  bool has_metric(const std::string& line) {
    return metrics.text().find(line) != std::string::npos;
  }
  std::size_t count(std::string_view event) const {
    return static_cast<std::size_t>(std::count(events.begin(), events.end(), event));
  }

  net::ManualLoop loop;
  net::MemoryStreamNetwork network;
  GatewayServerConfig config;
  std::string fallback_plan_id;
  std::shared_ptr<test::MemoryGatewayRegistry> registry;
  std::shared_ptr<MemoryGatewayAccess> access;
  actors::Route<RouterHandle> router;
  caf::actor supervisor;
  std::vector<std::shared_ptr<const UplinkFrame>> uplinks;
  std::vector<TxAcknowledgment> acknowledgments;
  std::vector<std::string> events;
  std::vector<std::string> reasons;
  std::string escalated;
};

using Texts = std::vector<std::string>;

TEST_F(BasicStationTest, DiscoveryTellsWhereToGoAndCloses) {
  start();
  auto station = request(discovery);
  ASSERT_TRUE(station->is_open()) << station->answer;
  say(*station, R"({"router":"b827:ebff:fe12:3456"})");
  EXPECT_EQ(station->take(),
            Texts{R"({"router":"b827:ebff:fe12:3456","muxs":"muxs-::0",)"
                  R"("uri":"ws://lns.example.com:1887/traffic/eui-B827EBFFFE123456"})"});
  ASSERT_TRUE(station->close);
  EXPECT_EQ(station->close->code, websocket::CloseCode::normal);
  station->stream->write(websocket::client_frame(Opcode::close, "\x03\xe8"));
  pump();
  EXPECT_TRUE(station->closed);
  EXPECT_EQ(count("gs.gateway.connect"), 0U);
}

TEST_F(BasicStationTest, DiscoveryBehindAProxyLeadsToTls) {
  config.basic_station.use_traffic_tls_address = true;
  start();
  auto station = request(discovery, "NNSXS.ID.SECRET", "lns.example.com");
  say(*station, R"({"router":1})");
  EXPECT_NE(station->take().at(0).find("not registered"), std::string::npos);
  station = request(discovery, "NNSXS.ID.SECRET", "lns.example.com");
  say(*station, R"({"router":"b8-27-eb-ff-fe-12-34-56"})");
  EXPECT_NE(station->take().at(0).find(R"("uri":"wss://lns.example.com:443/traffic/)"),
            std::string::npos);
}

TEST_F(BasicStationTest, DiscoverySaysInItsAnswerWhyNot) {
  struct Row {
    const char* name;
    const char* authorization;
    const char* request;
    const char* answer;
  };
  const Row rows[] = {
      {"no token", "", R"({"router":"b827:ebff:fe12:3456"})",
       R"({"router":"b827:ebff:fe12:3456","error":"no auth provided for gateway `eui-b827ebfffe123456`"})"},
      {"wrong token", "NNSXS.X.Y", R"({"router":"b827:ebff:fe12:3456"})",
       R"({"router":"b827:ebff:fe12:3456","error":"no rights for gateway `gtw-1`"})"},
      {"unregistered", "NNSXS.ID.SECRET", R"({"router":"::2"})",
       R"({"router":"::2","error":"gateway `eui-0000000000000002` is not registered and no fallback frequency plan defined"})"},
      {"no EUI", "NNSXS.ID.SECRET", R"({"router":0})",
       R"({"router":"::0","error":"empty gateway EUI"})"},
      {"garbage", "NNSXS.ID.SECRET", "garbage",
       R"({"router":"::0","error":"message is not a JSON object"})"},
  };
  start();
  for (const auto& row : rows) {
    auto station = request(discovery, row.authorization);
    say(*station, row.request);
    EXPECT_EQ(station->take(), Texts{row.answer}) << row.name;
    EXPECT_TRUE(station->close);
  }
  EXPECT_TRUE(
      has_metric(R"(farfield_gateway_server_station_refused_total{request="discovery"} 5)"));
}

TEST_F(BasicStationTest, ASilentDiscoveryIsEnded) {
  start();
  auto station = request(discovery);
  pass(31s);
  station->take();
  EXPECT_TRUE(station->close);
  pass(6s);
  EXPECT_TRUE(station->closed);
}

TEST_F(BasicStationTest, RefusalsAreHttpErrorsWithTheReferencesNames) {
  start();
  struct Row {
    std::string path;
    const char* authorization;
    int status;
    const char* error;
  };
  const Row rows[] = {
      {"/", "x", 404, ""},
      {"/traffic/gtw-1", "x", 400, "invalid_gateway_id"},
      {std::string(traffic), "", 401, "no_auth_provided"},
      {std::string(traffic), "Bearer wrong", 403, "no_gateway_rights"},
      {"/traffic/eui-0000000000000002", "x", 404, "no_fallback_frequency_plan"},
  };
  for (const auto& row : rows) {
    auto station = request(row.path, row.authorization);
    EXPECT_EQ(station->status(), row.status) << row.path;
    EXPECT_NE(station->answer.find(row.error), std::string::npos) << station->answer;
  }
  auto plain = request(discovery);
  EXPECT_EQ(escalated, "");
  EXPECT_EQ(count("gs.gateway.connect"), 0U);
}

TEST_F(BasicStationTest, ConnectionsThatTheRegistryForbidsAreRefusedBeforeTheyAreWebSockets) {
  registry->gateways[0].frequency_plan_ids = {"nowhere"};
  start();
  auto station = request(traffic);
  EXPECT_EQ(station->status(), 400) << station->answer;
  EXPECT_NE(station->answer.find("frequency_plan_not_configured"), std::string::npos);
  registry->gateways[0].frequency_plan_ids = {"EU_863_870_TTN"};
  EXPECT_TRUE(request(traffic)->is_open());
}

TEST_F(BasicStationTest, IsToComeAgainWhenTheRegistryIsSilent) {
  registry->holds = true;
  start();
  auto station = request(traffic);
  registry->answer_all();
  pump();
  pass(ConnectionState::look_up_time_max + 100ms);
  EXPECT_EQ(station->status(), 503) << station->answer;
  EXPECT_NE(station->answer.find(registry_silent.name), std::string::npos);
}

TEST_F(BasicStationTest, CarriesAnUplinkAndItsAnswer) {
  start();
  auto station = request(traffic, "Bearer NNSXS.ID.SECRET");
  ASSERT_TRUE(station->is_open()) << station->answer;
  say(*station, R"({"msgtype":"version","station":"2.0.6","protocol":2,"features":"gps"})");
  const auto config_text = station->take().at(0);
  EXPECT_TRUE(config_text.starts_with(R"({"msgtype":"router_config","NetID":null)"));
  EXPECT_NE(config_text.find(R"("antenna_gain":2)"), std::string::npos);
  say(*station, uplink(7, xtime));
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->band_id, "EU_863_870");
  EXPECT_EQ(uplinks[0]->rx_metadata[0].gateway.gateway_id.text(), "gtw-1");
  EXPECT_EQ(uplinks[0]->phy_payload.size(), 15U);

  pass(200ms);
  const auto scheduled = schedule(answer_to(*uplinks[0]));
  ASSERT_TRUE(scheduled) << scheduled.error().to_string();
  EXPECT_EQ(scheduled->window, 1);
  const auto downlinks = station->take();
  ASSERT_EQ(downlinks.size(), 1U);
  EXPECT_TRUE(downlinks[0].starts_with(
      R"({"msgtype":"dnmsg","DevEui":"00-00-00-00-00-00-00-01","dC":0,"diid":1,)"))
      << downlinks[0];
  EXPECT_NE(downlinks[0].find(R"("RxDelay":1,"RX1DR":5,"RX1Freq":868100000,"xtime":)" +
                              std::to_string(xtime + 4'000'000)),
            std::string::npos)
      << downlinks[0];

  say(*station, R"({"msgtype":"dntxed","diid":1,"DevEui":"00-00-00-00-00-00-00-01","xtime":)" +
                    std::to_string(xtime + 5'000'000) + "}");
  ASSERT_EQ(acknowledgments.size(), 1U);
  EXPECT_EQ(acknowledgments[0].device.device_id.text(), "dev-1");
  const Texts expected = {"gs.gateway.connect", "gs.gateway.connection.stats",
                          "gs.status.receive",  "gs.up.receive",
                          "gs.up.forward",      "gs.down.schedule.attempt",
                          "gs.down.send",       "gs.txack.receive",
                          "gs.down.tx.success", "gs.txack.forward"};
  EXPECT_EQ(events, expected);
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="semtechws/lbslns"} 1)"));
  EXPECT_TRUE(has_metric(R"(farfield_gateway_server_station_messages_total{outcome="frame"} 1)"));
}

/// The second was started 20 s later, and counts from there in a session of its own.
TEST_F(BasicStationTest, AnswersByBothConcentratorsOfAStation) {
  constexpr auto counter = xtime & ((std::int64_t{1} << 48) - 1);
  constexpr auto second = (std::int64_t{1} << 56) + (std::int64_t{7} << 48) + counter - 20'000'000;
  registry->gateways[0].antennas.resize(2);
  start();
  auto station = request(traffic);
  say(*station, R"({"msgtype":"version","station":"2.0.6","protocol":2})");
  for (std::uint16_t i = 0; i < 10; ++i) {
    const bool by_second = i % 2 == 1;
    const auto heard_at = (by_second ? second : xtime) + i * 8'000'000;
    say(*station, uplink(i, heard_at, by_second ? 1 : 0));
    ASSERT_EQ(uplinks.size(), i + 1U);
    station->take();
    const auto scheduled = schedule(answer_to(*uplinks.back()));
    ASSERT_TRUE(scheduled) << i << scheduled.error().to_string();
    EXPECT_EQ(scheduled->delay, 5s);
    const auto told = station->take().at(0);
    EXPECT_NE(told.find(R"("rctx":)" + std::to_string(by_second ? 1 : 0)), std::string::npos);
    EXPECT_NE(told.find(R"("xtime":)" + std::to_string(heard_at + 4'000'000)), std::string::npos)
        << told;
    pass(8s);
  }
}

TEST_F(BasicStationTest, AnUnregisteredStationGetsTheFallbackPlan) {
  fallback_plan_id = "EU_863_870_TTN";
  start();
  auto station = request("/traffic/eui-0000000000000002", "anything");
  ASSERT_TRUE(station->is_open()) << station->answer;
  say(*station, uplink(1, xtime));
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->rx_metadata[0].gateway.gateway_id.text(), "eui-0000000000000002");
}

TEST_F(BasicStationTest, WithoutATokenOnlyWhereTheOperatorAllowsIt) {
  config.basic_station.allow_unauthenticated = true;
  start();
  EXPECT_TRUE(request(traffic, "")->is_open());
  EXPECT_EQ(request(traffic, "wrong")->status(), 403);
  registry->gateways[0].require_authenticated_connection = true;
  EXPECT_EQ(request(traffic, "")->status(), 401);
  EXPECT_TRUE(request(traffic)->is_open());
}

TEST_F(BasicStationTest, ANewerConnectionTakesOver) {
  start();
  auto older = request(traffic);
  ASSERT_TRUE(older->is_open());
  auto newer = request(traffic);
  ASSERT_TRUE(newer->is_open());
  older->take();
  ASSERT_TRUE(older->close);
  EXPECT_EQ(older->close->code, websocket::CloseCode::going_away);
  EXPECT_EQ(older->close->reason, "new_connection");
  EXPECT_EQ(reasons, Texts{"new_connection"});
  say(*newer, uplink(1, xtime));
  EXPECT_EQ(uplinks.size(), 1U);
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="semtechws/lbslns"} 1)"));
}

TEST_F(BasicStationTest, TellsWhyAStationWent) {
  start();
  auto closing = request(traffic);
  closing->stream->write(websocket::client_frame(Opcode::close, "\x03\xe8"));
  pump();
  auto breaking = request(traffic);
  breaking->stream->abort();
  pump();
  auto garbage = request(traffic);
  say(*garbage, "{");
  auto binary = request(traffic);
  binary->stream->write(websocket::client_frame(Opcode::binary, "x"));
  pump();
  binary->take();
  EXPECT_EQ(binary->close->code, websocket::CloseCode::unsupported_data);
  EXPECT_EQ(reasons,
            (Texts{"websocket_closed", "websocket_closed", "invalid_json", "unexpected_binary"}));
  EXPECT_EQ(count("gs.gateway.disconnect"), 4U);
  EXPECT_TRUE(
      has_metric(R"(farfield_gateway_server_station_ended_total{cause="closed_by_peer"} 1)"));
  EXPECT_TRUE(
      has_metric(R"(farfield_gateway_server_station_ended_total{cause="connection_lost"} 1)"));
}

TEST_F(BasicStationTest, AStationThatStopsPongingIsEnded) {
  start();
  auto station = request(traffic);
  pass(34s);
  ASSERT_FALSE(station->reader.frames.empty());
  EXPECT_EQ(station->reader.frames[0].header.opcode, Opcode::ping);
  station->stream->write(websocket::client_frame(Opcode::pong, ""));
  pump();
  EXPECT_TRUE(reasons.empty());
  pass(140s);
  EXPECT_EQ(reasons, Texts{"missed_too_many_pongs"});
}

TEST_F(BasicStationTest, ASlowReaderIsCutOffAndOthersAreNot) {
  start();
  auto slow = request(traffic);
  registry->gateways.push_back(registry->gateways[0]);
  registry->gateways[1].ids = {GatewayId{"gtw-2"}, GatewayEui{2}};
  auto other = request("/traffic/eui-0000000000000002");
  ASSERT_TRUE(other->is_open());
  slow->stream->pause_reading(true);
  for (int i = 0; i < 200 && reasons.empty(); ++i) {
    say(*slow, R"({"msgtype":"version"})");
  }
  EXPECT_EQ(reasons, Texts{"websocket_closed"});
  EXPECT_TRUE(has_metric(R"(farfield_gateway_server_station_ended_total{cause="slow_reader"} 1)"));
  say(*other, uplink(1, xtime));
  EXPECT_EQ(uplinks.size(), 1U);
}

TEST_F(BasicStationTest, AFloodWaitsOutsideUntilItIsServed) {
  start();
  auto station = request(traffic);
  Bytes flood;
  for (std::uint16_t i = 0; i < 2000; ++i)
    append(flood, websocket::client_frame(Opcode::text, uplink(i, xtime + i * 200'000)));
  station->stream->write(flood);
  // The loop alone: what the actor does not take stays in the network.
  loop.run_ready();
  EXPECT_TRUE(has_metric("farfield_gateway_server_station_paused_total 1"));
  EXPECT_TRUE(uplinks.empty());
  pump();
  EXPECT_EQ(uplinks.size(), 2000U);
}

TEST_F(BasicStationTest, AsksForTheTimeAndTellsIt) {
  start();
  auto station = request(traffic);
  pass(221s);
  const auto texts = station->take();
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(texts[0].starts_with(R"({"msgtype":"timesync","gpstime":0,"MuxTime":)")) << texts[0];
  say(*station, R"({"msgtype":"timesync","txtime":7})");
  EXPECT_TRUE(
      station->take().at(0).starts_with(R"({"msgtype":"timesync","txtime":7,"gpstime":13840)"));
}

TEST_F(BasicStationTest, AClientThatLeavesBeforeItIsAdmittedLeavesNothingBehind) {
  registry->holds = true;
  config.basic_station.allow_unauthenticated = true;
  start();
  auto station = request(traffic, "");
  registry->answer_all();
  pump();
  // The connection has asked a second time.
  station->stream->abort();
  pump();
  registry->answer_all();
  pump();
  registry->holds = false;
  EXPECT_TRUE(has_metric(R"(ttn_lw_gs_connected_gateways{protocol="semtechws/lbslns"} 0)"));
  EXPECT_TRUE(has_metric(R"(farfield_actors_running{kind="gateway_station"} 0)")) << metrics.text();
  EXPECT_TRUE(request(traffic, "")->is_open());
}

TEST_F(BasicStationTest, AFailingConnectionTakesNoOtherWithIt) {
  config.basic_station.allow_unauthenticated = true;
  start();
  auto good = request(traffic, "");
  registry->holds = true;
  auto bad = request("/traffic/eui-0000000000000002", "");
  registry->holds = false;
  registry->gateways.push_back(registry->gateways[0]);
  registry->gateways[1].ids = {GatewayId{"gtw-2"}, GatewayEui{2}};
  registry->throws_from = registry->asked + 1;
  registry->answer_all();
  pump();
  registry->throws_from.reset();
  EXPECT_EQ(bad->status(), 500) << bad->answer;
  say(*good, uplink(1, xtime));
  EXPECT_EQ(uplinks.size(), 1U);
}

TEST_F(BasicStationTest, SlowHandshakesAreEnded) {
  start();
  auto station = std::make_shared<Station>();
  net::ConnectOptions options;
  options.host = "192.0.2.1";
  options.port = 1887;
  network.connect(options, [station](Result<std::shared_ptr<net::Stream>> stream) {
    station->stream = *stream;
    return station;
  });
  pump();
  for (int i = 0; i < 12 && !station->closed; ++i) {
    station->stream->write(as_bytes("G"));
    pass(3s);
  }
  EXPECT_TRUE(station->closed);
}

TEST_F(BasicStationTest, OneConnectionTooManyIsClosed) {
  config.basic_station.connections_per_address_max = 1;
  start();
  auto first = request(traffic);
  ASSERT_TRUE(first->is_open());
  auto second = request(traffic);
  EXPECT_FALSE(second->is_open());
  pass(6s);
  EXPECT_TRUE(has_metric(R"(farfield_net_connections_refused_total{listener="basic-station"} 1)"));
  EXPECT_TRUE(has_metric(R"(farfield_net_connections{listener="basic-station"} 1)"));
}

TEST_F(BasicStationTest, StationsOfAFrontendThatEndsAreDisconnected) {
  start();
  auto station = request(traffic);
  ASSERT_TRUE(station->is_open());
  caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
  pump();
  station->take();
  ASSERT_TRUE(station->close);
  EXPECT_EQ(station->close->code, websocket::CloseCode::going_away);
  EXPECT_EQ(reasons, Texts{"frontend_ended"});
}

TEST_F(BasicStationTest, EscalatesWhenItsAddressIsTaken) {
  const auto squatter = *network.listen(server_address, {}, [](auto) { return nullptr; });
  start();
  pass(2s);
  EXPECT_EQ(escalated, "gateway_frontend_basic_station");
}

}  // namespace
}  // namespace ff::gateway_server
