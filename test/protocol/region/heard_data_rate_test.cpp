#include "protocol/region/heard_data_rate.hpp"

#include <gtest/gtest.h>

namespace ff::region {
namespace {

constexpr LoraDataRate sf7{7, 125'000, CodingRate::cr4_5};
constexpr LoraDataRate sf12{12, 125'000, CodingRate::cr4_5};
constexpr LoraDataRate sf8_wide{8, 500'000, CodingRate::cr4_5};

TEST(HeardDataRate, IsThatOfTheBandOrOfTheFrequency) {
  struct Row {
    const char* band;
    std::uint32_t frequency;
    DataRate data_rate;
    std::optional<DataRateIndex> index;
  };
  const Row rows[] = {
      {"EU_863_870", 868'100'000, sf7, DataRateIndex{5}},
      {"US_902_928", 903'900'000, sf7, DataRateIndex{3}},
      {"US_902_928", 903'900'000, sf12, std::nullopt},
      {"", 868'100'000, sf7, DataRateIndex{5}},
      {"", 868'100'000, sf12, DataRateIndex{0}},
      {"", 868'800'000, FskDataRate{50'000}, DataRateIndex{7}},
      {"", 903'900'000, sf7, DataRateIndex{3}},
      {"", 904'600'000, sf8_wide, DataRateIndex{4}},
      {"", 916'800'000, sf7, DataRateIndex{5}},
      {"not-one-of-ours", 868'100'000, sf7, DataRateIndex{5}},
      {"", 100'000'000, sf7, std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(heard_data_rate(row.band, Frequency::hz(row.frequency), row.data_rate), row.index)
        << row.band << ' ' << row.frequency << ' ' << to_string(row.data_rate);
  }
}

}  // namespace
}  // namespace ff::region
