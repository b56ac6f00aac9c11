// The same cases for every protocol of gateways. README.md
#include "actors/gateway_server/connection/errors.hpp"
#include "protocol/base/hex.hpp"
#include "test/actors/gateway_server/conformance/grpc_peer.hpp"
#include "test/actors/gateway_server/conformance/mqtt_peer.hpp"
#include "test/actors/gateway_server/conformance/station_peer.hpp"
#include "test/actors/gateway_server/conformance/udp_peer.hpp"
#include "test/support/gateway_server/frontend_fixture.hpp"

namespace ff::gateway_server::conformance {
namespace {

using namespace std::chrono_literals;

constexpr GatewayEui other_eui{0xb827ebfffe654321};
constexpr std::uint32_t counter_us = 4'294'000'000;  // the answer is behind its wrap

class Conformance : public test::FrontendFixture, public testing::WithParamInterface<Dialect> {
 protected:
  Conformance() {
    registry->gateways.push_back(gateway("gtw-2", other_eui));
    GetParam().listen(world, settings);
  }

  const Abilities& abilities() const { return GetParam().abilities; }
  std::unique_ptr<Peer> peer(const std::string& id = "gtw-1", GatewayEui own_eui = eui,
                             const std::string& secret = "NNSXS.ID.SECRET") {
    auto made = GetParam().make(world, {{GatewayId{id}, own_eui}, secret});
    made->connect();
    return made;
  }

  static Heard data(std::uint8_t f_cnt = 1, std::uint32_t at = counter_us) {
    return {.phy_payload = *parse_hex("400403020180" + hex_lower(f_cnt, 2) + "0001a1b212345678"),
            .counter_us = at};
  }
  /// An answer to the last uplink, as the gateway is told of it.
  std::vector<Told> answer(Peer& gateway) {
    const auto scheduled = schedule(answer_to(*uplinks.back()));
    EXPECT_TRUE(scheduled) << scheduled.error().to_string();
    // A forwarder without a queue is told late.
    pass(4500ms);
    return gateway.take();
  }

  World world{streams, datagrams, settings.grpc, [this] { pump(); }};
};

TEST_P(Conformance, ConnectsARegisteredGateway) {
  start();
  auto gateway = peer();
  EXPECT_TRUE(gateway->is_served());
  EXPECT_EQ(count("gs.gateway.connect"), 1U);
  EXPECT_TRUE(has_metric("ttn_lw_gs_connected_gateways{protocol=\"" +
                         std::string(abilities().metric) + "\"} 1"));
  EXPECT_STREQ(to_string(last_stats().protocol), abilities().metric);
  EXPECT_FALSE(last_stats().remote_address.empty());
}

TEST_P(Conformance, RefusesAGatewayThatNobodyKnows) {
  start();
  auto gateway = peer("gtw-3", GatewayEui{3});
  EXPECT_FALSE(gateway->is_served());
  EXPECT_TRUE(uplinks.empty());
  EXPECT_EQ(count("gs.gateway.connect"), 0U);
}

TEST_P(Conformance, RefusesAWrongSecret) {
  if (!abilities().authenticates) GTEST_SKIP() << "it has none, or another asks for it";
  start();
  auto gateway = peer("gtw-1", eui, "wrong");
  EXPECT_FALSE(gateway->is_served());
  EXPECT_EQ(count("gs.gateway.connect"), 0U);
}

TEST_P(Conformance, OnlyAuthenticatedGatewaysWhereTheRegistrySaysSo) {
  registry->gateways[0].require_authenticated_connection = true;
  start();
  auto gateway = peer();
  const bool is_authenticated = std::string_view(abilities().name) != "udp";
  EXPECT_EQ(count("gs.gateway.connect"), is_authenticated ? 1U : 0U);
}

TEST_P(Conformance, ForwardsFramesOfEveryKind) {
  struct Row {
    const char* name;
    Heard heard;
    std::size_t forwarded;
  };
  auto fsk = data(2);
  fsk.data_rate = FskDataRate{50'000};
  fsk.frequency = Frequency::hz(868'800'000);
  auto confirmed = data(3);
  confirmed.phy_payload[0] = 0x80;
  auto join = data();
  join.phy_payload = *parse_hex(
      "00"
      "0807060504030201"
      "1817161514131211"
      "0102"
      "12345678");
  auto proprietary = data();
  proprietary.phy_payload = *parse_hex("e00102030405060708090a0b0c");
  const Row rows[] = {
      {"LoRa", data(1), 1},
      {"FSK", fsk, 1},
      {"confirmed", confirmed, 1},
      {"join-request", join, 1},
      {"proprietary", proprietary, 0},
  };
  start();
  auto gateway = peer();
  for (auto row : rows) {
    uplinks.clear();
    gateway->say(row.heard);
    pass(50ms);
    ASSERT_EQ(uplinks.size(), row.forwarded) << row.name;
    if (row.forwarded == 0) continue;
    const auto& frame = *uplinks[0];
    EXPECT_EQ(hex_lower(frame.phy_payload), hex_lower(row.heard.phy_payload)) << row.name;
    EXPECT_TRUE(same_modulation(frame.settings.data_rate, row.heard.data_rate)) << row.name;
    EXPECT_EQ(frame.settings.frequency, row.heard.frequency) << row.name;
    EXPECT_EQ(frame.settings.timestamp_us, counter_us) << row.name;
    EXPECT_EQ(frame.band_id, "EU_863_870");
    ASSERT_EQ(frame.rx_metadata.size(), 1U);
    const auto& rx = frame.rx_metadata[0];
    EXPECT_EQ(rx.gateway, (GatewayIdentifiers{GatewayId{"gtw-1"}, eui})) << row.name;
    EXPECT_EQ(rx.timestamp_us, counter_us);
    EXPECT_EQ(rx.rssi_dbm, -35);
    EXPECT_EQ(rx.snr_db, 5.5F);
    EXPECT_FALSE(rx.uplink_token.empty());
  }
}

TEST_P(Conformance, StopsAGatewayThatSaysTooMuch) {
  limit("gs:up", 4);
  start();
  auto gateway = peer();
  for (std::uint8_t i = 0; i < 8; ++i) {
    if (!gateway->is_served()) break;
    gateway->say(data(i, 1'000'000U * (i + 1U)));
    pass(50ms);
  }
  // Datagrams that ask for downlinks count, too.
  EXPECT_LE(uplinks.size(), 4U);
  EXPECT_GE(uplinks.size(), 3U);
  EXPECT_EQ(gateway->is_served(), !abilities().notices_end);
  uplinks.clear();
  pass(2s);
  if (!gateway->is_served()) gateway->connect();
  gateway->say(data(20, 90'000'000U));
  pass(50ms);
  EXPECT_EQ(uplinks.size(), 1U);
}

TEST_P(Conformance, TurnsAwayAnAddressThatConnectsTooOften) {
  if (abilities().accept_class == nullptr) GTEST_SKIP() << "it has no listener of its own";
  limit(abilities().accept_class, 1);
  start();
  auto first = peer();
  EXPECT_TRUE(first->is_served());
  auto second = peer();
  EXPECT_FALSE(second->is_served());
  EXPECT_TRUE(first->is_served());
}

TEST_P(Conformance, AFrameThatNobodyTakesIsNotForwarded) {
  start();
  auto gateway = peer();
  upstream = fail(network_server_not_found, {{"ids", "01020304"}});
  gateway->say(data());
  EXPECT_EQ(count("gs.up.drop"), 1U);
  EXPECT_EQ(count("gs.up.forward"), 0U);
  EXPECT_EQ(reasons, std::vector<std::string>{"host_handle"});
  EXPECT_TRUE(has_metric("ttn_lw_gs_uplink_forwarded_total{host=\"cluster\"} 0"));
  EXPECT_TRUE(has_metric("farfield_gateway_server_uplinks_total{outcome=\"unreachable\"} 1"));
  upstream = Status();
  gateway->say(data(2));
  EXPECT_EQ(count("gs.up.forward"), 1U);
  EXPECT_TRUE(has_metric("ttn_lw_gs_uplink_forwarded_total{host=\"cluster\"} 1"));
}

TEST_P(Conformance, DropsAFrameWithABrokenChecksum) {
  if (!abilities().tells_crc) GTEST_SKIP() << "the protocol does not say";
  start();
  auto gateway = peer();
  auto broken = data();
  broken.crc_ok = false;
  gateway->say(broken);
  EXPECT_TRUE(uplinks.empty());
  EXPECT_EQ(count("gs.up.drop"), 1U);
  auto good = data(2);
  good.crc_ok = true;
  gateway->say(good);
  EXPECT_EQ(uplinks.size(), 1U);
}

TEST_P(Conformance, AFrameThatTheGatewaySaysTwiceIsOne) {
  start();
  auto gateway = peer();
  gateway->say(data());
  pass(20ms);
  gateway->say(data());
  EXPECT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(count("gs.io.up.repeat"), 1U);
}

TEST_P(Conformance, ForwardsAFrameOnTheChannelThatItWasSentOn) {
  start();
  auto gateway = peer();
  auto heard = data();
  heard.frequency = Frequency::hz(868'099'975);
  gateway->say(heard);
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->settings.frequency, Frequency::hz(868'100'000));
}

TEST_P(Conformance, KeepsTheGatewaysStatus) {
  start();
  auto gateway = peer();
  gateway->say_status();
  EXPECT_EQ(count("gs.status.receive"), 1U);
  EXPECT_TRUE(has_metric("ttn_lw_gs_status_forwarded_total{host=\"cluster\"} 1"));
  pass(61s);
  EXPECT_TRUE(last_stats().last_status);
  EXPECT_TRUE(gateway->is_served());
}

TEST_P(Conformance, TellsTheGatewayWhenToAnswer) {
  start();
  auto gateway = peer();
  gateway->say(data());
  ASSERT_EQ(uplinks.size(), 1U);
  pass(200ms);
  const auto told = answer(*gateway);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].phy_payload, Bytes(20, 0x60));
  // 5 s after the uplink, by the gateway's counter, which has wrapped.
  EXPECT_EQ(told[0].starts_us, counter_us + 5'000'000U);
  if (!abilities().reports_success) return;
  gateway->report(told[0], TxResult::success);
  ASSERT_EQ(acknowledgments.size(), 1U);
  EXPECT_EQ(acknowledgments[0].result, TxResult::success);
  EXPECT_EQ(acknowledgments[0].device.device_id.text(), "dev-1");
  EXPECT_EQ(acknowledgments[0].correlation_ids.list().front(), "ns:downlink:1");
  // The same report again says nothing new.
  gateway->report(told[0], TxResult::success);
  EXPECT_EQ(acknowledgments.size(), 1U);
}

/// A limit of power holds for the antenna that sends: one that the gateway can not be told to use
/// is no way back to a device.
TEST_P(Conformance, AnswersByTheAntennaThatHeardOrNotAtAll) {
  registry->gateways[0].antennas = {{.gain_dbi = 2.5F, .location = {}},
                                    {.gain_dbi = 6, .location = {}}};
  start();
  auto gateway = peer();
  auto heard = data();
  heard.antenna = 1;
  gateway->say(heard);
  ASSERT_EQ(uplinks.size(), 1U);
  const auto& rx = uplinks[0]->rx_metadata.front();
  EXPECT_EQ(rx.antenna_index, 1U);
  pass(200ms);
  if (!abilities().chooses_antenna) {
    EXPECT_EQ(rx.downlink_path_constraint, DownlinkPathConstraint::never);
    EXPECT_TRUE(rx.uplink_token.empty());
    EXPECT_FALSE(schedule(answer_to(*uplinks[0])));
    return;
  }
  const auto told = answer(*gateway);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].antenna, 1U);
}

TEST_P(Conformance, PassesOnThatATransmissionFailed) {
  if (!abilities().reports_failure) GTEST_SKIP() << "the protocol does not say";
  start();
  auto gateway = peer();
  gateway->say(data());
  pass(200ms);
  const auto told = answer(*gateway);
  ASSERT_EQ(told.size(), 1U);
  gateway->report(told[0], TxResult::too_late);
  ASSERT_EQ(acknowledgments.size(), 1U);
  EXPECT_EQ(acknowledgments[0].result, TxResult::too_late);
  EXPECT_EQ(count("gs.down.tx.fail"), 1U);
}

TEST_P(Conformance, AnAnswerThatIsTooLateForRx1LeavesInRx2) {
  start();
  auto gateway = peer();
  gateway->say(data());
  pass(5s);
  const auto scheduled = schedule(answer_to(*uplinks.at(0)));
  ASSERT_TRUE(scheduled) << scheduled.error().to_string();
  EXPECT_EQ(scheduled->window, 2);
  pass(1s);
  EXPECT_FALSE(schedule(answer_to(*uplinks.at(0)))) << "both have passed";
}

TEST_P(Conformance, ANewerConnectionTakesOver) {
  if (!abilities().takes_over) GTEST_SKIP() << "it is the same connection";
  start();
  auto older = peer();
  ASSERT_TRUE(older->is_served());
  auto newer = peer();
  EXPECT_TRUE(newer->is_served());
  EXPECT_FALSE(older->is_served());
  EXPECT_EQ(reasons, std::vector<std::string>{"new_connection"});
  newer->say(data());
  ASSERT_EQ(uplinks.size(), 1U);
  pass(100ms);
  EXPECT_EQ(answer(*newer).size(), 1U);
}

TEST_P(Conformance, NoticesThatAGatewayHasGone) {
  start();
  auto gateway = peer();
  gateway->say(data());
  ASSERT_EQ(uplinks.size(), 1U);
  gateway->leave();
  if (!abilities().notices_end) pass(5min);
  EXPECT_EQ(count("gs.gateway.disconnect"), 1U);
  EXPECT_TRUE(last_stats().disconnected_at);
  EXPECT_FALSE(schedule(answer_to(*uplinks[0])));
  auto again = peer();
  EXPECT_TRUE(again->is_served());
  EXPECT_EQ(count("gs.gateway.connect"), 2U);
}

/// Its backhaul was down for ten minutes, and it kept what it heard.
TEST_P(Conformance, KnowsOldFramesOfAGatewayThatComesBack) {
  constexpr std::uint32_t minute_us = 60'000'000;
  constexpr std::uint32_t at = 3'000'000'000;
  start();
  auto gateway = peer();
  gateway->say(data(1, at));
  gateway->leave();
  pass(10min);
  ASSERT_EQ(count("gs.gateway.disconnect"), 1U);
  uplinks.clear();
  auto again = peer();
  for (std::uint8_t minute = 1; minute < 10; ++minute) {
    again->say(data(minute, at + minute * minute_us));
    pass(20ms);
  }
  auto join = data(0, at + 9 * minute_us + 1'000'000);
  join.phy_payload = *parse_hex("0008070605040302011817161514131211010212345678");
  again->say(join);
  ASSERT_EQ(uplinks.size(), 9U) << "not the join-request";
  EXPECT_EQ(reasons.back(), "late_join");
  EXPECT_EQ(count("gs.up.late"), 9U);
  for (const auto& frame : uplinks) {
    EXPECT_TRUE(frame->rx_metadata[0].uplink_token.empty());
    EXPECT_FALSE(schedule(answer_to(*frame)));
  }
  uplinks.clear();
  again->say(data(10, at + 10 * minute_us));
  ASSERT_EQ(uplinks.size(), 1U);
  pass(200ms);
  const auto told = answer(*again);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].starts_us, at + 10 * minute_us + 5'000'000U);
}

TEST_P(Conformance, ForwardsFramesAlsoWhenNobodySaysWhatIsKnownOfTheGateway) {
  memories->is_silent = true;
  start();
  auto gateway = peer();
  gateway->say(data());
  EXPECT_TRUE(uplinks.empty()) << "is it an old one?";
  auto other = peer("gtw-2", other_eui);
  other->say(data(2));
  other->leave();
  EXPECT_EQ(uplinks.size(), abilities().notices_end ? 1U : 0U) << "it waits no longer";
  pass(200ms);
  EXPECT_EQ(uplinks.size(), 2U);
  gateway->say(data(3));
  EXPECT_EQ(uplinks.size(), 3U);
}

TEST_P(Conformance, EndsAConnectionThatTheRegistryChanged) {
  start();
  auto gateway = peer();
  gateway->say(data());
  registry->gateways[0].enforce_duty_cycle = false;
  // Longer than a silent forwarder is kept.
  for (int minute = 0; minute < 13; ++minute) {
    pass(1min);
    gateway->say_status();
  }
  ASSERT_FALSE(reasons.empty());
  EXPECT_EQ(reasons[0], "gateway_changed");
}

TEST_P(Conformance, EndsWhenItsSecretLosesTheRightToLink) {
  if (!abilities().shows_secret) GTEST_SKIP() << "it has none";
  start();
  auto gateway = peer();
  auto other = peer("gtw-2", other_eui);
  const auto tell = [&] {
    caf::anon_send(router.get(), GatewayRightsChanged{GatewayId{"gtw-1"}});
    pump();
  };
  tell();
  EXPECT_TRUE(gateway->is_served()) << "what has changed was another key";
  access->secret = "another";
  tell();
  EXPECT_FALSE(gateway->is_served());
  EXPECT_EQ(reasons, std::vector<std::string>{"no_gateway_rights"});
  EXPECT_TRUE(other->is_served()) << "nobody has told it yet";
}

/// Nobody says so when a key expires, or when the user or organization that it belongs to loses its
/// own rights.
TEST_P(Conformance, AsksAgainWhetherItsSecretIsGood) {
  if (!abilities().shows_secret) GTEST_SKIP() << "it has none";
  start();
  auto gateway = peer();
  const auto pass_refresh = [&] {
    for (int minute = 0; minute < 13; ++minute) {
      pass(1min);
      gateway->say_status();
    }
  };
  access->failure = Error(not_connected);
  pass_refresh();
  EXPECT_TRUE(gateway->is_served()) << "whoever knows is not there";
  access->failure = Error(insufficient_gateway_rights);
  pass_refresh();
  EXPECT_FALSE(gateway->is_served());
  EXPECT_EQ(reasons, std::vector<std::string>{"insufficient_gateway_rights"});
}

TEST_P(Conformance, GarbageHarmsNobodyElse) {
  start();
  auto bad = peer();
  auto good = peer("gtw-2", other_eui);
  bad->say_garbage();
  good->say(data());
  ASSERT_EQ(uplinks.size(), 1U);
  EXPECT_EQ(uplinks[0]->rx_metadata[0].gateway.gateway_id.text(), "gtw-2");
  // Whether it was cut off is the protocol's matter; it may come again.
  auto again = peer();
  EXPECT_TRUE(again->is_served());
  again->say(data(2));
  EXPECT_EQ(uplinks.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Frontends, Conformance,
                         testing::Values(udp_dialect(), station_dialect(), mqtt_dialect(),
                                         mqtt_v2_dialect(), grpc_dialect()),
                         [](const auto& tested) { return tested.param.abilities.name; });

}  // namespace
}  // namespace ff::gateway_server::conformance
