// Channel masks: the vectors, and that generated sequences reach the wanted set by the shortest
// way.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "protocol/region/region.hpp"
#include "test/protocol/region/golden.hpp"

namespace ff::region {
namespace {

using golden::unsigned_of;
using Channels = std::vector<bool>;

/// A set of up to 96 channels from hexadecimal text; bit i is channel i.
Channels channels_of(std::string_view text, std::size_t count) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  Channels channels(count);
  for (std::size_t digit = 0; digit < text.size(); ++digit) {
    const char c = text[text.size() - 1 - digit];
    const int value = c <= '9' ? c - '0' : c - 'a' + 10;
    for (std::size_t bit = 0; bit < 4 && 4 * digit + bit < count; ++bit) {
      channels[4 * digit + bit] = (value >> bit & 1) != 0;
    }
  }
  return channels;
}

std::uint16_t mask_of(const boost::json::value& text) {
  return static_cast<std::uint16_t>(std::stoul(std::string(text.as_string()), nullptr, 16));
}

Region region_of_kind(std::string_view kind) {
  const std::map<std::string_view, const char*> bands = {{"mask16", "EU_863_870"},
                                                         {"mask48", "CN_470_510_26_A"},
                                                         {"mask64", "CN_470_510_20_A"},
                                                         {"mask72", "US_902_928"},
                                                         {"mask96", "CN_470_510"}};
  return *find_latest(bands.at(kind));
}

Channels all_of(const Region& region) {
  return Channels(region.max_uplink_channels, true);
}

/// How a device reads ChMaskCntl 5: with the 500 kHz channels, as specified, or without.
enum class BankReading { with_wide, without_wide };

Channels applied(const Region& region, const std::vector<ChannelMaskBlock>& blocks,
                 Channels channels, BankReading reading = BankReading::with_wide) {
  channels.resize(region.max_uplink_channels);
  for (const ChannelMaskBlock& block : blocks) {
    const Channels before = channels;
    EXPECT_TRUE(region.apply_channel_mask(block, all_of(region), channels));
    if (reading == BankReading::with_wide || block.ch_mask_cntl != 5) continue;
    if (region.channel_mask_kind != ChannelMaskKind::mask72) continue;
    std::copy(before.begin() + 64, before.end(), channels.begin() + 64);
  }
  return channels;
}

TEST(ApplyChannelMask, FollowsTheVectors) {
  for (const auto& vector : golden::vectors("chmask_linkadr.json", "chmask_parse")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const auto& input = vector.at("input");
    const Region region = region_of_kind(input.at("kind").as_string());
    const ChannelMaskBlock block{static_cast<std::uint8_t>(unsigned_of(input.at("cntl"))),
                                 mask_of(input.at("mask"))};
    // Where the sources disagree on ChMaskCntl 5 we follow the specification.
    const auto* specified = vector.if_contains("specification_expected");
    const auto& expected = (specified != nullptr ? *specified : vector.at("expected")).as_object();
    for (const bool before : {false, true}) {
      Channels channels(region.max_uplink_channels, before);
      const Status status = region.apply_channel_mask(block, all_of(region), channels);
      ASSERT_EQ(status.has_value(), !expected.contains("error"));
      if (!status) {
        EXPECT_EQ(status.error().name(), "chmaskcntl_unsupported");
        EXPECT_EQ(channels, Channels(region.max_uplink_channels, before));
        continue;
      }
      const auto affected = channels_of(expected.at("affected").as_string(), channels.size());
      const auto enabled = channels_of(expected.at("enabled").as_string(), channels.size());
      for (std::size_t i = 0; i < channels.size(); ++i) {
        EXPECT_EQ(channels[i], affected[i] ? enabled[i] : before) << i;
      }
    }
  }
}

TEST(ApplyChannelMask, OfADynamicPlanCanNotEnableAChannelThatIsNotDefined) {
  const Region region = region_of_kind("mask16");
  const Channels defined = {true, true, true, false, true};
  Channels enabled = {true, false, false};
  EXPECT_FALSE(region.apply_channel_mask({0, 0x0008}, defined, enabled));
  EXPECT_FALSE(region.apply_channel_mask({0, 0x0020}, defined, enabled));
  EXPECT_EQ(enabled, (Channels{true, false, false}));
  EXPECT_TRUE(region.apply_channel_mask({0, 0x0016}, defined, enabled));
  EXPECT_EQ(enabled, channels_of("16", 16));
}

TEST(ApplyChannelMask, Cntl6OfADynamicPlanEnablesTheDefinedChannels) {
  const Region region = region_of_kind("mask16");
  Channels enabled(16);
  EXPECT_TRUE(region.apply_channel_mask({6, 0xffff}, {true, true, true, false, true}, enabled));
  EXPECT_EQ(enabled, channels_of("17", 16));
}

TEST(ChannelMaskBlocks, FollowTheVectors) {
  for (const auto& vector : golden::vectors("chmask_linkadr.json", "chmask_generate")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const auto& input = vector.at("input").as_object();
    Region region = region_of_kind(input.at("kind").as_string());
    if (const auto* allowed = input.if_contains("allow_cntl5")) {
      region.network_may_send_cntl5 = allowed->as_bool();
      region.device_applies_mask_blocks_atomically = input.at("atomic").as_bool();
    }
    const auto current = channels_of(input.at("current").as_string(), region.max_uplink_channels);
    const auto desired = channels_of(input.at("desired").as_string(), region.max_uplink_channels);
    const auto blocks = region.channel_mask_blocks(current, desired);
    EXPECT_EQ(applied(region, blocks, current), desired);
    // This vector's single ChMaskCntl 5 ends wrong on devices that follow the specification.
    if (vector.contains("result_with_specification_cntl5")) continue;
    const auto& requests = vector.at("expected").at("requests").as_array();
    ASSERT_EQ(blocks.size(), requests.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(blocks[i].ch_mask_cntl, unsigned_of(requests[i].at("cntl")));
      EXPECT_EQ(blocks[i].ch_mask, mask_of(requests[i].at("mask")));
    }
  }
}

/// The network of these vectors wants what the device has and the default channels, without those
/// it disabled.
Channels wanted_by(const boost::json::object& input, const Region& region, const Channels& device) {
  const std::size_t count = region.max_uplink_channels;
  if (const auto* enabled = input.if_contains("network_enabled")) {
    return channels_of(enabled->as_string(), count);
  }
  Channels wanted = device;
  std::fill_n(wanted.begin(), region.default_uplink_channels.size(), true);
  const auto disabled = channels_of(input.at("network_disabled").as_string(), count);
  for (std::size_t i = 0; i < count; ++i) wanted[i] = wanted[i] && !disabled[i];
  return wanted;
}

TEST(ChannelMaskBlocks, AgreeWithASecondNetworkServer) {
  for (const auto& vector : golden::vectors("chmask_linkadr.json", "link_adr_generate")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const auto& input = vector.at("input").as_object();
    const Region& region = *find_latest(input.at("band").as_string());
    const auto device =
        channels_of(input.at("device_enabled").as_string(), region.max_uplink_channels);
    const auto wanted = wanted_by(input, region, device);
    const auto& requests = vector.at("expected").at("requests").as_array();
    ASSERT_EQ(device == wanted, requests.empty());
    if (requests.empty()) continue;
    const auto blocks = region.channel_mask_blocks(device, wanted);
    ASSERT_EQ(blocks.size(), requests.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(blocks[i].ch_mask_cntl, unsigned_of(requests[i].at("cntl")));
      EXPECT_EQ(blocks[i].ch_mask, mask_of(requests[i].at("mask")));
    }
  }
}

TEST(ChannelMaskBlocks, AreThoseOfTheLinkAdrVectors) {
  const std::map<std::string, std::string> sets = {{"US915_CURRENT", "ffffffffffffffffff"},
                                                   {"US915_FSB2", "2000000000000ff00"},
                                                   {"EU868_CURRENT", "7"},
                                                   {"EU868_DESIRED", "ff"}};
  for (const auto& vector : golden::vectors("link_adr_req.json", "link_adr_req")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    const auto& input = vector.at("input");
    const auto* commands = vector.at("expected").as_object().if_contains("commands");
    if (commands == nullptr || !input.at("current_channels").is_string()) continue;
    const Region& region = *find_latest(input.at("band").as_string());
    const auto set = [&](std::string_view which) {
      return channels_of(sets.at(std::string(input.at(which).as_string())),
                         region.max_uplink_channels);
    };
    const auto blocks =
        region.channel_mask_blocks(set("current_channels"), set("desired_channels"));
    ASSERT_EQ(blocks.size(), commands->as_array().size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(blocks[i].ch_mask_cntl, unsigned_of(commands->as_array()[i].at("cntl")));
      EXPECT_EQ(blocks[i].ch_mask, mask_of(commands->as_array()[i].at("mask")));
    }
  }
}

TEST(ChannelMaskBlocks, CarryAChangeOfChannel64Alone) {
  const Region region = region_of_kind("mask72");
  Channels desired = all_of(region);
  desired[8] = false;
  Channels current = desired;
  desired[64] = false;
  const std::vector<ChannelMaskBlock> expected = {{4, 0x00fe}};
  EXPECT_EQ(region.channel_mask_blocks(current, desired), expected);
}

/// Sets as they occur: whole banks and groups, single channels, and noise.
Channels random_channels(std::size_t count, std::mt19937& random) {
  Channels channels(count);
  for (std::size_t bank = 0; bank < count; bank += 8) {
    const auto shape = random() % 5;
    for (std::size_t i = bank; i < std::min(count, bank + 8); ++i) {
      channels[i] = shape < 2 || (shape == 4 && random() % 2 == 0);
    }
  }
  return channels;
}

/// The fewest blocks, by trying every beginning and every choice of group blocks.
std::size_t fewest_blocks(const Region& region, const Channels& current, const Channels& desired) {
  std::vector<std::vector<ChannelMaskBlock>> starts = {{}};
  const auto groups = (region.max_uplink_channels + 15U) / 16;
  std::vector<ChannelMaskBlock> group_blocks;
  for (std::size_t group = 0; group < groups; ++group) {
    unsigned mask = 0;
    for (std::size_t i = 0; i < 16 && 16 * group + i < desired.size(); ++i) {
      mask |= desired[16 * group + i] ? 1U << i : 0;
    }
    group_blocks.push_back({static_cast<std::uint8_t>(group), static_cast<std::uint16_t>(mask)});
  }
  const bool wide = region.channel_mask_kind == ChannelMaskKind::mask72;
  for (std::uint8_t cntl = static_cast<std::uint8_t>(groups); cntl < 8; ++cntl) {
    if (wide && cntl == 5) {
      for (unsigned mask = 0; mask < 256; ++mask) {
        starts.push_back({{cntl, static_cast<std::uint16_t>(mask)}});
      }
    } else {
      const std::uint16_t mask = wide ? group_blocks.back().ch_mask : std::uint16_t{0};
      Channels scratch = current;
      const ChannelMaskBlock block{cntl, mask};
      if (region.apply_channel_mask(block, all_of(region), scratch)) starts.push_back({block});
    }
  }
  std::size_t fewest = groups;
  for (const auto& start : starts) {
    for (unsigned chosen = 0; chosen < 1U << groups; ++chosen) {
      auto blocks = start;
      for (std::size_t group = 0; group < groups; ++group) {
        if ((chosen >> group & 1) != 0) blocks.push_back(group_blocks[group]);
      }
      if (blocks.size() >= fewest) continue;
      if (applied(region, blocks, current, BankReading::with_wide) != desired) continue;
      if (applied(region, blocks, current, BankReading::without_wide) != desired) continue;
      fewest = blocks.size();
    }
  }
  return fewest;
}

class EveryKind : public testing::TestWithParam<const char*> {};

TEST_P(EveryKind, BlocksTurnCurrentIntoDesiredUnderBothReadings) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    Region region = region_of_kind(GetParam());
    region.network_may_send_cntl5 = round % 2 == 0;
    region.device_applies_mask_blocks_atomically = round % 3 != 0;
    const Channels current = random_channels(region.max_uplink_channels, random);
    const Channels desired = random_channels(region.max_uplink_channels, random);
    const auto blocks = region.channel_mask_blocks(current, desired);
    ASSERT_FALSE(blocks.empty());
    ASSERT_EQ(applied(region, blocks, current, BankReading::with_wide), desired);
    ASSERT_EQ(applied(region, blocks, current, BankReading::without_wide), desired);
  }
}

TEST_P(EveryKind, NoShorterSequenceExists) {
  std::mt19937 random(2);
  Region region = region_of_kind(GetParam());
  region.network_may_send_cntl5 = true;
  for (int round = 0; round < 40; ++round) {
    const Channels current = random_channels(region.max_uplink_channels, random);
    const Channels desired = random_channels(region.max_uplink_channels, random);
    if (current == desired) continue;
    ASSERT_EQ(region.channel_mask_blocks(current, desired).size(),
              fewest_blocks(region, current, desired));
  }
}

TEST_P(EveryKind, DevicesThatApplyBlocksOneByOneAlwaysKeepAChannel) {
  std::mt19937 random(3);
  Region region = region_of_kind(GetParam());
  region.network_may_send_cntl5 = false;
  region.device_applies_mask_blocks_atomically = false;
  for (int round = 0; round < 1000; ++round) {
    Channels channels = random_channels(region.max_uplink_channels, random);
    const Channels desired = random_channels(region.max_uplink_channels, random);
    if (std::count(desired.begin(), desired.end(), true) == 0) continue;
    for (const auto& block : region.channel_mask_blocks(channels, desired)) {
      channels = applied(region, {block}, channels);
      ASSERT_GT(std::count(channels.begin(), channels.end(), true), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind,
                         testing::Values("mask16", "mask48", "mask64", "mask72", "mask96"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace ff::region
