#include "tools/sim/core/receive_windows.hpp"

#include <array>

namespace ff::sim {
namespace {

constexpr std::array<std::string_view, reception_count> names{
    "rx1",
    "rx2",
    "class_c",
    "ping_slot",
    "relay",
    "wrong_time",
    "wrong_frequency",
    "wrong_data_rate",
    "wrong_polarity",
    "not_listening",
};

bool is_time_of(const ReceiveWindow& window, const Emission& emission) noexcept {
  const auto late = emission.start - window.start;
  return late <= window_tolerance && late >= -window_tolerance;
}

Reception match(const ReceiveWindow& window, const Emission& emission, Reception hit) noexcept {
  if (window.frequency != emission.frequency) return Reception::wrong_frequency;
  if (!same_modulation(window.data_rate, emission.data_rate)) return Reception::wrong_data_rate;
  const bool lora = std::holds_alternative<LoraDataRate>(window.data_rate);
  if (lora && !emission.inverted_polarity) return Reception::wrong_polarity;
  return hit;
}

}  // namespace

std::string_view to_string(Reception reception) noexcept {
  return names[static_cast<std::size_t>(reception)];
}

Reception fit(const ReceiveWindows& windows, const Emission& emission) noexcept {
  if (windows.rx1 && is_time_of(*windows.rx1, emission)) {
    return match(*windows.rx1, emission, Reception::rx1);
  }
  if (is_time_of(windows.rx2, emission)) return match(windows.rx2, emission, Reception::rx2);
  return Reception::wrong_time;
}

Reception fit_class_c(const ReceiveWindow& rx2, const Emission& emission) noexcept {
  return match(rx2, emission, Reception::class_c);
}

Reception fit_relay(MonoTime window, const Emission& emission) noexcept {
  return is_time_of({window, {}, {}}, emission) ? Reception::relay : Reception::wrong_time;
}

Reception fit_ping_slot(const ReceiveWindow& slot, const Emission& emission) noexcept {
  if (!is_time_of(slot, emission)) return Reception::wrong_time;
  return match(slot, emission, Reception::ping_slot);
}

}  // namespace ff::sim
