#include "test/sim/matrix/matrix_table.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "protocol/base/assert.hpp"

namespace ff::test::matrix {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

region::FrequencyPlans plans_of(const Place& place) {
  auto plans = region::FrequencyPlans::standard();
  if (place.text != nullptr) FF_ASSERT(plans.add_json(place.text).has_value());
  return plans;
}

/// What the gateways of a plan listen to.
std::vector<Frequency> heard(const region::FrequencyPlan& plan) {
  std::vector<Frequency> frequencies;
  for (const auto& channel : plan.uplink_channels) frequencies.push_back(channel.frequency);
  if (plan.lora_standard_channel) frequencies.push_back(plan.lora_standard_channel->frequency);
  if (plan.fsk_channel) frequencies.push_back(plan.fsk_channel->frequency);
  return frequencies;
}

}  // namespace

std::chrono::hours simulated_time() {
  const char* hours = std::getenv("FF_MATRIX_HOURS");
  return std::chrono::hours{hours == nullptr ? 2 : std::max(1, std::atoi(hours))};
}

PhyVersion phy_version_of(const Place& place, const region::FrequencyPlan& plan,
                          MacVersion version) {
  if (place.phy_version != PhyVersion::unknown) return place.phy_version;
  const auto usual = sim::usual_phy_version(version);
  if (region::find(plan.band_id, usual) != nullptr) return usual;
  return region::find_latest(plan.band_id)->phy_version;
}

region::FrequencyPlan plan_of(const Place& place) {
  const auto plans = plans_of(place);
  return *plans.find(place.plan);
}

SimulationOptions options_for(const Place& place) {
  const auto plan = plan_of(place);
  SimulationOptions options;
  options.frequency_plan_id = plan.id;
  if (place.text != nullptr) options.plans.emplace_back(place.text);
  options.adr = place.adr;
  options.step = std::chrono::milliseconds{20};
  options.scenario.radio.gateways = 8;
  options.scenario.radio.copies = 2;
  options.scenario.radio.loss = 0.02;
  options.scenario.radio.frequencies = heard(plan);
  options.scenario.gps = true;
  options.scenario.device.keeps_duty_cycle = true;
  options.scenario.device.lr_fhss = place.lr_fhss;
  options.scenario.device.adr = !place.lr_fhss;
  options.scenario.period = minutes{5};
  // Then what is under way arrives.
  options.scenario.duration = simulated_time() - minutes{1};
  options.scenario.confirmed_ratio = 0.1;
  options.scenario.push_downlinks = true;
  options.scenario.push_delay = seconds{30};
  return options;
}

sim::DeviceRange range_of(const Place& place, std::size_t row, MacVersion version,
                          DeviceClass device_class, sim::Activation activation) {
  const auto plan = plan_of(place);
  const auto number = static_cast<std::uint32_t>(row);
  return {.seed = number + 1,
          .count = devices_per_cell,
          .id_prefix = "cell" + std::to_string(number),
          .activation = activation,
          .device_class = device_class,
          .mac_version = version,
          .phy_version = phy_version_of(place, plan, version),
          .frequency_plan_id = plan.id,
          .first_dev_eui = DevEui{0xFEFF'F000'0000'0000 + 256U * (number + 1)},
          .first_dev_addr = DevAddr{0x0100'0000 + 256U * number}};
}

Row row_of(const Simulation& simulation, std::size_t first, std::size_t count) {
  Row row;
  for (std::size_t i = first; i < first + count; ++i) {
    const auto result = simulation.world().result_of(i);
    row.sent += result.uplinks.sent;
    row.delivered += result.uplinks.delivered;
    row.joined += result.joined ? 1 : 0;
    row.received += result.got_downlink ? 1 : 0;
  }
  return row;
}

void print_row(const Place& place, const sim::DeviceRange& range, const Row& row,
               const std::string& note) {
  std::printf(
      "%-22s %-6s %-18s %c %-4s  %2u/%u joined  %5llu/%-5llu uplinks  %2u/%u downlinks  %s\n",
      place.name, std::string(sim::to_string(range.mac_version)).c_str(),
      std::string(sim::api_name(range.phy_version)).c_str(),
      sim::to_string(range.device_class).front(),
      range.activation == sim::Activation::otaa ? "OTAA" : "ABP", row.joined, range.count,
      static_cast<unsigned long long>(row.delivered), static_cast<unsigned long long>(row.sent),
      row.received, range.count, note.c_str());
}

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

void write_log(const Simulation& simulation) {
  const char* name = std::getenv("FF_MATRIX_LOG");
  if (name == nullptr) return;
  std::ofstream file(name);
  for (const auto& line : simulation.log()) file << line << '\n';
}

void expect_lawful(const Simulation& simulation) {
  const auto report = simulation.report();
  EXPECT_EQ(report.violation_total(), 0U) << to_json(report);
  EXPECT_EQ(report.uplinks.duplicated, 0U) << to_json(report);
  const auto& air = simulation.air();
  EXPECT_GT(air.frames(), 0U);
  EXPECT_EQ(air.broken_total(), 0U) << testing::PrintToString(air.examples());
  // The scheduler knows what its gateways can do: none has to refuse anything, but for the first
  // frame that shows that it sends beacons.
  const auto answered = [&](sim::TxError error) {
    return report.downlinks.answers[static_cast<std::size_t>(error)];
  };
  const auto beacons = answered(sim::TxError::collision_beacon);
  EXPECT_EQ(answered(sim::TxError::none) + beacons, report.downlinks.requested) << to_json(report);
  EXPECT_LE(beacons, 2 * simulation.world().gateway_count()) << to_json(report);
}

void expect_windows_met(const sim::Report& report) {
  using sim::Reception;
  for (const auto missed :
       {Reception::wrong_time, Reception::wrong_frequency, Reception::wrong_data_rate,
        Reception::wrong_polarity, Reception::not_listening}) {
    EXPECT_EQ(report.downlinks.receptions[static_cast<std::size_t>(missed)], 0U)
        << sim::to_string(missed) << '\n'
        << to_json(report);
  }
}

}  // namespace ff::test::matrix
