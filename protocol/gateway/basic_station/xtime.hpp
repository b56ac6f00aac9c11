// The station's clock: 48 bits of microseconds since a concentrator was started; above them 8 bits
// of the session in which it counts, and 7 of which of the station's concentrators it is. [spec
// gateway-server §4.3]
#pragma once

#include <compare>
#include <cstdint>

namespace ff::gateway::basic_station {

class XTime {
 public:
  static constexpr std::uint64_t counter_mask = (std::uint64_t{1} << 48U) - 1;

  constexpr XTime() noexcept = default;
  constexpr explicit XTime(std::int64_t value) noexcept : value_(value) {}

  constexpr std::int64_t value() const noexcept { return value_; }
  constexpr std::uint64_t counter_us() const noexcept {
    return static_cast<std::uint64_t>(value_) & counter_mask;
  }
  /// Of one unit; another one says that its counter was started anew.
  constexpr std::uint8_t session() const noexcept {
    return static_cast<std::uint8_t>(static_cast<std::uint64_t>(value_) >> 48U);
  }
  constexpr std::uint8_t unit() const noexcept {
    return static_cast<std::uint8_t>((static_cast<std::uint64_t>(value_) >> 56U) & 0x7fU);
  }
  /// Wraps within the session.
  constexpr XTime plus(std::int64_t us) const noexcept {
    const auto bits = static_cast<std::uint64_t>(value_);
    const auto counter = (bits + static_cast<std::uint64_t>(us)) & counter_mask;
    return XTime(static_cast<std::int64_t>((bits & ~counter_mask) | counter));
  }
  /// The time in this session nearest to this one whose counter has `low` as its low 32 bits.
  constexpr XTime nearest(std::uint32_t low) const noexcept {
    return plus(static_cast<std::int32_t>(low - static_cast<std::uint32_t>(counter_us())));
  }
  constexpr auto operator<=>(const XTime&) const noexcept = default;

 private:
  std::int64_t value_ = 0;
};

}  // namespace ff::gateway::basic_station
