#include "protocol/mac/channel_use.hpp"

#include <gtest/gtest.h>

#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using test::Device;

std::size_t enabled(const MacState& state) {
  return static_cast<std::size_t>(
      std::ranges::count(state.current.channels, true, &Channel::enabled));
}

MacState after_uplink(const Device& device, MacState state, std::size_t index) {
  const auto frequency = state.current.channels.at(index).uplink_frequency;
  note_channel_use(state, ChannelIndex{static_cast<std::uint8_t>(index)}, frequency,
                   device.profile());
  return state;
}

/// Sub-band 2 alone, quiet and with repetitions.
MacState agreed(const Device& device) {
  auto state = device.settled();
  state.current.adr_tx_power_index = state.desired.adr_tx_power_index = test::power(5);
  state.current.adr_nb_trans = state.desired.adr_nb_trans = 3;
  return state;
}

TEST(ChannelUse, OfAnEnabledChannelTeachesNothing) {
  const auto device = test::us_device();
  const auto state = agreed(device);
  ASSERT_EQ(enabled(state), 9U);
  EXPECT_EQ(after_uplink(device, state, 8), state);
}

TEST(ChannelUse, OfADisabledDefaultChannelMeansThatAllDefaultsAreBack) {
  const auto device = test::us_device();
  const auto state = after_uplink(device, agreed(device), 3);
  EXPECT_EQ(enabled(state), 72U);
  EXPECT_EQ(state.current.adr_nb_trans, 1);
  EXPECT_EQ(state.current.adr_tx_power_index, test::power(0));
  // Asked for again, without the device asking.
  const auto requests = test::sent(device, test::downlink(device, state));
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(std::get<LinkADRReq>(requests[1]).channel_mask, 0xff00);
  EXPECT_EQ(std::get<LinkADRReq>(requests[1]).tx_power_index, test::power(5));
  EXPECT_EQ(std::get<LinkADRReq>(requests[1]).nb_trans, 3);
}

TEST(ChannelUse, OfAWantedChannelMeansThatAnAnswerWasLost) {
  const auto device = test::us_device();
  auto state = agreed(device);
  state.current.channels[10].enabled = false;
  const auto before = state;
  state = after_uplink(device, std::move(state), 10);
  EXPECT_TRUE(state.current.channels[10].enabled);
  state.current.channels[10].enabled = false;
  EXPECT_EQ(state, before) << "and nothing else";
}

TEST(ChannelUse, OfAChannelThatTheDeviceDidNotBeginWithTeachesOfThatAlone) {
  Device device;
  auto state = device.settled();
  state.current.channels[5].enabled = state.desired.channels[5].enabled = false;
  state.current.channels[0].enabled = state.desired.channels[0].enabled = false;
  state = after_uplink(device, std::move(state), 5);
  EXPECT_TRUE(state.current.channels[5].enabled);
  EXPECT_FALSE(state.current.channels[0].enabled);
}

TEST(ChannelUse, OfAnotherFrequencyOrIndexIsNoUse) {
  const auto device = test::us_device();
  auto state = agreed(device);
  const auto before = state;
  note_channel_use(state, ChannelIndex{3}, Frequency::hz(1), device.profile());
  note_channel_use(state, ChannelIndex{200}, state.current.channels[3].uplink_frequency,
                   device.profile());
  EXPECT_EQ(state, before);
}

}  // namespace
}  // namespace ff::mac
