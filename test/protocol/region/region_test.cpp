// The functions that read a region's table.
#include "protocol/region/region.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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
const Region& as() {
  return *find("AS_923", PhyVersion::rp002_v1_0_4);
}

std::optional<int> rx1(const Region& region, int uplink, int offset, DwellTime dwell) {
  const auto index = region.rx1_data_rate(DataRateIndex(static_cast<std::uint8_t>(uplink)),
                                          DataRateOffset(static_cast<std::uint8_t>(offset)), dwell);
  if (!index) return std::nullopt;
  return index->value();
}

template <class Check>
void for_each_region(Check check) {
  for (const std::string_view id : band_ids()) {
    for (const Region& region : revisions(id)) {
      SCOPED_TRACE(std::string(id) + " revision " +
                   std::to_string(static_cast<int>(region.phy_version)));
      check(region);
    }
  }
}

TEST(Find, KnowsEveryBandAndRefusesTheRest) {
  EXPECT_EQ(band_ids().size(), 19U);
  EXPECT_TRUE(std::ranges::is_sorted(band_ids()));
  EXPECT_EQ(find("EU_863_871", PhyVersion::rp002_v1_0_4), nullptr);
  EXPECT_EQ(find("EU_863_870", PhyVersion::unknown), nullptr);
  EXPECT_EQ(find("AS_923_4", PhyVersion::rp002_v1_0_1), nullptr);
  EXPECT_EQ(find_latest(""), nullptr);
  EXPECT_EQ(find_latest("CN_470_510")->phy_version, PhyVersion::rp001_v1_1_rev_b);
  EXPECT_TRUE(revisions("ZZ").empty());
}

TEST(DataRates, OfAnUplinkAreThoseThatDevicesSend) {
  // SF8/500 kHz is index 4 up and 12 down.
  EXPECT_EQ(us().uplink_data_rate_index(LoraDataRate{8, 500'000, CodingRate::cr4_5}),
            DataRateIndex(4));
  EXPECT_EQ(us().uplink_data_rate_index(LoraDataRate{12, 500'000, CodingRate::cr4_5}),
            std::nullopt);
  EXPECT_EQ(eu().uplink_data_rate_index(LoraDataRate{7, 125'000, CodingRate::cr4_8}),
            DataRateIndex(5));
  EXPECT_EQ(eu().uplink_data_rate_index(FskDataRate{50'000}), DataRateIndex(7));
  EXPECT_EQ(eu().uplink_data_rate_index(LoraDataRate{5, 125'000, CodingRate::cr4_5}), std::nullopt);
  EXPECT_EQ(us().data_rate(DataRateIndex(7), Direction::both), nullptr);
}

TEST(DataRates, AreFoundAgainFromTheirModulation) {
  for_each_region([](const Region& region) {
    for (const DataRateEntry& entry : region.data_rates) {
      EXPECT_EQ(region.data_rate(entry.index, entry.direction), &entry);
      if (entry.direction != Direction::downlink) {
        EXPECT_EQ(region.uplink_data_rate_index(entry.data_rate), entry.index);
      }
      if (entry.direction != Direction::uplink) {
        EXPECT_EQ(region.downlink_data_rate_index(entry.data_rate), entry.index);
      }
    }
  });
}

TEST(DataRates, OfOneIndexMayDifferByDirection) {
  const Region& us = *find("US_902_928", PhyVersion::rp002_v1_0_5);
  struct Row {
    int index;
    std::optional<DataRate> up;
    std::optional<DataRate> down;
    DataRate only;
  };
  const auto lora = [](std::uint8_t sf, std::uint32_t bandwidth_hz) -> DataRate {
    return LoraDataRate{sf, bandwidth_hz, CodingRate::cr4_5};
  };
  const Row rows[] = {
      {0, lora(10, 125'000), lora(5, 500'000), lora(10, 125'000)},
      {7, lora(6, 125'000), std::nullopt, lora(6, 125'000)},
      {8, lora(5, 125'000), lora(12, 500'000), lora(12, 500'000)},
      {14, std::nullopt, lora(6, 500'000), lora(6, 500'000)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.index);
    const DataRateIndex index(static_cast<std::uint8_t>(row.index));
    const auto at = [&](Direction direction) -> std::optional<DataRate> {
      const auto* entry = us.data_rate(index, direction);
      return entry == nullptr ? std::nullopt : std::optional(entry->data_rate);
    };
    EXPECT_EQ(at(Direction::uplink), row.up);
    EXPECT_EQ(at(Direction::downlink), row.down);
    EXPECT_EQ(us.only_data_rate(index)->data_rate, row.only);
  }
  EXPECT_EQ(us.only_data_rate(DataRateIndex(15)), nullptr);
  EXPECT_EQ(us.max_mac_payload(DataRateIndex(0), Direction::uplink, {DwellTime::off}), 19U);
  EXPECT_EQ(us.max_mac_payload(DataRateIndex(0), Direction::downlink, {DwellTime::off}), 250U);
}

TEST(DataRates, WithOneTableForBothDirectionsAreThoseOfTheRevisionsBefore) {
  for (const std::string_view id : band_ids()) {
    const auto* before = find(id, PhyVersion::rp002_v1_0_4);
    const auto* after = find(id, PhyVersion::rp002_v1_0_5);
    if (before == nullptr || after == nullptr) continue;
    SCOPED_TRACE(std::string(id));
    for (const DataRateEntry& entry : before->data_rates)
      EXPECT_EQ(after->only_data_rate(entry.index)->data_rate, entry.data_rate);
  }
}

TEST(DataRates, OfSf6AndSf5AreLiveFromRp002105On) {
  std::size_t bands = 0;
  for_each_region([&](const Region& region) {
    const auto sf6 = region.uplink_data_rate_index(LoraDataRate{6, 125'000, CodingRate::cr4_5});
    const auto sf5 = region.uplink_data_rate_index(LoraDataRate{5, 125'000, CodingRate::cr4_5});
    const bool has = !region.fast_data_rates.empty();
    EXPECT_EQ(sf6.has_value(), has);
    EXPECT_EQ(sf5.has_value(), has);
    if (!has) return;
    ++bands;
    EXPECT_EQ(region.phy_version, PhyVersion::rp002_v1_0_5);
    EXPECT_EQ(region.fast_data_rates.size(), 2U);
    EXPECT_EQ(region.fast_data_rates.front(), sf6);
    EXPECT_EQ(region.fast_data_rates.back(), sf5);
    EXPECT_GT(*sf6, region.adr_max_data_rate);
  });
  EXPECT_EQ(bands, 11U);
}

TEST(MaxMacPayload, IsSmallerBehindARepeater) {
  struct Row {
    const char* band;
    PhyVersion version;
    int index;
    Direction direction;
    DwellTime dwell;
    unsigned plain;
    unsigned repeater;
  };
  using enum Direction;
  const Row rows[] = {
      {"EU_863_870", PhyVersion::rp002_v1_0_4, 0, both, DwellTime::off, 59, 59},
      {"EU_863_870", PhyVersion::rp002_v1_0_4, 5, both, DwellTime::off, 250, 230},
      {"EU_863_870", PhyVersion::rp002_v1_0_5, 13, both, DwellTime::off, 250, 230},
      {"AS_923", PhyVersion::rp002_v1_0_4, 4, both, DwellTime::on, 133, 133},
      {"AS_923", PhyVersion::rp002_v1_0_4, 5, both, DwellTime::unknown, 250, 230},
      {"US_902_928", PhyVersion::rp001_v1_0_3_rev_a, 8, downlink, DwellTime::off, 61, 41},
      {"US_902_928", PhyVersion::rp001_v1_0_3_rev_a, 9, downlink, DwellTime::off, 137, 117},
      {"US_902_928", PhyVersion::rp002_v1_0_4, 8, downlink, DwellTime::off, 61, 61},
      {"US_902_928", PhyVersion::rp002_v1_0_4, 13, downlink, DwellTime::off, 250, 230},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.band) + " DR" + std::to_string(row.index));
    const Region& region = *find(row.band, row.version);
    const DataRateIndex index(static_cast<std::uint8_t>(row.index));
    EXPECT_EQ(region.max_mac_payload(index, row.direction, {row.dwell}), row.plain);
    EXPECT_EQ(region.max_mac_payload(index, row.direction, {row.dwell, true}), row.repeater);
  }
  for_each_region([](const Region& region) {
    for (const DataRateEntry& entry : region.data_rates) {
      for (const DwellTime dwell : {DwellTime::off, DwellTime::on, DwellTime::unknown}) {
        const auto all = region.max_mac_payload(entry.index, entry.direction, {dwell});
        const auto less = region.max_mac_payload(entry.index, entry.direction, {dwell, true});
        EXPECT_LE(less, all);
        EXPECT_EQ(less == 0, all == 0);
        EXPECT_LE(less, 230);
      }
    }
  });
}

TEST(MaxMacPayload, TreatsAnUnknownDwellTimeAsOn) {
  EXPECT_EQ(as().max_mac_payload(DataRateIndex(2), Direction::both, {DwellTime::off}), 123U);
  EXPECT_EQ(as().max_mac_payload(DataRateIndex(2), Direction::both, {DwellTime::on}), 19U);
  EXPECT_EQ(as().max_mac_payload(DataRateIndex(2), Direction::both, {DwellTime::unknown}), 19U);
  EXPECT_EQ(as().max_mac_payload(DataRateIndex(0), Direction::both, {DwellTime::unknown}), 0U);
  EXPECT_EQ(eu().max_mac_payload(DataRateIndex(12), Direction::both, {DwellTime::off}), 0U);
}

TEST(Rx1DataRate, DependsOnTheDwellTimeOnlyWhereTheTablesDiffer) {
  EXPECT_EQ(rx1(as(), 0, 0, DwellTime::off), 0);
  EXPECT_EQ(rx1(as(), 0, 0, DwellTime::on), 2);
  EXPECT_EQ(rx1(as(), 0, 0, DwellTime::unknown), std::nullopt);
  EXPECT_EQ(rx1(as(), 5, 0, DwellTime::unknown), 5);
  EXPECT_EQ(rx1(us(), 0, 0, DwellTime::unknown), 10);
  EXPECT_EQ(rx1(us(), 0, 4, DwellTime::off), std::nullopt);
  EXPECT_EQ(rx1(us(), 7, 0, DwellTime::off), std::nullopt);
  EXPECT_EQ(rx1(eu(), 255, 255, DwellTime::off), std::nullopt);
}

TEST(Rx1DataRate, FollowsTheVectorsOfValidIndexes) {
  for (const auto& vector : golden::vectors("chmask_linkadr.json", "rx1_index_validity")) {
    SCOPED_TRACE(std::string(vector.at("id").as_string()));
    // The vectors end with RP002-1.0.4.
    const auto band = vector.at("input").at("band").as_string();
    const Region* before = find(band, PhyVersion::rp002_v1_0_4);
    const Region& region = before != nullptr ? *before : *find_latest(band);
    const auto& expected = vector.at("expected");
    for (const auto& value : expected.at("valid_data_rates").as_array()) {
      const int index = static_cast<int>(unsigned_of(value));
      // One source computes rows for indexes that the band does not have.
      const DataRateIndex uplink(static_cast<std::uint8_t>(index));
      if (region.data_rate(uplink, Direction::uplink) == nullptr) continue;
      EXPECT_TRUE(rx1(region, index, 0, DwellTime::off)) << index;
    }
    for (const auto& index : expected.at("invalid_data_rates").as_array()) {
      EXPECT_FALSE(rx1(region, static_cast<int>(unsigned_of(index)), 0, DwellTime::off)) << index;
    }
    for (const auto& offset : expected.at("valid_offsets").as_array()) {
      EXPECT_TRUE(rx1(region, 3, static_cast<int>(unsigned_of(offset)), DwellTime::off)) << offset;
    }
    for (const auto& offset : expected.at("invalid_offsets").as_array()) {
      EXPECT_FALSE(rx1(region, 3, static_cast<int>(unsigned_of(offset)), DwellTime::off)) << offset;
    }
  }
}

TEST(Rx1DataRate, IsADownlinkDataRateForEveryUplinkAndOffset) {
  for_each_region([](const Region& region) {
    for (const DataRateEntry& uplink : region.data_rates) {
      if (uplink.direction == Direction::downlink) continue;
      for (int offset = 0; offset <= region.max_rx1_data_rate_offset; ++offset) {
        for (const DwellTime dwell : {DwellTime::off, DwellTime::on}) {
          const auto index = rx1(region, uplink.index.value(), offset, dwell);
          ASSERT_TRUE(index.has_value()) << +uplink.index.value() << '/' << offset;
          const DataRateIndex downlink(static_cast<std::uint8_t>(*index));
          EXPECT_NE(region.data_rate(downlink, Direction::downlink), nullptr)
              << +uplink.index.value() << '/' << offset;
        }
      }
    }
  });
}

TEST(Rx1Channel, IsADownlinkChannelOfTheRegionForEveryDefaultChannel) {
  EXPECT_EQ(us().rx1_channel(ChannelIndex(71)), ChannelIndex(7));
  EXPECT_EQ(eu().rx1_channel(ChannelIndex(7)), ChannelIndex(7));
  for_each_region([](const Region& region) {
    for (std::size_t i = 0; i < region.default_uplink_channels.size(); ++i) {
      const auto index = region.rx1_channel(ChannelIndex(static_cast<std::uint8_t>(i)));
      EXPECT_LT(index.value(), region.default_downlink_channels.size());
    }
  });
}

TEST(TxPower, StartsAtZeroAndFalls) {
  EXPECT_EQ(eu().tx_power_offset_db(TxPowerIndex(7)), -14);
  EXPECT_EQ(eu().tx_power_offset_db(TxPowerIndex(8)), std::nullopt);
  EXPECT_EQ(us().max_tx_power_index(), TxPowerIndex(14));
  for_each_region([](const Region& region) {
    EXPECT_EQ(region.tx_power_offset_db(TxPowerIndex(0)), 0);
    EXPECT_TRUE(std::ranges::is_sorted(region.tx_power_offsets_db, std::ranges::greater{}));
    EXPECT_LT(region.max_tx_power_index().value(), 15);
  });
}

TEST(SubBands, HaveInclusiveBoundsAndGaps) {
  EXPECT_DOUBLE_EQ(eu().sub_band(Frequency::hz(869'525'000))->duty_cycle, 0.1);
  EXPECT_EQ(eu().sub_band(Frequency::hz(868'600'000)), &eu().sub_bands[2]);
  EXPECT_EQ(eu().sub_band(Frequency::hz(868'650'000)), nullptr);
  EXPECT_EQ(eu().sub_band(Frequency::hz(868'000'000)), &eu().sub_bands[1]);
  EXPECT_EQ(eu().sub_band(Frequency()), nullptr);
}

TEST(Tables, AreConsistentWithinEveryRevision) {
  for_each_region([](const Region& region) {
    EXPECT_LE(region.default_uplink_channels.size(), region.max_uplink_channels);
    EXPECT_NE(region.data_rate(region.rx2_data_rate, Direction::downlink), nullptr);
    EXPECT_NE(region.data_rate(region.boot_data_rate, Direction::uplink), nullptr);
    // The oldest texts of US915 name an uplink's data rate.
    EXPECT_NE(region.data_rate(region.ping_slot_data_rate, Direction::both), nullptr);
    EXPECT_EQ(region.rx2_frequency.hz() % region.frequency_step_hz, 0U);
    for (const Channel& channel : region.default_uplink_channels) {
      EXPECT_LE(channel.min_data_rate, channel.max_data_rate);
      EXPECT_NE(region.data_rate(channel.max_data_rate, Direction::uplink), nullptr);
    }
  });
}

}  // namespace
}  // namespace ff::region
