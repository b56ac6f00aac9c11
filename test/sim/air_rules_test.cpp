// The onlooker sees what it is there for: one row for each rule that a device or a gateway breaks.
#include "test/sim/air_rules.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace ff::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const region::FrequencyPlan& plan(const char* id) {
  static const auto all = region::FrequencyPlans::standard();
  return *all.find(id);
}

DataRate lora(std::uint8_t spreading_factor) {
  return LoraDataRate{spreading_factor, 125'000, CodingRate::cr4_5};
}

/// A short frame that nobody minds in the first channel of `id`.
sim::Transmission quiet(const char* id) {
  return {.phy_payload = Bytes(20),
          .frequency = plan(id).uplink_channels.front().frequency,
          .data_rate = lora(9),
          .channel = ChannelIndex{0},
          .eirp_dbm = 10,
          .f_cnt = {}};
}

struct Row {
  const char* name;
  const char* plan;
  std::function<void(sim::Transmission&)> change;
  std::optional<AirRule> broken;
};

TEST(AirRules, SeeWhatADeviceDoes) {
  const auto nothing = [](sim::Transmission&) {};
  const auto loud = [](double dbm) { return [=](sim::Transmission& t) { t.eirp_dbm = dbm; }; };
  const auto slow = [](sim::Transmission& t) { t.data_rate = lora(11); };
  const Row rows[] = {
      {"EU868", "EU_863_870_TTN", nothing, {}},
      {"US915", "US_902_928_FSB_2", nothing, {}},
      {"outside the band", "EU_863_870_TTN",
       [](auto& t) { t.frequency = Frequency::hz(871'000'000); }, AirRule::frequency},
      {"beside the channels", "EU_863_870_TTN",
       [](auto& t) { t.frequency = Frequency::hz(868'200'000); }, AirRule::channel},
      {"a modulation that is none", "EU_863_870_TTN",
       [](auto& t) {
         t.data_rate = LoraDataRate{4, 125'000, CodingRate::cr4_5};
       },
       AirRule::frequency},
      {"as loud as EU868 allows", "EU_863_870_TTN", loud(16), {}},
      {"louder", "EU_863_870_TTN", loud(16.2), AirRule::power},
      {"as loud as US915 allows with eight channels", "US_902_928_FSB_2", loud(23.15), {}},
      {"louder", "US_902_928_FSB_2", loud(24), AirRule::power},
      {"KR920: the band's own limit is lower", "KR_920_923_TTN", loud(16), AirRule::power},
      {"SF11 in US915", "US_902_928_FSB_2", slow, AirRule::dwell_time},
      {"LR-FHSS in US915, longer but hopping",
       "US_902_928_FSB_2",
       [](auto& t) {
         t.data_rate = LrFhssDataRate{1'523'000, CodingRate::cr1_3};
       },
       {}},
      {"SF11 in AS923, whose plan is silent", "AS_923", slow, AirRule::dwell_time},
      {"SF11 where the plan allows it", "AS_923_NDT", slow, {}},
      {"SF11 in EU868", "EU_863_870_TTN", slow, {}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    AirRules rules(plan(row.plan));
    auto transmission = quiet(row.plan);
    row.change(transmission);
    rules.uplink("device", transmission, MonoTime{minutes{1}});
    EXPECT_EQ(rules.broken_total(), row.broken ? 1U : 0U)
        << testing::PrintToString(rules.examples());
    if (row.broken) {
      EXPECT_EQ(rules.broken(*row.broken), 1U);
    }
    EXPECT_EQ(rules.frames(), 1U);
  }
}

TEST(AirRules, SeeWhereAGatewaySends) {
  struct Emitted {
    const char* plan;
    std::uint32_t frequency_hz;
    std::optional<AirRule> broken;
  };
  constexpr Emitted rows[] = {{"EU_863_870_TTN", 868'100'000, {}},
                              {"EU_863_870_TTN", 869'525'000, {}},
                              {"EU_863_870_TTN", 868'200'000, AirRule::channel},
                              {"US_902_928_FSB_2", 923'300'000, {}},
                              {"US_902_928_FSB_2", 903'900'000, AirRule::channel}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.frequency_hz);
    AirRules rules(plan(row.plan));
    sim::Emission emission;
    emission.frequency = Frequency::hz(row.frequency_hz);
    emission.data_rate = lora(9);
    emission.phy_payload = Bytes(20);
    rules.downlink(0, emission, 10);
    EXPECT_EQ(rules.broken_total(), row.broken ? 1U : 0U);
    if (row.broken) {
      EXPECT_EQ(rules.broken(*row.broken), 1U);
    }
  }
}

TEST(AirRules, SeeHowLoudAGatewayIs) {
  struct Loudness {
    const char* plan;
    std::uint32_t frequency_hz;
    double limit_dbm;
  };
  constexpr Loudness rows[] = {{"EU_863_870_TTN", 868'100'000, 16.15},
                               {"EU_863_870_TTN", 869'525'000, 29.15},
                               {"AS_920_923", 923'200'000, 16},
                               {"AS_920_923_TTN_AU", 923'200'000, 30},
                               {"AS_920_923_TTN_JP_1_LAND_MOBILE", 923'200'000, 27},
                               {"EU_433", 433'175'000, 12.15},
                               {"US_903_0", 923'300'000, 24.15}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.plan);
    AirRules rules(plan(row.plan));
    sim::Emission emission;
    emission.frequency = Frequency::hz(row.frequency_hz);
    emission.data_rate = lora(9);
    emission.phy_payload = Bytes(20);
    rules.downlink(0, emission, row.limit_dbm);
    EXPECT_EQ(rules.broken(AirRule::power), 0U);
    rules.downlink(0, emission, row.limit_dbm + 0.1);
    EXPECT_EQ(rules.broken(AirRule::power), 1U);
  }
}

/// Whatever the frequency, and in any order of asking.
TEST(AirRules, SeeTwoFramesOfAGatewayAtOnce) {
  AirRules rules(plan("US_902_928_FSB_2"));
  sim::Emission emission;
  emission.data_rate = LoraDataRate{10, 500'000, CodingRate::cr4_5};
  emission.phy_payload = Bytes(20);
  const auto sent = [&](std::size_t gateway, std::chrono::milliseconds start,
                        std::uint32_t frequency_hz) {
    emission.start = MonoTime{start};
    emission.frequency = Frequency::hz(frequency_hz);
    rules.downlink(gateway, emission, 10);
    return rules.broken(AirRule::overlap);
  };
  using std::chrono::milliseconds;
  EXPECT_EQ(sent(0, milliseconds{5000}, 923'300'000), 0U);  // 103 ms
  EXPECT_EQ(sent(0, milliseconds{4880}, 923'300'000), 0U) << "before it";
  EXPECT_EQ(sent(0, milliseconds{5110}, 923'300'000), 0U) << "behind it";
  EXPECT_EQ(sent(1, milliseconds{5000}, 923'300'000), 0U) << "another gateway";
  EXPECT_EQ(sent(0, milliseconds{5003}, 923'900'000), 1U);
  EXPECT_EQ(rules.broken_total(), 1U);
}

/// One per cent of an hour is 36 s; a frame at SF12 lasts 1.3 s or so.
TEST(AirRules, CountTheTimeOfEachDeviceForItself) {
  const auto broken = [](seconds every, int devices) {
    AirRules rules(plan("EU_863_870_TTN"));
    auto transmission = quiet("EU_863_870_TTN");
    transmission.data_rate = lora(12);
    for (seconds at{0}; at < std::chrono::hours{3}; at += every) {
      for (int device = 0; device < devices; ++device)
        rules.uplink("device " + std::to_string(device), transmission, MonoTime{at + seconds{2}});
    }
    return rules.broken(AirRule::duty_cycle);
  };
  EXPECT_EQ(broken(seconds{140}, 1), 0U);
  EXPECT_EQ(broken(seconds{140}, 5), 0U) << "what others send does not count";
  EXPECT_GT(broken(seconds{100}, 1), 10U);
}

TEST(AirRules, CountTheTimeOfEachGatewayExactly) {
  const auto broken = [](int frames) {
    AirRules rules(plan("EU_863_870_TTN"));
    sim::Emission emission;
    emission.frequency = Frequency::hz(869'525'000);
    emission.data_rate = lora(12);
    emission.phy_payload = Bytes(20);
    for (int i = 0; i < frames; ++i) {
      emission.start = MonoTime{seconds{3 * i}};
      rules.downlink(0, emission, 27);
    }
    return rules.broken(AirRule::duty_cycle);
  };
  // Ten per cent are 360 s.
  EXPECT_EQ(broken(270), 0U);
  EXPECT_GT(broken(280), 0U);
}

}  // namespace
}  // namespace ff::test
