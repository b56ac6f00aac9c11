#include "actors/network_server/session/paths.hpp"

#include <algorithm>
#include <limits>

namespace ff::network_server {
namespace {

constexpr std::size_t paths_max = 8;

/// Channel RSSI, corrected by SNR for weak signals.
float signal(const RxMetadata& metadata) noexcept {
  const float rssi = metadata.channel_rssi_dbm;
  if (rssi == 0) return -1000;
  if (metadata.snr_db <= -5) return rssi + metadata.snr_db;
  if (metadata.snr_db < 10) return rssi + metadata.snr_db / 3 - 10.0F / 3;
  return rssi;
}

}  // namespace

std::vector<DownlinkPath> paths_of(const std::vector<RxMetadata>& rx_metadata) {
  std::vector<const RxMetadata*> usable;
  for (const auto& metadata : rx_metadata) {
    const bool never = metadata.downlink_path_constraint == DownlinkPathConstraint::never;
    if (!never && !metadata.relay && !metadata.uplink_token.empty()) usable.push_back(&metadata);
  }
  std::stable_sort(usable.begin(), usable.end(), [](const RxMetadata* a, const RxMetadata* b) {
    if (a->downlink_path_constraint != b->downlink_path_constraint) {
      return a->downlink_path_constraint < b->downlink_path_constraint;
    }
    return signal(*a) > signal(*b);
  });
  std::vector<DownlinkPath> paths;
  for (const auto* metadata : usable) {
    if (paths.size() == paths_max) break;
    paths.push_back({metadata->gateway, metadata->antenna_index, metadata->uplink_token});
  }
  return paths;
}

float signal_of(const std::vector<RxMetadata>& rx_metadata) noexcept {
  auto best = std::numeric_limits<float>::lowest();
  for (const auto& metadata : rx_metadata) best = std::max(best, signal(metadata));
  return best;
}

std::vector<DownlinkPath> joined_paths(std::vector<DownlinkPath> first,
                                       const std::vector<DownlinkPath>& more) {
  for (const auto& path : more) {
    const bool known = std::ranges::any_of(first, [&](const DownlinkPath& other) {
      return other.gateway.gateway_id == path.gateway.gateway_id &&
             other.antenna_index == path.antenna_index;
    });
    if (!known && first.size() < paths_max) first.push_back(path);
  }
  return first;
}

std::optional<relay::UplinkToken> relay_of(const std::vector<RxMetadata>& rx_metadata,
                                           const ApplicationId& application) {
  std::optional<relay::UplinkToken> best;
  float best_signal = 0;
  for (const auto& metadata : rx_metadata) {
    if (!metadata.relay || (best && signal(metadata) <= best_signal)) continue;
    auto token = relay::decode_uplink_token(metadata.uplink_token);
    if (!token || token->relay.uid.application_id != application) continue;
    best = *std::move(token);
    best_signal = signal(metadata);
  }
  return best;
}

}  // namespace ff::network_server
