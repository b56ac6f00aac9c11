#include "protocol/mac/settings_check.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace ff::mac {
namespace {

using Path = std::optional<std::string>;

const region::FrequencyPlans& plans() {
  static const auto all = region::FrequencyPlans::standard();
  return all;
}

Path misfit_in(const char* plan_id, const MacSettings& settings, bool supports_class_b = false,
               PhyVersion version = PhyVersion::rp001_v1_0_3_rev_a) {
  const auto& plan = *plans().find(plan_id);
  return misfit(settings, {*region::find(plan.band_id, version), plan, supports_class_b});
}

constexpr auto eu868 = "EU_863_870_TTN";
constexpr auto us915 = "US_902_928_FSB_2";
constexpr auto as923 = "AS_923";

TEST(SettingsCheck, NothingIsWrongWithNothing) {
  EXPECT_EQ(contradiction({}), Path());
  for (const auto* plan : {eu868, us915, as923}) EXPECT_EQ(misfit_in(plan, {}), Path());
}

TEST(SettingsCheck, NamesTheSettingThatContradictsAnother) {
  struct Row {
    const char* path;
    std::function<void(MacSettings&, AdrDynamic&)> set;
  };
  const Row rows[] = {
      {"use_adr", [](auto& settings, auto&) { settings.use_adr = false; }},
      {"adr_margin", [](auto& settings, auto&) { settings.adr_margin_db = 3; }},
      {"adr.mode.dynamic.max_data_rate_index.value",
       [](auto&, auto& adr) {
         adr.min_data_rate_index = DataRateIndex{3};
         adr.max_data_rate_index = DataRateIndex{2};
       }},
      {"adr.mode.dynamic.max_tx_power_index",
       [](auto&, auto& adr) {
         adr.min_tx_power_index = TxPowerIndex{3};
         adr.max_tx_power_index = TxPowerIndex{2};
       }},
      {"adr.mode.dynamic.max_nb_trans",
       [](auto&, auto& adr) { adr.nb_trans = {.min = 2, .max = 1}; }},
      {"adr.mode.dynamic.overrides.data_rate_5.max_nb_trans",
       [](auto&, auto& adr) { adr.nb_trans_overrides[5] = {.min = 3, .max = 2}; }},
  };
  for (const auto& [path, set] : rows) {
    MacSettings settings;
    AdrDynamic adr;
    set(settings, adr);
    settings.adr = adr;
    EXPECT_EQ(contradiction(settings), path);
  }
}

TEST(SettingsCheck, BoundsMayBeEqualAndOneMayBeMissing) {
  MacSettings settings;
  settings.adr = AdrDynamic{.margin_db = {},
                            .min_data_rate_index = DataRateIndex{3},
                            .max_data_rate_index = DataRateIndex{3},
                            .min_tx_power_index = {},
                            .max_tx_power_index = TxPowerIndex{0},
                            .nb_trans = {.min = 3, .max = {}},
                            .nb_trans_overrides = {}};
  EXPECT_EQ(contradiction(settings), Path());
  EXPECT_EQ(misfit_in(eu868, settings), Path());
}

TEST(SettingsCheck, NamesTheSettingThatTheBandHasNoRoomFor) {
  struct Row {
    const char* path;
    std::function<void(MacSettings&)> set;
  };
  const DataRateIndex none{15};
  const Row rows[] = {
      {"rx2_data_rate_index.value", [=](auto& s) { s.rx2_data_rate_index = none; }},
      {"desired_rx2_data_rate_index.value", [=](auto& s) { s.desired_rx2_data_rate_index = none; }},
      {"ping_slot_data_rate_index.value", [=](auto& s) { s.ping_slot_data_rate_index = none; }},
      {"desired_ping_slot_data_rate_index.value",
       [=](auto& s) { s.desired_ping_slot_data_rate_index = none; }},
      {"uplink_dwell_time.value", [](auto& s) { s.uplink_dwell_time = false; }},
      {"downlink_dwell_time.value", [](auto& s) { s.downlink_dwell_time = true; }},
      {"factory_preset_frequencies",
       [](auto& s) {
         s.factory_preset_frequencies = {Frequency::hz(868'100'000), Frequency::hz(915'000'000)};
       }},
      {"adr.mode.static.data_rate_index",
       [=](auto& s) {
         s.adr = AdrStatic{none, {}, 1};
       }},
      {"adr.mode.static.tx_power_index",
       [](auto& s) {
         s.adr = AdrStatic{DataRateIndex{0}, TxPowerIndex{15}, 1};
       }},
      {"adr.mode.dynamic.max_data_rate_index.value",
       [](auto& s) {
         // FSK is a data rate of the band that devices are not steered to.
         s.adr = AdrDynamic{.margin_db = {}, .max_data_rate_index = DataRateIndex{7}};
       }},
      {"adr.mode.dynamic.min_tx_power_index",
       [](auto& s) { s.adr = AdrDynamic{.margin_db = {}, .min_tx_power_index = TxPowerIndex{8}}; }},
  };
  for (const auto& [path, set] : rows) {
    MacSettings settings;
    set(settings);
    EXPECT_EQ(misfit_in(eu868, settings), path);
  }
}

/// SF6 and SF5 are data rates that devices are steered to, from the revision on that has them.
TEST(SettingsCheck, BoundsMayBeSf6AndSf5) {
  struct Row {
    const char* plan;
    PhyVersion version;
    int index;
    bool is_bound;
  };
  constexpr auto older = PhyVersion::rp002_v1_0_4;
  constexpr auto newer = PhyVersion::rp002_v1_0_5;
  for (const auto& [plan, version, index, is_bound] :
       {Row{eu868, newer, 13, true}, Row{eu868, newer, 12, true}, Row{eu868, newer, 8, false},
        Row{eu868, older, 12, false}, Row{us915, newer, 8, true}, Row{us915, newer, 5, false},
        Row{us915, older, 8, false}}) {
    MacSettings settings;
    settings.adr = AdrDynamic{
        .margin_db = {}, .max_data_rate_index = DataRateIndex{static_cast<std::uint8_t>(index)}};
    EXPECT_EQ(misfit_in(plan, settings, false, version),
              is_bound ? Path() : Path("adr.mode.dynamic.max_data_rate_index.value"))
        << plan << " DR" << index;
  }
}

/// Windows are of downlinks, fixed data rates of uplinks: in US915 one index is both.
TEST(SettingsCheck, DataRatesAreThoseOfTheirDirection) {
  MacSettings window;
  window.rx2_data_rate_index = DataRateIndex{3};
  EXPECT_EQ(misfit_in(us915, window), "rx2_data_rate_index.value");
  window.rx2_data_rate_index = DataRateIndex{8};
  EXPECT_EQ(misfit_in(us915, window), Path());
  MacSettings fixed;
  fixed.adr = AdrStatic{DataRateIndex{8}, {}, 1};
  EXPECT_EQ(misfit_in(us915, fixed), "adr.mode.static.data_rate_index");
  EXPECT_EQ(misfit_in(us915, fixed, false, PhyVersion::rp002_v1_0_5), Path());
}

TEST(SettingsCheck, WhatOneBandRefusesAnotherTakes) {
  MacSettings dwell;
  dwell.uplink_dwell_time = true;
  EXPECT_EQ(misfit_in(eu868, dwell), "uplink_dwell_time.value");
  EXPECT_EQ(misfit_in(as923, dwell), Path());

  MacSettings channel;
  channel.factory_preset_frequencies = {Frequency::hz(902'300'000)};
  EXPECT_EQ(misfit_in(us915, channel), Path());
  EXPECT_EQ(misfit_in(eu868, channel), "factory_preset_frequencies");
  // In the band, but not on its raster.
  channel.factory_preset_frequencies = {Frequency::hz(902'400'000)};
  EXPECT_EQ(misfit_in(us915, channel), "factory_preset_frequencies");

  MacSettings rx2;
  rx2.rx2_data_rate_index = DataRateIndex{8};
  EXPECT_EQ(misfit_in(us915, rx2), Path());
}

TEST(SettingsCheck, ClassBNeedsFrequenciesWhereTheBandNamesNone) {
  const auto& plan = *plans().find(eu868);
  auto region = *region::find(plan.band_id, PhyVersion::rp001_v1_0_3_rev_a);
  region.ping_slot_frequencies = {};
  region.beacon_frequencies = {};
  region.beacon_frequency = {};
  const SettingsPlace class_b{region, plan, true};
  const auto frequency = Frequency::hz(869'525'000);
  MacSettings settings;
  EXPECT_EQ(misfit(settings, {region, plan, false}), Path());
  EXPECT_EQ(misfit(settings, class_b), "ping_slot_frequency.value");
  settings.ping_slot_frequency = frequency;
  EXPECT_EQ(misfit(settings, class_b), "desired_ping_slot_frequency.value");
  settings.desired_ping_slot_frequency = frequency;
  EXPECT_EQ(misfit(settings, class_b), "beacon_frequency.value");
  settings.beacon_frequency = frequency;
  EXPECT_EQ(misfit(settings, class_b), "desired_beacon_frequency.value");
  settings.desired_beacon_frequency = frequency;
  EXPECT_EQ(misfit(settings, class_b), Path());
  EXPECT_EQ(misfit_in(eu868, {}, true), Path()) << "the band names them";
}

}  // namespace
}  // namespace ff::mac
