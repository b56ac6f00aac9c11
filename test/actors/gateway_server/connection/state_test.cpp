#include "actors/gateway_server/connection/state.hpp"

#include <gtest/gtest.h>

#include "actors/gateway_server/connection/errors.hpp"
#include "protocol/gateway/uplink_token.hpp"
#include "test/actors/gateway_server/connection/connection_fixture.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;

TEST(ConnectionUplink, IsCompletedAndForwarded) {
  Connection connection;
  const auto effects = connection.up(data_uplink());
  const auto* forward = find<ForwardUplink>(effects);
  ASSERT_NE(forward, nullptr);
  EXPECT_EQ(forward->frame->band_id, "EU_863_870");
  EXPECT_EQ(forward->frame->received_at, noon);
  ASSERT_EQ(forward->frame->correlation_ids.size(), 1U);
  EXPECT_TRUE(forward->frame->correlation_ids.back().starts_with("gs:uplink:"));
  const auto& rx = forward->frame->rx_metadata[0];
  EXPECT_EQ(rx.gateway, settings_of().ids);
  EXPECT_FALSE(rx.location);
  const auto token = gateway::decode_uplink_token(rx.uplink_token);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->timestamp_us, 1'000'000U);
  EXPECT_EQ(token->server_time, noon);
  EXPECT_EQ(events(effects), (Names{"gs.up.receive", "gs.up.forward"}));
  EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::forwarded);
}

TEST(ConnectionUplink, ShowsPublicPositionsOnly) {
  auto settings = settings_of();
  settings.location_public = true;
  settings.antennas = {{2, Location{50, 8, 100, 1, LocationSource::registry}}};
  Connection connection(settings);
  EXPECT_EQ(find<ForwardUplink>(connection.up(data_uplink()))->frame->rx_metadata[0].location,
            settings.antennas[0].location);
}

struct OutcomeCase {
  const char* name;
  Bytes phy_payload;
  std::optional<bool> crc;
  UplinkOutcome expected;
  Names events;
};

TEST(ConnectionUplink, EndsAsTheTableSays) {
  const Bytes join(23, 0);
  Bytes short_join(22, 0);
  Bytes downlink = data_uplink();
  downlink[0] = 0x60;
  Bytes foreign = data_uplink();
  foreign[4] = 0xff;
  const OutcomeCase cases[] = {
      {"data", data_uplink(), true, UplinkOutcome::forwarded, {"gs.up.receive", "gs.up.forward"}},
      {"unknown CRC",
       data_uplink(),
       {},
       UplinkOutcome::forwarded,
       {"gs.up.receive", "gs.up.forward"}},
      {"join", join, true, UplinkOutcome::forwarded, {"gs.up.receive", "gs.up.forward"}},
      {"broken CRC",
       data_uplink(),
       false,
       UplinkOutcome::crc_failed,
       {"gs.up.receive", "gs.up.drop"}},
      {"empty", {}, true, UplinkOutcome::undecodable, {}},
      {"short join", short_join, true, UplinkOutcome::undecodable, {}},
      {"downlink", downlink, true, UplinkOutcome::undecodable, {}},
      {"proprietary",
       {0xe0, 1, 2, 3},
       true,
       UplinkOutcome::proprietary,
       {"gs.up.receive", "gs.up.drop"}},
      {"proprietary with a broken CRC",
       {0xe0, 1, 2, 3},
       false,
       UplinkOutcome::crc_failed,
       {"gs.up.receive", "gs.up.drop"}},
      {"foreign address", foreign, true, UplinkOutcome::not_ours, {"gs.up.receive"}},
  };
  for (const auto& row : cases) {
    Connection connection;
    connection.config.forward = {{UpstreamHost::cluster, DevAddrPrefix{DevAddr{0x01000000}, 8}}};
    const auto effects = connection.up(row.phy_payload, 1, row.crc);
    ASSERT_NE(find<CountUplink>(effects), nullptr) << row.name;
    EXPECT_EQ(find<CountUplink>(effects)->outcome, row.expected) << row.name;
    EXPECT_EQ(events(effects), row.events) << row.name;
    EXPECT_EQ(find<ForwardUplink>(effects) != nullptr, row.expected == UplinkOutcome::forwarded);
  }
}

TEST(ConnectionUplink, GoesToTheHostsWhosePrefixesHoldItsAddress) {
  using enum UpstreamHost;
  const DevAddrPrefix ours{DevAddr{0x01000000}, 8};
  const Bytes join(23, 0);
  Bytes foreign = data_uplink();
  foreign[4] = 0x26;
  const struct {
    const char* name;
    std::vector<ForwardRule> forward;
    Bytes phy_payload;
    bool keeps_from_broker;
    std::vector<UpstreamHost> hosts;
  } rows[] = {
      {"ours",
       {{cluster, ours}, {packetbroker, {DevAddr{0x26000000}, 7}}},
       data_uplink(),
       false,
       {cluster}},
      {"another's",
       {{cluster, ours}, {packetbroker, {DevAddr{0x26000000}, 7}}},
       foreign,
       false,
       {packetbroker}},
      {"everybody's", {{packetbroker, {}}, {cluster, {}}}, foreign, false, {packetbroker, cluster}},
      {"once to each", {{cluster, ours}, {cluster, {}}}, data_uplink(), false, {cluster}},
      {"a join-request",
       {{cluster, ours}, {packetbroker, ours}},
       join,
       false,
       {cluster, packetbroker}},
      {"of a gateway that keeps them",
       {{cluster, ours}, {packetbroker, {}}},
       join,
       true,
       {cluster}},
      {"nobody's", {{cluster, ours}, {packetbroker, {}}}, foreign, true, {}},
  };
  for (const auto& row : rows) {
    auto settings = settings_of();
    settings.disable_packet_broker_forwarding = row.keeps_from_broker;
    Connection connection(std::move(settings));
    connection.config.forward = row.forward;
    const auto effects = connection.up(row.phy_payload);
    const auto* forward = find<ForwardUplink>(effects);
    EXPECT_EQ(forward ? forward->hosts : std::vector<UpstreamHost>{}, row.hosts) << row.name;
    if (row.hosts.empty()) {
      EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::not_ours) << row.name;
    }
  }
}

TEST(ConnectionUplink, IsForwardedWhenOneOfItsHostsTakesIt) {
  Connection connection;
  connection.config.forward = {{UpstreamHost::cluster, {}}, {UpstreamHost::packetbroker, {}}};
  connection.packet_broker = fail(packet_broker_agent_not_found);
  auto effects = connection.up(data_uplink());
  EXPECT_EQ(events(effects), (Names{"gs.up.receive", "gs.up.forward", "gs.up.drop"}));
  EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::forwarded);
  EXPECT_TRUE(connection.state.snapshot(connection.now()).dropped_uplinks.empty());
  connection.upstream = fail(network_server_not_found);
  effects = connection.up(data_uplink(2), 2'000'000);
  EXPECT_EQ(events(effects), (Names{"gs.up.receive", "gs.up.drop", "gs.up.drop"}));
  EXPECT_EQ(find<CountUplink>(effects)->outcome, UplinkOutcome::unreachable);
  EXPECT_EQ(connection.state.snapshot(connection.now()).dropped_uplinks.size(), 1U);
}

TEST(ConnectionUplink, DropsImmediateRepeatsAndSaysSoOnceAMinute) {
  Connection connection;
  connection.up(data_uplink(), 1'000'000);
  EXPECT_EQ(events(connection.up(data_uplink(), 1'000'000)), Names{"gs.io.up.repeat"});
  connection.passed = 50ms;
  EXPECT_EQ(events(connection.up(data_uplink(), 1'050'000)), Names{});
  // The device itself repeats it later (NbTrans).
  connection.passed = 3s;
  EXPECT_NE(find<ForwardUplink>(connection.up(data_uplink(), 4'000'000)), nullptr);
  EXPECT_NE(find<ForwardUplink>(connection.up(data_uplink(2), 4'000'000)), nullptr);
  EXPECT_NE(find<ForwardUplink>(connection.up(data_uplink(), 4'000'000)), nullptr);
}

TEST(ConnectionUplink, RoundsTheFrequencyToThatOfAChannel) {
  struct Case {
    const char* plan;
    std::uint64_t reported_hz;
    std::uint64_t hz;
  };
  const Case cases[] = {
      {"EU_863_870_TTN", 868'099'975, 868'100'000},
      {"EU_863_870_TTN", 868'100'000, 868'100'000},
      {"EU_863_870_TTN", 868'100'049, 868'100'000},
      {"EU_863_870_TTN", 868'300'050, 868'300'100},
      {"EU_863_870_TTN", 0, 0},
      {"ISM_2400_3CH_DRAFT2", 2'403'000'099, 2'403'000'000},
  };
  for (const auto& row : cases) {
    Connection connection(settings_of(row.plan));
    UplinkFrame frame;
    frame.phy_payload = data_uplink();
    frame.settings = {sf7, Frequency::hz(row.reported_hz), 1'000'000, {}};
    frame.rx_metadata = {RxMetadata{}};
    GatewayUp message;
    message.uplinks = {frame};
    const auto effects =
        connection.state.on_up(std::move(message), connection.now(), *connection.random);
    ASSERT_NE(find<ForwardUplink>(effects), nullptr) << row.reported_hz;
    EXPECT_EQ(find<ForwardUplink>(effects)->frame->settings.frequency.hz(), row.hz);
  }
}

TEST(ConnectionUplink, TellsRepeatsOfTheGatewayFromThoseOfTheDevice) {
  struct Case {
    const char* name;
    std::uint32_t counter_us;  // of both
    Duration later;
    bool is_repeat;
  };
  const Case cases[] = {
      {"sent again", 1'000'000, 1900ms, true},
      {"a counter that stands still", 1'000'000, 2s, false},
      {"no counter, at once", 0, 99ms, true},
      {"no counter, NbTrans", 0, 2s, false},
      {"no counter, another reception", 0, 100ms, false},
  };
  for (const auto& row : cases) {
    Connection connection;
    connection.up(data_uplink(), row.counter_us);
    connection.passed = row.later;
    const auto effects = connection.up(data_uplink(), row.counter_us);
    EXPECT_EQ(find<CountUplink>(effects)->outcome == UplinkOutcome::repeated, row.is_repeat)
        << row.name;
  }
}

// --- downlinks ---------------------------------------------------------------------------------

/// The innermost cause.
const Error& root(const Error& error) {
  return error.cause() == nullptr ? error : root(*error.cause());
}

TEST(ConnectionDownlink, OpensRx1OneDelayAfterTheUplink) {
  Connection connection;
  connection.up(data_uplink());
  const auto scheduled = schedule(connection, class_a());
  ASSERT_TRUE(scheduled.answer);
  EXPECT_EQ(scheduled.answer->window, 1);
  EXPECT_EQ(scheduled.answer->delay, 1s);
  EXPECT_EQ(scheduled.answer->gateway_id.text(), "gtw-1");
  const auto* send = find<ToFrontend>(scheduled.effects);
  ASSERT_NE(send, nullptr);
  EXPECT_EQ(send->message.link, LinkId{7});
  EXPECT_EQ(send->message.token, DownlinkToken{1});
  EXPECT_EQ(send->message.starts_at, noon + 1s);
  EXPECT_EQ(send->message.downlink.timestamp_us, 2'000'000U);
  EXPECT_EQ(send->message.downlink.frequency, rx1_frequency);
  EXPECT_TRUE(send->message.downlink.invert_polarization);
  EXPECT_FALSE(send->message.downlink.enable_crc);
  EXPECT_EQ(events(scheduled.effects), (Names{"gs.down.schedule.attempt", "gs.down.send"}));
}

TEST(ConnectionDownlink, FallsBackToRx2) {
  Connection connection;
  connection.up(data_uplink());
  auto frame = class_a();
  frame.request.rx1.reset();
  EXPECT_EQ(schedule(connection, frame).answer->window, 2);
  // RX1 of a second frame meets nothing, its RX2 would meet the first one's.
  connection.passed = 950ms;
  const auto late = schedule(connection, frame);
  ASSERT_FALSE(late.answer);
  EXPECT_TRUE(late.answer.error().is(tx_schedule));
  EXPECT_EQ(events(late.effects), (Names{"gs.down.schedule.attempt", "gs.down.schedule.fail"}));
}

TEST(ConnectionDownlink, CrossesTheCounterWrap) {
  Connection connection;
  connection.up(data_uplink(), 0xffffffff - 99'999);
  auto frame = class_a();
  frame.request.paths[0].uplink_token = gateway::encode_uplink_token(
      {settings_of().ids, 0, 0xffffffff - 99'999, noon, schedule::ConcentratorTime{1s}, {}});
  const auto scheduled = schedule(connection, frame);
  ASSERT_TRUE(scheduled.answer);
  EXPECT_EQ(find<ToFrontend>(scheduled.effects)->message.downlink.timestamp_us, 900'000U);
}

TEST(ConnectionDownlink, SynchronisesFromTheTokenAfterAReconnect) {
  Connection connection;
  connection.passed = 100ms;
  EXPECT_TRUE(schedule(connection, class_a()).answer);
}

/// It always says zero, and nobody knows when its windows open.
TEST(ConnectionDownlink, IsNotTimedByAGatewayWithoutACounter) {
  Connection connection;
  const auto heard = connection.up(data_uplink(), 0);
  ASSERT_NE(find<ForwardUplink>(heard), nullptr);
  EXPECT_FALSE(connection.state.snapshot(connection.now()).clock_synced_at);
  auto answer = class_a();
  answer.request.paths[0].uplink_token =
      find<ForwardUplink>(heard)->frame->rx_metadata[0].uplink_token;
  EXPECT_TRUE(root(schedule(connection, answer).answer.error()).is(schedule::no_clock_sync));
  auto class_c = class_a();
  class_c.request.device_class = DeviceClass::c;
  class_c.request.paths[0].uplink_token.clear();
  EXPECT_TRUE(root(schedule(connection, class_c).answer.error()).is(schedule::no_clock_sync));
  // Also if another frame had one.
  connection.up(data_uplink(2), 5'000'000);
  EXPECT_TRUE(root(schedule(connection, answer).answer.error()).is(schedule::no_clock_sync));
  connection.passed = 10s;
  connection.up(data_uplink(3), 0);
  EXPECT_EQ(connection.state.snapshot(connection.now()).clock_synced_at, noon);
}

TEST(ConnectionDownlink, SubtractsTheAntennasGain) {
  auto settings = settings_of();
  Connection plain(settings);
  settings.antennas = {{3, {}}};
  Connection gained(settings);
  const auto power = [](Connection& connection) {
    connection.up(data_uplink());
    return find<ToFrontend>(schedule(connection, class_a()).effects)->message.downlink.eirp_dbm;
  };
  const auto without = power(plain);
  EXPECT_GT(without, 10);
  EXPECT_FLOAT_EQ(power(gained), without - 3);
}

/// A plan may allow more than its band, or less. [spec gateway-server §9.2 step 5]
TEST(ConnectionDownlink, IsAsLoudAsThePlanSaysOrElseTheBand) {
  struct Row {
    const char* plan;
    std::uint32_t frequency_hz;
    float eirp_dbm;
  };
  constexpr Row rows[] = {
      // By the band's sub-bands, the plan, its sub-bands.
      {"EU_863_870_TTN", 868'100'000, 16.15F},
      {"EU_863_870_TTN", 869'525'000, 29.15F},
      {"AS_920_923", 923'200'000, 16},
      {"AS_920_923_TTN_AU", 923'200'000, 30},
      {"AS_923_925_TTN_AU", 923'200'000, 30},
      {"US_903_0", 923'300'000, 24.15F},
      {"AS_920_923_TTN_JP_1", 923'200'000, 16},
      {"AS_920_923_TTN_JP_1_LAND_MOBILE", 923'200'000, 27},
      {"AS_920_923_TTN_JP_3_LAND_MOBILE", 921'000'000, 27},
      {"EU_433", 433'175'000, 12.15F},
  };
  for (const auto& row : rows) {
    Connection connection(settings_of(row.plan));
    connection.up(data_uplink());
    auto frame = class_a();
    frame.request.frequency_plan_id = row.plan;
    const bool is_wide = plans().find(row.plan)->band_id == "US_902_928";
    frame.request.rx1 = RxWindow{LoraDataRate{7, is_wide ? 500'000U : 125'000U, CodingRate::cr4_5},
                                 Frequency::hz(row.frequency_hz)};
    const auto scheduled = schedule(connection, frame);
    ASSERT_TRUE(scheduled.answer) << row.plan;
    EXPECT_EQ(scheduled.answer->window, 1) << row.plan;
    EXPECT_FLOAT_EQ(find<ToFrontend>(scheduled.effects)->message.downlink.eirp_dbm, row.eirp_dbm)
        << row.plan;
  }
}

struct AntennaCase {
  const char* name;
  std::vector<float> gains_dbi;  // of the registered antennas
  bool chooses_antenna;
  std::uint32_t antenna;            // that heard the device
  std::optional<float> subtracted;  // none: no answer by it
};

/// Whatever transmits, no more than the limit leaves it.
TEST(ConnectionDownlink, KeepsTheLimitOfTheAntennaThatTransmits) {
  const AntennaCase cases[] = {
      {"the first, registered", {3, 6}, true, 0, 3.F},
      {"the second, registered", {3, 6}, true, 1, 6.F},
      {"the third, of unknown gain", {3, 6}, true, 2, {}},
      {"the first where none is registered", {}, true, 0, 0.F},
      {"the second where none is registered", {}, true, 1, {}},
      {"the first or whichever the gateway takes", {3, 6}, false, 0, 6.F},
      {"the second, which it can not be told to take", {3, 6}, false, 1, {}},
  };
  Connection plain;
  plain.up(data_uplink());
  const auto limit =
      find<ToFrontend>(schedule(plain, class_a()).effects)->message.downlink.eirp_dbm;
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    auto settings = settings_of();
    for (const auto gain : test.gains_dbi) settings.antennas.push_back({gain, {}});
    Connection connection(settings, test.chooses_antenna);
    const auto effects = connection.up(data_uplink(), 1'000'000, true, test.antenna);
    const auto& rx = find<ForwardUplink>(effects)->frame->rx_metadata[0];
    EXPECT_EQ(rx.uplink_token.empty(), !test.subtracted);
    EXPECT_EQ(rx.downlink_path_constraint,
              test.subtracted ? DownlinkPathConstraint::none : DownlinkPathConstraint::never);
    // A token from another connection, and a path without any, by order of the application.
    auto fixed = class_a(test.antenna);
    fixed.request.device_class = DeviceClass::c;
    fixed.request.paths[0].uplink_token.clear();
    for (const auto& frame : {class_a(test.antenna), fixed}) {
      const auto scheduled = schedule(connection, frame);
      ASSERT_EQ(scheduled.answer.has_value(), test.subtracted.has_value());
      if (!scheduled.answer) {
        EXPECT_TRUE(scheduled.answer.error().is(antenna_not_usable));
        continue;
      }
      const auto& downlink = find<ToFrontend>(scheduled.effects)->message.downlink;
      EXPECT_EQ(downlink.antenna_index, test.antenna);
      // RX2, by which class C is sent, has a limit of its own.
      if (frame.request.device_class == DeviceClass::a) {
        EXPECT_FLOAT_EQ(downlink.eirp_dbm, limit - *test.subtracted);
      }
    }
  }
}

struct RefusalCase {
  const char* name;
  std::function<void(DownlinkFrame&)> change;
  const ErrorDef* cause;
};

TEST(ConnectionDownlink, NamesWhyItRefuses) {
  const RefusalCase cases[] = {
      {"no path", [](auto& f) { f.request.paths.clear(); }, &invalid_downlink_path},
      {"no token", [](auto& f) { f.request.paths[0].uplink_token.clear(); }, &no_uplink_token},
      {"bad token",
       [](auto& f) {
         f.request.paths[0].uplink_token = {1, 2};
       },
       &gateway::invalid_uplink_token},
      {"another gateway's token",
       [](auto& f) {
         f.request.paths[0].uplink_token = gateway::encode_uplink_token(
             {{GatewayId{"gtw-2"}, {}}, 0, 0, noon, schedule::ConcentratorTime{1s}, {}});
       },
       &invalid_downlink_path},
      {"no delay", [](auto& f) { f.request.rx1_delay = 0s; }, &no_rx_delay},
      {"unknown plan", [](auto& f) { f.request.frequency_plan_id = "X"; },
       &frequency_plan_not_configured},
      {"plan of another band", [](auto& f) { f.request.frequency_plan_id = "US_902_928_FSB_2"; },
       &frequency_plans_not_from_same_band},
      {"too long", [](auto& f) { f.request.rx1->data_rate = sf12, f.phy_payload.resize(100); },
       &too_long},
      {"too long for a repeater",
       [](auto& f) { f.request.frequency_plan_id = "REPEATER", f.phy_payload.resize(236); },
       &too_long},
      {"no windows", [](auto& f) { f.request.rx1.reset(), f.request.rx2.reset(); }, &rx_empty},
      {"odd data rate",
       [](auto& f) {
         f.request.rx1->data_rate = LoraDataRate{6, 500'000, CodingRate::cr4_5};
         f.request.rx2.reset();
       },
       &data_rate_rx_window},
      {"class B without time", [](auto& f) { f.request.device_class = DeviceClass::b; },
       &no_absolute_time},
      {"class B without GPS",
       [](auto& f) {
         f.request.device_class = DeviceClass::b;
         f.request.absolute_time = noon + 10s;
       },
       &no_gps_sync},
      {"class C by the clock",
       [](auto& f) {
         f.request.device_class = DeviceClass::c;
         f.request.absolute_time = noon + 10s;
       },
       &schedule::no_absolute_gateway_time},
  };
  for (const auto& row : cases) {
    Connection connection;
    connection.up(data_uplink());
    auto frame = class_a();
    row.change(frame);
    const auto scheduled = schedule(connection, frame);
    ASSERT_FALSE(scheduled.answer) << row.name;
    EXPECT_TRUE(root(scheduled.answer.error()).is(*row.cause))
        << row.name << ": " << root(scheduled.answer.error()).to_string();
    EXPECT_EQ(find<ToFrontend>(scheduled.effects), nullptr) << row.name;
  }
}

TEST(ConnectionDownlink, TakesWhatTheDataRateCarries) {
  for (const auto& [plan, size] : {std::pair{"EU_863_870_TTN", 255U}, {"REPEATER", 235U}}) {
    Connection connection;
    connection.up(data_uplink());
    auto frame = class_a();
    frame.request.frequency_plan_id = plan;
    frame.phy_payload.resize(size);
    EXPECT_TRUE(schedule(connection, frame).answer) << plan;
  }
}

/// A neighbour is on air until then. What has passed is no reason to wait.
TEST(ConnectionDownlink, OfClassCWaitsForANeighbour) {
  const auto delay_of = [](std::optional<UtcTime> not_before) -> std::optional<Duration> {
    Connection connection;
    connection.up(data_uplink());
    auto frame = class_a();
    frame.request.device_class = DeviceClass::c;
    frame.request.not_before = not_before;
    const auto scheduled = schedule(connection, frame);
    return scheduled.answer ? std::optional(scheduled.answer->delay) : std::nullopt;
  };
  const auto soon = delay_of(std::nullopt);
  ASSERT_TRUE(soon);
  EXPECT_EQ(delay_of(noon - 10s), soon);
  EXPECT_EQ(delay_of(noon + 3s), 3s);
  EXPECT_EQ(delay_of(noon + 200s), 200s) << "asked for, not for want of time";
}

TEST(ConnectionDownlink, RespectsThePathConstraintAndTheMissingPath) {
  auto settings = settings_of();
  settings.downlink_path_constraint = DownlinkPathConstraint::never;
  Connection never(settings);
  never.up(data_uplink());
  EXPECT_TRUE(schedule(never, class_a()).answer.error().is(downlink_not_allowed));
  Connection expired;
  expired.up(data_uplink());
  expired.state.on_path_changed(false);
  EXPECT_TRUE(schedule(expired, class_a()).answer.error().is(downlink_path_expired));
}

TEST(ConnectionDownlink, SendsClassCSoonAndByGpsWhenAsked) {
  Connection connection;
  connection.up(data_uplink());
  auto frame = class_a();
  frame.request.device_class = DeviceClass::c;
  frame.request.paths[0].uplink_token.clear();
  const auto soon = schedule(connection, frame);
  ASSERT_TRUE(soon.answer);
  EXPECT_EQ(soon.answer->delay, schedule::schedule_time_long);
  EXPECT_EQ(soon.answer->window, 2);

  connection.gps_time = noon;
  connection.up(data_uplink(2), 1'000'001);
  frame.request.absolute_time = noon + 10s;
  const auto later = schedule(connection, frame);
  ASSERT_TRUE(later.answer);
  const auto* send = find<ToFrontend>(later.effects);
  EXPECT_EQ(send->message.downlink.absolute_time, noon + 10s);
  EXPECT_FALSE(send->message.downlink.timestamp_us);
  EXPECT_FALSE(send->message.starts_at);
}

TEST(ConnectionDownlink, RefusesClassCWhenTheNextFreeTimeIsFarAway) {
  Connection connection(settings_of("RU_864_870_TTN"));
  connection.up(data_uplink());
  auto frame = class_a();
  frame.request.device_class = DeviceClass::c;
  frame.request.frequency_plan_id = "RU_864_870_TTN";
  frame.request.paths[0].uplink_token.clear();
  frame.request.rx1.reset();
  frame.request.rx2 = RxWindow{sf12, Frequency::hz(869'100'000)};
  frame.phy_payload.resize(40);
  std::size_t sent = 0;
  while (sent < 100 && schedule(connection, frame).answer) ++sent;
  EXPECT_GT(sent, 3U);
  const auto refused = schedule(connection, frame);
  ASSERT_FALSE(refused.answer);
  EXPECT_TRUE(root(refused.answer.error()).is(no_free_time)) << refused.answer.error().to_string();
  // What was refused takes no time from others.
  connection.passed = 1h + 1min;
  EXPECT_TRUE(schedule(connection, frame).answer);
}

// --- acknowledgements, statistics, settings ----------------------------------------------------

TEST(ConnectionAcknowledgment, FindsItsDownlinkOnce) {
  Connection connection;
  connection.up(data_uplink());
  ASSERT_TRUE(schedule(connection, class_a()).answer);
  const TxAcked acked{DownlinkToken{1}, TxResult::too_late, 120ms};
  const auto effects = connection.state.on_tx_acked(acked, connection.now());
  const auto* forward = find<ForwardAcknowledgment>(effects);
  ASSERT_NE(forward, nullptr);
  EXPECT_EQ(forward->acknowledgment.device.device_id.text(), "dev-1");
  EXPECT_EQ(forward->acknowledgment.result, TxResult::too_late);
  EXPECT_EQ(connection.state.stats(connection.now()).round_trip_times->median, 120ms);
  const auto again = connection.state.on_tx_acked(acked, connection.now());
  EXPECT_EQ(find<ForwardAcknowledgment>(again), nullptr);
  EXPECT_EQ(connection.state.stats(connection.now()).round_trip_times->count, 1U);
}

/// A frame of more than a second in RX1 would stand in the way of its own second window.
TEST(ConnectionAcknowledgment, AFrameThatWasNotSentLeavesItsTimeToOthers) {
  for (const auto result : {TxResult::tx_freq, TxResult::too_late}) {
    Connection connection;
    connection.up(data_uplink());
    auto frame = class_a();
    frame.request.rx1->data_rate = sf12;
    frame.phy_payload.resize(12);
    ASSERT_TRUE(schedule(connection, frame).answer);
    connection.state.on_tx_acked({DownlinkToken{1}, result, {}}, connection.now());
    frame.request.rx1.reset();
    EXPECT_EQ(schedule(connection, frame).answer.has_value(), result == TxResult::tx_freq);
  }
}

TEST(ConnectionAcknowledgment, ShowsThatTheGatewayReports) {
  Connection connection;
  connection.up(data_uplink());
  EXPECT_FALSE(schedule(connection, class_a()).answer->reports) << "none so far";
  connection.state.on_tx_acked({DownlinkToken{1}, TxResult::success, {}}, connection.now());
  connection.passed = 10s;
  connection.up(data_uplink());
  EXPECT_TRUE(schedule(connection, class_a()).answer->reports);
}

TEST(DownlinkRing, ForgetsTheOldestAndWraps) {
  DownlinkRing ring;
  const auto frame = std::make_shared<const DownlinkFrame>();
  const auto first = ring.add(frame, {});
  EXPECT_EQ(first, DownlinkToken{1});
  for (std::size_t i = 1; i < DownlinkRing::size; ++i) ring.add(frame, {});
  EXPECT_NE(ring.take(first).downlink, nullptr);
  ring.add(frame, {});
  EXPECT_EQ(ring.take(first).downlink, nullptr);
  for (int i = 0; i < 65'535 - 1 - static_cast<int>(DownlinkRing::size); ++i) ring.add(frame, {});
  EXPECT_EQ(ring.add(frame, {}), DownlinkToken{1});
  EXPECT_EQ(ring.take(DownlinkToken{500}).downlink, nullptr);
}

TEST(ConnectionHousekeeping, StoresStatisticsAndFetchesSettings) {
  Connection connection;
  EXPECT_EQ(events(connection.state.on_connected(connection.now())),
            (Names{"gs.gateway.connect", "gs.gateway.connection.stats"}));
  connection.up(data_uplink());
  connection.passed = 29s;
  EXPECT_TRUE(connection.state.on_housekeep(connection.now(), *connection.random).empty());
  connection.passed = 30s;
  EXPECT_NE(find<Remember>(connection.state.on_housekeep(connection.now(), *connection.random)),
            nullptr);
  connection.passed = 80s;
  EXPECT_EQ(find<Remember>(connection.state.on_housekeep(connection.now(), *connection.random)),
            nullptr);
  connection.passed = 90s;
  EXPECT_NE(find<Remember>(connection.state.on_housekeep(connection.now(), *connection.random)),
            nullptr);
  connection.passed = 10min;
  EXPECT_NE(
      find<FetchSettings>(connection.state.on_housekeep(connection.now(), *connection.random)),
      nullptr);
}

TEST(ConnectionSettings, EndTheConnectionWhenTheyChangeOrAreDenied) {
  constexpr ErrorDef denied{"pkg/test", "denied", Code::permission_denied, "denied"};
  constexpr ErrorDef busy{"pkg/test", "busy", Code::unavailable, "busy"};
  Connection connection;
  EXPECT_TRUE(connection.state.on_settings(settings_of(), connection.now()).empty());
  EXPECT_TRUE(connection.state.on_settings(fail(busy), connection.now()).empty());
  const auto gone = connection.state.on_settings(fail(denied), connection.now());
  EXPECT_TRUE(find<EndConnection>(gone)->reason.is(denied));
  auto changed = settings_of();
  changed.location_public = true;
  const auto ended = connection.state.on_settings(changed, connection.now());
  EXPECT_TRUE(find<EndConnection>(ended)->reason.is(gateway_changed));
}

/// The news of the registry may have been missed.
TEST(ConnectionSettings, EndTheConnectionOfAGatewayThatIsRegisteredNoMore) {
  constexpr ErrorDef none{"pkg/test", "none", Code::not_found, "none"};
  Connection registered;
  const auto gone = registered.state.on_settings(fail(none), registered.now());
  ASSERT_NE(find<EndConnection>(gone), nullptr);
  EXPECT_TRUE(find<EndConnection>(gone)->reason.is(gateway_not_registered));
  auto settings = settings_of();
  settings.is_registered = false;
  Connection never(settings);
  EXPECT_TRUE(never.state.on_settings(fail(none), never.now()).empty());
  EXPECT_NE(find<EndConnection>(never.state.on_settings(settings_of(), never.now())), nullptr)
      << "it is registered now";
}

}  // namespace
}  // namespace ff::gateway_server
