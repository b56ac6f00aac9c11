// Every ChMaskCntl of every kind of mask against the operations of test/golden/region/common.json,
// played by an interpreter of their words. [lorawan/regions/common.json, channel_mask_kinds]
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "protocol/region/region.hpp"
#include "test/protocol/region/golden.hpp"

namespace ff::region {
namespace {

using Channels = std::vector<bool>;

const std::map<ChannelMaskKind, std::string> kinds = {{ChannelMaskKind::mask16, "mask16"},
                                                      {ChannelMaskKind::mask48, "mask48"},
                                                      {ChannelMaskKind::mask64, "mask64"},
                                                      {ChannelMaskKind::mask72, "mask72"},
                                                      {ChannelMaskKind::mask96, "mask96"}};

const boost::json::value& common() {
  static const auto document = golden::read("common.json");
  return document;
}

/// The operation of a value of ChMaskCntl; null where it is reserved.
const boost::json::object* operation(const Region& region, int cntl) {
  const auto& kind = common().at("channel_mask_kinds").at(kinds.at(region.channel_mask_kind));
  const auto* found = kind.at("cntl").as_object().if_contains(std::to_string(cntl));
  return found == nullptr ? nullptr : &found->as_object();
}

std::size_t size_in(const boost::json::object& operation, std::string_view name) {
  return golden::unsigned_of(operation.at(name));
}

void put_mask(const boost::json::object& operation, std::uint16_t mask, Channels& channels) {
  const auto first = size_in(operation, "first");
  for (std::size_t i = 0; i < size_in(operation, "count"); ++i)
    channels[first + i] = (mask >> i & 1) != 0;
}

void put_range(const boost::json::object& operation, const std::string& word, Channels& channels) {
  const auto first = size_in(operation, word + "_first");
  for (std::size_t i = 0; i < size_in(operation, word + "_count"); ++i)
    channels[first + i] = word == "on";
}

Channels played(const boost::json::object& operation, std::uint16_t mask, const Channels& defined,
                Channels channels) {
  const std::string op(operation.at("op").as_string());
  if (op == "mask") {
    put_mask(operation, mask, channels);
  } else if (op == "all_defined_on") {
    channels = defined;
  } else if (op == "all_on" || op == "all_off") {
    channels.assign(channels.size(), op == "all_on");
  } else if (op == "bank_mask") {
    const auto size = size_in(operation, "bank_size");
    for (std::size_t bank = 0; bank < size_in(operation, "banks"); ++bank) {
      const bool on = (mask >> bank & 1) != 0;
      for (std::size_t i = 0; i < size; ++i) channels[bank * size + i] = on;
      channels[64 + bank] = on;
    }
  } else {
    put_range(operation, op == "range_on_then_mask" ? "on" : "off", channels);
    put_mask(operation, mask, channels);
  }
  return channels;
}

Channels random_channels(std::size_t count, std::mt19937& random) {
  Channels out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = random() % 2 == 0;
  return out;
}

/// All revisions of all bands.
std::vector<const Region*> regions() {
  std::vector<const Region*> out;
  for (const auto id : band_ids())
    for (const auto& region : revisions(id)) out.push_back(&region);
  return out;
}

TEST(ChannelMaskTable, ABandHasAsManyChannelsAsItsKindReaches) {
  for (const auto* region : regions()) {
    const auto& kind = common().at("channel_mask_kinds").at(kinds.at(region->channel_mask_kind));
    EXPECT_EQ(region->max_uplink_channels, golden::unsigned_of(kind.at("channels")))
        << region->band_id;
  }
}

TEST(ChannelMaskTable, EveryCntlDoesWhatItsOperationSays) {
  std::mt19937 random(4);
  for (const auto* region : regions()) {
    const Channels all(region->max_uplink_channels, true);
    for (int cntl = 0; cntl < 8; ++cntl) {
      const auto* op = operation(*region, cntl);
      for (int round = 0; round < 20; ++round) {
        const auto mask = static_cast<std::uint16_t>(random());
        const auto before = random_channels(all.size(), random);
        auto channels = before;
        const auto status =
            region->apply_channel_mask({static_cast<std::uint8_t>(cntl), mask}, all, channels);
        ASSERT_EQ(status.has_value(), op != nullptr) << region->band_id << ' ' << cntl;
        EXPECT_EQ(channels, op == nullptr ? before : played(*op, mask, all, before))
            << region->band_id << ' ' << cntl << ' ' << mask;
      }
    }
    for (int cntl = 8; cntl < 256; ++cntl) {
      auto channels = all;
      EXPECT_FALSE(
          region->apply_channel_mask({static_cast<std::uint8_t>(cntl), 0xffff}, all, channels));
    }
  }
}

TEST(ChannelMaskTable, AChannelThatDoesNotExistIsRefusedAndNothingChanges) {
  std::mt19937 random(5);
  for (const auto* region : regions()) {
    for (int round = 0; round < 100; ++round) {
      const auto cntl = static_cast<int>(random() % 8);
      const auto* op = operation(*region, cntl);
      if (op == nullptr) continue;
      const auto defined = random_channels(region->max_uplink_channels, random);
      auto before = random_channels(region->max_uplink_channels, random);
      for (std::size_t i = 0; i < before.size(); ++i) before[i] = before[i] && defined[i];
      const auto mask = static_cast<std::uint16_t>(random() & random() & random());
      const auto after = played(*op, mask, defined, before);
      bool exists = true;
      for (std::size_t i = 0; i < after.size(); ++i) exists = exists && (!after[i] || defined[i]);
      auto channels = before;
      const auto status =
          region->apply_channel_mask({static_cast<std::uint8_t>(cntl), mask}, defined, channels);
      EXPECT_EQ(status.has_value(), exists) << region->band_id << ' ' << cntl;
      EXPECT_EQ(channels, exists ? after : before) << region->band_id << ' ' << cntl;
    }
  }
}

TEST(ChannelMaskTable, TheShortestSequenceHasOnlyDefinedCntls) {
  std::mt19937 random(6);
  for (const auto* region : regions()) {
    for (int round = 0; round < 30; ++round) {
      const auto current = random_channels(region->max_uplink_channels, random);
      const auto desired = random_channels(region->max_uplink_channels, random);
      for (const auto& block : region->channel_mask_blocks(current, desired)) {
        ASSERT_NE(operation(*region, block.ch_mask_cntl), nullptr)
            << region->band_id << ' ' << +block.ch_mask_cntl;
        EXPECT_TRUE(region->network_may_send_cntl5 || block.ch_mask_cntl != 5 ||
                    region->channel_mask_kind != ChannelMaskKind::mask72)
            << region->band_id;
      }
    }
  }
}

}  // namespace
}  // namespace ff::region
