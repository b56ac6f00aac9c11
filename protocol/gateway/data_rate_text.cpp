#include "protocol/gateway/data_rate_text.hpp"

#include <charconv>

namespace ff::gateway {
namespace {

/// Takes a decimal number of at most `digits_max` digits from the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::size_t digits_max) noexcept {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || digits == 0 || digits > digits_max) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// `125`, `41.7`: kHz to Hz. Nothing for 0, more than three decimals or anything behind.
std::optional<std::uint32_t> kilohertz(std::string_view text) noexcept {
  const auto whole = take_number(text, 5);
  if (!whole) return std::nullopt;
  auto hz = *whole * 1000;
  if (take_prefix(text, ".")) {
    const auto digits = text.size();
    const auto decimals = take_number(text, 3);
    if (!decimals) return std::nullopt;
    hz += *decimals * (digits == 1 ? 100 : digits == 2 ? 10 : 1);
  }
  if (!text.empty() || hz == 0) return std::nullopt;
  return hz;
}

CodingRate lr_fhss_coding_rate(std::string_view codr) noexcept {
  if (codr == "4/6" || codr == "2/3") return CodingRate::cr2_3;
  if (codr == "4/8" || codr == "1/2") return CodingRate::cr1_2;
  if (codr == "2/6" || codr == "1/3") return CodingRate::cr1_3;
  return CodingRate::none;
}

}  // namespace

std::optional<LoraDataRate> parse_lora(std::string_view datr, std::string_view codr) noexcept {
  LoraDataRate rate;
  if (!take_prefix(datr, "SF")) return std::nullopt;
  const auto spreading_factor = take_number(datr, 2);
  if (!spreading_factor || *spreading_factor < 5 || *spreading_factor > 12) return std::nullopt;
  if (!take_prefix(datr, "BW")) return std::nullopt;
  const auto bandwidth = kilohertz(datr);
  if (!bandwidth) return std::nullopt;
  rate.spreading_factor = static_cast<std::uint8_t>(*spreading_factor);
  rate.bandwidth_hz = *bandwidth;
  if (!codr.empty()) rate.coding_rate = parse_coding_rate(codr);
  if (rate.coding_rate == CodingRate::none) return std::nullopt;
  return rate;
}

std::optional<LrFhssDataRate> parse_lr_fhss(std::string_view datr, std::string_view codr) noexcept {
  LrFhssDataRate rate;
  if (!take_prefix(datr, "M")) return std::nullopt;
  const auto type = take_number(datr, 3);
  if (!type || *type > 255 || !take_prefix(datr, "CW")) return std::nullopt;
  const auto width = kilohertz(datr);
  if (!width) return std::nullopt;
  rate.modulation_type = static_cast<std::uint8_t>(*type);
  rate.operating_channel_width_hz = *width;
  rate.coding_rate = lr_fhss_coding_rate(codr);
  if (rate.coding_rate == CodingRate::none) return std::nullopt;
  return rate;
}

}  // namespace ff::gateway
