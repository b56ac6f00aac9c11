// Radio quantities: frequency, data rate, signal. Regional meaning of an index is
// protocol/region's.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>

#include "protocol/base/strong.hpp"

namespace ff {

/// Carrier frequency in Hz; 0 means unset.
class Frequency {
 public:
  constexpr Frequency() noexcept = default;
  static constexpr Frequency hz(std::uint64_t value) noexcept { return Frequency(value); }
  constexpr std::uint64_t hz() const noexcept { return hz_; }
  constexpr bool is_set() const noexcept { return hz_ != 0; }
  constexpr auto operator<=>(const Frequency&) const noexcept = default;

 private:
  constexpr explicit Frequency(std::uint64_t value) noexcept : hz_(value) {}
  std::uint64_t hz_ = 0;
};

using DataRateIndex = Strong<struct DataRateIndexTag, std::uint8_t>;
/// RX1DROffset, 0-7.
using DataRateOffset = Strong<struct DataRateOffsetTag, std::uint8_t>;
using TxPowerIndex = Strong<struct TxPowerIndexTag, std::uint8_t>;
using ChannelIndex = Strong<struct ChannelIndexTag, std::uint8_t>;

/// Forward error correction. Values as text in the API: `4/5`, `4/6`, `4/7`, `4/8`, `4/5LI`,
/// `4/6LI`, `4/8LI`, `1/3`, `2/3`, `1/2`.
enum class CodingRate : std::uint8_t {
  none = 0,
  cr4_5 = 1,
  cr4_6 = 2,
  cr4_7 = 3,
  cr4_8 = 4,
  cr4_5_li = 5,
  cr4_6_li = 6,
  cr4_8_li = 7,
  cr1_3 = 8,
  cr2_3 = 9,
  cr1_2 = 10,
};
const char* to_string(CodingRate coding_rate) noexcept;
/// `none` for unknown text.
CodingRate parse_coding_rate(std::string_view text) noexcept;

struct LoraDataRate {
  std::uint8_t spreading_factor = 0;  // 5-12
  std::uint32_t bandwidth_hz = 0;     // 125000, 250000, 500000, 812000 ...
  CodingRate coding_rate = CodingRate::cr4_5;
  auto operator<=>(const LoraDataRate&) const = default;
};
struct FskDataRate {
  std::uint32_t bit_rate_bps = 0;
  auto operator<=>(const FskDataRate&) const = default;
};
struct LrFhssDataRate {
  std::uint32_t operating_channel_width_hz = 0;
  CodingRate coding_rate = CodingRate::cr1_3;
  std::uint8_t modulation_type = 0;
  auto operator<=>(const LrFhssDataRate&) const = default;
};
using DataRate = std::variant<LoraDataRate, FskDataRate, LrFhssDataRate>;

/// `SF7BW125`, `50000`, `M0CW137`: as gateways write it.
std::string to_string(const DataRate& data_rate);
/// The same modulation, ignoring the coding rate (bands fix it, gateways may report another).
bool same_modulation(const DataRate& a, const DataRate& b) noexcept;

}  // namespace ff
