// The gateway server end to end: simulated gateways on a network in memory, one thread, virtual
// time.
#include <gtest/gtest.h>

#include <caf/send.hpp>
#include <set>

#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/supervisor/gateway_server.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/udp/memory_network.hpp"
#include "protocol/gateway/semtech_udp/packet.hpp"
#include "test/support/actors/actor_fixture.hpp"
#include "test/support/gateway_server/in_memory_memories.hpp"
#include "test/support/gateway_server/memory_gateway_registry.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;
namespace semtech = gateway::semtech_udp;

const net::Endpoint server_address = *net::Endpoint::parse("192.0.2.1:1700");
const net::Endpoint gateway_address = *net::Endpoint::parse("198.51.100.7:40123");
constexpr GatewayEui eui{0xb827ebfffe123456};

constexpr const char* push_json =
    R"({"rxpk":[{"tmst":5000000,"chan":0,"freq":868.1,"stat":1,"modu":"LORA","datr":"SF7BW125",)"
    R"("codr":"4/5","lsnr":5.1,"rssi":-35,"data":"QAQDAgEAAQACqrvM3Q=="}]})";

class GatewayServerTest : public test::ActorFixture {
 protected:
  GatewayServerTest() : network(loop, 1) {
    registry = std::make_shared<test::MemoryGatewayRegistry>();
  }
  ~GatewayServerTest() override {
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    pump();
    router.clear();
  }

  void start(const std::string& fallback_plan_id = "EU_863_870_TTN") {
    Context context;
    context.deps = deps;
    context.plans =
        std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context.registry = registry;
    context.upstream.uplink = [this](auto frame) {
      uplinks.push_back(std::move(frame));
      return Status();
    };
    context.upstream.acknowledgment = [this](const auto& ack) {
      acknowledgments.push_back(ack);
      return Status();
    };
    context.publish = [this](const events::Event& event, const auto&) {
      events.emplace_back(event.name);
    };
    context.memories = memories;
    context.server_version = "farfield/test";
    context.router = router;
    context.config.uplinks_max = uplinks_max;
    GatewayServerSettings settings;
    settings.own_thread = false;
    settings.on_escalation = [this](const std::string& child) { escalated = child; };
    settings.udp.push_back({server_address, fallback_plan_id, &network});
    supervisor = start_gateway_server(*system, context, settings);
    gateway = *network.open(gateway_address, {}, [this](std::span<const net::Datagram> batch) {
      for (const auto& datagram : batch) heard.push_back(to_owned(datagram.bytes));
    });
    pump();
  }

  /// The gateway, as `gtw-1`.
  GatewaySettings register_gateway() {
    GatewaySettings settings;
    settings.ids = {GatewayId{"gtw-1"}, eui};
    settings.frequency_plan_ids = {"EU_863_870_TTN"};
    registry->gateways = {settings};
    return settings;
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
  void send(semtech::PacketType type, std::uint16_t token, std::string_view body = {}) {
    gateway->send(server_address, semtech::make_packet(type, 2, semtech::Token{token}, eui, body));
    pump();
  }
  std::vector<Bytes> take_heard() { return std::exchange(heard, {}); }

  std::shared_ptr<const DownlinkFrame> answer_to(const UplinkFrame& uplink) {
    DownlinkFrame downlink;
    downlink.device = {ApplicationId{"app-1"}, DeviceId{"dev-1"}};
    downlink.phy_payload = Bytes(20, 0x60);
    const auto& rx = uplink.rx_metadata.front();
    downlink.request.paths = {{rx.gateway, rx.antenna_index, rx.uplink_token}};
    downlink.request.rx1 = RxWindow{uplink.settings.data_rate, uplink.settings.frequency};
    downlink.request.rx2 =
        RxWindow{LoraDataRate{9, 125'000, CodingRate::cr4_5}, Frequency::hz(869'525'000)};
    downlink.request.frequency_plan_id = "EU_863_870_TTN";
    downlink.correlation_ids = {"ns:downlink:1"};
    return std::make_shared<const DownlinkFrame>(downlink);
  }
  Result<ScheduledDownlink> schedule(std::shared_ptr<const DownlinkFrame> downlink) {
    std::optional<Result<ScheduledDownlink>> answer;
    make_transmit(router)(std::move(downlink), [&](auto result) { answer = std::move(result); });
    pump();
    if (!answer) throw std::runtime_error("no answer");
    return *answer;
  }

  net::ManualLoop loop;
  net::MemoryDatagramNetwork network;
  std::unique_ptr<net::DatagramSocket> gateway;
  std::shared_ptr<test::MemoryGatewayRegistry> registry;
  actors::Route<RouterHandle> router;
  caf::actor supervisor;
  std::vector<Bytes> heard;
  std::vector<std::shared_ptr<const UplinkFrame>> uplinks;
  std::size_t uplinks_max = 200'000;
  std::vector<TxAcknowledgment> acknowledgments;
  std::vector<std::string> events;
  std::shared_ptr<test::InMemoryMemories> memories = std::make_shared<test::InMemoryMemories>();
  std::string escalated;
};

Bytes ack_of(semtech::PacketType type, std::uint16_t token) {
  return semtech::make_packet(type, 2, semtech::Token{token});
}

TEST_F(GatewayServerTest, CarriesAnUplinkAndItsAnswer) {
  start();
  send(semtech::PacketType::pull_data, 1);
  EXPECT_EQ(take_heard(), std::vector<Bytes>{ack_of(semtech::PacketType::pull_ack, 1)});
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  EXPECT_EQ(take_heard(), std::vector<Bytes>{ack_of(semtech::PacketType::push_ack, 2)});
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->band_id, "EU_863_870");
  EXPECT_EQ(uplinks[0]->rx_metadata[0].gateway.gateway_id.text(), "eui-b827ebfffe123456");

  const auto scheduled = schedule(answer_to(*uplinks[0]));
  ASSERT_TRUE(scheduled) << scheduled.error().to_string();
  EXPECT_EQ(scheduled->window, 1);
  EXPECT_EQ(scheduled->delay, 1s);
  // The forwarder has not shown a queue of its own yet: it gets the frame 800 ms ahead.
  EXPECT_TRUE(take_heard().empty());
  pass(205ms);
  const auto responses = take_heard();
  ASSERT_EQ(responses.size(), 1U);
  const auto packet = semtech::parse_packet(responses[0]);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->type, semtech::PacketType::pull_resp);
  EXPECT_NE(as_text(packet->body).find(R"("tmst":6000000)"), std::string_view::npos);

  pass(50ms);
  send(semtech::PacketType::tx_ack, packet->token.value(), R"({"txpk_ack":{"error":"NONE"}})");
  ASSERT_EQ(acknowledgments.size(), 1U);
  EXPECT_EQ(acknowledgments[0].device.device_id.text(), "dev-1");
  EXPECT_EQ(acknowledgments[0].result, TxResult::success);
  EXPECT_EQ(acknowledgments[0].correlation_ids, std::vector<std::string>{"ns:downlink:1"});
  const std::vector<std::string> expected = {
      "gs.gateway.connect", "gs.gateway.connection.stats", "gs.up.receive",
      "gs.up.forward",      "gs.down.schedule.attempt",    "gs.down.send",
      "gs.txack.receive",   "gs.down.tx.success",          "gs.txack.forward"};
  EXPECT_EQ(events, expected);
}

TEST_F(GatewayServerTest, ShowsAConnectionsClockScheduleAndDecisions) {
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  send(semtech::PacketType::push_data, 3, push_json);
  ASSERT_TRUE(schedule(answer_to(*uplinks.at(0))));
  ASSERT_FALSE(schedule(answer_to(*uplinks.at(0))) && schedule(answer_to(*uplinks.at(0))));

  const GatewayId id("eui-b827ebfffe123456");
  std::optional<Result<ConnectionSnapshot>> shown;
  const auto keep = [&](Result<ConnectionSnapshot> answer) { shown = std::move(answer); };
  caf::anon_send(router.get(), InspectGateway{id, keep});
  pump();
  ASSERT_TRUE(shown && *shown);
  const auto& connection = **shown;
  EXPECT_EQ(connection.ids.eui, eui);
  EXPECT_TRUE(connection.has_downlink_path);
  EXPECT_EQ(connection.stats.uplink_count, 1U);
  EXPECT_EQ(connection.clock_synced_at, clock->now().utc);
  ASSERT_FALSE(connection.planned.empty());
  EXPECT_EQ(connection.planned[0].starts_at, clock->now().utc + 1s);
  ASSERT_EQ(connection.dropped_uplinks.size(), 1U);
  EXPECT_EQ(connection.dropped_uplinks[0].outcome, UplinkOutcome::repeated);
  EXPECT_EQ(connection.dropped_uplinks[0].dev_addr, DevAddr{0x01020304});
  ASSERT_GE(connection.downlinks.size(), 2U);
  EXPECT_EQ(connection.downlinks.front().stage, DownlinkStage::scheduled);
  EXPECT_EQ(connection.downlinks.front().window, 1);
  EXPECT_EQ(connection.downlinks.front().device.device_id.text(), "dev-1");
  EXPECT_EQ(connection.downlinks.back().stage, DownlinkStage::refused);
  ASSERT_NE(connection.downlinks.back().error, nullptr);
  EXPECT_TRUE(connection.downlinks.back().error->is(tx_schedule));

  caf::anon_send(router.get(), InspectGateway{GatewayId("other"), keep});
  std::optional<RouterSnapshot> directory;
  caf::anon_send(router.get(),
                 InspectRouter{[&](Result<RouterSnapshot> answer) { directory = *answer; }});
  pump();
  ASSERT_FALSE(*shown);
  EXPECT_TRUE(shown->error().is(not_connected));
  EXPECT_EQ(directory->gateways, std::vector<GatewayId>{id});
  EXPECT_EQ(directory->waiting_downlinks, 0U);
}

TEST_F(GatewayServerTest, WritesAtOnceToAGatewayThatQueuesItself) {
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::tx_ack, 99);
  send(semtech::PacketType::push_data, 2, push_json);
  take_heard();
  ASSERT_TRUE(schedule(answer_to(*uplinks.at(0))));
  EXPECT_EQ(take_heard().size(), 1U);
  EXPECT_TRUE(acknowledgments.empty());
}

TEST_F(GatewayServerTest, DropsUplinksWhileTooManyAreOnTheirWay) {
  uplinks_max = 2;
  start();
  const auto uplink = [this](std::uint16_t token, std::string_view payload) {
    std::string json(push_json);
    json.replace(json.find("QAQD"), 4, payload);
    pass(20ms);
    send(semtech::PacketType::push_data, token, json);
  };
  uplink(1, "QAQA");
  uplink(2, "QAQB");
  uplink(3, "QAQC");
  ASSERT_EQ(uplinks.size(), 2U);
  EXPECT_NE(metrics.text().find("farfield_queue_dropped_total{queue=\"uplinks\"} 1"),
            std::string::npos);
  // The gateway may send it again when there is room.
  uplinks.erase(uplinks.begin());
  uplink(4, "QAQC");
  EXPECT_EQ(uplinks.size(), 2U);
}

TEST_F(GatewayServerTest, DoesNotAcknowledgeAGatewayItDoesNotServe) {
  start("");
  send(semtech::PacketType::push_data, 1, push_json);
  send(semtech::PacketType::pull_data, 2);
  EXPECT_TRUE(take_heard().empty());
  EXPECT_TRUE(uplinks.empty());
  EXPECT_EQ(registry->asked, 1U);
  pass(5min);
  send(semtech::PacketType::pull_data, 3);
  EXPECT_EQ(registry->asked, 2U);
}

TEST_F(GatewayServerTest, HoldsTheFirstDatagramWhileTheRegistryIsAsked) {
  registry->holds = true;
  start();
  send(semtech::PacketType::push_data, 1, push_json);
  EXPECT_TRUE(take_heard().empty());
  pass(20ms);
  send(semtech::PacketType::pull_data, 2);
  EXPECT_TRUE(take_heard().empty());
  registry->answer_all();
  pump();
  EXPECT_EQ(take_heard(), std::vector<Bytes>{ack_of(semtech::PacketType::push_ack, 1)});
  EXPECT_EQ(uplinks.size(), 1U);
}

TEST_F(GatewayServerTest, DoesNotWaitForTheRegistryForEver) {
  registry->holds = true;
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(ConnectionState::look_up_time_max + 1s);
  EXPECT_NE(metrics.text().find("farfield_actors_running{kind=\"gateway_connection\"} 0"),
            std::string::npos);
  // What comes after that is nobody's.
  registry->answer_all();
  pass(5min);
  registry->holds = false;
  send(semtech::PacketType::pull_data, 2);
  EXPECT_EQ(take_heard(), std::vector<Bytes>{ack_of(semtech::PacketType::pull_ack, 2)});
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.connect"), 1);
}

TEST_F(GatewayServerTest, RefusesDownlinksWithoutAPath) {
  start();
  send(semtech::PacketType::push_data, 1, push_json);
  const auto refused = schedule(answer_to(*uplinks.at(0)));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(schedule_failed));
  ASSERT_NE(refused.error().cause(), nullptr);
  EXPECT_TRUE(refused.error().cause()->is(schedule_path));
  EXPECT_TRUE(refused.error().cause()->cause()->is(downlink_path_expired));
}

TEST_F(GatewayServerTest, EndsSilentConnectionsAndTakesTheGatewayBack) {
  register_gateway();
  start();
  send(semtech::PacketType::pull_data, 1);
  send(semtech::PacketType::push_data, 2, push_json);
  pass(5min);
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 1);
  EXPECT_TRUE(memories->stored.back().memory.stats.disconnected_at);
  const auto gone = schedule(answer_to(*uplinks.at(0)));
  EXPECT_TRUE(gone.error().cause()->cause()->is(not_connected));
  take_heard();
  send(semtech::PacketType::pull_data, 3);
  EXPECT_EQ(take_heard().size(), 1U);
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.connect"), 2);
}

TEST_F(GatewayServerTest, EndsAConnectionWhoseSettingsChanged) {
  GatewaySettings settings;
  settings.ids = {GatewayId{"gtw-1"}, eui};
  settings.frequency_plan_ids = {"EU_863_870_TTN"};
  registry->gateways = {settings};
  start("");
  send(semtech::PacketType::pull_data, 1);
  EXPECT_EQ(take_heard().size(), 1U);
  registry->gateways[0].antennas = {{3.0F, {}}};
  for (int i = 0; i < 13; ++i) {
    pass(1min);
    send(semtech::PacketType::pull_data, 1);
  }
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 1);
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.connect"), 2);
}

TEST_F(GatewayServerTest, ANewConnectionOfAGatewayEndsTheOlderOne) {
  constexpr GatewayEui second{0xb827ebfffe123457};
  GatewaySettings settings;
  settings.ids = {GatewayId{"gtw-1"}, eui};
  settings.frequency_plan_ids = {"EU_863_870_TTN"};
  registry->gateways = {settings, settings};
  registry->gateways[1].ids.eui = second;
  start("");
  send(semtech::PacketType::pull_data, 1);
  gateway->send(server_address,
                semtech::make_packet(semtech::PacketType::pull_data, 2, semtech::Token{2}, second));
  pump();
  EXPECT_EQ(take_heard().size(), 2U);
  const std::vector<std::string> expected = {
      "gs.gateway.connect",          "gs.gateway.connection.stats", "gs.gateway.connect",
      "gs.gateway.connection.stats", "gs.gateway.disconnect",       "gs.gateway.connection.stats"};
  EXPECT_EQ(events, expected);
}

TEST_F(GatewayServerTest, AStrangerDoesNotTakeThePlaceOfTheGatewayThatIsNamedAfterIt) {
  constexpr GatewayEui stranger{0xb827ebfffe123457};
  auto settings = register_gateway();
  settings.ids.gateway_id = synthetic_gateway_id(stranger);
  registry->gateways = {settings};
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  gateway->send(server_address, semtech::make_packet(semtech::PacketType::pull_data, 2,
                                                     semtech::Token{2}, stranger));
  pass(20ms);
  send(semtech::PacketType::push_data, 3, push_json);
  EXPECT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.connect"), 2)
      << "the first was not ended";
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 1);
}

/// A gateway that comes by two EUIs, whose second connection ends the first.
class TakeOverTest : public GatewayServerTest {
 protected:
  static constexpr GatewayEui second{0xb827ebfffe123457};

  void start_twice_registered() {
    settings = register_gateway();
    registry->gateways.push_back(settings);
    registry->gateways[1].ids.eui = second;
    start("");
    send(semtech::PacketType::pull_data, 1);
    pass(20ms);
    send(semtech::PacketType::push_data, 2, push_json);
    begin = clock->now().mono;
  }
  void come(GatewayEui by) {
    gateway->send(server_address,
                  semtech::make_packet(semtech::PacketType::pull_data, 2, semtech::Token{2}, by));
  }
  /// Of all duty cycles, by the connection of `of`, which hears something.
  double used(GatewayEui of) {
    const auto us =
        std::chrono::duration_cast<std::chrono::microseconds>(clock->now().mono - begin);
    std::string json = push_json;
    json.replace(json.find("5000000"), 7, std::to_string(5'000'000 + us.count()));
    gateway->send(server_address, semtech::make_packet(semtech::PacketType::push_data, 2,
                                                       semtech::Token{9}, of, json));
    pump();
    pass(20ms);
    std::optional<Result<ConnectionStats>> answer;
    caf::anon_send(router.get(), GetGatewayStats{GatewayId{"gtw-1"},
                                                 [&](auto stats) { answer = std::move(stats); }});
    pump();
    double sum = 0;
    for (const auto& band : (*answer)->sub_bands) sum += band.utilization;
    return sum;
  }

  GatewaySettings settings;
  MonoTime begin;
};

TEST_F(TakeOverTest, ADutyCycleGoesOnInTheNextConnection) {
  start_twice_registered();
  ASSERT_TRUE(schedule(answer_to(*uplinks.at(0))));
  pass(2s);
  const auto before = used(eui);
  EXPECT_GT(before, 0);
  // Taken over by another connection, which hears what the older one has sent.
  come(second);
  pump();
  EXPECT_DOUBLE_EQ(used(second), before);
  // And after silence.
  pass(5min);
  EXPECT_DOUBLE_EQ(used(second), before);
}

/// The older connection ends for another reason, and never reads that it has an heir.
TEST_F(TakeOverTest, ADutyCycleGoesOnAlsoIfTheOlderConnectionSaysNothing) {
  start_twice_registered();
  ASSERT_TRUE(schedule(answer_to(*uplinks.at(0))));
  pass(2s);
  const auto before = used(eui);
  ASSERT_GT(before, 0);
  registry->holds = true;
  come(second);
  pump();
  registry->answer_all();
  auto other = settings;
  other.status_public = true;
  caf::anon_send(router.get(), GatewayChanged{other.ids, other});
  pump();
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.connect"), 2);
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 1);
  EXPECT_DOUBLE_EQ(used(second), before);
  pass(1min);
  EXPECT_EQ(memories->stored.back().memory.emissions.size(), 1U) << "it was overwritten";
}

/// What it knows is not all there is.
TEST_F(TakeOverTest, ADutyCycleGoesOnAlsoIfTheOlderConnectionHasNotHeardOfItsOwn) {
  memories->is_silent = true;
  GatewayMemory memory;
  memory.stored_at = clock->now().utc;
  memory.emissions = {{memory.stored_at - 1s, 1s, Frequency::hz(868'100'000)}};
  memories->remember(GatewayId{"gtw-1"}, memory);
  start_twice_registered();
  EXPECT_DOUBLE_EQ(used(eui), 0);
  memories->is_silent = false;
  come(second);
  pump();
  EXPECT_NEAR(used(second), 1.0 / 3600, 1e-6);
}

TEST_F(GatewayServerTest, ShowsStatisticsAfterTheEnd) {
  register_gateway();
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  pass(5min);
  std::optional<Result<ConnectionStats>> answer;
  caf::anon_send(router.get(), GetGatewayStats{GatewayId{"gtw-1"},
                                               [&](auto stats) { answer = std::move(stats); }});
  pump();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->uplink_count, 1U);
  EXPECT_FALSE((*answer)->connected_at);
  EXPECT_TRUE((*answer)->disconnected_at);
}

/// Anybody can say to be one.
TEST_F(GatewayServerTest, RemembersNothingOfGatewaysThatAreNotRegistered) {
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  ASSERT_TRUE(schedule(answer_to(*uplinks.at(0))));
  pass(5min);
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 1);
  EXPECT_TRUE(memories->stored.empty());
}

/// The connection ends with the questions before it unread.
TEST_F(GatewayServerTest, AnswersWhatAnEndingConnectionHasNotRead) {
  auto other = register_gateway();
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  const GatewayId gateway_id{"gtw-1"};
  other.status_public = true;
  std::optional<Result<ConnectionStats>> stats;
  std::optional<Result<ConnectionSnapshot>> snapshot;
  caf::anon_send(router.get(), GatewayChanged{other.ids, other});
  caf::anon_send(router.get(),
                 GetGatewayStats{gateway_id, [&](auto answer) { stats = std::move(answer); }});
  caf::anon_send(router.get(),
                 InspectGateway{gateway_id, [&](auto answer) { snapshot = std::move(answer); }});
  pump();
  ASSERT_TRUE(stats && *stats);
  EXPECT_EQ((*stats)->uplink_count, 1U);
  EXPECT_TRUE((*stats)->disconnected_at);
  ASSERT_TRUE(snapshot && !*snapshot);
  EXPECT_TRUE(snapshot->error().is(not_connected));
}

TEST_F(GatewayServerTest, HearsOfChangesInTheRegistryAtOnce) {
  GatewaySettings settings;
  settings.ids = {GatewayId{"gtw-1"}, eui};
  settings.frequency_plan_ids = {"EU_863_870_TTN"};
  const auto disconnects = [&] {
    return std::count(events.begin(), events.end(), "gs.gateway.disconnect");
  };
  start();
  send(semtech::PacketType::pull_data, 1);
  // It was connected without being registered.
  caf::anon_send(router.get(), GatewayChanged{settings.ids, settings});
  pump();
  EXPECT_EQ(disconnects(), 1);
  registry->gateways = {settings};
  send(semtech::PacketType::pull_data, 2);
  caf::anon_send(router.get(), GatewayChanged{settings.ids, settings});
  pump();
  EXPECT_EQ(disconnects(), 1) << "nothing changed";
  auto other = settings;
  other.enforce_duty_cycle = false;
  caf::anon_send(router.get(), GatewayChanged{settings.ids, other});
  pump();
  EXPECT_EQ(disconnects(), 2);
  send(semtech::PacketType::pull_data, 3);
  caf::anon_send(router.get(), GatewayChanged{settings.ids, {}});
  pump();
  EXPECT_EQ(disconnects(), 3);
}

/// The datagrams are the same; the gateway they are of is another one.
TEST_F(GatewayServerTest, GivesAnEuiThatWasReleasedToItsNewOwner) {
  auto settings = register_gateway();
  start("");
  send(semtech::PacketType::pull_data, 1);
  auto released = settings;
  released.ids.eui.reset();
  settings.ids.gateway_id = GatewayId{"gtw-2"};
  registry->gateways = {released, settings};
  caf::anon_send(router.get(), GatewayChanged{released.ids, released});
  caf::anon_send(router.get(), GatewayChanged{settings.ids, settings});
  pump();
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->rx_metadata[0].gateway.gateway_id.text(), "gtw-2");
}

/// Whatever the network does, nothing is delivered that was not sent, and every answer belongs to a
/// question.
TEST_F(GatewayServerTest, SurvivesALossyNetwork) {
  start();
  send(semtech::PacketType::pull_data, 1);
  network.set_faults({.drop_permille = 200, .duplicate_permille = 200, .delay_max = 30ms});
  for (std::uint16_t i = 0; i < 200; ++i) {
    const auto counter = std::to_string(1'000'000 + i * 200'000);
    send(i % 5 == 0 ? semtech::PacketType::pull_data : semtech::PacketType::push_data, i,
         R"({"rxpk":[{"tmst":)" + counter +
             R"(,"freq":868.1,"modu":"LORA","datr":"SF7BW125","codr":"4/5",)"
             R"("data":"QAQDAgEAAQACqrvM3Q=="}]})");
    pass(200ms);
  }
  EXPECT_GT(uplinks.size(), 100U);
  EXPECT_LE(uplinks.size(), 160U);
  std::set<std::uint32_t> counters;
  for (const auto& frame : uplinks) counters.insert(frame->settings.timestamp_us);
  EXPECT_EQ(counters.size(), uplinks.size());
}

TEST_F(GatewayServerTest, AFailingConnectionTakesNoOtherWithIt) {
  start();
  send(semtech::PacketType::pull_data, 1);
  registry->throws = true;
  gateway->send(server_address, semtech::make_packet(semtech::PacketType::pull_data, 2,
                                                     semtech::Token{2}, GatewayEui{5}));
  pump();
  registry->throws = false;
  EXPECT_EQ(take_heard().size(), 1U);
  pass(20ms);
  send(semtech::PacketType::push_data, 3, push_json);
  EXPECT_EQ(take_heard(), std::vector<Bytes>{ack_of(semtech::PacketType::push_ack, 3)});
  EXPECT_EQ(escalated, "");
}

TEST_F(GatewayServerTest, TellsARestartedRouterOfItsConnections) {
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  const auto before = router.get();
  caf::anon_send_exit(before, caf::exit_reason::kill);
  pass(150ms);
  EXPECT_TRUE(router.get() != before);
  EXPECT_TRUE(schedule(answer_to(*uplinks.at(0))));
  EXPECT_EQ(std::count(events.begin(), events.end(), "gs.gateway.disconnect"), 0);
}

TEST_F(GatewayServerTest, EscalatesWhenItsAddressIsTaken) {
  const auto squatter = *network.open(server_address, {}, [](auto) {});
  start();
  pass(2s);
  EXPECT_EQ(escalated, "gateway_frontend_udp");
}

TEST_F(GatewayServerTest, AnswersStatistics) {
  start();
  send(semtech::PacketType::pull_data, 1);
  pass(20ms);
  send(semtech::PacketType::push_data, 2, push_json);
  std::optional<Result<ConnectionStats>> answer;
  caf::anon_send(router.get(), GetGatewayStats{GatewayId{"eui-b827ebfffe123456"},
                                               [&](auto stats) { answer = std::move(stats); }});
  pump();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->uplink_count, 1U);
  EXPECT_FALSE((*answer)->sub_bands.empty());
  caf::anon_send(router.get(), GetGatewayStats{GatewayId{"other"},
                                               [&](auto stats) { answer = std::move(stats); }});
  pump();
  EXPECT_TRUE(answer->error().is(not_connected));
}

}  // namespace
}  // namespace ff::gateway_server
