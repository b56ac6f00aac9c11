#include "protocol/region/data_rate_range.hpp"

#include <algorithm>

namespace ff::region {
namespace {

bool is_fast(const Region& region, DataRateIndex index) noexcept {
  return std::ranges::find(region.fast_data_rates, index) != region.fast_data_rates.end();
}

DataRateIndex next(DataRateIndex index, int by) noexcept {
  return DataRateIndex{static_cast<std::uint8_t>(index.value() + by)};
}

/// Of the newest revision of the band: what plans are written in.
std::span<const DataRateIndex> fast_in_plans(const Region& region) noexcept {
  const Region* latest = find_latest(region.band_id);
  return latest == nullptr ? region.fast_data_rates : latest->fast_data_rates;
}

}  // namespace

bool carries(const Region& region, DataRateRange range, DataRateIndex index) noexcept {
  if (!is_coded(range)) return range.min <= index && index <= range.max;
  const bool usual = lowest(range) <= index && index <= region.adr_max_data_rate;
  return usual || is_fast(region, index);
}

DataRateRange range_for(const Region& region, DataRateRange planned) noexcept {
  const auto fast = fast_in_plans(region);
  // A channel for SF6 and SF5 alone needs no code.
  if (fast.empty() || planned.max != fast.back() || planned.min > region.adr_max_data_rate)
    return planned;
  if (region.fast_data_rates.empty()) return {planned.min, region.adr_max_data_rate};
  return {next(planned.min, 1), DataRateIndex{0}};
}

int rank(const Region& region, DataRateIndex index) noexcept {
  const auto fast = std::ranges::find(region.fast_data_rates, index);
  if (fast == region.fast_data_rates.end()) return index.value();
  return region.adr_max_data_rate.value() + 1 +
         static_cast<int>(fast - region.fast_data_rates.begin());
}

std::optional<DataRateIndex> slower(const Region& region, DataRateIndex index) noexcept {
  const auto fast = std::ranges::find(region.fast_data_rates, index);
  if (fast == region.fast_data_rates.end())
    return index.value() == 0 ? std::nullopt : std::optional(next(index, -1));
  return fast == region.fast_data_rates.begin() ? region.adr_max_data_rate : *(fast - 1);
}

}  // namespace ff::region
