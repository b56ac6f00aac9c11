// The server's MAC layer talks to a simulated device, commands as values, for every plan, revision
// and version: whatever one is told of the other's state has to be true of it. Neither has code of
// the other.
#include <gtest/gtest.h>

#include "protocol/join/cf_list.hpp"
#include "test/protocol/mac/fixture.hpp"
#include "tools/sim/core/device_mac.hpp"

namespace ff::sim {
namespace {

using mac::test::Device;

constexpr MacVersion versions[] = {MacVersion::v1_0, MacVersion::v1_0_2, MacVersion::v1_0_4,
                                   MacVersion::v1_1};
constexpr int rounds_max = 12;

/// Calls `visit(device)` for each standard plan with each revision of its band and each version.
template <class Visit>
void each_device(Visit visit) {
  for (const auto& plan : region::FrequencyPlans::standard().all()) {
    for (const auto& region : region::revisions(plan.band_id)) {
      for (const auto version : versions) {
        // From 1.0.2 on devices apply mask blocks as a whole, and so do the revisions for them.
        if (at_least(version, MacVersion::v1_0_2) && !region.device_applies_mask_blocks_atomically)
          continue;
        SCOPED_TRACE(plan.id + " revision " + std::to_string(static_cast<int>(region.phy_version)) +
                     " version " + std::to_string(static_cast<int>(version)));
        Device device;
        device.region = &region;
        device.plan = plan;
        device.version = version;
        device.settings.desired_rx1_data_rate_offset = DataRateOffset{1};
        device.settings.desired_max_duty_cycle = mac::DutyCycleExponent{2};
        visit(device);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

/// Both sides of one session.
struct Sides {
  explicit Sides(const Device& of)
      : device(of), network(of.state()), radio(boot_parameters(*of.region, {})) {
    settle_data_rate();
  }

  /// The network learns the data rate from the first uplink.
  void settle_data_rate() {
    network.current.adr_data_rate_index = radio.data_rate;
    network.desired.adr_data_rate_index = radio.data_rate;
  }

  /// By a join-accept, as far as the channels go.
  void join() {
    const auto octets = mac::cf_list(network.desired, *device.region);
    mac::JoinParameters accepted{.rx1_delay = network.desired.rx1_delay,
                                 .rx1_data_rate_offset = network.desired.rx1_data_rate_offset,
                                 .rx2_data_rate_index = network.desired.rx2_data_rate_index,
                                 .opt_neg = device.version == MacVersion::v1_1,
                                 .cf_list = octets};
    network = mac::accept_join(std::move(network), accepted, *device.region);
    radio.rx1_delay = accepted.rx1_delay;
    radio.rx1_dr_offset = accepted.rx1_data_rate_offset;
    radio.rx2_data_rate = accepted.rx2_data_rate_index;
    if (octets.empty()) return;
    const auto list = join::decode_cf_list(octets, device.region->frequency_step_hz);
    ASSERT_TRUE(list);
    radio.channels = with_cf_list(*device.region, *list, std::move(radio.channels));
  }

  /// One downlink and the uplink that answers it; false when the network has nothing to say.
  bool exchange() {
    network.recent_mac_command_identifiers.clear();  // the device has heard a downlink
    const auto down = mac::test::downlink(device, network, {60, 40});
    if (down.commands.empty()) return false;
    const auto requests = mac::test::sent(device, down);
    const auto answers = carry_out(requests, {*device.region, device.version, 255, 5}, radio);
    const auto step = mac::test::uplink(device, down.next, answers);
    for (const auto& event : step.events) {
      EXPECT_NE(event.name, mac::EventName::command_process_fail)
          << std::get<Error>(event.data).to_string();
      EXPECT_NE(event.name, mac::EventName::command_unanswered);
    }
    network = step.next;
    return true;
  }
  void negotiate() {
    int rounds = 0;
    while (rounds < rounds_max && exchange()) ++rounds;
    EXPECT_LT(rounds, rounds_max) << "they do not come to an end";
  }

  Device device;
  mac::MacState network;
  MacParameters radio;
};

void expect_same_channels(const Sides& sides) {
  const auto& theirs = sides.network.current.channels;
  const auto& ours = sides.radio.channels;
  const bool dynamic = sides.device.region->plan_kind == region::PlanKind::dynamic;
  for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
    const bool on = i < ours.size() && ours[i].enabled;
    ASSERT_EQ(on, i < theirs.size() && theirs[i].enabled) << "channel " << i;
    if (!on) continue;
    ASSERT_EQ(ours[i].uplink_frequency, theirs[i].uplink_frequency) << "channel " << i;
    ASSERT_EQ(ours[i].downlink_frequency, theirs[i].downlink_frequency) << "channel " << i;
    // SF6 and SF5 are in fixed plans from the beginning, and not told.
    if (!dynamic) continue;
    ASSERT_EQ(ours[i].min_data_rate_index, theirs[i].min_data_rate_index) << "channel " << i;
    ASSERT_EQ(ours[i].max_data_rate_index, theirs[i].max_data_rate_index) << "channel " << i;
  }
}

void expect_same_parameters(const Sides& sides) {
  const auto& theirs = sides.network.current;
  const auto& ours = sides.radio;
  EXPECT_EQ(ours.rx1_delay, theirs.rx1_delay);
  EXPECT_EQ(ours.rx1_dr_offset, theirs.rx1_data_rate_offset);
  EXPECT_EQ(ours.rx2_data_rate, theirs.rx2_data_rate_index);
  EXPECT_EQ(ours.rx2_frequency, theirs.rx2_frequency);
  EXPECT_EQ(ours.max_duty_cycle, theirs.max_duty_cycle);
  EXPECT_EQ(ours.data_rate, theirs.adr_data_rate_index);
  EXPECT_EQ(ours.tx_power, theirs.adr_tx_power_index);
  EXPECT_EQ(ours.nb_trans, theirs.adr_nb_trans);
}

/// Where and how the network answers each uplink that the device can send is where it listens.
void expect_same_rx1(const Sides& sides) {
  const auto& region = *sides.device.region;
  const auto& channels = sides.network.current.channels;
  for (std::size_t i = 0; i < sides.radio.channels.size(); ++i) {
    if (!sides.radio.channels[i].enabled) continue;
    for (const auto& entry : region.data_rates) {
      if (entry.direction == region::Direction::downlink) continue;
      const UplinkSlot slot{ChannelIndex{static_cast<std::uint8_t>(i)}, entry.index, MonoTime{}};
      const auto rx1 = windows_after(region, sides.radio, slot, std::chrono::seconds{1}).rx1;
      const auto index = region.rx1_data_rate(
          entry.index, sides.network.current.rx1_data_rate_offset, sides.radio.downlink_dwell);
      ASSERT_EQ(rx1.has_value(), index.has_value());
      if (!rx1) continue;
      ASSERT_EQ(rx1->frequency, channels[i].downlink_frequency) << "channel " << i;
      ASSERT_EQ(rx1->data_rate, region.data_rate(*index, region::Direction::downlink)->data_rate);
    }
  }
}

void expect_agreement(const Sides& sides) {
  expect_same_channels(sides);
  expect_same_parameters(sides);
  expect_same_rx1(sides);
}

TEST(SimNegotiation, ByCommandsAloneEndsInWhatTheNetworkWants) {
  unsigned devices = 0;
  each_device([&](const Device& device) {
    Sides sides(device);
    sides.negotiate();
    expect_agreement(sides);
    EXPECT_EQ(sides.network.current.rx1_delay, sides.network.desired.rx1_delay);
    // RX2 may stay: a device refuses what lies beside its band, as one plan wants it.
    ++devices;
  });
  EXPECT_GT(devices, 1000U);
}

TEST(SimNegotiation, AfterAJoinAcceptEndsInWhatTheNetworkWants) {
  each_device([](const Device& device) {
    Sides sides(device);
    sides.join();
    expect_same_channels(sides);
    sides.negotiate();
    expect_agreement(sides);
  });
}

/// A device that has gone back to its default channels is set up again by the same commands.
TEST(SimNegotiation, WithADeviceThatForgotItsChannelsBeginsAnew) {
  each_device([](const Device& device) {
    Sides sides(device);
    sides.negotiate();
    const auto booted = boot_parameters(*device.region, {});
    sides.radio.channels = booted.channels;
    sides.network.current.channels = device.state().current.channels;
    sides.negotiate();
    expect_agreement(sides);
  });
}

}  // namespace
}  // namespace ff::sim
