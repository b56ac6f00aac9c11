// What a connection's events carry, and what they say of frames that find nobody.
#include <gtest/gtest.h>

#include "test/actors/gateway_server/connection/connection_fixture.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;

const PublishEvent* event(const Effects& effects, std::string_view name) {
  for (const auto& effect : effects) {
    const auto* found = std::get_if<PublishEvent>(&effect);
    if (found != nullptr && found->name == name) return found;
  }
  return nullptr;
}
template <class Data>
const Data& data_of(const Effects& effects, std::string_view name) {
  const auto* found = event(effects, name);
  if (found == nullptr) throw std::runtime_error("no " + std::string(name));
  return std::get<Data>(found->data);
}
template <class Message>
using Shared = std::shared_ptr<const Message>;

GatewayUp status_of(std::string ip) {
  GatewayUp up;
  up.status.emplace();
  up.status->ip = {std::move(ip)};
  return up;
}

TEST(ConnectionEvents, AnUplinkIsSharedWithTheNetworkServer) {
  Connection connection;
  const auto effects = connection.up(data_uplink());
  const auto& frame = find<ForwardUplink>(effects)->frame;
  EXPECT_EQ(data_of<Shared<UplinkFrame>>(effects, "gs.up.receive"), frame);
  EXPECT_EQ(event(effects, "gs.up.receive")->correlation_ids.list(), frame->correlation_ids.list());
  EXPECT_TRUE(frame->correlation_ids.back().starts_with("gs:uplink:"));
  EXPECT_EQ(data_of<UpstreamHost>(effects, "gs.up.forward"), UpstreamHost::cluster);
}

TEST(ConnectionEvents, ARepetitionNamesItsGateway) {
  Connection connection;
  connection.up(data_uplink());
  EXPECT_EQ(data_of<GatewayIdentifiers>(connection.up(data_uplink()), "gs.io.up.repeat"),
            settings_of().ids);
}

TEST(ConnectionEvents, ADownlinkIsSharedAndItsTransmissionSaid) {
  Connection connection;
  connection.up(data_uplink());
  const auto frame = std::make_shared<const DownlinkFrame>(class_a());
  const auto effects = connection.state.schedule(frame, 0, connection.now()).effects;
  EXPECT_EQ(data_of<Shared<DownlinkFrame>>(effects, "gs.down.schedule.attempt"), frame);
  const auto& sent = data_of<Shared<SentDownlink>>(effects, "gs.down.send");
  EXPECT_EQ(sent->frame, frame);
  EXPECT_TRUE(sent->transmission.phy_payload.empty()) << "it is the frame's";
  auto told = find<ToFrontend>(effects)->message.downlink;
  EXPECT_EQ(told.phy_payload, frame->phy_payload);
  told.phy_payload.clear();
  EXPECT_EQ(sent->transmission, told);
}

TEST(ConnectionEvents, AReportNamesItsDownlink) {
  Connection connection;
  connection.up(data_uplink());
  const auto frame = std::make_shared<const DownlinkFrame>(class_a());
  ASSERT_TRUE(connection.state.schedule(frame, 0, connection.now()).answer);
  const auto effects = connection.told(connection.state.on_tx_acked(
      {DownlinkToken{1}, TxResult::too_late, {}, {}}, connection.now()));
  EXPECT_EQ(events(effects), (Names{"gs.txack.receive", "gs.down.tx.fail", "gs.txack.forward"}));
  const auto& told = data_of<Shared<ReportedDownlink>>(effects, "gs.txack.receive");
  EXPECT_EQ(told->frame, frame);
  EXPECT_EQ(told->report.result, TxResult::too_late);
  EXPECT_EQ(told->report.correlation_ids.list(), frame->correlation_ids.list());
  EXPECT_EQ(data_of<TxResult>(effects, "gs.down.tx.fail"), TxResult::too_late);
  EXPECT_EQ(data_of<UpstreamHost>(effects, "gs.txack.forward"), UpstreamHost::cluster);
}

TEST(ConnectionEvents, AStatusHasItsOwnCorrelationId) {
  Connection connection;
  const auto effects =
      connection.state.on_up(status_of("192.0.2.7"), connection.now(), *connection.random);
  EXPECT_EQ(data_of<Shared<GatewayStatus>>(effects, "gs.status.receive")->ip,
            std::vector<std::string>{"192.0.2.7"});
  const auto& ids = event(effects, "gs.status.receive")->correlation_ids;
  ASSERT_EQ(ids.size(), 1U);
  EXPECT_TRUE(ids.back().starts_with("gs:status:"));
}

TEST(ConnectionEvents, AStatusThatCanNotBeReadIsDropped) {
  Connection connection;
  GatewayUp up;
  up.refused_status = Error(invalid_downlink_path);
  const auto effects = connection.state.on_up(std::move(up), connection.now(), *connection.random);
  EXPECT_TRUE(data_of<Error>(effects, "gs.status.drop").is(invalid_downlink_path));
  EXPECT_FALSE(connection.state.stats(connection.now()).last_status_received_at);
}

TEST(ConnectionEvents, CarryTheStatistics) {
  Connection connection;
  const auto connected = connection.state.on_connected(connection.now());
  for (const auto* name : {"gs.gateway.connect", "gs.gateway.connection.stats"})
    EXPECT_EQ(data_of<Shared<ConnectionStats>>(connected, name)->connected_at, noon);
  connection.up(data_uplink());
  connection.passed = 30s;
  const auto effects = connection.state.on_housekeep(connection.now(), *connection.random);
  EXPECT_EQ(data_of<Shared<ConnectionStats>>(effects, "gs.gateway.connection.stats")->uplink_count,
            1U);
  const auto ended = connection.state.on_ended(Error(gateway_changed), connection.now());
  EXPECT_TRUE(data_of<Error>(ended, "gs.gateway.disconnect").is(gateway_changed));
  const auto& last = data_of<Shared<ConnectionStats>>(ended, "gs.gateway.connection.stats");
  EXPECT_EQ(last->disconnected_at, noon + 30s);
  EXPECT_FALSE(last->connected_at);
  EXPECT_EQ(last->uplink_count, 1U);
}

TEST(ConnectionEvents, AnUplinkThatNobodyTakesIsDropped) {
  Connection connection;
  connection.upstream = fail(network_server_not_found, {{"ids", "01020304"}});
  const auto effects = connection.up(data_uplink());
  EXPECT_EQ(events(effects), (Names{"gs.up.receive", "gs.up.drop"}));
  const auto& reason = data_of<Error>(effects, "gs.up.drop");
  EXPECT_TRUE(reason.is(host_handle));
  EXPECT_TRUE(reason.cause()->is(network_server_not_found));
  EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::unreachable);
  const auto snapshot = connection.state.snapshot(connection.now());
  EXPECT_EQ(snapshot.dropped_uplinks.back().outcome, UplinkOutcome::unreachable);
}

TEST(ConnectionEvents, AReportThatNobodyTakesIsDropped) {
  Connection connection;
  connection.up(data_uplink());
  ASSERT_TRUE(schedule(connection, class_a()).answer);
  connection.upstream = fail(network_server_not_found, {{"ids", "app-1.dev-1"}});
  const auto effects = connection.told(connection.state.on_tx_acked(
      {DownlinkToken{1}, TxResult::success, {}, {}}, connection.now()));
  EXPECT_EQ(events(effects), (Names{"gs.txack.receive", "gs.down.tx.success", "gs.txack.drop"}));
  EXPECT_TRUE(data_of<Error>(effects, "gs.txack.drop").is(host_handle));
  ASSERT_NE(find<CountDroppedAcknowledgment>(effects), nullptr);
  EXPECT_EQ(find<CountDroppedAcknowledgment>(effects)->reason, ReportDrop::unreachable);
}

TEST(ConnectionEvents, MarkLateFrames) {
  Connection connection;
  connection.up(data_uplink(), 3'000'000'000);
  connection.passed = 60s;
  const auto effects = connection.up(data_uplink(2), 3'020'000'000);
  EXPECT_EQ(events(effects), (Names{"gs.up.receive", "gs.up.forward", "gs.up.late"}));
  EXPECT_EQ(data_of<Shared<UplinkFrame>>(effects, "gs.up.late"),
            find<ForwardUplink>(effects)->frame);
  const auto join = connection.up(Bytes(23, 0), 3'021'000'000);
  EXPECT_TRUE(data_of<Error>(join, "gs.up.drop").is(late_join));
  const auto snapshot = connection.state.snapshot(connection.now());
  EXPECT_EQ(snapshot.late_uplinks, 2U);
  EXPECT_EQ(snapshot.last_late_uplink->age, 39s);
}

// --- rights ------------------------------------------------------------------------------------

TEST(ConnectionRights, AreAskedForOnlyWhereASecretGaveThem) {
  for (const std::string secret : {"", "NNSXS.ID.SECRET"}) {
    auto settings = settings_of();
    ConnectRequest request;
    request.secret = secret;
    const GatewayServerConfig config;
    auto radio = *make_radio(settings, schedule::DutyCycleStyle::window, plans());
    ConnectionState state(request, settings, std::move(radio), config, {noon, MonoTime{}});
    const auto random = make_seeded_random(1);
    EXPECT_EQ(find<CheckRights>(state.on_rights_changed()) != nullptr, !secret.empty());
    const auto refreshed = state.on_housekeep({noon + 10min, MonoTime{10min}}, *random);
    EXPECT_NE(find<FetchSettings>(refreshed), nullptr);
    EXPECT_EQ(find<CheckRights>(refreshed) != nullptr, !secret.empty());
  }
}

TEST(ConnectionRights, EndTheConnectionOnlyWhenTheyAreDenied) {
  constexpr ErrorDef busy{"pkg/test", "busy", Code::unavailable, "busy"};
  const Connection connection;
  EXPECT_TRUE(connection.state.on_rights({}).empty());
  EXPECT_TRUE(connection.state.on_rights(fail(busy)).empty());
  constexpr ErrorDef gone{"pkg/test", "gone", Code::unauthenticated, "gone"};
  EXPECT_TRUE(find<EndConnection>(connection.state.on_rights(fail(gone)))->reason.is(gone));
}

// --- what operators see ------------------------------------------------------------------------

TEST(ConnectionSnapshotTest, SaysWhatIsPlanned) {
  Connection connection;
  connection.up(data_uplink());
  ASSERT_TRUE(schedule(connection, class_a()).answer);
  const auto planned = connection.state.snapshot(connection.now()).planned;
  ASSERT_EQ(planned.size(), 1U);
  EXPECT_EQ(planned[0].starts_at, noon + 1s);
  EXPECT_EQ(planned[0].frequency, rx1_frequency);
  EXPECT_EQ(planned[0].device, class_a().device);
  EXPECT_TRUE(planned[0].sub_band.contains(rx1_frequency));
  EXPECT_DOUBLE_EQ(planned[0].sub_band.duty_cycle, 0.01);
}

TEST(ConnectionSnapshotTest, SaysHowGoodTheClockIs) {
  Connection connection;
  connection.up(data_uplink(1), 1'000'000);
  connection.passed = 100s;
  // 20 ppm fast, which is 2 ms in that time.
  connection.up(data_uplink(2), 101'002'000);
  const auto clock = connection.state.snapshot(connection.now()).clock;
  EXPECT_EQ(clock.samples, 2U);
  EXPECT_EQ(clock.error, 2ms);
  EXPECT_NEAR(*clock.drift_ppm, 20, 0.01);
}

}  // namespace
}  // namespace ff::gateway_server
