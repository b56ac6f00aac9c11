// Finds regions and frequencies of devices; declared in run.hpp.
#include <algorithm>

#include "protocol/region/frequency_plan.hpp"
#include "tools/sim/run.hpp"

namespace ff::sim {
namespace {

void add_frequency(std::vector<Frequency>& frequencies, Frequency frequency) {
  if (std::ranges::find(frequencies, frequency) == frequencies.end()) {
    frequencies.push_back(frequency);
  }
}

/// What gateways with this plan listen on.
void add_plan(const region::FrequencyPlan& plan, std::vector<Frequency>& frequencies) {
  for (const auto& channel : plan.uplink_channels) add_frequency(frequencies, channel.frequency);
  if (plan.lora_standard_channel) {
    add_frequency(frequencies, plan.lora_standard_channel->frequency);
  }
}

}  // namespace

Result<std::vector<Placement>> place_devices(std::vector<DeviceIdentity> devices,
                                             Scenario& scenario) {
  const auto plans = region::FrequencyPlans::standard();
  std::vector<Frequency> frequencies;
  std::string last_plan;
  std::vector<Placement> placements;
  placements.reserve(devices.size());
  for (auto& device : devices) {
    const auto* plan = plans.find(device.frequency_plan_id);
    const auto* region =
        plan == nullptr ? nullptr : region::find(plan->band_id, device.phy_version);
    if (region == nullptr) {
      return fail(unknown_frequency_plan,
                  {{"device_id", device.device_id}, {"id", device.frequency_plan_id}});
    }
    if (device.frequency_plan_id != last_plan) add_plan(*plan, frequencies);
    last_plan = device.frequency_plan_id;
    placements.push_back({std::move(device), region});
  }
  scenario.radio.frequencies = frequencies;
  scenario.device.usable_frequencies = std::move(frequencies);
  return placements;
}

}  // namespace ff::sim
