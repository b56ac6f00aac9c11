// A device to test the MAC layer with: region, plan and settings by hand, state from initial_state.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/downlink.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/mac/uplink.hpp"

namespace ff::mac::test {

inline constexpr DataRateIndex dr(int index) {
  return DataRateIndex{static_cast<std::uint8_t>(index)};
}
inline constexpr TxPowerIndex power(int index) {
  return TxPowerIndex{static_cast<std::uint8_t>(index)};
}
inline UtcTime at(std::chrono::seconds since_2026) {
  return UtcTime{std::chrono::seconds{1'767'225'600} + since_2026};
}

/// The eight channels of `EU_863_870_TTN`, RX2 SF9.
inline region::FrequencyPlan eu_plan() {
  region::FrequencyPlan plan;
  plan.band_id = "EU_863_870";
  for (const std::uint64_t khz :
       {868'100, 868'300, 868'500, 867'100, 867'300, 867'500, 867'700, 867'900}) {
    plan.uplink_channels.push_back({Frequency::hz(khz * 1000), dr(0), dr(5), 0, {}});
  }
  plan.default_rx2_data_rate = dr(3);
  return plan;
}

/// Sub-band 2 of US915: channels 8-15 and 65.
inline region::FrequencyPlan us_plan() {
  region::FrequencyPlan plan;
  plan.band_id = "US_902_928";
  for (std::uint64_t i = 8; i < 16; ++i) {
    plan.uplink_channels.push_back({Frequency::hz(902'300'000 + i * 200'000), dr(0), dr(3), 0, {}});
  }
  plan.lora_standard_channel =
      region::PlanSingleRateChannel{Frequency::hz(904'600'000), dr(4), 0, {}};
  return plan;
}

/// Owns what a DeviceProfile borrows.
struct Device {
  const region::Region* region = region::find("EU_863_870", PhyVersion::rp001_v1_0_3_rev_a);
  region::FrequencyPlan plan = eu_plan();
  MacSettings settings;
  MacSettings defaults;
  MacVersion version = MacVersion::v1_0_3;
  bool supports_join = true;
  bool supports_class_b = false;
  bool supports_class_c = false;
  bool multicast = false;

  DeviceProfile profile() const {
    return {*region,  plan,          settings,         defaults,
            version,  supports_join, supports_class_b, supports_class_c,
            multicast};
  }
  MacState state() const {
    auto state = initial_state(profile());
    EXPECT_TRUE(state);
    return std::move(*state);
  }
  /// A state in which device and network agree, and nothing is due.
  MacState settled() const {
    MacState settled = state();
    settled.current = settled.desired;
    settled.device_status = DeviceStatus{at(std::chrono::seconds{0}), FCnt32{0}, {}, false, 0};
    return settled;
  }
};

inline Device us_device() {
  Device device;
  device.region = region::find("US_902_928", PhyVersion::rp001_v1_0_3_rev_a);
  device.plan = us_plan();
  return device;
}
inline Device v11_device() {
  Device device;
  device.region = region::find("EU_863_870", PhyVersion::rp001_v1_1_rev_b);
  device.version = MacVersion::v1_1;
  return device;
}

inline Decoded commands(std::vector<Command> list) {
  Decoded decoded;
  decoded.commands = std::move(list);
  return decoded;
}

/// Lets `list` arrive in frame 10.
inline UplinkStep uplink(const Device& device, const MacState& state, std::vector<Command> list) {
  const DeviceProfile profile = device.profile();
  const UplinkContext context{profile, FCnt32{10}, at(std::chrono::seconds{100})};
  auto step = handle_uplink_commands(state, commands(std::move(list)), context);
  EXPECT_TRUE(step);
  return std::move(*step);
}

/// The next downlink with plenty of room, unless told otherwise.
inline DownlinkStep downlink(const Device& device, const MacState& state,
                             CommandBudget budget = {200, 200}) {
  const DeviceProfile profile = device.profile();
  const DownlinkContext context{profile, FCnt32{10}, at(std::chrono::seconds{100})};
  return enqueue_commands(state, context, budget);
}

inline std::vector<Command> sent(const Device& device, const DownlinkStep& step) {
  return decode(step.commands, Direction::downlink, WireFormat{device.region->frequency_step_hz})
      .commands;
}

inline std::vector<std::string> names(const std::vector<Event>& events) {
  std::vector<std::string> names;
  names.reserve(events.size());
  for (const Event& event : events) names.emplace_back(to_string(event.name));
  return names;
}

using Names = std::vector<std::string>;
using Commands = std::vector<Command>;

}  // namespace ff::mac::test
