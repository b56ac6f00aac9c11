#include "tools/sim/core/radio.hpp"

#include <algorithm>

namespace ff::sim {
namespace {

constexpr double dice_sides = 4294967296.0;
constexpr int rssi_best_dbm = -60;
constexpr std::uint64_t rssi_spread_db = 50;
constexpr int further_gateway_db = 4;

/// Spreads neighbouring device numbers over the gateways.
std::size_t home_of(std::size_t device, std::size_t gateways) noexcept {
  return (device * 0x9e3779b97f4a7c15ULL >> 20) % gateways;
}

}  // namespace

Radio::Radio(RadioOptions options) : options_(std::move(options)) {
  options_.gateways = std::max<std::size_t>(options_.gateways, 1);
  options_.copies =
      std::clamp<std::size_t>(options_.copies, 1, std::min(options_.gateways, copies_max));
  loss_threshold_ = static_cast<std::uint64_t>(std::clamp(options_.loss, 0.0, 1.0) * dice_sides);
}

bool Radio::loses(Random& random) {
  return loss_threshold_ != 0 && (random.next() & UINT32_MAX) < loss_threshold_;
}

bool Radio::downlink_arrives(Random& random) {
  return !loses(random);
}

std::span<const HeardCopy> Radio::uplink(std::size_t device, Frequency frequency, Random& random) {
  const auto& listened = options_.frequencies;
  if (!listened.empty() && std::ranges::find(listened, frequency) == listened.end()) return {};
  const auto home = home_of(device, options_.gateways);
  const auto dice = random.next();
  const int best = rssi_best_dbm - static_cast<int>(dice % rssi_spread_db);
  std::size_t count = 0;
  for (std::size_t i = 0; i < options_.copies; ++i) {
    if (loses(random)) continue;
    const int rssi = best - further_gateway_db * static_cast<int>(i);
    const auto jitter = static_cast<float>((dice >> (8 + i)) % 20) / 10.0F;
    const float snr = std::max(-5.0F, 11.0F - static_cast<float>(rssi_best_dbm - rssi) / 8.0F);
    heard_[count++] = {(home + i) % options_.gateways, rssi, snr - jitter};
  }
  return std::span(heard_).first(count);
}

}  // namespace ff::sim
