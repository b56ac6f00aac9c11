// Every band with every version, class and activation: devices join, send, receive and adapt, with
// loss and several gateways. Prints its table. FF_MATRIX_HOURS sets the simulated time (default 2);
// FF_MATRIX_LOG names a file for the log of the last plan.
#include <algorithm>

#include "protocol/mac/adr/two_way.hpp"
#include "test/sim/matrix/matrix_table.hpp"
#include "tools/sim/core/device_mac.hpp"

namespace ff::test::matrix {
namespace {

constexpr MacVersion versions[] = {MacVersion::v1_0,   MacVersion::v1_0_1, MacVersion::v1_0_2,
                                   MacVersion::v1_0_3, MacVersion::v1_0_4, MacVersion::v1_1};
constexpr DeviceClass classes[] = {DeviceClass::a, DeviceClass::b, DeviceClass::c};
constexpr sim::Activation activations[] = {sim::Activation::otaa, sim::Activation::abp};

/// EU868 and US915 with SF6 and SF5 where devices can be told to use them.
constexpr auto fast_eu = R"({"id":"FAST_EU","base_id":"EU_863_870_TTN","plan":{"uplink_channels":[
  {"frequency_hz":868100000,"max_data_rate":5},{"frequency_hz":868300000,"max_data_rate":5},
  {"frequency_hz":868500000,"max_data_rate":5},{"frequency_hz":867100000,"max_data_rate":13},
  {"frequency_hz":867300000,"max_data_rate":13},{"frequency_hz":867500000,"max_data_rate":13}]}})";
constexpr auto fast_us = R"({"id":"FAST_US","base_id":"US_902_928_FSB_2","plan":{"uplink_channels":[
  {"frequency_hz":903900000,"max_data_rate":8},{"frequency_hz":904100000,"max_data_rate":8},
  {"frequency_hz":904300000,"max_data_rate":8},{"frequency_hz":904500000,"max_data_rate":8}]}})";

/// EU868 with channels for LR-FHSS; US915 has them.
constexpr auto lr_fhss_eu =
    R"({"id":"LR_FHSS_EU","base_id":"EU_863_870_TTN","plan":{"uplink_channels":[
  {"frequency_hz":868100000,"max_data_rate":5},{"frequency_hz":868300000,"max_data_rate":5},
  {"frequency_hz":868500000,"max_data_rate":5},
  {"frequency_hz":867100000,"min_data_rate":8,"max_data_rate":11},
  {"frequency_hz":867500000,"min_data_rate":8,"max_data_rate":11}]}})";

constexpr auto rp002_v1_0_4 = PhyVersion::rp002_v1_0_4;
constexpr auto rp002_v1_0_5 = PhyVersion::rp002_v1_0_5;
constexpr Place places[] = {
    {"AS_923", "AS_923"},
    {"AS_923_DT", "AS_923_DT"},
    {"AS_923_2", "AS_923_2"},
    {"AS_923_3", "AS_923_3"},
    {"AS_923_4", "AS_923_4"},
    {"AU_915_928_FSB_2", "AU_915_928_FSB_2"},
    {"CN_470_510_FSB_11", "CN_470_510_FSB_11"},
    {"CN_470_510_20_A_FSB_1", "CN_470_510_20_A_FSB_1"},
    {"CN_470_510_20_A_FSB_6", "CN_470_510_20_A_FSB_6"},
    {"CN_470_510_20_B_FSB_2", "CN_470_510_20_B_FSB_2"},
    {"CN_470_510_26_A_FSB_2", "CN_470_510_26_A_FSB_2"},
    {"CN_470_510_26_B_FSB_6", "CN_470_510_26_B_FSB_6"},
    {"CN_779_787", "CN_779_787"},
    {"EU_433", "EU_433"},
    {"EU_863_870_TTN", "EU_863_870_TTN"},
    {"EU_863_870_TWO_WAY", "EU_863_870_TTN", nullptr, PhyVersion::unknown, mac::adr::two_way_adr},
    {"EU_863_870_SF5", "FAST_EU", fast_eu, rp002_v1_0_5},
    {.name = "EU_863_870_LR_FHSS",
     .plan = "LR_FHSS_EU",
     .text = lr_fhss_eu,
     .phy_version = rp002_v1_0_4,
     .lr_fhss = true},
    {"IN_865_867", "IN_865_867"},
    {"ISM_2400_3CH_DRAFT2", "ISM_2400_3CH_DRAFT2"},
    {"KR_920_923_TTN", "KR_920_923_TTN"},
    {"MA_869_870_DRAFT", "MA_869_870_DRAFT"},
    {"RU_864_870_TTN", "RU_864_870_TTN"},
    {"US_902_928_FSB_2", "US_902_928_FSB_2"},
    {.name = "US_902_928_LR_FHSS",
     .plan = "US_902_928_FSB_2",
     .phy_version = rp002_v1_0_4,
     .lr_fhss = true},
    {"US_902_928_SF5", "FAST_US", fast_us, rp002_v1_0_5},
};

/// In the 20 MHz plans of CN470 the beacon's channel is that of the join channel's group, which
/// gateways are not told (protocol/region/README.md).
bool has_class_b(const region::FrequencyPlan& plan) {
  return !plan.band_id.starts_with("CN_470_510_20");
}

std::vector<sim::DeviceRange> all_devices(const Place& place) {
  const auto plan = plan_of(place);
  std::vector<sim::DeviceRange> ranges;
  for (const auto version : versions) {
    for (const auto device_class : classes) {
      if (device_class == DeviceClass::b && !has_class_b(plan)) continue;
      for (const auto activation : activations)
        ranges.push_back(range_of(place, ranges.size(), version, device_class, activation));
    }
  }
  return ranges;
}

/// Devices of classes B and C hear downlinks between uplinks: where gateways may send all day, and
/// not while a device owes the answer to a command that moves its windows.
void expect_classes(const region::FrequencyPlan& plan, const sim::Report& report,
                    std::size_t devices) {
  const auto& region = *region::find_latest(plan.band_id);
  const auto expect = [&](sim::Reception reception, Frequency frequency) {
    const auto* band = region.sub_band(frequency);
    if (band == nullptr || band->duty_cycle < 0.1) return;
    EXPECT_GE(report.downlinks.receptions[static_cast<std::size_t>(reception)], devices / 3)
        << to_json(report);
  };
  if (has_class_b(plan)) expect(sim::Reception::ping_slot, region.ping_slot_frequencies.front());
  expect(sim::Reception::class_c, region.rx2_frequency);
}

/// Devices that leave the data rate they begin with: all bands where it can be adapted have faster
/// ones, and the simulated links carry them.
void expect_adapted(const Simulation& simulation, const region::Region& region) {
  if (!region.dynamic_adr_supported) return;
  const auto boot = sim::boot_parameters(region, {}).data_rate;
  unsigned faster = 0;
  for (std::size_t i = 0; i < simulation.world().device_count(); ++i) {
    if (simulation.world().device(i).parameters().data_rate > boot) ++faster;
  }
  EXPECT_GE(faster, simulation.world().device_count() * 8 / 10);
}

/// How many devices adaptive data rate has moved to SF6 or SF5.
unsigned fast_devices(const Simulation& simulation, const region::Region& region) {
  const auto fast = region.fast_data_rates;
  unsigned count = 0;
  for (std::size_t i = 0; i < simulation.world().device_count(); ++i) {
    const auto rate = simulation.world().device(i).parameters().data_rate;
    if (std::ranges::find(fast, rate) != fast.end()) ++count;
  }
  return count;
}

unsigned lr_fhss_devices(const Simulation& simulation, const region::Region& region) {
  unsigned count = 0;
  for (std::size_t i = 0; i < simulation.world().device_count(); ++i) {
    const auto rate = simulation.world().device(i).parameters().data_rate;
    const auto* entry = region.data_rate(rate, region::Direction::uplink);
    if (entry != nullptr && std::holds_alternative<LrFhssDataRate>(entry->data_rate)) ++count;
  }
  return count;
}

class Matrix : public testing::TestWithParam<Place> {};

TEST_P(Matrix, DevicesOfEveryKindWorkAndNoRuleIsBroken) {
  const auto& place = GetParam();
  const auto plan = plan_of(place);
  auto options = options_for(place);
  options.devices = all_devices(place);
  // Data rates climb by one step after twenty uplinks.
  if (place.text != nullptr && !place.lr_fhss) options.scenario.period = std::chrono::minutes{2};
  Simulation simulation(options);
  simulation.run(simulated_time());

  std::size_t index = 0;
  unsigned received = 0;
  for (const auto& range : options.devices) {
    const auto row = row_of(simulation, index, range.count);
    print_row(place, range, row);
    EXPECT_EQ(row.joined, range.count) << refusals(simulation, range.id_prefix);
    EXPECT_EQ(row.delivered, row.sent) << refusals(simulation, range.id_prefix);
    EXPECT_GT(row.sent, 0U) << range.id_prefix;
    received += row.received;
    index += range.count;
  }
  write_log(simulation);
  expect_lawful(simulation);
  expect_windows_met(simulation.report());
  // An unconfirmed downlink that the air loses is lost.
  EXPECT_GE(received, index * 8 / 10) << to_json(simulation.report());
  expect_classes(plan, simulation.report(), index / std::size(classes));
  const auto& region = *region::find_latest(plan.band_id);
  if (place.lr_fhss) {
    EXPECT_EQ(lr_fhss_devices(simulation, region), index);
    return;
  }
  expect_adapted(simulation, region);
  if (place.text != nullptr) {
    EXPECT_GE(fast_devices(simulation, region), index / 2);
  }
}

std::string name_of(const testing::TestParamInfo<Place>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Plans, Matrix, testing::ValuesIn(places), name_of);

}  // namespace
}  // namespace ff::test::matrix
