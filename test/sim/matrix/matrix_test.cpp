// Every band with every version, class and activation: devices join, send, receive and adapt, with
// loss and several gateways. Prints its table. FF_MATRIX_HOURS sets the simulated time (default 2);
// FF_MATRIX_LOG names a file for the log of the last plan.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "test/sim/simulation.hpp"

namespace ff::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr MacVersion versions[] = {MacVersion::v1_0,   MacVersion::v1_0_1, MacVersion::v1_0_2,
                                   MacVersion::v1_0_3, MacVersion::v1_0_4, MacVersion::v1_1};
constexpr DeviceClass classes[] = {DeviceClass::a, DeviceClass::b, DeviceClass::c};
constexpr sim::Activation activations[] = {sim::Activation::otaa, sim::Activation::abp};
constexpr std::uint32_t devices_per_cell = 2;

std::chrono::hours simulated_time() {
  const char* hours = std::getenv("FF_MATRIX_HOURS");
  return std::chrono::hours{hours == nullptr ? 2 : std::max(1, std::atoi(hours))};
}

/// The revision that devices of this version have, or the band's latest where it is younger.
PhyVersion phy_version_of(const region::FrequencyPlan& plan, MacVersion version) {
  const auto usual = sim::usual_phy_version(version);
  if (region::find(plan.band_id, usual) != nullptr) return usual;
  return region::find_latest(plan.band_id)->phy_version;
}

std::vector<sim::DeviceRange> all_devices(const region::FrequencyPlan& plan) {
  std::vector<sim::DeviceRange> ranges;
  for (const auto version : versions) {
    for (const auto device_class : classes) {
      for (const auto activation : activations) {
        const auto number = static_cast<std::uint32_t>(ranges.size());
        ranges.push_back({.seed = number + 1,
                          .count = devices_per_cell,
                          .id_prefix = "cell" + std::to_string(number),
                          .activation = activation,
                          .device_class = device_class,
                          .mac_version = version,
                          .phy_version = phy_version_of(plan, version),
                          .frequency_plan_id = plan.id,
                          .first_dev_eui = DevEui{0xFEFF'F000'0000'0000 + 256U * (number + 1)},
                          .first_dev_addr = DevAddr{0x0100'0000 + 256U * number}});
      }
    }
  }
  return ranges;
}

/// What the gateways of a plan listen to.
std::vector<Frequency> heard(const region::FrequencyPlan& plan) {
  std::vector<Frequency> frequencies;
  for (const auto& channel : plan.uplink_channels) frequencies.push_back(channel.frequency);
  if (plan.lora_standard_channel) frequencies.push_back(plan.lora_standard_channel->frequency);
  if (plan.fsk_channel) frequencies.push_back(plan.fsk_channel->frequency);
  return frequencies;
}

SimulationOptions options_for(const region::FrequencyPlan& plan) {
  SimulationOptions options;
  options.frequency_plan_id = plan.id;
  options.step = std::chrono::milliseconds{20};
  options.scenario.radio.gateways = 8;
  options.scenario.radio.copies = 2;
  options.scenario.radio.loss = 0.02;
  options.scenario.radio.frequencies = heard(plan);
  options.scenario.gps = true;
  options.scenario.period = minutes{5};
  // Then what is under way arrives.
  options.scenario.duration = simulated_time() - minutes{1};
  options.scenario.confirmed_ratio = 0.1;
  options.scenario.push_downlinks = true;
  options.scenario.push_delay = seconds{30};
  options.devices = all_devices(plan);
  return options;
}

class Matrix : public testing::TestWithParam<const char*> {};

void print_row(const std::string& plan, const sim::DeviceRange& range, std::uint64_t sent,
               std::uint64_t delivered, unsigned joined, unsigned received) {
  std::printf("%-22s %-6s %c %-4s  %2u/%u joined  %5llu/%-5llu uplinks  %2u/%u downlinks\n",
              plan.c_str(), std::string(sim::to_string(range.mac_version)).c_str(),
              sim::to_string(range.device_class).front(),
              range.activation == sim::Activation::otaa ? "OTAA" : "ABP", joined, devices_per_cell,
              static_cast<unsigned long long>(delivered), static_cast<unsigned long long>(sent),
              received, devices_per_cell);
}

/// Why frames of these devices were dropped or failed: the first lines of the log that say so.
std::string refusals(const Simulation& simulation, const std::string& id_prefix) {
  constexpr int lines_max = 8;
  std::string text = id_prefix;
  int lines = 0;
  for (const auto& line : simulation.log()) {
    const bool refused = line.find(".drop ") != line.npos || line.find(".fail ") != line.npos;
    if (!refused || line.find(" " + id_prefix + "-") == line.npos) continue;
    text += "\n" + line;
    if (++lines == lines_max) break;
  }
  return text;
}

/// All events and messages, to look into a failure.
void write_log(const Simulation& simulation) {
  const char* name = std::getenv("FF_MATRIX_LOG");
  if (name == nullptr) return;
  std::ofstream file(name);
  for (const auto& line : simulation.log()) file << line << '\n';
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
  expect(sim::Reception::ping_slot, region.ping_slot_frequencies.front());
  expect(sim::Reception::class_c, region.rx2_frequency);
}

TEST_P(Matrix, DevicesOfEveryKindWorkAndNoRuleIsBroken) {
  const auto plans = region::FrequencyPlans::standard();
  const auto& plan = *plans.find(GetParam());
  const auto options = options_for(plan);
  Simulation simulation(options);
  simulation.run(simulated_time());

  std::size_t index = 0;
  unsigned received_total = 0;
  for (const auto& range : options.devices) {
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    unsigned joined = 0;
    unsigned received = 0;
    for (std::uint32_t i = 0; i < devices_per_cell; ++i) {
      const auto result = simulation.world().result_of(index++);
      sent += result.uplinks.sent;
      delivered += result.uplinks.delivered;
      joined += result.joined ? 1 : 0;
      received += result.got_downlink ? 1 : 0;
    }
    print_row(plan.id, range, sent, delivered, joined, received);
    EXPECT_EQ(joined, devices_per_cell) << refusals(simulation, range.id_prefix);
    EXPECT_EQ(delivered, sent) << refusals(simulation, range.id_prefix);
    EXPECT_GT(sent, 0U) << range.id_prefix;
    received_total += received;
  }
  write_log(simulation);
  const auto report = simulation.report();
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
  // An unconfirmed downlink that the air loses is lost.
  EXPECT_GE(received_total, index * 8 / 10) << to_json(report);
  expect_classes(plan, report, index / std::size(classes));
  const auto& air = simulation.air();
  EXPECT_GT(air.frames(), 0U);
  EXPECT_EQ(air.broken_total(), 0U) << testing::PrintToString(air.examples());
}

INSTANTIATE_TEST_SUITE_P(Plans, Matrix,
                         testing::Values("AS_923", "AS_923_2", "AS_923_3", "AS_923_4",
                                         "AU_915_928_FSB_2", "CN_470_510_FSB_11", "EU_433",
                                         "EU_863_870_TTN", "IN_865_867", "ISM_2400_3CH_DRAFT2",
                                         "KR_920_923_TTN", "MA_869_870_DRAFT", "RU_864_870_TTN",
                                         "US_902_928_FSB_2"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace ff::test
