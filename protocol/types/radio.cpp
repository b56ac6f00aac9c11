#include "protocol/types/radio.hpp"

#include <array>
#include <string_view>

namespace ff {
namespace {

constexpr std::array<const char*, 11> coding_rate_names = {
    "", "4/5", "4/6", "4/7", "4/8", "4/5LI", "4/6LI", "4/8LI", "1/3", "2/3", "1/2"};

struct DataRateText {
  std::string operator()(const LoraDataRate& lora) const {
    return "SF" + std::to_string(lora.spreading_factor) + "BW" +
           std::to_string(lora.bandwidth_hz / 1000);
  }
  std::string operator()(const FskDataRate& fsk) const { return std::to_string(fsk.bit_rate_bps); }
  std::string operator()(const LrFhssDataRate& lr_fhss) const {
    return "M" + std::to_string(lr_fhss.modulation_type) + "CW" +
           std::to_string(lr_fhss.operating_channel_width_hz / 1000);
  }
};

}  // namespace

const char* to_string(CodingRate coding_rate) noexcept {
  return coding_rate_names[static_cast<std::size_t>(coding_rate)];
}

CodingRate parse_coding_rate(std::string_view text) noexcept {
  for (std::size_t i = 1; i < coding_rate_names.size(); ++i) {
    if (text == coding_rate_names[i]) return static_cast<CodingRate>(i);
  }
  return CodingRate::none;
}

std::string to_string(const DataRate& data_rate) {
  return std::visit(DataRateText{}, data_rate);
}

bool same_modulation(const DataRate& a, const DataRate& b) noexcept {
  if (a.index() != b.index()) return false;
  if (const auto* lora = std::get_if<LoraDataRate>(&a)) {
    const auto& other = std::get<LoraDataRate>(b);
    return lora->spreading_factor == other.spreading_factor &&
           lora->bandwidth_hz == other.bandwidth_hz;
  }
  return a == b;
}

}  // namespace ff
