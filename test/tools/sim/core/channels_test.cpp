// The device's side of channels, and whether it says the same as the server's tables: for every
// band and revision, each held against the other.
#include "tools/sim/core/channels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "protocol/base/random.hpp"
#include "protocol/region/device_channels.hpp"

namespace ff::sim {
namespace {

using region::DwellTime;
using region::Region;

template <class Visit>
void each_region(Visit visit) {
  for (const auto band : region::band_ids()) {
    for (const auto& region : region::revisions(band)) {
      SCOPED_TRACE(std::string(band) + " revision " +
                   std::to_string(static_cast<int>(region.phy_version)));
      visit(region);
    }
  }
}

const Region& region_of(const char* band, PhyVersion version = PhyVersion::rp002_v1_0_4) {
  return *region::find(band, version);
}

std::string text(const std::optional<DataRateIndex>& rate) {
  return rate ? std::to_string(rate->value()) : "none";
}

TEST(SimChannels, AnswerInRx1AtTheDataRateThatTheServerReckonsWith) {
  unsigned compared = 0;
  each_region([&](const Region& region) {
    for (const auto& entry : region.data_rates) {
      if (entry.direction == region::Direction::downlink) continue;
      for (std::uint8_t offset = 0; offset < 8; ++offset) {
        for (const auto dwell : {DwellTime::off, DwellTime::on, DwellTime::unknown}) {
          const auto ours = rx1_data_rate(region, {entry.index, DataRateOffset{offset}, dwell});
          const auto theirs = region.rx1_data_rate(entry.index, DataRateOffset{offset}, dwell);
          ASSERT_EQ(text(ours), text(theirs))
              << "DR" << int{entry.index.value()} << " offset " << int{offset} << " dwell "
              << static_cast<int>(dwell);
          ++compared;
        }
      }
    }
  });
  EXPECT_GT(compared, 20'000U);
}

/// What the regional parameters print, for those who read no code.
TEST(SimChannels, Rx1FollowsThePrintedTables) {
  struct Row {
    const char* band;
    PhyVersion version;
    std::uint8_t uplink;
    std::uint8_t offset;
    DwellTime dwell;
    const char* rx1;
  };
  const auto v4 = PhyVersion::rp002_v1_0_4;
  const auto v5 = PhyVersion::rp002_v1_0_5;
  const auto old = PhyVersion::rp001_v1_0_2;
  const Row rows[] = {
      {"EU_863_870", v4, 5, 2, DwellTime::off, "3"},
      {"EU_863_870", v4, 2, 5, DwellTime::off, "0"},
      {"EU_863_870", v4, 5, 6, DwellTime::off, "none"},
      {"EU_863_870", v4, 8, 0, DwellTime::off, "1"},
      {"EU_863_870", v4, 11, 1, DwellTime::off, "1"},
      {"EU_863_870", v5, 12, 0, DwellTime::off, "12"},
      {"EU_863_870", v5, 13, 2, DwellTime::off, "5"},
      {"AS_923", v4, 0, 0, DwellTime::on, "2"},
      {"AS_923", v4, 0, 0, DwellTime::unknown, "none"},
      {"AS_923", v4, 5, 0, DwellTime::unknown, "5"},
      {"AS_923", v4, 5, 7, DwellTime::off, "7"},
      {"AS_923", old, 5, 7, DwellTime::off, "5"},
      {"IN_865_867", v4, 4, 7, DwellTime::off, "5"},
      {"IN_865_867", v4, 5, 7, DwellTime::off, "7"},
      {"US_902_928", v4, 4, 0, DwellTime::off, "13"},
      {"US_902_928", v4, 0, 3, DwellTime::off, "8"},
      {"US_902_928", v4, 6, 0, DwellTime::off, "11"},
      {"US_902_928", v4, 3, 4, DwellTime::off, "none"},
      {"US_902_928", v5, 8, 1, DwellTime::off, "14"},
      {"AU_915_928", v4, 5, 0, DwellTime::off, "13"},
      {"AU_915_928", v4, 7, 0, DwellTime::off, "9"},
      {"AU_915_928", old, 0, 0, DwellTime::off, "10"},
      {"CN_470_510_20_A", v4, 2, 5, DwellTime::off, "1"},
      {"KR_920_923", v4, 3, 1, DwellTime::off, "2"},
  };
  for (const auto& row : rows) {
    const auto rate =
        rx1_data_rate(region_of(row.band, row.version),
                      {DataRateIndex{row.uplink}, DataRateOffset{row.offset}, row.dwell});
    EXPECT_EQ(text(rate), row.rx1)
        << row.band << " DR" << int{row.uplink} << " offset " << int{row.offset};
  }
}

TEST(SimChannels, BeginWithTheChannelsThatTheServerReckonsWith) {
  each_region([](const Region& region) {
    const auto ours = boot_channels(region);
    const auto theirs = region::initial_channels(region, {});
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].uplink_frequency, theirs[i].uplink_frequency) << i;
      EXPECT_EQ(ours[i].downlink_frequency, theirs[i].downlink_frequency) << i;
      EXPECT_EQ(ours[i].min_data_rate_index, theirs[i].min_data_rate_index) << i;
      EXPECT_EQ(ours[i].max_data_rate_index, theirs[i].max_data_rate_index) << i;
      EXPECT_TRUE(ours[i].enabled) << i;
    }
  });
}

// --- masks ---------------------------------------------------------------------------------------

std::vector<bool> defined_in(const DeviceChannels& channels) {
  std::vector<bool> out;
  for (const auto& channel : channels) out.push_back(channel.uplink_frequency.is_set());
  return out;
}

/// In dynamic plans some channels beyond the default ones, with a gap.
DeviceChannels some_channels(const Region& region) {
  auto channels = boot_channels(region);
  if (region.plan_kind == region::PlanKind::fixed) return channels;
  channels.resize(channels.size() + 3);
  channels.back() = channels.front();
  return channels;
}

std::vector<bool> same_length(std::vector<bool> enabled) {
  enabled.resize(128);
  return enabled;
}

TEST(SimChannels, MasksDoWhatTheServerReckonsWith) {
  auto random = make_seeded_random(7);
  unsigned accepted = 0;
  unsigned refused = 0;
  each_region([&](const Region& region) {
    const auto channels = some_channels(region);
    const auto defined = defined_in(channels);
    for (int i = 0; i < 400; ++i) {
      const auto control = static_cast<std::uint8_t>(random->below(8));
      auto bits = static_cast<std::uint16_t>(random->next());
      if (random->below(2) == 0) bits &= 0x00ff;
      if (random->below(2) == 0) bits &= 0x0007;
      std::vector<bool> enabled;
      for (const bool exists : defined) enabled.push_back(exists && random->below(2) == 0);
      auto theirs = enabled;
      const bool theirs_ok =
          region.apply_channel_mask({control, bits}, defined, theirs).has_value();
      const auto ours = masked(region, {control, bits}, channels, enabled);
      ASSERT_EQ(ours.has_value(), theirs_ok) << int{control} << " " << bits;
      ++(ours ? accepted : refused);
      if (!ours) continue;
      ASSERT_EQ(same_length(*ours), same_length(theirs)) << int{control} << " " << bits;
    }
  });
  EXPECT_GT(accepted, 10'000U);
  EXPECT_GT(refused, 10'000U);
}

/// The other way round: what the server sends to reach a set of channels reaches it.
TEST(SimChannels, TheServersMaskBlocksReachTheChannelsItWants) {
  auto random = make_seeded_random(9);
  each_region([&](const Region& region) {
    const auto channels = some_channels(region);
    const auto defined = defined_in(channels);
    for (int i = 0; i < 100; ++i) {
      const auto draw = [&] {
        const auto share = random->below(5);  // of four: none, some, all
        std::vector<bool> set;
        for (const bool exists : defined) set.push_back(exists && random->below(4) < share);
        return set;
      };
      auto enabled = draw();
      const auto wanted = draw();
      for (const auto& block : region.channel_mask_blocks(enabled, wanted)) {
        const auto next = masked(region, {block.ch_mask_cntl, block.ch_mask}, channels, enabled);
        ASSERT_TRUE(next) << int{block.ch_mask_cntl};
        enabled = *next;
      }
      ASSERT_EQ(same_length(enabled), same_length(wanted));
    }
  });
}

TEST(SimChannels, MasksFollowThePrintedControlValues) {
  struct Row {
    const char* name;
    const char* band;
    std::uint8_t control;
    std::uint16_t bits;
    int on;  // of a device that has all its channels on; -1: refused
  };
  const Row rows[] = {
      {"a group of sixteen", "US_902_928", 1, 0x000f, 60},
      {"500 kHz channels, reserved bits", "US_902_928", 4, 0xff01, 65},
      {"two banks of eight and their wide channels", "US_902_928", 5, 0x0003, 18},
      {"all, and a mask of the wide ones", "US_902_928", 6, 0x0001, 65},
      {"none, and a mask of the wide ones", "US_902_928", 7, 0x0002, 1},
      {"all", "CN_470_510_20_A", 6, 0, 64},
      {"none", "CN_470_510_20_A", 7, 0, 0},
      {"all", "CN_470_510_26_A", 3, 0, 48},
      {"none", "CN_470_510_26_B", 4, 0, 0},
      {"no such control", "CN_470_510_26_B", 5, 0, -1},
      {"the three there are", "EU_863_870", 6, 0, 3},
      {"the first", "EU_863_870", 0, 1, 1},
      {"one that is not there", "EU_863_870", 0, 9, -1},
      {"no such control", "EU_863_870", 4, 1, -1},
  };
  for (const auto& row : rows) {
    const auto& region = region_of(row.band);
    const auto channels = boot_channels(region);
    const auto next =
        masked(region, {row.control, row.bits}, channels, std::vector<bool>(channels.size(), true));
    const auto on = next ? std::count(next->begin(), next->end(), true) : -1;
    EXPECT_EQ(on, row.on) << row.band << ": " << row.name;
  }
}

// --- CFLists -------------------------------------------------------------------------------------

TEST(SimChannels, CfListsDoWhatTheServerReckonsWith) {
  auto random = make_seeded_random(11);
  each_region([&](const Region& region) {
    for (int i = 0; i < 50; ++i) {
      Bytes octets(join::cf_list_size);
      const bool masks = i % 2 == 0;
      for (auto& octet : std::span(octets).first(masks ? 9 : 15))
        octet = static_cast<std::uint8_t>(random->next());
      octets.back() = masks ? 1 : 0;
      const auto list = join::decode_cf_list(octets, region.frequency_step_hz);
      if (!list) continue;
      const auto ours = with_cf_list(region, *list, boot_channels(region));
      const auto before = region::initial_channels(region, {});
      const auto theirs = region::apply_cf_list(region, octets, before).value_or(before);
      ASSERT_EQ(ours.size(), theirs.size());
      for (std::size_t k = 0; k < ours.size(); ++k) {
        ASSERT_EQ(ours[k].uplink_frequency, theirs[k].uplink_frequency) << k;
        ASSERT_EQ(ours[k].downlink_frequency, theirs[k].downlink_frequency) << k;
        ASSERT_EQ(ours[k].max_data_rate_index, theirs[k].max_data_rate_index) << k;
        ASSERT_EQ(ours[k].enabled, theirs[k].enabled) << k;
      }
    }
  });
}

TEST(SimChannels, CfListsOfAnotherKindChangeNothing) {
  const auto& eu = region_of("EU_863_870");
  const auto& us = region_of("US_902_928");
  join::CfListChannelMasks masks;
  masks.masks[0] = 0xff00;
  EXPECT_EQ(with_cf_list(eu, masks, boot_channels(eu)), boot_channels(eu));
  join::CfListFrequencies frequencies;
  frequencies.frequencies[0] = Frequency::hz(902'300'000);
  EXPECT_EQ(with_cf_list(us, frequencies, boot_channels(us)), boot_channels(us));
  masks.masks[6] = 1;
  EXPECT_EQ(with_cf_list(us, masks, boot_channels(us)), boot_channels(us)) << "of another plan";
}

}  // namespace
}  // namespace ff::sim
