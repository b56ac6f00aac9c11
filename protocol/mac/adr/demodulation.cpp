#include "protocol/mac/adr/demodulation.hpp"

#include <algorithm>

namespace ff::mac::adr {

std::optional<float> demodulation_floor_db(const DataRate& data_rate) noexcept {
  const auto* lora = std::get_if<LoraDataRate>(&data_rate);
  if (lora == nullptr || lora->spreading_factor < 6 || lora->spreading_factor > 12)
    return std::nullopt;
  // Each spreading factor gains 2.5 dB, each doubling of the bandwidth costs 3 dB.
  const float at_125_khz = -5.0F - 2.5F * static_cast<float>(lora->spreading_factor - 6);
  switch (lora->bandwidth_hz) {
    case 125'000:
      return at_125_khz;
    case 250'000:
      return at_125_khz + 3.0F;
    case 500'000:
      return at_125_khz + 6.0F;
    default:
      return std::nullopt;
  }
}

std::optional<float> demodulation_floor_db(const region::Region& region,
                                           DataRateIndex index) noexcept {
  const auto* entry = region.data_rate(index, region::Direction::uplink);
  if (entry == nullptr) return std::nullopt;
  constexpr float sf5_at_125_khz = -2.5F;
  const auto* lora = std::get_if<LoraDataRate>(&entry->data_rate);
  const auto fast = region.fast_data_rates;
  const bool is_fast = std::ranges::find(fast, index) != fast.end();
  if (is_fast && lora != nullptr && lora->spreading_factor == 5) return sf5_at_125_khz;
  return demodulation_floor_db(entry->data_rate);
}

std::optional<float> reach_floor_db(const DataRate& data_rate) noexcept {
  const auto* lr_fhss = std::get_if<LrFhssDataRate>(&data_rate);
  if (lr_fhss == nullptr) return demodulation_floor_db(data_rate);
  switch (lr_fhss->coding_rate) {
    case CodingRate::cr1_3:
      return -20.0F;
    case CodingRate::cr2_3:
      return -17.5F;
    default:
      return std::nullopt;
  }
}

}  // namespace ff::mac::adr
