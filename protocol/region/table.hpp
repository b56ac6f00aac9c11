// Vocabulary for writing a band as a table: what the <band>.cpp files are made of, and their list.
// Not for users of a region; they call find() of region.hpp.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "protocol/region/region.hpp"

namespace ff::region {

// One function per <band>.cpp: its revisions, oldest first. registry.cpp lists them by name.
std::span<const Region> as_923() noexcept;
std::span<const Region> as_923_2() noexcept;
std::span<const Region> as_923_3() noexcept;
std::span<const Region> as_923_4() noexcept;
std::span<const Region> au_915_928() noexcept;
std::span<const Region> cn_470_510() noexcept;
std::span<const Region> cn_470_510_20_a() noexcept;
std::span<const Region> cn_470_510_20_b() noexcept;
std::span<const Region> cn_470_510_26_a() noexcept;
std::span<const Region> cn_470_510_26_b() noexcept;
std::span<const Region> cn_779_787() noexcept;
std::span<const Region> eu_433() noexcept;
std::span<const Region> eu_863_870() noexcept;
std::span<const Region> in_865_867() noexcept;
std::span<const Region> ism_2400() noexcept;
std::span<const Region> kr_920_923() noexcept;
std::span<const Region> ma_869_870_draft() noexcept;
std::span<const Region> ru_864_870() noexcept;
std::span<const Region> us_902_928() noexcept;

namespace table {

using enum Direction;
using std::chrono_literals::operator""ms;

constexpr Frequency hz(std::uint64_t value) noexcept {
  return Frequency::hz(value);
}
constexpr DataRateIndex dr(int value) noexcept {
  return DataRateIndex(static_cast<std::uint8_t>(value));
}

constexpr DataRate lora(std::uint8_t spreading_factor, std::uint32_t bandwidth_hz,
                        CodingRate coding_rate = CodingRate::cr4_5) noexcept {
  return LoraDataRate{spreading_factor, bandwidth_hz, coding_rate};
}
constexpr DataRate fsk(std::uint32_t bit_rate_bps) noexcept {
  return FskDataRate{bit_rate_bps};
}
constexpr DataRate lr_fhss(std::uint32_t channel_width_hz, CodingRate coding_rate) noexcept {
  return LrFhssDataRate{channel_width_hz, coding_rate, 0};
}

/// `sizes`: without dwell time, with dwell time, and both again for devices behind a repeater.
constexpr DataRateEntry rate(int index, Direction direction, DataRate data_rate,
                             MaxMacPayload sizes) noexcept {
  return {dr(index), direction, data_rate, sizes};
}

constexpr Channel channel(std::uint64_t frequency_hz, int min_rate, int max_rate) noexcept {
  return {hz(frequency_hz), dr(min_rate), dr(max_rate)};
}

/// `count` channels, `step_hz` apart.
struct ChannelRun {
  std::uint64_t first_hz;
  std::uint64_t step_hz;
  std::size_t count;
  int min_data_rate;
  int max_data_rate;
};

template <std::size_t N>
consteval std::array<Channel, N> channels(std::initializer_list<ChannelRun> runs) {
  std::array<Channel, N> all{};
  std::size_t next = 0;
  for (const ChannelRun& run : runs) {
    for (std::size_t i = 0; i < run.count; ++i) {
      const std::uint64_t frequency_hz = run.first_hz + i * run.step_hz;
      all.at(next++) = channel(frequency_hz, run.min_data_rate, run.max_data_rate);
    }
  }
  if (next != N) throw "the runs do not fill the table";  // at compile time: ill-formed
  return all;
}

/// `N` frequencies, `step_hz` apart.
template <std::size_t N>
constexpr std::array<Frequency, N> frequencies(std::uint64_t first_hz, std::uint64_t step_hz) {
  std::array<Frequency, N> all{};
  for (std::size_t i = 0; i < N; ++i) all[i] = hz(first_hz + i * step_hz);
  return all;
}

constexpr SubBand sub_band(std::uint64_t min_hz, std::uint64_t max_hz, double duty_cycle,
                           float max_eirp_dbm) noexcept {
  return {hz(min_hz), hz(max_hz), duty_cycle, max_eirp_dbm};
}

inline constexpr std::uint8_t rx1_undefined = 0xff;

/// RX1 data rates of one uplink data rate, by offset; `row()` for an index without downlink.
constexpr std::array<std::uint8_t, 8> row(std::initializer_list<std::uint8_t> downlinks) {
  std::array<std::uint8_t, 8> cells{};
  cells.fill(rx1_undefined);
  std::copy(downlinks.begin(), downlinks.end(), cells.begin());
  return cells;
}

/// The same values under the name of `version`.
constexpr Region at(PhyVersion version, Region region) noexcept {
  region.phy_version = version;
  return region;
}

}  // namespace table
}  // namespace ff::region
