// Which data rates a channel carries, and the order in which adaptive data rate climbs them. Up to
// RP002-1.0.4 both follow the indexes. SF6 and SF5 at 125 kHz, which came with RP002-1.0.5, have
// indexes above those of other modulations. Not what the indexes stand for (region.hpp).
#pragma once

#include <optional>

#include "protocol/region/region.hpp"

namespace ff::region {

/// A channel's data rates, as NewChannelReq has them: a minimum up to a maximum or, the other way
/// round, a code of RP002-1.0.5: minimum n above maximum 0 stands for the rates from n - 1 to
/// adr_max_data_rate and the fast ones. [RP002-1.0.5 NewChannelReq;
/// shared/lorawan/regions/DISAGREEMENTS.md R-105-1]
struct DataRateRange {
  DataRateIndex min;
  DataRateIndex max;
  auto operator<=>(const DataRateRange&) const = default;
};

/// Whether `range` has the code's form. Nothing a plan or a device before RP002-1.0.5 can have.
constexpr bool is_coded(DataRateRange range) noexcept {
  return range.max < range.min;
}
/// The lowest index of `range`.
constexpr DataRateIndex lowest(DataRateRange range) noexcept {
  const auto min = range.min.value();
  return is_coded(range) ? DataRateIndex{static_cast<std::uint8_t>(min - 1)} : range.min;
}

/// Whether a channel with `range` carries `index`.
bool carries(const Region& region, DataRateRange range, DataRateIndex index) noexcept;

/// What a device of this revision is told of a channel that a frequency plan gives `planned`: plans
/// name the lowest and the highest rate. One that ends at SF5 becomes the code; for a revision that
/// does not know SF5, it ends at adr_max_data_rate.
DataRateRange range_for(const Region& region, DataRateRange planned) noexcept;

/// Place of a rate among those of adaptive data rate: its index, but for the fast ones, which
/// follow adr_max_data_rate at once. Steps of one are steps of 2.5 dB.
int rank(const Region& region, DataRateIndex index) noexcept;

/// The rate that is one step slower by rank; nothing below index 0.
std::optional<DataRateIndex> slower(const Region& region, DataRateIndex index) noexcept;

}  // namespace ff::region
