#include "protocol/region/data_rate_range.hpp"

#include <gtest/gtest.h>

#include <set>

#include "test/protocol/region/golden.hpp"

namespace ff::region {
namespace {

using golden::unsigned_of;

constexpr DataRateIndex dr(std::uint64_t index) {
  return DataRateIndex(static_cast<std::uint8_t>(index));
}
constexpr DataRateRange range(std::uint64_t min, std::uint64_t max) {
  return {dr(min), dr(max)};
}

std::set<std::uint64_t> carried(const Region& region, DataRateRange channel) {
  std::set<std::uint64_t> all;
  for (std::uint8_t i = 0; i < 16; ++i) {
    if (carries(region, channel, DataRateIndex(i))) all.insert(i);
  }
  return all;
}

const Region& latest(const char* band) {
  return *find_latest(band);
}

/// The codes that the golden files name, of the bands that can tell them.
TEST(DataRateRange, CodesAreThoseOfTheGoldenFiles) {
  std::size_t codes = 0;
  for (const std::string_view band : band_ids()) {
    SCOPED_TRACE(std::string(band));
    const auto file = golden::read(std::string(band) + ".json");
    const auto* extras = file.as_object().if_contains("extras");
    const auto* revision =
        extras == nullptr ? nullptr : extras->as_object().if_contains("RP002_V1_0_5");
    const auto* rows =
        revision == nullptr
            ? nullptr
            : revision->as_object().if_contains("new_channel_dr_range_special_codes");
    if (rows == nullptr) continue;
    const Region& region = *find(band, PhyVersion::rp002_v1_0_5);
    for (const auto& row : rows->as_array()) {
      const auto code = range(unsigned_of(row.at("min_dr")), unsigned_of(row.at("max_dr")));
      std::set<std::uint64_t> expected;
      for (const auto& index : row.at("data_rates").as_array()) expected.insert(unsigned_of(index));
      EXPECT_TRUE(is_coded(code));
      EXPECT_EQ(carried(region, code), expected);
      EXPECT_EQ(lowest(code).value(), *expected.begin());
      // A plan that asks for these rates gets this code.
      EXPECT_EQ(range_for(region, range(*expected.begin(), *expected.rbegin())), code);
      ++codes;
    }
  }
  EXPECT_EQ(codes, 9U * 6U);
}

TEST(DataRateRange, IsWhatItSaysWithoutACode) {
  for (const auto& [min, max] : {std::pair{0, 5}, {2, 5}, {8, 11}, {6, 6}, {12, 13}}) {
    const auto channel = range(static_cast<std::uint64_t>(min), static_cast<std::uint64_t>(max));
    const auto rates = carried(latest("EU_863_870"), channel);
    EXPECT_FALSE(is_coded(channel));
    EXPECT_EQ(lowest(channel), channel.min);
    EXPECT_EQ(rates.size(), static_cast<std::size_t>(max - min + 1));
    EXPECT_TRUE(rates.contains(static_cast<std::uint64_t>(max)));
  }
}

TEST(DataRateRange, OfAPlanDependsOnTheDevicesRevision) {
  struct Row {
    const char* band;
    PhyVersion version;
    DataRateRange planned;
    DataRateRange told;
  };
  constexpr auto older = PhyVersion::rp002_v1_0_4;
  constexpr auto newer = PhyVersion::rp002_v1_0_5;
  const Row rows[] = {
      {"EU_863_870", newer, range(0, 5), range(0, 5)},
      {"EU_863_870", older, range(0, 5), range(0, 5)},
      {"EU_863_870", newer, range(0, 13), range(1, 0)},
      {"EU_863_870", newer, range(3, 13), range(4, 0)},
      {"EU_863_870", older, range(0, 13), range(0, 5)},
      {"EU_863_870", PhyVersion::ts001_v1_0, range(2, 13), range(2, 5)},
      {"EU_863_870", newer, range(12, 13), range(12, 13)},
      {"EU_863_870", newer, range(8, 11), range(8, 11)},
      {"US_902_928", newer, range(0, 8), range(1, 0)},
      {"US_902_928", older, range(0, 8), range(0, 3)},
      {"US_902_928", newer, range(4, 6), range(4, 6)},
      {"AU_915_928", newer, range(2, 10), range(3, 0)},
      {"AU_915_928", older, range(2, 10), range(2, 5)},
      // No SF5 in the band: a range is a range.
      {"CN_470_510_20_A", newer, range(1, 5), range(1, 5)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.band) + " " + std::to_string(row.planned.min.value()) + "-" +
                 std::to_string(row.planned.max.value()));
    EXPECT_EQ(range_for(*find(row.band, row.version), row.planned), row.told);
  }
}

TEST(DataRateRange, ToldCarriesWhatThePlanSaysAndTheRegionHas) {
  for (const std::string_view band : band_ids()) {
    for (const Region& region : revisions(band)) {
      for (std::uint8_t min = 0; min <= region.adr_max_data_rate.value(); ++min) {
        const auto fast = find_latest(band)->fast_data_rates;
        if (fast.empty()) continue;
        const auto told = range_for(region, {DataRateIndex(min), fast.back()});
        const auto rates = carried(region, told);
        EXPECT_EQ(*rates.begin(), min);
        EXPECT_EQ(lowest(told), DataRateIndex(min));
        const auto usual = static_cast<std::size_t>(region.adr_max_data_rate.value() - min + 1);
        EXPECT_EQ(rates.size(), usual + region.fast_data_rates.size());
        for (const auto rate : region.fast_data_rates) EXPECT_TRUE(rates.contains(rate.value()));
      }
    }
  }
}

/// Adaptive data rate climbs without a gap, and comes down the same way.
TEST(Rank, PutsSf6AndSf5RightAboveTheUsualRates) {
  for (const std::string_view band : band_ids()) {
    for (const Region& region : revisions(band)) {
      SCOPED_TRACE(std::string(band) + " " + std::to_string(static_cast<int>(region.phy_version)));
      int expected = 0;
      std::optional<DataRateIndex> below;
      const auto step = [&](DataRateIndex index) {
        EXPECT_EQ(rank(region, index), expected++);
        EXPECT_EQ(slower(region, index), below);
        below = index;
      };
      for (std::uint8_t i = 0; i <= region.adr_max_data_rate.value(); ++i) step(DataRateIndex(i));
      for (const auto index : region.fast_data_rates) step(index);
    }
  }
}

TEST(Rank, OfOtherRatesIsTheirIndex) {
  const Region& eu = latest("EU_863_870");
  for (const std::uint8_t index : {6, 7, 8, 11}) {
    EXPECT_EQ(rank(eu, DataRateIndex(index)), index);
    EXPECT_EQ(slower(eu, DataRateIndex(index)), dr(index - 1U));
  }
}

}  // namespace
}  // namespace ff::region
