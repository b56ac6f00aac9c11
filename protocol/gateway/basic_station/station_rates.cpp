#include "protocol/gateway/basic_station/station_rates.hpp"

namespace ff::gateway::basic_station {

const region::DataRateEntry* station_rate(const region::Region& region,
                                          DataRateIndex index) noexcept {
  constexpr std::uint32_t bandwidth_above_1_ghz = 800'000;
  const auto* entry = region.only_data_rate(index);
  const auto* lora = entry == nullptr ? nullptr : std::get_if<LoraDataRate>(&entry->data_rate);
  const bool unknown =
      lora != nullptr && lora->spreading_factor < 7 && lora->bandwidth_hz < bandwidth_above_1_ghz;
  return unknown ? nullptr : entry;
}

std::optional<DataRateIndex> station_downlink_index(const region::Region& region,
                                                    const DataRate& rate) noexcept {
  const auto index = region.downlink_data_rate_index(rate);
  const auto* entry = index ? station_rate(region, *index) : nullptr;
  if (entry == nullptr || !same_modulation(entry->data_rate, rate)) return std::nullopt;
  return index;
}

}  // namespace ff::gateway::basic_station
