// What a connection takes from the one before it, what it leaves behind, and what it makes of late
// frames, beacons and of what gateways say of themselves.
#include <gtest/gtest.h>

#include "protocol/types/beacon.hpp"
#include "test/actors/gateway_server/connection/connection_fixture.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;

/// 40 frames of SF12 in the sub-band of 1 %: it is used up.
GatewayMemory busy_hour() {
  GatewayMemory memory;
  for (int i = 0; i < 18; ++i)
    memory.emissions.push_back({noon - 30min + i * 10s, 2s, rx1_frequency});
  memory.stored_at = noon - 1min;
  return memory;
}

TEST(ConnectionMemory, KeepsTheDutyCycleOfTheConnectionBefore) {
  Connection connection;
  connection.state.on_recalled(busy_hour(), connection.now(), *connection.random);
  connection.up(data_uplink());
  connection.passed = 50ms;
  const auto scheduled = schedule(connection, class_a());
  ASSERT_TRUE(scheduled.answer);
  EXPECT_EQ(scheduled.answer->window, 2) << "the sub-band of RX1 is used up";
  EXPECT_NEAR(connection.state.stats(connection.now()).sub_bands[2].utilization, 0.01, 0.0001);
}

/// The counter is 60 s where it was expected to be 190 s: the clock goes on by more than an hour.
TEST(ConnectionMemory, KeepsTheDutyCycleOfAGatewayThatWasRestarted) {
  Connection connection;
  connection.state.on_recalled(busy_hour(), connection.now(), *connection.random);
  connection.up(data_uplink(), 100'000'000);
  const auto before = connection.state.memory(connection.now()).emissions;
  connection.passed = 90s;
  connection.up(data_uplink(2), 60'000'000);
  EXPECT_EQ(connection.state.snapshot(connection.now()).clock.jumps, 1U);
  EXPECT_EQ(connection.state.memory(connection.now()).emissions, before);
  connection.passed += 50ms;
  auto frame = class_a();
  frame.request.paths[0].uplink_token = gateway::encode_uplink_token(
      {settings_of().ids, 0, 60'000'000, noon, schedule::ConcentratorTime{1s}, {}});
  const auto scheduled = schedule(connection, frame);
  ASSERT_TRUE(scheduled.answer);
  EXPECT_EQ(scheduled.answer->window, 2) << "the sub-band of RX1 is used up";
}

TEST(ConnectionMemory, CountsOnce) {
  Connection connection;
  connection.up(data_uplink());
  connection.state.on_recalled(busy_hour(), connection.now(), *connection.random);
  connection.state.on_recalled(busy_hour(), connection.now(), *connection.random);
  EXPECT_EQ(connection.state.memory(connection.now()).emissions.size(), 18U);
}

TEST(ConnectionMemory, IsKeptByAConnectionThatNeverHadAClock) {
  Connection connection;
  connection.state.on_recalled(busy_hour(), connection.now(), *connection.random);
  const auto memory = connection.state.memory(connection.now());
  EXPECT_EQ(memory.emissions, busy_hour().emissions);
  EXPECT_EQ(memory.stored_at, connection.now().utc);
}

TEST(ConnectionMemory, IsWrittenWithADownlinkButNotWithEachOne) {
  Connection connection;
  EXPECT_EQ(find<Remember>(connection.state.on_connected(connection.now())), nullptr)
      << "what is known already would be overwritten";
  EXPECT_NE(find<Remember>(connection.state.on_recalled({}, connection.now(), *connection.random)),
            nullptr);
  connection.up(data_uplink());
  connection.passed = 6s;
  auto frame = class_a();
  frame.request.device_class = DeviceClass::c;
  const auto first = schedule(connection, frame);
  ASSERT_TRUE(first.answer);
  EXPECT_NE(find<Remember>(first.effects), nullptr);
  EXPECT_EQ(connection.state.memory(connection.now()).emissions.size(), 1U);
  connection.passed = 8s;
  EXPECT_EQ(find<Remember>(schedule(connection, frame).effects), nullptr);
  connection.passed = 11s;
  EXPECT_NE(find<Remember>(schedule(connection, frame).effects), nullptr);
}

// --- late frames -------------------------------------------------------------------------------

TEST(ConnectionLateFrame, IsForwardedWithItsTimeAndWithoutAWayBack) {
  Connection connection;
  connection.up(data_uplink(), 3'000'000'000);
  connection.passed = 60s;
  const auto effects = connection.up(data_uplink(2), 3'020'000'000);
  const auto* forward = find<ForwardUplink>(effects);
  ASSERT_NE(forward, nullptr);
  EXPECT_TRUE(forward->frame->rx_metadata[0].uplink_token.empty());
  EXPECT_EQ(forward->frame->rx_metadata[0].received_at, noon + 20s);
  EXPECT_EQ(forward->frame->received_at, noon + 60s);
  EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::forwarded_late);
  // The clock is what it was: a frame of now is not early.
  const auto fresh = connection.up(data_uplink(3), 3'060'000'000);
  EXPECT_FALSE(find<ForwardUplink>(fresh)->frame->rx_metadata[0].uplink_token.empty());
  EXPECT_EQ(connection.state.snapshot(connection.now()).clock_synced_at, noon + 60s);
}

/// Windows may be open still; the network server tells it from a repetition by its time.
TEST(ConnectionLateFrame, ThatCanBeAnsweredHasItsTimeToo) {
  Connection connection;
  connection.up(data_uplink(), 3'000'000'000);
  connection.passed = 60s;
  const auto effects = connection.up(data_uplink(2), 3'054'000'000);
  const auto& rx = find<ForwardUplink>(effects)->frame->rx_metadata[0];
  EXPECT_FALSE(rx.uplink_token.empty());
  EXPECT_EQ(rx.received_at, noon + 54s);
}

/// What the connection before knew: the counter was 3000 s ten minutes ago.
GatewayMemory ten_minutes_ago() {
  GatewayMemory memory;
  memory.counter = CounterSample{3'000'000'000, noon - 10min};
  return memory;
}
bool is_late(const Effects& effects) {
  return find<CountUplink>(effects)->outcome == UplinkOutcome::forwarded_late;
}

TEST(ConnectionLateFrame, IsKnownByTheCounterOfTheConnectionBefore) {
  Connection connection;
  connection.state.on_recalled(ten_minutes_ago(), connection.now(), *connection.random);
  EXPECT_EQ(connection.state.memory(connection.now()).counter, ten_minutes_ago().counter)
      << "of one that hears nothing";
  // Heard five minutes ago, and just now.
  const auto late = connection.up(data_uplink(1), 3'300'000'000);
  EXPECT_TRUE(is_late(late));
  EXPECT_EQ(find<ForwardUplink>(late)->frame->rx_metadata[0].received_at, noon - 5min);
  EXPECT_FALSE(connection.state.snapshot(connection.now()).clock_synced_at);
  EXPECT_EQ(find<CountUplink>(connection.up(Bytes(23, 0), 3'590'000'000 - 10'000'000))->outcome,
            UplinkOutcome::join_late);
  const auto fresh = connection.up(data_uplink(2), 3'600'000'000);
  EXPECT_FALSE(is_late(fresh));
  EXPECT_FALSE(find<ForwardUplink>(fresh)->frame->rx_metadata[0].uplink_token.empty());
  EXPECT_EQ(connection.state.memory(connection.now()).counter,
            (CounterSample{3'600'000'000, noon}));
}

TEST(ConnectionLateFrame, IsNotThatOfAGatewayThatWasRestartedOrSpeaksAnotherProtocolNow) {
  Connection restarted;
  restarted.state.on_recalled(ten_minutes_ago(), restarted.now(), *restarted.random);
  EXPECT_FALSE(is_late(restarted.up(data_uplink(), 300'000'000)));
  auto memory = ten_minutes_ago();
  memory.stats.protocol = Protocol::basic_station;
  Connection changed;
  changed.state.on_recalled(memory, changed.now(), *changed.random);
  EXPECT_FALSE(is_late(changed.up(data_uplink(), 3'300'000'000)));
}

/// By then the counter is nearer to its next round than to when it was last known.
TEST(ConnectionLateFrame, IsKnownByItsTimeWhenItIsOlderThanHalfAPeriodOfTheCounter) {
  Connection connection;
  GatewayMemory memory;
  memory.counter = CounterSample{3'000'000'000, noon - 45min};
  connection.state.on_recalled(memory, connection.now(), *connection.random);
  connection.gateway_time = noon - 40min;
  const auto late = connection.up(data_uplink(1), 3'300'000'000);
  EXPECT_TRUE(is_late(late));
  EXPECT_EQ(find<ForwardUplink>(late)->frame->rx_metadata[0].received_at, noon - 40min);
  EXPECT_TRUE(find<ForwardUplink>(late)->frame->rx_metadata[0].uplink_token.empty());
  connection.gateway_time = noon - 39min;
  EXPECT_EQ(find<CountUplink>(connection.up(Bytes(23, 0), 3'360'000'000))->outcome,
            UplinkOutcome::join_late);
  // So is one of a minute later, when the clock runs again.
  connection.gateway_time = noon;
  EXPECT_FALSE(is_late(connection.up(data_uplink(2), 1'405'032'704)));
  EXPECT_TRUE(connection.state.snapshot(connection.now()).clock_synced_at);
  connection.passed = 1s;
  connection.gateway_time = noon - 38min;
  EXPECT_TRUE(is_late(connection.up(data_uplink(3), 3'420'000'000)));
}

/// A frame that a device may still be answered to sets the clock, by its token, to when it was
/// heard.
TEST(ConnectionLateFrame, HasATokenOfTheTimeItWasHeardAtWhileItCanBeAnswered) {
  Connection connection;
  connection.state.on_recalled(ten_minutes_ago(), connection.now(), *connection.random);
  const auto effects = connection.up(data_uplink(), 3'595'000'000);
  const auto token = gateway::decode_uplink_token(
      find<ForwardUplink>(effects)->frame->rx_metadata[0].uplink_token);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->server_time, noon - 5s);
}

TEST(ConnectionMemory, IsWaitedForByUplinksInTheirOrder) {
  Connection connection;
  connection.state.expect_memory();
  EXPECT_TRUE(connection.up(data_uplink(1), 3'300'000'000).empty());
  connection.passed = 100ms;
  EXPECT_TRUE(connection.up(data_uplink(2), 3'600'100'000).empty());
  connection.passed = 150ms;
  const auto effects =
      connection.state.on_recalled(ten_minutes_ago(), connection.now(), *connection.random);
  std::vector<std::pair<UplinkOutcome, UtcTime>> forwarded;
  for (const auto& effect : effects) {
    if (const auto* uplink = std::get_if<ForwardUplink>(&effect))
      forwarded.emplace_back(uplink->outcome, uplink->frame->received_at);
  }
  EXPECT_EQ(forwarded, (std::vector{std::pair{UplinkOutcome::forwarded_late, noon},
                                    std::pair{UplinkOutcome::forwarded, noon + 100ms}}));
  EXPECT_NE(find<ForwardUplink>(connection.up(data_uplink(3), 3'600'200'000)), nullptr);
}

TEST(ConnectionMemory, IsNotWaitedForByMoreThanAFewNorForLong) {
  Connection full;
  full.state.expect_memory();
  for (std::uint8_t i = 0; i < ConnectionState::held_max; ++i)
    EXPECT_TRUE(full.up(data_uplink(i), 1'000'000U * (i + 1U)).empty()) << int{i};
  std::size_t forwarded = 0;
  for (const auto& effect : full.up(data_uplink(99), 99'000'000))
    forwarded += std::holds_alternative<ForwardUplink>(effect) ? 1 : 0;
  EXPECT_EQ(forwarded, ConnectionState::held_max + 1);

  Connection overdue;
  overdue.state.expect_memory();
  overdue.up(data_uplink(), 1'000'000);
  EXPECT_NE(find<ForwardUplink>(overdue.state.on_recall_overdue(*overdue.random)), nullptr);
  EXPECT_NE(find<ForwardUplink>(overdue.up(data_uplink(2), 2'000'000)), nullptr);
  // Its emissions count also when it comes later.
  overdue.state.on_recalled(busy_hour(), overdue.now(), *overdue.random);
  EXPECT_EQ(overdue.state.memory(overdue.now()).emissions.size(), 18U);
  overdue.state.expect_memory();
  EXPECT_NE(find<ForwardUplink>(overdue.up(data_uplink(3), 3'000'000)), nullptr)
      << "it has come already";
}

TEST(ConnectionLateFrame, IsNoJoinRequest) {
  Connection connection;
  connection.up(data_uplink(), 3'000'000'000);
  connection.passed = 60s;
  const auto effects = connection.up(Bytes(23, 0), 3'020'000'000);
  EXPECT_EQ(find<ForwardUplink>(effects), nullptr);
  EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::join_late);
  EXPECT_EQ(connection.state.snapshot(connection.now()).dropped_uplinks.back().outcome,
            UplinkOutcome::join_late);
}

// --- beacons -----------------------------------------------------------------------------------

TEST(ConnectionBeacon, IsKeptFreeAfterTheGatewaySaidThatItSendsThem) {
  Connection connection;
  // RX1 opens in the beacon, RX2 too.
  connection.gps_time = to_utc(beacon_before(to_gps(noon)) + beacon_period) - 500ms;
  connection.passed = *connection.gps_time - noon;
  connection.up(data_uplink());
  connection.passed += 50ms;
  auto frame = class_a();
  ASSERT_TRUE(schedule(connection, frame).answer);
  TxAcked collision;
  collision.token = DownlinkToken{1};
  collision.result = TxResult::collision_beacon;
  connection.state.on_tx_acked(collision, connection.now());
  const auto refused = schedule(connection, frame);
  ASSERT_FALSE(refused.answer);
  EXPECT_TRUE(connection.state.snapshot(connection.now()).sends_beacons);
}

// --- what a gateway says of itself -------------------------------------------------------------

GatewayUp status(std::vector<Location> antennas, std::map<std::string, std::string> versions = {}) {
  GatewayUp up;
  up.status = GatewayStatus{};
  up.status->antenna_locations = std::move(antennas);
  up.status->versions = std::move(versions);
  return up;
}

struct Authenticated : Connection {
  explicit Authenticated(GatewaySettings settings, bool authenticated = true)
      : Connection(settings) {
    ConnectRequest request;
    request.authenticated = authenticated;
    auto radio = *make_radio(settings, schedule::DutyCycleStyle::window, plans());
    logic = std::make_unique<ConnectionState>(request, settings, std::move(radio), config, now());
  }
  Effects say(GatewayUp up) { return logic->on_up(std::move(up), now(), *random); }
  std::unique_ptr<ConnectionState> logic;
};

TEST(ConnectionStatus, MovesTheAntennasOfAGatewayThatMayMoveThem) {
  auto settings = settings_of();
  settings.update_location_from_status = true;
  const Location here{50, 8, 100, 1, LocationSource::gps};
  auto there = here;
  there.latitude += 0.001;
  Authenticated gateway(settings);
  EXPECT_EQ(find<UpdateLocations>(gateway.say(status({here})))->antennas,
            std::vector<Location>{here});
  gateway.passed = 59min;
  EXPECT_EQ(find<UpdateLocations>(gateway.say(status({there}))), nullptr) << "too soon";
  gateway.passed = 60min;
  EXPECT_NE(find<UpdateLocations>(gateway.say(status({there}))), nullptr);
  EXPECT_EQ(find<UpdateLocations>(gateway.say(status({}))), nullptr);

  settings.antennas = {{0, here}};
  auto nearby = here;
  nearby.longitude += 0.000009;
  EXPECT_EQ(find<UpdateLocations>(Authenticated(settings).say(status({nearby}))), nullptr);
  EXPECT_NE(find<UpdateLocations>(Authenticated(settings).say(status({there}))), nullptr);
  EXPECT_EQ(find<UpdateLocations>(Authenticated(settings, false).say(status({there}))), nullptr);
  settings.update_location_from_status = false;
  EXPECT_EQ(find<UpdateLocations>(Authenticated(settings).say(status({there}))), nullptr);
}

TEST(ConnectionStatus, NamesModelAndFirmwareOnce) {
  Authenticated gateway(settings_of());
  EXPECT_EQ(find<UpdateVersions>(gateway.say(status({}, {{"model", "m"}}))), nullptr);
  const auto both = status({}, {{"model", "m"}, {"firmware", "f"}});
  const auto effects = gateway.say(both);
  ASSERT_NE(find<UpdateVersions>(effects), nullptr);
  EXPECT_EQ(find<UpdateVersions>(effects)->model, "m");
  EXPECT_EQ(find<UpdateVersions>(effects)->firmware, "f");
  EXPECT_EQ(find<UpdateVersions>(gateway.say(both)), nullptr);
  EXPECT_EQ(find<UpdateVersions>(Authenticated(settings_of(), false).say(both)), nullptr);
}

TEST(ConnectionStatus, WritesNoVersionsThatAreKnown) {
  auto settings = settings_of();
  settings.model = "m";
  settings.firmware = "1";
  Authenticated gateway(settings);
  const auto same = status({}, {{"model", "m"}, {"firmware", "1"}});
  const auto newer = status({}, {{"model", "m"}, {"firmware", "2"}});
  EXPECT_EQ(find<UpdateVersions>(gateway.say(same)), nullptr);
  EXPECT_NE(find<UpdateVersions>(gateway.say(newer)), nullptr);
  auto after = settings;
  after.firmware = "2";
  EXPECT_FALSE(needs_reconnect(settings, after));
}

/// The gateway's own status has appended the antenna that its position belongs to.
TEST(ConnectionSettings, StayWhenAnAntennaIsKnownForItsGpsPositionOnly) {
  const auto before = settings_of();
  auto after = before;
  after.antennas = {{0, Location{50, 8, 100, 1, LocationSource::gps}}};
  EXPECT_FALSE(needs_reconnect(before, after));
  after.antennas[0].gain_dbi = 3;
  EXPECT_TRUE(needs_reconnect(before, after));
}

}  // namespace
}  // namespace ff::gateway_server
