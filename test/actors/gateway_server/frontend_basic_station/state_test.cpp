#include "actors/gateway_server/frontend_basic_station/state.hpp"

#include <gtest/gtest.h>

#include <array>

#include "actors/gateway_server/frontend_basic_station/authorise.hpp"
#include "actors/gateway_server/frontend_basic_station/discovery.hpp"
#include "actors/gateway_server/frontend_basic_station/inbox.hpp"
#include "protocol/gateway/basic_station/errors.hpp"

namespace ff::gateway_server {
namespace {

using namespace std::chrono_literals;
namespace lns = gateway::basic_station;

constexpr std::int64_t session = std::int64_t{189} << 48;

class StationStateTest : public testing::Test {
 protected:
  StationStateTest() : plans(region::FrequencyPlans::standard()) {
    setup.ids = {GatewayId{"gtw-1"}, GatewayEui{1}};
    setup.plans = {plans.find("EU_863_870_TTN")};
    setup.region = region::find_latest("EU_863_870");
  }
  StationState& state() {
    if (!state_) state_.emplace(setup, config);
    return *state_;
  }
  StationEffects say(const std::string& text) { return state().on_message(as_bytes(text), now); }
  void pass(Duration time) {
    now.mono += time;
    now.utc += time;
  }
  static std::string uplink(std::int64_t xtime, const std::string& ref_time = "0", int rctx = 1) {
    return R"({"msgtype":"updf","MHdr":64,"DevAddr":1,"FCtrl":0,"FCnt":7,"FOpts":"","FPort":-1,)"
           R"("FRMPayload":"","MIC":1,"DR":5,"Freq":868100000,"RefTime":)" +
           ref_time + R"(,"upinfo":{"rctx":)" + std::to_string(rctx) + R"(,"xtime":)" +
           std::to_string(xtime) + R"(,"gpstime":0,"rssi":-90,"snr":7.5}})";
  }
  SendDownlink downlink(std::uint32_t timestamp_us, std::uint32_t antenna = 0) const {
    SendDownlink message;
    message.token = DownlinkToken{7};
    message.downlink = {.phy_payload = Bytes{0x60},
                        .data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5},
                        .frequency = Frequency::hz(868'100'000),
                        .antenna_index = antenna,
                        .timestamp_us = timestamp_us,
                        .absolute_time = {}};
    return message;
  }
  /// The `xtime` of the only thing told.
  static std::string xtime_of(const StationEffects& effects) {
    const auto& text = std::get<TellStation>(effects.at(0)).text;
    const auto at = text.find(R"("xtime":)");
    return at == std::string::npos ? "none" : text.substr(at + 8, text.find('}', at) - at - 8);
  }

  region::FrequencyPlans plans;
  StationSetup setup;
  BasicStationConfig config;
  Instant now{UtcTime{1'700'000'000s}, MonoTime{1h}};
  std::unique_ptr<Random> random = make_seeded_random(1);

 private:
  std::optional<StationState> state_;
};

TEST_F(StationStateTest, AnswersAVersionWithItsConfiguration) {
  const auto effects =
      say(R"({"msgtype":"version","station":"2.0.6","protocol":2,"features":"gps"})");
  ASSERT_EQ(effects.size(), 3U);
  EXPECT_EQ(std::get<CountStation>(effects[0]).outcome, StationOutcome::version);
  const auto& text = std::get<TellStation>(effects[1]).text;
  EXPECT_TRUE(text.starts_with(R"({"msgtype":"router_config")")) << text;
  EXPECT_NE(text.find(R"("nodc":true)"), std::string::npos);
  EXPECT_NE(text.find(R"("bcning":null)"), std::string::npos);
  EXPECT_EQ(std::get<StationUp>(effects[2]).up.status->versions.at("station"), "2.0.6");
}

TEST_F(StationStateTest, AProductionStationKeepsItsLimits) {
  const auto effects = say(R"({"msgtype":"version","features":["prod"]})");
  EXPECT_EQ(std::get<TellStation>(effects.at(1)).text.find("nodc"), std::string::npos);
}

TEST_F(StationStateTest, BeaconsOnlyWithAGpsAndWhenTold) {
  config.beaconing = true;
  EXPECT_NE(std::get<TellStation>(say(R"({"msgtype":"version","features":"gps"})").at(1))
                .text.find(R"("bcning":{"DR":3)"),
            std::string::npos);
  EXPECT_NE(
      std::get<TellStation>(say(R"({"msgtype":"version"})").at(1)).text.find(R"("bcning":null)"),
      std::string::npos);
}

TEST_F(StationStateTest, ARegionHasTheReferencesName) {
  setup.region = region::find_latest("AS_923");
  const auto text = std::get<TellStation>(say(R"({"msgtype":"version"})").at(1)).text;
  EXPECT_NE(text.find(R"("region":"AS923",)"), std::string::npos) << text;
}

TEST_F(StationStateTest, ARegionHasTheNameThatStationsKnowWhenTold) {
  setup.region = region::find_latest("AS_923");
  config.reference_region_names = true;
  const auto text = std::get<TellStation>(say(R"({"msgtype":"version"})").at(1)).text;
  EXPECT_NE(text.find(R"("region":"AS923JP",)"), std::string::npos) << text;
}

TEST_F(StationStateTest, MeasuresRoundTripsByItsOwnClock) {
  struct Row {
    const char* ref_time;
    std::optional<Duration> round_trip;
  };
  const Row rows[] = {{"0", {}},           {"1699999999.75", 250ms},
                      {"1699999990", 10s}, {"1699999989.9", {}},
                      {"1700000000", {}},  {"1700000001", {}}};
  for (const auto& row : rows) {
    const auto effects = say(uplink(session + 1, row.ref_time));
    const auto& up = std::get<StationUp>(effects.at(1)).up;
    EXPECT_EQ(up.round_trip, row.round_trip) << row.ref_time;
    ASSERT_EQ(up.uplinks.size(), 1U);
    EXPECT_EQ(up.uplinks[0].rx_metadata[0].antenna_index, 1U);
  }
}

TEST_F(StationStateTest, DownlinksAreTimedInTheStationsSession) {
  say(uplink(session + 0x1'2345'6789));
  // Five seconds after the uplink; the station adds its RxDelay of one second.
  EXPECT_EQ(xtime_of(state().on_downlink(downlink(0x2345'6789 + 5'000'000), now)),
            std::to_string(session + 0x1'2345'6789 + 4'000'000));
}

TEST_F(StationStateTest, LowBitsThatWrappedMeanTheNextPeriod) {
  say(uplink(session + 0xffff'fff0));
  EXPECT_EQ(xtime_of(state().on_downlink(downlink(5'000'000 - 0x10), now)),
            std::to_string(session + 0xffff'fff0 + 4'000'000));
}

TEST_F(StationStateTest, TheClockGoesOnWhileTheStationIsSilent) {
  say(uplink(session + 1));
  pass(10h);
  const std::uint64_t at = 1 + 36'000'000'000ULL + 2'000'000;
  EXPECT_EQ(xtime_of(state().on_downlink(downlink(static_cast<std::uint32_t>(at)), now)),
            std::to_string(session + static_cast<std::int64_t>(at) - 1'000'000));
}

TEST_F(StationStateTest, ALateFrameDoesNotTurnTheClockBack) {
  say(uplink(session + 7'200'000'000));
  say(uplink(session + 1));
  EXPECT_EQ(xtime_of(state().on_downlink(downlink(static_cast<std::uint32_t>(7'205'000'000)), now)),
            std::to_string(session + 7'204'000'000));
}

TEST_F(StationStateTest, ARestartedStationHasAnotherSession) {
  say(uplink(session + 7'200'000'000));
  const std::int64_t other = std::int64_t{5} << 48;
  say(uplink(other + 10'000'000));
  EXPECT_EQ(xtime_of(state().on_downlink(downlink(15'000'000), now)),
            std::to_string(other + 14'000'000));
}

// --- several concentrators ---------------------------------------------------------------------

/// A station with two of them, of which the second was started `later`. The first began at zero,
/// two hours ago.
class TwoRadiosTest : public StationStateTest {
 protected:
  static std::int64_t us(Duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  }
  std::int64_t xtime(std::size_t unit, Duration heard) const {
    return (static_cast<std::int64_t>(unit) << 56) + session_of[unit] + us(2h + heard) -
           (unit == 1 ? us(later) : 0);
  }
  /// A frame heard at `heard`; the counter that the connection is told.
  std::uint32_t hear(std::size_t unit, Duration heard) {
    const auto effects = say(uplink(xtime(unit, heard), "0", static_cast<int>(unit)));
    const auto& frame = std::get<StationUp>(effects.at(1)).up.uplinks.at(0);
    EXPECT_EQ(frame.settings.timestamp_us, frame.rx_metadata.at(0).timestamp_us);
    return frame.settings.timestamp_us;
  }
  std::string answer(std::uint32_t uplink_us, std::uint32_t antenna) {
    return xtime_of(state().on_downlink(downlink(uplink_us + 5'000'000, antenna), now));
  }
  static std::uint32_t first_counter(Duration heard) {
    return static_cast<std::uint32_t>(us(2h + heard));
  }

  Duration later{0};
  std::array<std::int64_t, 2> session_of = {std::int64_t{17} << 48, std::int64_t{99} << 48};
};

TEST_F(TwoRadiosTest, AreOneClockToTheConnectionAndAnswerByTheirOwn) {
  for (const Duration start : {Duration(300ms), Duration(20s), Duration(-20s), Duration(90min)}) {
    later = start;
    EXPECT_EQ(hear(0, 0s), first_counter(0s));
    pass(1s);
    const auto by_second = hear(1, 1s);
    EXPECT_EQ(by_second, first_counter(1s));
    EXPECT_EQ(answer(by_second, 1), std::to_string(xtime(1, 5s)));
    pass(1s);
    const auto by_first = hear(0, 2s);
    EXPECT_EQ(by_first, first_counter(2s));
    EXPECT_EQ(answer(by_first, 0), std::to_string(xtime(0, 6s)));
    // A slow network changes nothing: the counters are exact.
    pass(1s);
    const auto delayed = hear(1, 2900ms);
    EXPECT_EQ(delayed, first_counter(2900ms));
    EXPECT_EQ(answer(delayed, 1), std::to_string(xtime(1, 6900ms)));
    // Each has its own session.
    session_of[0] += std::int64_t{1} << 48;
    pass(-3s);
  }
}

TEST_F(TwoRadiosTest, ReportsOfTheSecondAreOfTheFirstsClock) {
  later = 20s;
  hear(0, 0s);
  hear(1, 0s);
  pass(5s);
  const auto effects = say(R"({"msgtype":"dntxed","diid":7,"xtime":)" +
                           std::to_string(xtime(1, 5s)) + R"(,"gpstime":1384034399000000})");
  EXPECT_EQ(std::get<StationAcked>(effects.at(1)).acked.gps->counter_us, first_counter(5s));
}

/// The first frame came late, so the offset is too great, until one comes at once.
TEST_F(TwoRadiosTest, AreKeptTogetherByTheFrameThatComesSoonest) {
  later = 20s;
  hear(0, 0s);
  EXPECT_EQ(hear(1, -30s), first_counter(0s));
  pass(1s);
  EXPECT_EQ(hear(1, 1s), first_counter(1s));
  // A late one later is known for what it is.
  EXPECT_EQ(hear(1, -29s), first_counter(-29s));
}

TEST_F(TwoRadiosTest, AreKeptTogetherWhenTheyDriftApart) {
  later = 20s;
  hear(0, 0s);
  hear(1, 0s);
  // The second falls behind, by a hundredth, which no crystal does; frames of both each second.
  std::uint32_t heard = 0;
  for (int second = 1; second <= 240; ++second) {
    pass(1s);
    hear(0, second * 1s);
    heard = hear(1, second * 990ms);
  }
  const auto behind = static_cast<std::int32_t>(first_counter(240s) - heard);
  EXPECT_LT(behind, 700'000) << "it would be 2.4 s";
  EXPECT_EQ(answer(heard, 1), std::to_string(xtime(1, 240 * 990ms + 4s)));
}

/// What was measured by the first one's counter is void.
TEST_F(TwoRadiosTest, BeginAnewWhenTheFirstIsRestarted) {
  hear(0, 0s);
  const auto before = hear(1, 0s);
  session_of[0] = std::int64_t{18} << 48;
  hear(0, -1h);
  const auto lost = state().on_downlink(downlink(before, 1), now);
  EXPECT_TRUE(std::get<LostDownlink>(lost.at(0)).error.is(lns::session_state_not_found));
  EXPECT_EQ(hear(1, 0s), first_counter(-1h));
  session_of[1] = std::int64_t{5} << 48;
  const auto after = hear(1, -90min);
  EXPECT_EQ(after, first_counter(-1h));
  EXPECT_EQ(answer(after, 1), std::to_string(xtime(1, -90min + 4s)));
}

TEST_F(StationStateTest, WithoutASessionADownlinkIsReportedLost) {
  const auto effects = state().on_downlink(downlink(1), now);
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_TRUE(std::get<LostDownlink>(effects[0]).error.is(lns::session_state_not_found));
  const auto& acked = std::get<StationAcked>(effects[1]).acked;
  EXPECT_EQ(acked.token, DownlinkToken{7});
  EXPECT_EQ(acked.result, TxResult::unknown_error);
}

TEST_F(StationStateTest, AnAbsoluteTimeNeedsNoSession) {
  auto message = downlink(1);
  message.downlink.absolute_time = now.utc + 10s;
  const auto effects = state().on_downlink(message, now);
  EXPECT_NE(std::get<TellStation>(effects.at(0)).text.find(R"("gpstime":)"), std::string::npos);
}

TEST_F(StationStateTest, ReportsAreAcknowledgements) {
  const auto effects = say(R"({"msgtype":"dntxed","diid":7,"xtime":)" +
                           std::to_string(session + 5) + R"(,"gpstime":1384034399000000})");
  ASSERT_EQ(effects.size(), 2U);
  const auto& acked = std::get<StationAcked>(effects[1]).acked;
  EXPECT_EQ(acked.token, DownlinkToken{7});
  EXPECT_EQ(acked.result, TxResult::success);
  ASSERT_TRUE(acked.gps);
  EXPECT_EQ(acked.gps->counter_us, 5U);
  EXPECT_FALSE(std::get<StationAcked>(say(R"({"msgtype":"dntxed","diid":7})").at(1)).acked.gps);
}

TEST_F(StationStateTest, TellsTheTime) {
  const auto effects = say(R"({"msgtype":"timesync","txtime":42})");
  EXPECT_EQ(
      std::get<TellStation>(effects.at(1)).text,
      R"({"msgtype":"timesync","txtime":42,"gpstime":1384035218000000,"MuxTime":1700000000})");
}

TEST_F(StationStateTest, AsksForATimeExchangeUnlessTheStationDoesItItself) {
  const auto due = [&] {
    auto effects = state().on_time_sync_due(now, *random);
    const auto after = std::get<NextTimeSync>(effects.at(0)).after;
    EXPECT_GE(after, 180s);
    EXPECT_LE(after, 220s);
    return effects.size() == 2;
  };
  EXPECT_TRUE(due());
  // Its answer to the request is no reason to be silent the next time.
  pass(100ms);
  say(R"({"msgtype":"timesync","txtime":1})");
  pass(180s);
  EXPECT_TRUE(due());
  pass(120s);
  say(R"({"msgtype":"timesync","txtime":2})");
  pass(60s);
  EXPECT_FALSE(due());
  pass(181s);
  EXPECT_TRUE(due());
}

TEST_F(StationStateTest, IntervalsVary) {
  std::set<Duration> seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(std::get<NextTimeSync>(state().plan_time_sync(*random).at(0)).after);
  EXPECT_GT(seen.size(), 90U);
}

TEST_F(StationStateTest, MalformedMessagesAreDroppedAndBrokenOnesEndTheConnection) {
  auto effects = say(uplink(0));
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(std::get<CountStation>(effects[0]).outcome, StationOutcome::malformed);
  effects = say("{");
  ASSERT_EQ(effects.size(), 2U);
  EXPECT_EQ(std::get<CountStation>(effects[0]).outcome, StationOutcome::no_json);
  EXPECT_EQ(std::get<EndStation>(effects[1]).code, websocket::CloseCode::unsupported_data);
  effects = say(R"({"msgtype":"rmtsh"})");
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_EQ(std::get<CountStation>(effects[0]).outcome, StationOutcome::ignored);
}

TEST(StationInbox, StopsReadingAndGoesOn) {
  StationInbox inbox;
  for (std::size_t i = 1; i < StationInbox::high; ++i) EXPECT_FALSE(inbox.added());
  EXPECT_TRUE(inbox.added());
  EXPECT_FALSE(inbox.added());
  int resumed = 0;
  for (std::size_t i = 0; i <= StationInbox::high; ++i) resumed += inbox.taken() ? 1 : 0;
  EXPECT_EQ(resumed, 1);
  EXPECT_FALSE(inbox.added());
}

TEST(BearerSecret, TakesAnyFormOfAKeyFile) {
  const auto secret = [](const char* value) { return bearer_secret({{"Authorization", value}}); };
  EXPECT_EQ(secret("NNSXS.ID.SECRET"), "NNSXS.ID.SECRET");
  EXPECT_EQ(secret("Bearer NNSXS.ID.SECRET"), "NNSXS.ID.SECRET");
  EXPECT_EQ(secret("bearer   NNSXS.ID.SECRET "), "NNSXS.ID.SECRET");
  EXPECT_EQ(secret("Basic abc"), "Basic abc");
  EXPECT_EQ(secret(" "), "");
  EXPECT_EQ(bearer_secret({}), "");
}

TEST(TrafficHost, IsTheOneTheStationCameTo) {
  const auto host = [](const char* value, bool tls = false) {
    net::http::Request request;
    request.headers = {{"Host", value}};
    return traffic_host(request, tls, "192.0.2.1:1887");
  };
  EXPECT_EQ(host("lns.example.com:1887"), "lns.example.com:1887");
  EXPECT_EQ(host("lns.example.com"), "lns.example.com:80");
  EXPECT_EQ(host("lns.example.com", true), "lns.example.com:443");
  EXPECT_EQ(host("[::1]"), "[::1]:80");
  EXPECT_EQ(host("[::1]:1887"), "[::1]:1887");
  EXPECT_EQ(host("a/b"), "192.0.2.1:1887");
  EXPECT_EQ(host(""), "192.0.2.1:1887");
}

}  // namespace
}  // namespace ff::gateway_server
