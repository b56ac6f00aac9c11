#include "tools/sim/core/receive_windows.hpp"

#include <gtest/gtest.h>

#include "tools/sim/core/device_mac.hpp"

namespace ff::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr MonoTime end{seconds{100}};

const region::Region& region_of(const char* band) {
  return *region::find(band, PhyVersion::rp001_v1_0_3_rev_a);
}

/// [RP001-1.0.3revA §2.1.7, §2.2.7]
TEST(ReceiveWindows, are_where_the_region_says) {
  struct Row {
    const char* band;
    std::uint8_t channel;
    std::uint8_t data_rate;
    std::uint8_t offset;
    std::uint64_t rx1_hz;
    const char* rx1_data_rate;
    std::uint64_t rx2_hz;
    const char* rx2_data_rate;
  };
  const Row rows[] = {
      {"EU_863_870", 0, 5, 0, 868'100'000, "SF7BW125", 869'525'000, "SF12BW125"},
      {"EU_863_870", 2, 5, 3, 868'500'000, "SF10BW125", 869'525'000, "SF12BW125"},
      {"EU_863_870", 1, 0, 5, 868'300'000, "SF12BW125", 869'525'000, "SF12BW125"},
      {"US_902_928", 8, 0, 0, 923'300'000, "SF10BW500", 923'300'000, "SF12BW500"},
      {"US_902_928", 15, 3, 1, 927'500'000, "SF8BW500", 923'300'000, "SF12BW500"},
      {"US_902_928", 65, 4, 0, 923'900'000, "SF7BW500", 923'300'000, "SF12BW500"},
  };
  for (const auto& row : rows) {
    const auto& region = region_of(row.band);
    auto parameters = boot_parameters(region, {});
    parameters.rx1_dr_offset = DataRateOffset{row.offset};
    const auto windows =
        windows_after(region, parameters,
                      {ChannelIndex{row.channel}, DataRateIndex{row.data_rate}, end}, seconds{1});
    ASSERT_TRUE(windows.rx1) << row.band;
    EXPECT_EQ(windows.rx1->frequency.hz(), row.rx1_hz);
    EXPECT_EQ(to_string(windows.rx1->data_rate), row.rx1_data_rate);
    EXPECT_EQ(windows.rx1->start, end + seconds{1});
    EXPECT_EQ(windows.rx2.frequency.hz(), row.rx2_hz);
    EXPECT_EQ(to_string(windows.rx2.data_rate), row.rx2_data_rate);
    EXPECT_EQ(windows.rx2.start, end + seconds{2});
  }
}

TEST(ReceiveWindows, take_a_frame_only_at_their_time_frequency_and_data_rate) {
  const ReceiveWindows windows{
      ReceiveWindow{end + seconds{1}, Frequency::hz(868'100'000), LoraDataRate{7, 125'000}},
      {end + seconds{2}, Frequency::hz(869'525'000), LoraDataRate{12, 125'000}}};
  const auto emission = [](MonoTime start, std::uint64_t hz, std::uint8_t spreading_factor,
                           bool inverted = true) {
    return Emission{.start = start,
                    .frequency = Frequency::hz(hz),
                    .data_rate = LoraDataRate{spreading_factor, 125'000},
                    .inverted_polarity = inverted,
                    .phy_payload = {}};
  };
  struct Row {
    Emission emission;
    Reception expected;
  };
  const auto rx1 = end + seconds{1};
  const auto rx2 = end + seconds{2};
  const Row rows[] = {
      {emission(rx1, 868'100'000, 7), Reception::rx1},
      {emission(rx1 + window_tolerance, 868'100'000, 7), Reception::rx1},
      {emission(rx1 - window_tolerance, 868'100'000, 7), Reception::rx1},
      {emission(rx1 + window_tolerance + microseconds{1}, 868'100'000, 7), Reception::wrong_time},
      {emission(rx1, 868'300'000, 7), Reception::wrong_frequency},
      {emission(rx1, 868'100'000, 8), Reception::wrong_data_rate},
      {emission(rx1, 868'100'000, 7, false), Reception::wrong_polarity},
      {emission(rx2, 869'525'000, 12), Reception::rx2},
      {emission(rx2, 868'100'000, 7), Reception::wrong_frequency},
      {emission(end, 868'100'000, 7), Reception::wrong_time},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(fit(windows, row.emission), row.expected) << to_string(row.expected);
  }
}

}  // namespace
}  // namespace ff::sim
