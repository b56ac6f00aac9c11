#include "protocol/mac/adr/adr.hpp"

#include <algorithm>
#include <utility>

#include "protocol/mac/adr/steps.hpp"

namespace ff::mac::adr {
namespace {

float margin_setting(const DeviceProfile& profile) {
  const auto of = [](const MacSettings& settings) -> std::optional<float> {
    if (settings.adr) {
      const auto* dynamic = std::get_if<AdrDynamic>(&*settings.adr);
      if (dynamic != nullptr && dynamic->margin_db) return dynamic->margin_db;
    }
    return settings.adr_margin_db;
  };
  if (const auto margin = of(profile.settings)) return *margin;
  return of(profile.network_defaults).value_or(default_margin_db);
}

/// Channel steering of devices that say nothing of it. [spec network-server §9]
ChannelSteering default_steering(const MacSettings& network_defaults) {
  if (!network_defaults.adr) return ChannelSteering::unset;
  const auto* dynamic = std::get_if<AdrDynamic>(&*network_defaults.adr);
  return dynamic != nullptr ? dynamic->channel_steering : ChannelSteering::unset;
}

AdrSettings unfilled_settings(const DeviceProfile& profile) {
  const MacSettings& device = profile.settings;
  const MacSettings& defaults = profile.network_defaults;
  if (profile.multicast) return AdrDisabled{};
  if (device.adr) return *device.adr;
  if (device.use_adr == false) return AdrDisabled{};
  if (!device.use_adr && defaults.adr) return *defaults.adr;
  if (!device.use_adr && defaults.use_adr == false) return AdrDisabled{};
  // Deprecated `use_adr` says no more than "dynamic": the bounds are the default's.
  if (defaults.adr && std::holds_alternative<AdrDynamic>(*defaults.adr)) return *defaults.adr;
  return AdrDynamic{};
}

Decision decide(const MacState& state, const RecentUplink& uplink, const DeviceProfile& profile,
                Algorithm algorithm) {
  const AdrSettings settings = effective_settings(profile);
  const MacParameters& current = state.current;
  if (std::holds_alternative<AdrDisabled>(settings)) return keep(current, Reason::disabled);
  if (const auto* fixed = std::get_if<AdrStatic>(&settings)) {
    return {Reason::static_values, fixed->data_rate_index, fixed->tx_power_index, fixed->nb_trans};
  }
  if (!profile.region.dynamic_adr_supported) return keep(current, Reason::band_without_adr);
  if (!uplink.adr) return keep(current, Reason::adr_bit_off);
  const History history = history_of(state);
  if (history.current.empty()) return keep(current, Reason::no_history);
  return algorithm(history, limits_of(state, std::get<AdrDynamic>(settings), profile.region));
}

}  // namespace

AdrSettings effective_settings(const DeviceProfile& profile) {
  AdrSettings settings = unfilled_settings(profile);
  if (auto* dynamic = std::get_if<AdrDynamic>(&settings)) {
    if (!dynamic->margin_db) dynamic->margin_db = margin_setting(profile);
    if (dynamic->channel_steering == ChannelSteering::unset)
      dynamic->channel_steering = default_steering(profile.network_defaults);
  }
  return settings;
}

bool uses_adr(const DeviceProfile& profile) {
  const AdrSettings settings = effective_settings(profile);
  if (std::holds_alternative<AdrDisabled>(settings)) return false;
  return std::holds_alternative<AdrStatic>(settings) || profile.region.dynamic_adr_supported;
}

History history_of(const MacState& state) noexcept {
  const auto& recent = state.recent_uplinks;
  const auto end = std::ranges::find_if_not(recent, [&](const RecentUplink& uplink) {
    return uplink.is_data && uplink.data_rate_index == state.current.adr_data_rate_index &&
           uplink.f_cnt >= state.last_adr_change_f_cnt_up;
  });
  return {recent, {recent.begin(), end}};
}

Limits limits_of(const MacState& state, const AdrDynamic& settings,
                 const region::Region& region) noexcept {
  return {settings, state.current, state.desired.channels, state.rejected, region};
}

Adapted record_uplink(MacState state, const RecentUplink& uplink, const DeviceProfile& profile,
                      Algorithm algorithm) {
  push_recent(state, uplink);
  // A device that fell back to a lower rate has raised its power before. [TS001-1.0.4 §4.3.1.1]
  if (uplink.data_rate_index < state.current.adr_data_rate_index) {
    state.current.adr_tx_power_index = TxPowerIndex{0};
  }
  state.current.adr_data_rate_index = uplink.data_rate_index;
  const Decision decision = decide(state, uplink, profile, algorithm);
  state.desired.adr_data_rate_index = decision.data_rate_index;
  state.desired.adr_tx_power_index = decision.tx_power_index;
  state.desired.adr_nb_trans = decision.nb_trans;
  return {std::move(state), decision};
}

}  // namespace ff::mac::adr
