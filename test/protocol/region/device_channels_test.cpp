// Channels of a device and the CFList that carries them.
#include "protocol/region/device_channels.hpp"

#include <gtest/gtest.h>

#include <map>

#include "protocol/base/hex.hpp"
#include "test/protocol/region/golden.hpp"

namespace ff::region {
namespace {

using golden::unsigned_of;

const Region& eu() {
  return *find("EU_863_870", PhyVersion::rp002_v1_0_4);
}
const Region& us() {
  return *find("US_902_928", PhyVersion::rp002_v1_0_4);
}

const FrequencyPlan& plan(std::string_view id) {
  static const FrequencyPlans plans = FrequencyPlans::standard();
  return *plans.find(id);
}

std::vector<std::uint64_t> enabled_hz(const std::vector<DeviceChannel>& channels) {
  std::vector<std::uint64_t> frequencies;
  for (const auto& channel : channels) {
    if (channel.enabled) frequencies.push_back(channel.uplink_frequency.hz());
  }
  return frequencies;
}

std::vector<Frequency> hz(std::initializer_list<std::uint64_t> values) {
  std::vector<Frequency> all;
  for (const auto value : values) all.push_back(Frequency::hz(value));
  return all;
}

TEST(InitialChannels, AreTheDefaultChannelsOfTheRegion) {
  const auto channels = initial_channels(eu(), {});
  EXPECT_EQ(enabled_hz(channels), (std::vector<std::uint64_t>{868100000, 868300000, 868500000}));
  EXPECT_EQ(channels[0].downlink_frequency.hz(), 868100000U);
  EXPECT_EQ(channels[0].max_data_rate_index, DataRateIndex(5));
}

TEST(InitialChannels, OfAFixedPlanAreAnsweredOnItsFewDownlinkChannels) {
  const auto channels = initial_channels(us(), {});
  ASSERT_EQ(channels.size(), 72U);
  EXPECT_EQ(channels[8].downlink_frequency, channels[0].downlink_frequency);
  EXPECT_EQ(channels[9].downlink_frequency.hz(), 923900000U);
  EXPECT_EQ(channels[65].uplink_frequency.hz(), 904600000U);
  EXPECT_EQ(channels[65].downlink_frequency.hz(), 923900000U);
}

TEST(InitialChannels, FactoryPresetsDisableDefaultsTheyDoNotRepeat) {
  const auto channels = initial_channels(eu(), hz({868300000, 867100000, 867100000, 0}));
  ASSERT_EQ(channels.size(), 4U);
  EXPECT_EQ(enabled_hz(channels), (std::vector<std::uint64_t>{868300000, 867100000}));
  const DeviceChannel added{Frequency::hz(867100000), Frequency::hz(867100000), DataRateIndex(0),
                            DataRateIndex(5), true};
  EXPECT_EQ(channels[3], added);
}

TEST(InitialChannels, PresetsOfAFixedPlanOnlySelect) {
  const auto channels = initial_channels(us(), hz({903900000, 868100000}));
  EXPECT_EQ(channels.size(), 72U);
  EXPECT_EQ(enabled_hz(channels), (std::vector<std::uint64_t>{903900000}));
}

TEST(InitialChannels, MorePresetsThanChannelsAreCutOff) {
  std::vector<Frequency> presets;
  for (std::uint64_t i = 0; i < 96; ++i) presets.push_back(Frequency::hz(863100000 + 50000 * i));
  EXPECT_EQ(initial_channels(eu(), presets).size(), 16U);
}

TEST(DesiredChannels, AppendThePlansChannelsToTheDefaults) {
  const auto channels = desired_channels(eu(), plan("EU_863_870"), {});
  ASSERT_EQ(channels.size(), 8U);
  EXPECT_EQ(enabled_hz(channels),
            (std::vector<std::uint64_t>{868100000, 868300000, 868500000, 867100000, 867300000,
                                        867500000, 867700000, 867900000}));
}

TEST(DesiredChannels, DisableDefaultsThatThePlanDoesNotHave) {
  FrequencyPlan narrow = plan("EU_863_870");
  narrow.uplink_channels.resize(1);
  narrow.uplink_channels[0].max_data_rate = DataRateIndex(3);
  const auto channels = desired_channels(eu(), narrow, {});
  ASSERT_EQ(channels.size(), 3U);
  EXPECT_EQ(enabled_hz(channels), (std::vector<std::uint64_t>{868100000}));
  EXPECT_EQ(channels[0].max_data_rate_index, DataRateIndex(3));
}

TEST(DesiredChannels, OfAFixedPlanIncludeTheWideChannel) {
  const auto channels = desired_channels(us(), plan("US_902_928_FSB_2"), {});
  ASSERT_EQ(channels.size(), 72U);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    EXPECT_EQ(channels[i].enabled, (i >= 8 && i < 16) || i == 65) << i;
  }
}

TEST(DesiredChannels, KeepTheIndexesOfFactoryPresets) {
  const auto presets = hz({868100000, 868300000, 868500000, 864100000, 867100000});
  const auto initial = initial_channels(eu(), presets);
  const auto desired = desired_channels(eu(), plan("EU_863_870"), presets);
  ASSERT_EQ(initial.size(), 5U);
  ASSERT_EQ(desired.size(), 9U);
  EXPECT_EQ(desired[3].uplink_frequency.hz(), 864100000U);
  EXPECT_FALSE(desired[3].enabled);
  EXPECT_EQ(desired[4], initial[4]);
}

TEST(CfList, FollowsTheVectors) {
  const std::map<std::string, PhyVersion> versions = {
      {"RP001_V1_1_REV_B", PhyVersion::rp001_v1_1_rev_b},
      {"RP001_V1_0_2", PhyVersion::rp001_v1_0_2}};
  for (const auto& vector : golden::vectors("cflist.json", "cflist_generate")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const auto& input = vector.at("input");
    const Region* region = find(input.at("band").as_string(),
                                versions.at(std::string(input.at("version").as_string())));
    ASSERT_NE(region, nullptr);
    std::vector<DeviceChannel> channels;
    for (const auto& row : input.at("channels").as_array()) {
      const auto frequency = Frequency::hz(unsigned_of(row.at("frequency_hz")));
      channels.push_back({frequency, frequency, DataRateIndex(0), DataRateIndex(5),
                          row.at("enable_uplink").as_bool()});
    }
    const auto octets = make_cf_list(*region, channels);
    const auto& expected = vector.at("expected").as_object();
    ASSERT_EQ(octets.has_value(), expected.contains("bytes"));
    if (!octets) continue;
    EXPECT_EQ(hex_lower(*octets), expected.at("bytes").as_string());
  }
}

TEST(CfList, VectorsOfItsOctetsAreReadAsTheySay) {
  const Region& chinese = *find("CN_470_510", PhyVersion::rp001_v1_1_rev_b);
  for (const auto& vector : golden::vectors("cflist.json", "cflist_encode")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const Bytes octets = *parse_hex(vector.at("input").at("bytes").as_string());
    const auto& expected = vector.at("expected").as_object();
    if (expected.at("type") == 0) {
      const auto channels = apply_cf_list(eu(), octets, initial_channels(eu(), {}));
      ASSERT_TRUE(channels);
      for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ((*channels)[3 + i].uplink_frequency.hz(),
                  100 * unsigned_of(expected.at("frequencies_100hz").as_array()[i]));
      }
      continue;
    }
    const auto channels = apply_cf_list(chinese, octets, initial_channels(chinese, {}));
    ASSERT_TRUE(channels);
    for (std::size_t i = 0; i < channels->size(); ++i) {
      const auto mask = unsigned_of(expected.at("channel_masks").as_array()[i / 16]);
      EXPECT_EQ((*channels)[i].enabled, (mask >> i % 16 & 1) != 0) << i;
    }
  }
}

TEST(CfList, IsThereButEmptyWhenOnlyDefaultChannelsAreWanted) {
  EXPECT_EQ(make_cf_list(eu(), initial_channels(eu(), {})), CfListOctets{});
}

TEST(CfList, GivesADeviceTheDesiredChannelsOfEveryStandardPlan) {
  for (const FrequencyPlan& each : FrequencyPlans::standard().all()) {
    SCOPED_TRACE(each.id);
    const Region& region = *find_latest(each.band_id);
    const auto desired = desired_channels(region, each, {});
    const auto octets = make_cf_list(region, desired);
    ASSERT_TRUE(octets.has_value());
    const auto joined = apply_cf_list(region, *octets, initial_channels(region, {}));
    ASSERT_TRUE(joined.has_value());
    ASSERT_LE(joined->size(), region.max_uplink_channels);
    for (std::size_t i = 0; i < joined->size(); ++i) {
      EXPECT_EQ((*joined)[i].uplink_frequency, desired[i].uplink_frequency) << i;
      if (region.plan_kind == PlanKind::fixed) {
        EXPECT_EQ((*joined)[i].enabled, desired[i].enabled) << i;
      }
    }
  }
}

TEST(CfList, ReplacesAnUnusedIndexAndLeavesZeroAlone) {
  CfListOctets octets{};
  octets[3] = 0x18;  // second of five: 867.1 MHz
  octets[4] = 0x4f;
  octets[5] = 0x84;
  const auto channels = apply_cf_list(eu(), octets, initial_channels(eu(), {}));
  ASSERT_TRUE(channels);
  ASSERT_EQ(channels->size(), 5U);
  EXPECT_FALSE((*channels)[3].uplink_frequency.is_set());
  EXPECT_FALSE((*channels)[3].enabled);
  EXPECT_EQ((*channels)[4].uplink_frequency.hz(), 867100000U);
}

TEST(CfList, RefusesWhatTheRegionDoesNotHave) {
  CfListOctets octets{};
  EXPECT_FALSE(apply_cf_list(us(), octets, initial_channels(us(), {})));
  octets.back() = 1;
  EXPECT_FALSE(apply_cf_list(eu(), octets, initial_channels(eu(), {})));
  EXPECT_TRUE(apply_cf_list(us(), octets, initial_channels(us(), {})));
  octets[9] = 1;  // channel 72
  EXPECT_FALSE(apply_cf_list(us(), octets, initial_channels(us(), {})));
  EXPECT_FALSE(apply_cf_list(us(), ByteView(octets).first(15), initial_channels(us(), {})));
  const Region& old = *find("US_902_928", PhyVersion::ts001_v1_0);
  EXPECT_FALSE(apply_cf_list(old, CfListOctets{}, initial_channels(old, {})));
}

}  // namespace
}  // namespace ff::region
