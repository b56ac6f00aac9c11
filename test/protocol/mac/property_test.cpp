// Properties of the whole MAC layer over all regions and over random input.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "protocol/mac/adr/adr.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using test::Commands;
using test::Device;
using test::dr;

constexpr MacVersion versions[] = {MacVersion::v1_0,   MacVersion::v1_0_1, MacVersion::v1_0_2,
                                   MacVersion::v1_0_3, MacVersion::v1_0_4, MacVersion::v1_1};

/// Every second default channel, RX2 and some parameters changed: something to negotiate in any
/// band.
Device ambitious(const region::Region& region, MacVersion version) {
  Device device;
  device.region = &region;
  device.version = version;
  device.supports_class_b = true;
  device.plan = region::FrequencyPlan{};
  for (std::size_t i = 0; i < region.default_uplink_channels.size(); i += 2) {
    const region::Channel& channel = region.default_uplink_channels[i];
    device.plan.uplink_channels.push_back(
        {channel.frequency, channel.min_data_rate, channel.max_data_rate, 0, {}});
  }
  device.settings.desired_rx1_data_rate_offset = DataRateOffset{1};
  device.settings.desired_max_duty_cycle = DutyCycleExponent{2};
  device.settings.desired_adr_ack_limit_exponent = AdrAckExponent{3};
  return device;
}

/// What a device that agrees to everything answers.
Commands agree(const Commands& requests, MacVersion version) {
  Commands answers;
  bool block_answered = false;
  for (const Command& request : requests) {
    const bool link_adr = cid_of(request) == Cid::link_adr;
    if (link_adr && block_answered && at_least(version, MacVersion::v1_1)) continue;
    block_answered = link_adr;
    switch (cid_of(request)) {
      case Cid::link_adr:
        answers.push_back(LinkADRAns{true, true, true});
        break;
      case Cid::duty_cycle:
        answers.push_back(DutyCycleAns{});
        break;
      case Cid::rx_param_setup:
        answers.push_back(RXParamSetupAns{true, true, true});
        break;
      case Cid::dev_status:
        answers.push_back(DevStatusAns{100, 7});
        break;
      case Cid::new_channel:
        answers.push_back(NewChannelAns{true, true});
        break;
      case Cid::rx_timing_setup:
        answers.push_back(RXTimingSetupAns{});
        break;
      case Cid::tx_param_setup:
        answers.push_back(TXParamSetupAns{});
        break;
      case Cid::dl_channel:
        answers.push_back(DlChannelAns{true, true});
        break;
      case Cid::adr_param_setup:
        answers.push_back(ADRParamSetupAns{});
        break;
      case Cid::rejoin_param_setup:
        answers.push_back(RejoinParamSetupAns{true});
        break;
      case Cid::ping_slot_channel:
        answers.push_back(PingSlotChannelAns{true, true});
        break;
      case Cid::beacon_freq:
        answers.push_back(BeaconFreqAns{true});
        break;
      default:
        break;
    }
  }
  return answers;
}

std::vector<const region::Region*> all_regions() {
  std::vector<const region::Region*> regions;
  for (const auto band : region::band_ids()) {
    for (const region::Region& region : region::revisions(band)) regions.push_back(&region);
  }
  return regions;
}

std::vector<bool> enabled(const MacParameters& parameters) {
  std::vector<bool> enabled;
  for (const Channel& channel : parameters.channels) enabled.push_back(channel.enabled);
  return enabled;
}

TEST(Negotiation, WithAnAgreeableDeviceEndsInEveryBandAndVersion) {
  for (const region::Region* region : all_regions()) {
    for (const MacVersion version : versions) {
      SCOPED_TRACE(std::string(region->band_id) + " " +
                   std::to_string(static_cast<int>(region->phy_version)) + " " +
                   std::to_string(static_cast<int>(version)));
      const Device device = ambitious(*region, version);
      MacState state = device.state();
      std::size_t rounds = 0;
      for (; rounds < 12; ++rounds) {
        state.recent_mac_command_identifiers.clear();  // a downlink was heard
        const auto down = test::downlink(device, state, {60, 40});
        if (down.commands.empty()) break;
        const auto step = test::uplink(device, down.next, agree(test::sent(device, down), version));
        for (const Event& event : step.events) {
          ASSERT_NE(event.name, EventName::command_process_fail)
              << std::get<Error>(event.data).to_string();
          ASSERT_NE(event.name, EventName::command_unanswered);
        }
        state = step.next;
      }
      EXPECT_GT(rounds, 0U);
      EXPECT_LT(rounds, 12U);
      EXPECT_EQ(enabled(state.current), enabled(state.desired));
      EXPECT_EQ(state.current.rx1_delay, state.desired.rx1_delay);
      EXPECT_EQ(state.current.rx1_data_rate_offset, state.desired.rx1_data_rate_offset);
      EXPECT_EQ(state.current.max_duty_cycle, state.desired.max_duty_cycle);
      EXPECT_EQ(state.rejected, Rejected{});
    }
  }
}

TEST(Negotiation, WithADeviceThatRefusesEverythingEnds) {
  for (const region::Region* region : all_regions()) {
    for (const MacVersion version : versions) {
      const Device device = ambitious(*region, version);
      MacState state = device.state();
      int rounds = 0;
      for (; rounds < 60; ++rounds) {
        state.recent_mac_command_identifiers.clear();
        const auto down = test::downlink(device, state, {60, 40});
        if (down.commands.empty()) break;
        Commands answers = agree(test::sent(device, down), version);
        for (Command& answer : answers) {
          // Refuse where there is a status octet; the others can not be refused.
          const Bytes octets = encode(std::span(&answer, 1)).value();
          if (octets.size() == 2)
            answer = decode(Bytes{octets[0], 0}, Direction::uplink).commands[0];
        }
        state = test::uplink(device, down.next, answers).next;
      }
      EXPECT_LT(rounds, 60) << region->band_id << " " << static_cast<int>(version);
    }
  }
}

TEST(Steps, AreTotalOnRandomCommandsAndKeepTheirBounds) {
  std::mt19937 random(42);
  const auto regions = all_regions();
  for (int round = 0; round < 4000; ++round) {
    const region::Region& region = *regions[random() % regions.size()];
    Device device = ambitious(region, versions[random() % std::size(versions)]);
    device.supports_join = random() % 2 == 0;
    device.supports_class_c = random() % 2 == 0;
    MacState state = device.state();
    for (int frame = 0; frame < 6; ++frame) {
      const auto down = test::downlink(device, state, {random() % 240, random() % 240});
      Bytes octets = encode(agree(test::sent(device, down), device.version)).value_or(Bytes{});
      for (auto n = random() % 4; n > 0; --n) {
        const auto where = octets.empty() ? 0 : random() % octets.size();
        if (random() % 2 == 0 && !octets.empty())
          octets[where] = static_cast<std::uint8_t>(random());
        else
          octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(where),
                        static_cast<std::uint8_t>(random() % 0x47));
      }
      const DeviceProfile profile = device.profile();
      const UplinkContext context{
          profile, FCnt32{static_cast<std::uint32_t>(random())}, {}, random() % 8 == 0};
      auto step = handle_uplink_commands(down.next, decode(octets, Direction::uplink), context);
      ASSERT_TRUE(step);
      auto answered =
          answer_deferred(std::move(*step), {-3.0F, 2, LoraDataRate{9, 125'000}, {}}, context);
      RecentUplink uplink;
      uplink.adr = random() % 4 != 0;
      uplink.f_cnt = context.f_cnt;
      uplink.data_rate_index = dr(static_cast<int>(random() % 16));
      uplink.max_snr_db = static_cast<float>(random() % 60) - 30.0F;
      state = adr::record_uplink(std::move(answered.next), uplink, profile).next;

      ASSERT_TRUE(state.pending_requests.empty());
      ASSERT_LE(state.current.channels.size(), region.max_uplink_channels);
      ASSERT_LE(state.recent_uplinks.size(), recent_uplinks_max);
      ASSERT_GE(state.current.rx1_delay, std::chrono::seconds{1});
      ASSERT_LE(state.rejected.requests.size(), 96U);
      ASSERT_TRUE(std::ranges::is_sorted(state.rejected.frequencies));
      ASSERT_TRUE(std::ranges::is_sorted(state.rejected.adr_data_rate_indexes));
      ASSERT_TRUE(std::ranges::is_sorted(state.rejected.adr_tx_power_indexes));
    }
  }
}

TEST(Steps, AreFunctionsOfTheirArguments) {
  const Device device = ambitious(*region::find_latest("US_902_928"), MacVersion::v1_0_4);
  const MacState state = device.state();
  const auto one = test::downlink(device, state);
  const auto two = test::downlink(device, state);
  EXPECT_EQ(one.next, two.next);
  EXPECT_EQ(one.events, two.events);
  EXPECT_EQ(one.commands, two.commands);
}

}  // namespace
}  // namespace ff::mac
