#include "protocol/gateway/basic_station/downstream.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "protocol/gateway/basic_station/router_config.hpp"

namespace ff::gateway::basic_station {
namespace {

const UtcTime now = *parse_rfc3339("2023-11-14T22:13:21.4Z");

const region::Region& eu() {
  return *region::find_latest("EU_863_870");
}

GatewayDownlink downlink() {
  return {.phy_payload = {0x60, 0x01},
          .data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5},
          .frequency = Frequency::hz(868'100'000),
          .timestamp_us = 1,
          .absolute_time = {}};
}

TEST(XTime, StaysInItsSession) {
  const XTime at{53198770627242300};
  EXPECT_EQ(at.plus(4'000'000).value(), 53198770631242300);
  const XTime end{static_cast<std::int64_t>((std::uint64_t{5} << 48) | XTime::counter_mask)};
  EXPECT_EQ(end.plus(1).value(), std::int64_t{5} << 48);
  EXPECT_EQ(XTime{std::int64_t{5} << 48}.plus(-1), end);
}

TEST(XTime, NamesItsUnitAndItsSession) {
  const XTime first{53198770627242300};
  EXPECT_EQ(first.unit(), 0);
  EXPECT_EQ(first.session(), 189);
  const XTime last{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(last.unit(), 127);
  EXPECT_EQ(last.session(), 255);
  EXPECT_EQ(last.plus(1).unit(), 127);
}

TEST(XTime, IsFoundAgainFromItsLowBits) {
  const XTime at{(std::int64_t{3} << 48) | 0x1'0000'0010};
  EXPECT_EQ(at.nearest(0x20), at.plus(0x10));
  EXPECT_EQ(at.nearest(0xffff'fff0), at.plus(-0x20));
  EXPECT_EQ(at.nearest(static_cast<std::uint32_t>(at.counter_us())), at);
}

// [spec gateway-server §4.6]
TEST(DownlinkMessage, OfClassAHasOneWindow) {
  const auto text = downlink_message(downlink(), 1, XTime{53198770632242300}, eu(), now);
  ASSERT_TRUE(text);
  EXPECT_EQ(
      *text,
      R"({"msgtype":"dnmsg","DevEui":"00-00-00-00-00-00-00-01","dC":0,"diid":1,"pdu":"6001","priority":25,"rctx":0,)"
      R"("MuxTime":1700000001.4,"RxDelay":1,"RX1DR":5,"RX1Freq":868100000,"xtime":53198770631242300})");
}

TEST(DownlinkMessage, WithAnAbsoluteTimeNeedsNoCounter) {
  auto absolute = downlink();
  absolute.absolute_time = *parse_rfc3339("2023-11-14T21:59:41Z");
  absolute.antenna_index = 1;
  const auto text = downlink_message(absolute, 65535, {}, eu(), now);
  ASSERT_TRUE(text);
  EXPECT_EQ(
      *text,
      R"({"msgtype":"dnmsg","DevEui":"00-00-00-00-00-00-00-01","dC":1,"diid":65535,"pdu":"6001","priority":25,"rctx":1,)"
      R"("MuxTime":1700000001.4,"DR":5,"Freq":868100000,"gpstime":1384034399000000})");
}

TEST(DownlinkMessage, UsesTheDownlinkIndexOfARate) {
  auto us = downlink();
  us.data_rate = LoraDataRate{8, 500'000, CodingRate::cr4_5};
  us.frequency = Frequency::hz(923'300'000);
  const auto text = downlink_message(us, 1, XTime{1}, *region::find_latest("US_902_928"), now);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find(R"("RX1DR":12,)"), std::string::npos) << *text;
}

/// A station would send SF6 as FSK.
TEST(DownlinkMessage, StationsAreNotAskedForSf6AndSf5) {
  for (const auto* band : {"EU_863_870", "US_902_928"}) {
    for (const std::uint8_t sf : {5, 6}) {
      auto fast = downlink();
      fast.data_rate = LoraDataRate{sf, band[0] == 'E' ? 125'000U : 500'000U, CodingRate::cr4_5};
      const auto text = downlink_message(fast, 1, XTime{1}, *region::find_latest(band), now);
      ASSERT_FALSE(text) << band << +sf;
      EXPECT_TRUE(text.error().is(unknown_data_rate));
    }
  }
}

TEST(DownlinkMessage, SaysWhyThereIsNone) {
  EXPECT_TRUE(downlink_message(downlink(), 1, {}, eu(), now).error().is(session_state_not_found));
  auto strange = downlink();
  strange.data_rate = LoraDataRate{7, 1, CodingRate::cr4_5};
  EXPECT_TRUE(downlink_message(strange, 1, XTime{1}, eu(), now).error().is(unknown_data_rate));
}

TEST(TimeSync, BothWays) {
  EXPECT_EQ(
      time_sync_answer(42, *parse_rfc3339("2023-11-14T21:59:41.000001Z")),
      R"({"msgtype":"timesync","txtime":42,"gpstime":1384034399000001,"MuxTime":1699999181.000001})");
  EXPECT_EQ(time_sync_request(now), R"({"msgtype":"timesync","gpstime":0,"MuxTime":1700000001.4})");
}

TEST(BasicStationRegion, HasANameOfTheReferenceAndOneOfTheStation) {
  struct Row {
    const char* band;
    const char* name;
    const char* reference;
  };
  const Row rows[] = {{"EU_863_870", "EU863", "EU863"}, {"US_902_928", "US902", "US902"},
                      {"AU_915_928", "AU915", "AU915"}, {"KR_920_923", "KR920", "KR920"},
                      {"AS_923", "AS923", "AS923JP"},   {"AS_923_4", "AS923", "IL915"},
                      {"AS_923_2", "AS923", "AS923"},   {"IN_865_867", "IN865", "IN865"}};
  for (const auto& [band, name, reference] : rows) {
    ASSERT_NE(region::find_latest(band), nullptr) << band;
    EXPECT_EQ(region_name(band), name);
    EXPECT_EQ(reference_region_name(band), reference);
  }
}

class RouterConfig : public testing::Test {
 protected:
  static const region::FrequencyPlans& plans() {
    static const auto all = region::FrequencyPlans::standard();
    return all;
  }
  static Result<std::string> config(const std::vector<std::string>& ids,
                                    const RouterConfigOptions& options = {}) {
    std::vector<const region::FrequencyPlan*> chosen;
    for (const auto& id : ids) chosen.push_back(plans().find(id));
    return router_config(chosen, *region::find_latest(chosen.at(0)->band_id), options, now);
  }
  static std::string golden(const std::string& name) {
    std::ifstream file(std::string(FF_GOLDEN_DIR) + "/basic_station/" + name + ".json");
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::erase(text, '\n');
    return text;
  }
};

TEST_F(RouterConfig, IsThatOfTheGoldenFiles) {
  EXPECT_EQ(*config({"EU_863_870_TTN"}), golden("eu_863_870_ttn"));
  EXPECT_EQ(*config({"US_902_928_FSB_1", "US_902_928_FSB_2"}, {.antenna_gain_dbi = 3.9F}),
            golden("us_902_928_fsb_1_2"));
  EXPECT_EQ(*config({"AS_920_923_LBT"}, {.is_production = true, .beaconing = true}),
            golden("as_920_923_lbt_prod_beacon"));
}

/// Both rates of an index can not be told, and SF6 not at all.
TEST_F(RouterConfig, DataRatesAreThoseThatStationsKnow) {
  const auto text = *config({"US_902_928_FSB_2"});
  EXPECT_NE(
      text.find(R"("DRs":[[10,125,0],[9,125,0],[8,125,0],[7,125,0],[8,500,0],[-1,0,0],[-1,0,0],)"
                R"([-1,0,0],[12,500,0],[11,500,0],[10,500,0],[9,500,0],[8,500,0],[7,500,0],)"
                R"([-1,0,0],[-1,0,0]])"),
      std::string::npos)
      << text;
}

TEST_F(RouterConfig, RegionsAreNamedAsStationsKnowThem) {
  EXPECT_EQ(region_name("EU_863_870"), "EU863");
  EXPECT_EQ(region_name("US_902_928"), "US902");
  EXPECT_EQ(region_name("AS_923_2"), "AS923");
  EXPECT_EQ(region_name("EU_433"), "EU433");
  EXPECT_EQ(region_name("CN_470_510_20_A"), "CN470");
  EXPECT_EQ(region_name("X"), "X");
}

TEST_F(RouterConfig, EveryPlanForGatewaysHasOne) {
  int made = 0;
  for (const auto& plan : plans().all()) {
    const auto text = config({plan.id}, {.beaconing = true});
    const bool can_send =
        std::any_of(plan.radios.begin(), plan.radios.end(),
                    [](const auto& radio) { return radio.enable && radio.tx_min; });
    EXPECT_EQ(text.has_value(), can_send) << plan.id;
    if (!text) continue;
    ++made;
    // What a station's buffer holds.
    EXPECT_LT(text->size(), 40'000U) << plan.id;
  }
  EXPECT_GT(made, 30);
}

TEST_F(RouterConfig, BeaconsHopWhereTheRegionSaysSo) {
  const auto text = *config({"US_902_928_FSB_2"}, {.beaconing = true});
  EXPECT_NE(text.find(R"("bcning":{"DR":8,"layout":[5,11,23],"freqs":[923300000,923900000,)"),
            std::string::npos)
      << text;
}

TEST_F(RouterConfig, APlanWithoutRadiosIsUnusable) {
  const region::FrequencyPlan empty{.id = "none", .band_id = "EU_863_870"};
  const region::FrequencyPlan* const list[] = {&empty};
  const auto text = router_config(list, eu(), {}, now);
  ASSERT_FALSE(text);
  EXPECT_TRUE(text.error().is(unusable_frequency_plan));
}

}  // namespace
}  // namespace ff::gateway::basic_station
