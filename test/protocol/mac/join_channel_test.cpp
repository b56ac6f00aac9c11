// CN470's plans by 20 and 26 MHz: the channel of a join-request says where RX2 is.
#include "protocol/region/join_channel.hpp"

#include <gtest/gtest.h>

#include "protocol/mac/initial.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using test::Device;

const region::FrequencyPlans& plans() {
  static const auto all = region::FrequencyPlans::standard();
  return all;
}

Device device_of(const region::FrequencyPlan& plan) {
  Device device;
  device.region = region::find_latest(plan.band_id);
  device.plan = plan;
  return device;
}

TEST(JoinChannel, ExistsForEveryJoinChannelAndForNothingElse) {
  std::size_t bands = 0;
  for (const auto id : region::band_ids()) {
    const auto& region = *region::find_latest(id);
    if (!region.join_channels.empty()) ++bands;
    std::size_t found = 0;
    for (const auto& channel : region.default_uplink_channels) {
      const auto* join = region::join_channel(region, channel.frequency);
      if (join == nullptr) continue;
      EXPECT_EQ(join->uplink, channel.frequency);
      ++found;
    }
    EXPECT_EQ(found, region.join_channels.size()) << id;
    EXPECT_EQ(region::join_channel(region, Frequency{}), nullptr);
  }
  EXPECT_EQ(bands, 4U);
}

TEST(JoinChannel, EveryPlanOfSuchABandHasOne) {
  std::size_t seen = 0;
  for (const auto& plan : plans().all()) {
    const auto& region = *region::find_latest(plan.band_id);
    if (region.join_channels.empty()) continue;
    ++seen;
    EXPECT_EQ(std::ranges::count_if(plan.uplink_channels,
                                    [&](const auto& channel) {
                                      return region::join_channel(region, channel.frequency) !=
                                             nullptr;
                                    }),
              1)
        << plan.id;
    EXPECT_EQ(plan.uplink_channels.size(), 8U) << plan.id;
  }
  EXPECT_EQ(seen, 20U);
}

TEST(JoinChannel, MovesRx2ForTheSessionToCome) {
  for (const auto& plan : plans().all()) {
    const auto device = device_of(plan);
    for (const auto& channel : device.region->join_channels) {
      SCOPED_TRACE(plan.id + " " + std::to_string(channel.uplink.hz()));
      auto state = device.state();
      note_join_channel(state, device.profile(), channel.uplink);
      EXPECT_EQ(state.current.rx2_frequency, channel.rx2);
      EXPECT_EQ(state.desired.rx2_frequency, channel.rx2) << "nothing to tell the device";
    }
    // Any other channel changes nothing, in any band.
    const auto before = device.state();
    auto state = before;
    note_join_channel(state, device.profile(), Frequency::hz(868'100'000));
    EXPECT_EQ(state, before);
  }
}

TEST(JoinChannel, GivesWayToSettingsAndPlan) {
  auto device = device_of(*plans().find("CN_470_510_20_A_FSB_1"));
  const auto& channel = device.region->join_channels.front();
  const auto own = Frequency::hz(485'000'000);

  device.plan.rx2_channel = region::PlanChannel{own, {}, {}, 0, {}};
  auto state = device.state();
  note_join_channel(state, device.profile(), channel.uplink);
  EXPECT_EQ(state.current.rx2_frequency, channel.rx2) << "the device has it all the same";
  EXPECT_EQ(state.desired.rx2_frequency, own) << "and is told the plan's";

  device.settings.rx2_frequency = own;
  state = device.state();
  note_join_channel(state, device.profile(), channel.uplink);
  EXPECT_EQ(state.current.rx2_frequency, own) << "whoever made the device knows better";
}

}  // namespace
}  // namespace ff::mac
