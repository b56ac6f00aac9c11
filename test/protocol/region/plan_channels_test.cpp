// Every standard plan with every revision of its band: what a device is told, and what it has then.
// The device here reads CFLists and masks by its own lines. [RP002-1.0.4 §2.x JoinAccept CFList;
// spec network-server §8.5, §12]
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/region/data_rate_range.hpp"
#include "protocol/region/device_channels.hpp"

namespace ff::region {
namespace {

template <class Check>
void for_each_plan(Check check) {
  const auto plans = FrequencyPlans::standard();
  for (const auto& plan : plans.all()) {
    for (const auto& region : revisions(plan.band_id)) {
      SCOPED_TRACE(plan.id + " revision " + std::to_string(static_cast<int>(region.phy_version)));
      check(plan, region);
    }
  }
}

std::vector<Frequency> enabled(std::span<const DeviceChannel> channels) {
  std::vector<Frequency> out;
  for (const auto& channel : channels)
    if (channel.enabled) out.push_back(channel.uplink_frequency);
  std::ranges::sort(out);
  return out;
}

TEST(PlanChannels, DevicesHaveThePlansFrequenciesAndNoOther) {
  for_each_plan([](const FrequencyPlan& plan, const Region& region) {
    std::vector<Frequency> wanted;
    for (const auto& channel : plan.uplink_channels) wanted.push_back(channel.frequency);
    if (region.plan_kind == PlanKind::fixed && plan.lora_standard_channel)
      wanted.push_back(plan.lora_standard_channel->frequency);
    // US_903_0 has its wide channel in both places.
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    const auto have = enabled(desired_channels(region, plan, {}));
    EXPECT_TRUE(std::ranges::includes(wanted, have));
    EXPECT_FALSE(have.empty());
    // A plan has no more than a device of its band can have.
    EXPECT_EQ(have.size(), wanted.size());
  });
}

TEST(PlanChannels, EveryEnabledChannelCarriesARateThatTheRevisionHas) {
  for_each_plan([](const FrequencyPlan& plan, const Region& region) {
    for (const auto& channel : desired_channels(region, plan, {})) {
      if (!channel.enabled) continue;
      const DataRateRange range{channel.min_data_rate_index, channel.max_data_rate_index};
      const bool carried = std::ranges::any_of(region.data_rates, [&](const auto& entry) {
        return entry.direction != Direction::downlink && carries(region, range, entry.index);
      });
      EXPECT_TRUE(carried) << channel.uplink_frequency.hz();
      EXPECT_NE(region.data_rate(lowest(range), Direction::uplink), nullptr)
          << channel.uplink_frequency.hz();
    }
  });
}

TEST(PlanChannels, EveryAnswerHasAFrequency) {
  for_each_plan([](const FrequencyPlan& plan, const Region& region) {
    for (const auto& channel : desired_channels(region, plan, {}))
      EXPECT_TRUE(channel.downlink_frequency.is_set()) << channel.uplink_frequency.hz();
  });
}

TEST(PlanChannels, ACfListOfFrequenciesNamesTheFirstFiveBeyondTheDefaults) {
  std::size_t lists = 0;
  for_each_plan([&](const FrequencyPlan& plan, const Region& region) {
    const auto desired = desired_channels(region, plan, {});
    const auto list = make_cf_list(region, desired);
    EXPECT_EQ(list.has_value(), region.cf_list.type != CfListType::none);
    if (!list || region.cf_list.type != CfListType::frequencies) return;
    ++lists;
    EXPECT_EQ(list->back(), 0);
    std::vector<std::uint64_t> expected;
    for (std::size_t i = region.default_uplink_channels.size(); i < desired.size(); ++i)
      if (desired[i].enabled && expected.size() < 5)
        expected.push_back(desired[i].uplink_frequency.hz());
    expected.resize(5);
    for (std::size_t i = 0; i < 5; ++i) {
      const auto* octets = list->data() + 3 * i;
      const auto code = octets[0] + 256ULL * octets[1] + 65'536ULL * octets[2];
      EXPECT_EQ(code * (plan.band_id == "ISM_2400" ? 200 : 100), expected[i]) << i;
    }
  });
  EXPECT_GT(lists, 50U);
}

TEST(PlanChannels, ACfListOfMasksHasTheBitsOfTheChannelsAndNoOther) {
  std::size_t lists = 0;
  for_each_plan([&](const FrequencyPlan& plan, const Region& region) {
    if (region.cf_list.type != CfListType::channel_masks) return;
    const auto desired = desired_channels(region, plan, {});
    const auto list = make_cf_list(region, desired);
    ASSERT_TRUE(list);
    ++lists;
    EXPECT_EQ(list->back(), 1);
    for (std::size_t bit = 0; bit < 8 * 15; ++bit) {
      const bool on = (list->at(bit / 8) >> bit % 8 & 1) != 0;
      EXPECT_EQ(on, bit < desired.size() && desired[bit].enabled) << bit;
    }
  });
  EXPECT_GT(lists, 20U);
}

TEST(PlanChannels, TheMasksSentAfterwardsLeaveWhatIsDesired) {
  for_each_plan([](const FrequencyPlan& plan, const Region& region) {
    const auto current = initial_channels(region, {});
    const auto desired = desired_channels(region, plan, {});
    std::vector<bool> have;
    std::vector<bool> want;
    std::vector<bool> defined;
    for (std::size_t i = 0; i < desired.size(); ++i) {
      // New channels of dynamic plans came before, by NewChannelReq, and are on.
      have.push_back(i < current.size() ? current[i].enabled : true);
      want.push_back(desired[i].enabled);
      defined.push_back(true);
    }
    for (const auto& block : region.channel_mask_blocks(have, want))
      ASSERT_TRUE(region.apply_channel_mask(block, defined, have));
    want.resize(have.size());
    EXPECT_EQ(have, want);
  });
}

TEST(PlanChannels, FactoryPresetsAreAllThereOrTheTableIsFull) {
  for_each_plan([](const FrequencyPlan& plan, const Region& region) {
    if (region.plan_kind == PlanKind::fixed) return;
    std::vector<Frequency> presets;
    for (const auto& channel : plan.uplink_channels) presets.push_back(channel.frequency);
    const auto channels = initial_channels(region, presets);
    EXPECT_LE(channels.size(), region.max_uplink_channels);
    auto wanted = presets;
    std::ranges::sort(wanted);
    EXPECT_EQ(enabled(channels), wanted);
    EXPECT_EQ(enabled(desired_channels(region, plan, presets)), wanted);
  });
}

}  // namespace
}  // namespace ff::region
