// SF6 and SF5 of RP002-1.0.5, from the frequency plan to the device: what a channel is told, what
// adaptive data rate makes of it, what becomes of a device that refuses.
#include <gtest/gtest.h>

#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/adr/reference.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "protocol/mac/adr/two_way.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using test::Commands;
using test::Device;
using test::dr;
using test::power;

/// EU868 with SF6 and SF5 on the channels that are not the band's own.
Device eu_device(PhyVersion version = PhyVersion::rp002_v1_0_5) {
  Device device;
  device.region = region::find("EU_863_870", version);
  device.version = MacVersion::v1_0_4;
  for (std::size_t i = 3; i < device.plan.uplink_channels.size(); ++i)
    device.plan.uplink_channels[i].max_data_rate = dr(13);
  return device;
}

Device us_device(PhyVersion version = PhyVersion::rp002_v1_0_5) {
  Device device = test::us_device();
  device.region = region::find("US_902_928", version);
  device.version = MacVersion::v1_0_4;
  for (auto& channel : device.plan.uplink_channels) channel.max_data_rate = dr(8);
  return device;
}

std::vector<RecentUplink> uplinks(int data_rate, float snr_db) {
  std::vector<RecentUplink> list(20);
  for (std::size_t i = 0; i < list.size(); ++i) {
    list[i].f_cnt = FCnt32{static_cast<std::uint32_t>(1000 - i)};
    list[i].data_rate_index = dr(data_rate);
    list[i].max_snr_db = snr_db;
    list[i].adr = true;
  }
  return list;
}

struct Choice {
  int data_rate;
  int tx_power;
  bool operator==(const Choice&) const = default;
};

template <class Algorithm>
Choice decide(Algorithm algorithm, const Device& device, int data_rate, float snr_db,
              const AdrDynamic& settings = {}, const Rejected& rejected = {}) {
  MacState state = device.settled();
  state.current.adr_data_rate_index = dr(data_rate);
  state.rejected = rejected;
  const auto history = uplinks(data_rate, snr_db);
  const auto decision =
      algorithm({history, history}, adr::limits_of(state, settings, *device.region));
  return {decision.data_rate_index.value(), decision.tx_power_index.value()};
}

TEST(FastRates, NewChannelsAreToldTheCodeAndDefaultChannelsNothing) {
  const Device device = eu_device();
  const auto requests = test::sent(device, test::downlink(device, device.state()));
  Commands channels;
  for (const auto& request : requests) {
    if (std::holds_alternative<NewChannelReq>(request)) channels.push_back(request);
  }
  Commands expected;
  for (std::uint8_t i = 3; i < 8; ++i) {
    expected.emplace_back(
        NewChannelReq{ChannelIndex{i}, device.plan.uplink_channels[i].frequency, dr(1), dr(0)});
  }
  EXPECT_EQ(channels, expected);
  const auto state = device.settled();
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(range_of(state.desired.channels[i]), (DataRateRange{dr(0), dr(5)})) << i;
}

TEST(FastRates, DevicesOfOlderRevisionsAreToldSf7AtMost) {
  const Device device = eu_device(PhyVersion::rp002_v1_0_4);
  for (const auto& channel : device.state().desired.channels)
    EXPECT_EQ(range_of(channel), (DataRateRange{dr(0), dr(5)}));
}

TEST(FastRates, ADeviceThatRefusesTheCodeGetsTheChannelWithoutThem) {
  const Device device = eu_device();
  MacState state = device.settled();
  state.current.channels.resize(3);
  std::vector<Command> refusals(5, NewChannelAns{true, false});
  auto down = test::downlink(device, state);
  const auto next = test::uplink(device, down.next, refusals).next;
  down = test::downlink(device, next);
  Commands channels;
  for (const auto& request : test::sent(device, down)) {
    if (std::holds_alternative<NewChannelReq>(request)) channels.push_back(request);
  }
  ASSERT_EQ(channels.size(), 5U);
  for (std::uint8_t i = 0; i < 5; ++i) {
    const std::size_t index = i + 3U;
    EXPECT_EQ(channels[i],
              Command(NewChannelReq{ChannelIndex{static_cast<std::uint8_t>(index)},
                                    device.plan.uplink_channels[index].frequency, dr(0), dr(5)}));
  }
  // Accepted: nothing more is asked of the channels.
  const auto last =
      test::uplink(device, down.next, std::vector<Command>(5, NewChannelAns{true, true})).next;
  for (const auto& request : test::sent(device, test::downlink(device, last)))
    EXPECT_FALSE(std::holds_alternative<NewChannelReq>(request));
}

TEST(FastRates, AreChosenByAdaptiveDataRateWhereAChannelCarriesThem) {
  struct Row {
    const char* name;
    Device device;
    int from;
    float snr_db;
    AdrDynamic settings;
    Choice expected;
  };
  // The floor of SF7 is -7.5 dB, the margin 15 dB: at 7.5 dB nothing is left at DR5.
  const Row rows[] = {
      {"nothing to spend", eu_device(), 5, 8, {}, {5, 0}},
      {"one step", eu_device(), 5, 10, {}, {12, 0}},
      {"two steps", eu_device(), 5, 12.5, {}, {13, 0}},
      {"two steps and power", eu_device(), 5, 15, {}, {13, 1}},
      {"from below", eu_device(), 3, 12.5, {}, {13, 0}},
      {"from SF6", eu_device(), 12, 12.5, {}, {13, 0}},
      {"never lower", eu_device(), 13, -5, {}, {13, 0}},
      {"the device's bound", eu_device(), 5, 15, {.max_data_rate_index = dr(12)}, {12, 2}},
      {"the bound of before", eu_device(), 5, 12.5, {.max_data_rate_index = dr(5)}, {5, 2}},
      {"down to the bound", eu_device(), 13, 15, {.max_data_rate_index = dr(5)}, {5, 3}},
      {"up to the bound", eu_device(), 0, -20, {.min_data_rate_index = dr(12)}, {12, 0}},
      {"an older device", eu_device(PhyVersion::rp002_v1_0_4), 5, 12.5, {}, {5, 2}},
      {"a plan without",
       {.region = region::find("EU_863_870", PhyVersion::rp002_v1_0_5)},
       5,
       12.5,
       {},
       {5, 2}},
      {"US915", us_device(), 3, 12.5, {}, {8, 0}},
      {"US915, one step", us_device(), 3, 10, {}, {7, 0}},
      {"an older US915 device", us_device(PhyVersion::rp002_v1_0_4), 3, 12.5, {}, {3, 2}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(decide(adr::reference_adr, row.device, row.from, row.snr_db, row.settings),
              row.expected);
  }
}

TEST(FastRates, AreNotChosenOnceRefused) {
  Rejected rejected;
  rejected.adr_data_rate_indexes = {dr(13)};
  EXPECT_EQ(decide(adr::reference_adr, eu_device(), 5, 15, {}, rejected), (Choice{12, 2}));
  rejected.adr_data_rate_indexes = {dr(12), dr(13)};
  EXPECT_EQ(decide(adr::reference_adr, eu_device(), 5, 12.5, {}, rejected), (Choice{5, 2}));
}

TEST(FastRates, AreLeftWhenTheLinkDegrades) {
  // 15 dB above the floor of SF5 are 12.5 dB; weak links go as far down as restores them.
  const auto weak = decide(adr::two_way_adr, eu_device(), 13, -2.0F);
  EXPECT_LE(weak.data_rate, 5);
  EXPECT_EQ(decide(adr::two_way_adr, eu_device(), 13, 13.0F), (Choice{13, 0}));
}

TEST(FastRates, AnOlderDeviceIsSteppedBackToTheUsualRates) {
  // Before 1.0.4 some pair has to be named: from SF6 the step is to SF7, not to LR-FHSS.
  Device device = eu_device();
  device.version = MacVersion::v1_0_3;
  MacState state = device.settled();
  state.desired.adr_data_rate_index = dr(12);
  state.rejected.adr_data_rate_indexes = {dr(12)};
  const auto requests = test::sent(device, test::downlink(device, state));
  ASSERT_EQ(requests.size(), 1U);
  const auto* request = std::get_if<LinkADRReq>(&requests[0]);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->data_rate_index, dr(5));
}

TEST(FastRates, ChannelsOfFixedPlansCarryThemFromTheBeginning) {
  const Device device = us_device();
  const auto rates = adr::channel_data_rates(device.settled().desired.channels, *device.region);
  EXPECT_EQ(rates, (std::vector{dr(0), dr(1), dr(2), dr(3), dr(4), dr(5), dr(6), dr(7), dr(8)}));
  // There is no command to tell them by.
  for (const auto& request : test::sent(device, test::downlink(device, device.state())))
    EXPECT_FALSE(std::holds_alternative<NewChannelReq>(request));
}

}  // namespace
}  // namespace ff::mac
