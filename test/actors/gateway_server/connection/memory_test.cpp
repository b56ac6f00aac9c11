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
  connection.state.on_recalled(busy_hour(), connection.now());
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
  connection.state.on_recalled(busy_hour(), connection.now());
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
  connection.state.on_recalled(busy_hour(), connection.now());
  connection.state.on_recalled(busy_hour(), connection.now());
  EXPECT_EQ(connection.state.memory(connection.now()).emissions.size(), 18U);
}

TEST(ConnectionMemory, IsKeptByAConnectionThatNeverHadAClock) {
  Connection connection;
  connection.state.on_recalled(busy_hour(), connection.now());
  const auto memory = connection.state.memory(connection.now());
  EXPECT_EQ(memory.emissions, busy_hour().emissions);
  EXPECT_EQ(memory.stored_at, connection.now().utc);
}

TEST(ConnectionMemory, IsWrittenWithADownlinkButNotWithEachOne) {
  Connection connection;
  EXPECT_EQ(find<Remember>(connection.state.on_connected(connection.now())), nullptr)
      << "what is known already would be overwritten";
  EXPECT_NE(find<Remember>(connection.state.on_recalled({}, connection.now())), nullptr);
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
