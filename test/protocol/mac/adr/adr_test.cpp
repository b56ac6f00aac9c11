#include "protocol/mac/adr/adr.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac::adr {
namespace {

using mac::test::Device;
using mac::test::dr;
using mac::test::power;

RecentUplink uplink(std::uint32_t f_cnt, int data_rate, float snr_db, bool adr = true) {
  RecentUplink uplink;
  uplink.f_cnt = FCnt32{f_cnt};
  uplink.data_rate_index = dr(data_rate);
  uplink.max_snr_db = snr_db;
  uplink.adr = adr;
  return uplink;
}

struct ModeRow {
  const char* name;
  std::optional<AdrSettings> device;
  std::optional<bool> device_use_adr;
  std::optional<AdrSettings> defaults;
  std::optional<bool> defaults_use_adr;
  bool uses;
};

TEST(AdrMode, DeviceThenNetworkDefaultThenDynamic) {
  const ModeRow rows[] = {
      {"nothing set", {}, {}, {}, {}, true},
      {"device disabled", AdrDisabled{}, {}, AdrDynamic{}, {}, false},
      {"device static", AdrStatic{}, {}, AdrDisabled{}, {}, true},
      {"device use_adr off", {}, false, AdrDynamic{}, {}, false},
      {"device use_adr on", {}, true, AdrDisabled{}, {}, true},
      {"default disabled", {}, {}, AdrDisabled{}, {}, false},
      {"default use_adr off", {}, {}, {}, false, false},
      {"adr before use_adr", AdrDynamic{}, false, {}, {}, true},
  };
  for (const ModeRow& row : rows) {
    SCOPED_TRACE(row.name);
    Device device;
    device.settings.adr = row.device;
    device.settings.use_adr = row.device_use_adr;
    device.defaults.adr = row.defaults;
    device.defaults.use_adr = row.defaults_use_adr;
    EXPECT_EQ(uses_adr(device.profile()), row.uses);
    device.multicast = true;
    EXPECT_FALSE(uses_adr(device.profile()));
  }
}

TEST(AdrMode, MarginComesFromTheNearestSetting) {
  Device device;
  const auto margin = [&] {
    return *std::get<AdrDynamic>(effective_settings(device.profile())).margin_db;
  };
  EXPECT_FLOAT_EQ(margin(), 15);
  device.defaults.adr_margin_db = 12.0F;
  EXPECT_FLOAT_EQ(margin(), 12);
  device.defaults.adr = AdrDynamic{.margin_db = 11.0F};
  EXPECT_FLOAT_EQ(margin(), 11);
  device.settings.adr_margin_db = 10.0F;
  EXPECT_FLOAT_EQ(margin(), 11) << "the default's own dynamic settings carry their margin";
  device.settings.adr = AdrDynamic{.margin_db = 9.0F};
  EXPECT_FLOAT_EQ(margin(), 9);
  device.settings.adr = AdrDynamic{};
  EXPECT_FLOAT_EQ(margin(), 10);
}

TEST(AdrMode, ChannelsAreSteeredAsTheNetworkDoesUnlessTheDeviceSays) {
  Device device;
  const auto steering = [&] {
    return std::get<AdrDynamic>(effective_settings(device.profile())).channel_steering;
  };
  EXPECT_EQ(steering(), ChannelSteering::unset);
  device.defaults.adr = AdrDynamic{.channel_steering = ChannelSteering::lora_narrow};
  EXPECT_EQ(steering(), ChannelSteering::lora_narrow);
  device.settings.adr = AdrDynamic{};
  EXPECT_EQ(steering(), ChannelSteering::lora_narrow);
  device.settings.adr = AdrDynamic{.channel_steering = ChannelSteering::disabled};
  EXPECT_EQ(steering(), ChannelSteering::disabled);
  device.settings.adr = AdrDynamic{};
  device.defaults.adr = AdrDisabled{};
  EXPECT_EQ(steering(), ChannelSteering::unset);
}

struct RecordRow {
  const char* name;
  std::function<void(Device&)> prepare;
  RecentUplink uplink;
  Reason reason;
  DataRateIndex data_rate;
  TxPowerIndex tx_power;
  std::uint8_t nb_trans;
};

TEST(RecordUplink, DecidesByModeAndSaysWhy) {
  const RecordRow rows[] = {
      {"dynamic", [](Device&) {}, uplink(1, 0, 10), Reason::adapted, dr(5), power(0), 1},
      {"bit off", [](Device&) {}, uplink(1, 0, 10, false), Reason::adr_bit_off, dr(0), power(0), 1},
      {"disabled", [](Device& d) { d.settings.adr = AdrDisabled{}; }, uplink(1, 2, 10),
       Reason::disabled, dr(2), power(0), 1},
      {"static",
       [](Device& d) {
         d.settings.adr = AdrStatic{dr(4), power(3), 2};
       },
       uplink(1, 0, 10, false), Reason::static_values, dr(4), power(3), 2},
      {"multicast", [](Device& d) { d.multicast = d.supports_class_c = true; }, uplink(1, 0, 10),
       Reason::disabled, dr(0), power(0), 1},
      {"unknown floor", [](Device&) {}, uplink(1, 7, 10), Reason::unknown_floor, dr(7), power(0),
       1},
      {"undefined data rate", [](Device&) {}, uplink(1, 15, 10), Reason::unknown_floor, dr(15),
       power(0), 1},
      {"no allowed rate",
       [](Device& d) {
         d.settings.adr = AdrDynamic{.min_data_rate_index = dr(4), .max_data_rate_index = dr(3)};
       },
       uplink(1, 0, 10), Reason::no_allowed_data_rate, dr(0), power(0), 1},
      {"no allowed power",
       [](Device& d) { d.settings.adr = AdrDynamic{.min_tx_power_index = power(9)}; },
       uplink(1, 0, 10), Reason::no_allowed_tx_power, dr(0), power(0), 1},
      {"raised to the minimum",
       [](Device& d) { d.settings.adr = AdrDynamic{.min_data_rate_index = dr(2)}; },
       uplink(1, 0, -20), Reason::adapted, dr(2), power(0), 1},
      {"lowered to the maximum",
       [](Device& d) { d.settings.adr = AdrDynamic{.max_data_rate_index = dr(2)}; },
       uplink(1, 5, 10), Reason::adapted, dr(2), power(3), 1},
      {"never lowered otherwise", [](Device&) {}, uplink(1, 5, -20), Reason::adapted, dr(5),
       power(0), 1},
      {"steered",
       [](Device& d) {
         d.settings.adr = AdrDynamic{.channel_steering = ChannelSteering::lora_narrow};
       },
       uplink(1, 6, 20), Reason::steered, dr(5), power(0), 1},
  };
  for (const RecordRow& row : rows) {
    SCOPED_TRACE(row.name);
    Device device;
    row.prepare(device);
    const MacState state = device.state();
    const auto [next, decision] = record_uplink(state, row.uplink, device.profile());
    EXPECT_EQ(decision.reason, row.reason) << to_string(decision.reason);
    EXPECT_EQ(next.desired.adr_data_rate_index, row.data_rate);
    EXPECT_EQ(next.desired.adr_nb_trans, row.nb_trans);
    if (row.reason != Reason::adapted && row.reason != Reason::steered) {
      EXPECT_EQ(next.desired.adr_tx_power_index, row.tx_power);
    }
    EXPECT_EQ(next.current.adr_data_rate_index, row.uplink.data_rate_index);
    EXPECT_EQ(next.recent_uplinks.front(), row.uplink);
  }
}

TEST(RecordUplink, AFallenDataRateMeansFullPower) {
  const Device device;
  MacState state = device.settled();
  state.current.adr_data_rate_index = dr(5);
  state.current.adr_tx_power_index = power(4);
  EXPECT_EQ(record_uplink(state, uplink(1, 4, 0), device.profile()).next.current.adr_tx_power_index,
            power(0));
  EXPECT_EQ(record_uplink(state, uplink(1, 5, 0), device.profile()).next.current.adr_tx_power_index,
            power(4));
}

TEST(RecordUplink, TakesAnyAlgorithm) {
  const Algorithm always_three = [](const History& history, const Limits&) {
    return Decision{Reason::adapted, dr(3), power(3), 3, history.current.size()};
  };
  const Device device;
  const auto [next, decision] =
      record_uplink(device.settled(), uplink(1, 0, 0), device.profile(), always_three);
  EXPECT_EQ(next.desired.adr_data_rate_index, dr(3));
  EXPECT_EQ(next.desired.adr_nb_trans, 3);
  EXPECT_EQ(decision.uplinks, 1U);
}

TEST(RecordUplink, OlderThanTheLastChangeIsNoHistory) {
  const Device device;
  MacState state = device.settled();
  state.last_adr_change_f_cnt_up = FCnt32{100};
  EXPECT_EQ(record_uplink(state, uplink(1, 0, 0), device.profile()).decision.reason,
            Reason::no_history);
}

TEST(ReferenceAdr, WithoutAnEnabledChannelKeepsEverything) {
  const Device device;
  MacState state = device.settled();
  for (Channel& channel : state.desired.channels) channel.enabled = false;
  const std::vector history{uplink(1, 0, 20)};
  const AdrDynamic settings;
  EXPECT_EQ(reference_adr({history, history}, limits_of(state, settings, *device.region)).reason,
            Reason::no_enabled_channel);
}

TEST(Reasons, HaveDistinctNames) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < reason_count; ++i) names.insert(to_string(static_cast<Reason>(i)));
  EXPECT_EQ(names.size(), reason_count);
  EXPECT_FALSE(names.contains(""));
}

TEST(DemodulationFloor, ExistsForLoraOnly) {
  EXPECT_FALSE(demodulation_floor_db(FskDataRate{50'000}));
  EXPECT_FALSE(demodulation_floor_db(LrFhssDataRate{137'000, CodingRate::cr1_3, 0}));
  EXPECT_FALSE(demodulation_floor_db(LoraDataRate{5, 125'000}));
  EXPECT_FALSE(demodulation_floor_db(LoraDataRate{13, 125'000}));
  EXPECT_FALSE(demodulation_floor_db(LoraDataRate{7, 812'000}));
}

/// The reference has none for SF5.
TEST(DemodulationFloor, OfSf5ExistsWhereItIsAFastRate) {
  const auto& eu = *region::find("EU_863_870", PhyVersion::rp002_v1_0_5);
  EXPECT_EQ(demodulation_floor_db(eu, DataRateIndex{13}), -2.5F);
  EXPECT_EQ(demodulation_floor_db(eu, DataRateIndex{12}), -5.0F);
  EXPECT_EQ(demodulation_floor_db(eu, DataRateIndex{5}), -7.5F);
  EXPECT_EQ(demodulation_floor_db(eu, DataRateIndex{7}), std::nullopt) << "FSK";
  EXPECT_EQ(demodulation_floor_db(eu, DataRateIndex{14}), std::nullopt) << "no data rate";
  const auto& older = *region::find("EU_863_870", PhyVersion::rp002_v1_0_4);
  EXPECT_EQ(demodulation_floor_db(older, DataRateIndex{13}), std::nullopt);
}

TEST(AllowedTxPowers, AllRefusedIsEmpty) {
  const region::Region& region = *region::find_latest("EU_863_870");
  Rejected rejected;
  for (int i = 0; i <= region.max_tx_power_index().value(); ++i)
    rejected.adr_tx_power_indexes.push_back(power(i));
  EXPECT_TRUE(allowed_tx_powers({}, rejected, region).empty());
  rejected.adr_tx_power_indexes = {power(0)};
  EXPECT_TRUE(allowed_tx_powers({.max_tx_power_index = power(0)}, rejected, region).empty());
}

}  // namespace
}  // namespace ff::mac::adr
