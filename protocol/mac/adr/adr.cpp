#include "protocol/mac/adr/adr.hpp"

#include <algorithm>
#include <utility>

#include "protocol/mac/adr/steps.hpp"

namespace ff::mac::adr {
namespace {

/// The device's own bounds come before "never lower": a rate outside them is not kept. [spec
/// network-server §22, 3.34.3]
Choice within_bounds(Choice choice, std::span<const DataRateIndex> allowed,
                     const AdrDynamic& settings) {
  DataRateIndex to = choice.data_rate;
  if (to < allowed.front()) to = allowed.front();
  if (settings.max_data_rate_index && to > *settings.max_data_rate_index) to = allowed.back();
  if (to == choice.data_rate) return choice;
  const int raised = to.value() - choice.data_rate.value();
  return {to, TxPowerIndex{0}, choice.margin_db - data_rate_step_db * static_cast<float>(raised)};
}

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

Decision keep(const MacState& state, Reason reason) {
  const MacParameters& have = state.current;
  return {reason, have.adr_data_rate_index, have.adr_tx_power_index, have.adr_nb_trans};
}

Decision decide(const MacState& state, const RecentUplink& uplink, const DeviceProfile& profile,
                Adr algorithm) {
  const AdrSettings settings = effective_settings(profile);
  if (std::holds_alternative<AdrDisabled>(settings)) return keep(state, Reason::disabled);
  if (const auto* fixed = std::get_if<AdrStatic>(&settings)) {
    return {Reason::static_values, fixed->data_rate_index, fixed->tx_power_index, fixed->nb_trans};
  }
  if (!profile.region.dynamic_adr_supported) return keep(state, Reason::band_without_adr);
  if (!uplink.adr) return keep(state, Reason::adr_bit_off);
  const auto history = history_of(state);
  if (history.empty()) return keep(state, Reason::no_history);
  return algorithm(history, std::get<AdrDynamic>(settings), state, profile.region);
}

}  // namespace

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::disabled:
      return "disabled";
    case Reason::static_values:
      return "static_values";
    case Reason::band_without_adr:
      return "band_without_adr";
    case Reason::adr_bit_off:
      return "adr_bit_off";
    case Reason::no_history:
      return "no_history";
    case Reason::no_enabled_channel:
      return "no_enabled_channel";
    case Reason::no_allowed_data_rate:
      return "no_allowed_data_rate";
    case Reason::no_allowed_tx_power:
      return "no_allowed_tx_power";
    case Reason::unknown_floor:
      return "unknown_floor";
    case Reason::adapted:
      return "adapted";
    case Reason::steered:
      return "steered";
  }
  return "";
}

Decision reference_adr(std::span<const RecentUplink> history, const AdrDynamic& settings,
                       const MacState& state, const region::Region& region) {
  Decision decision = keep(state, Reason::adapted);
  decision.uplinks = history.size();
  const auto stop = [&](Reason reason) {
    decision.reason = reason;
    return decision;
  };
  const auto carried = channel_data_rates(state.desired.channels);
  if (carried.empty()) return stop(Reason::no_enabled_channel);
  const auto allowed = allowed_data_rates(carried, settings, state.rejected, region);
  if (allowed.empty()) return stop(Reason::no_allowed_data_rate);
  const auto powers = allowed_tx_powers(settings, state.rejected, region);
  if (powers.empty()) return stop(Reason::no_allowed_tx_power);
  const region::DataRateEntry* rate = region.data_rate(state.current.adr_data_rate_index);
  if (rate == nullptr) return stop(Reason::unknown_floor);
  const auto margin =
      link_margin_db(history, rate->data_rate, settings.margin_db.value_or(default_margin_db));
  if (!margin) return stop(Reason::unknown_floor);
  decision.margin_db = *margin;
  decision.loss_rate = loss_rate(history);

  Choice choice{state.current.adr_data_rate_index, state.current.adr_tx_power_index, *margin};
  if (const auto steered = steer(choice, allowed, settings.channel_steering, region)) {
    choice = *steered;
    decision.reason = Reason::steered;
  } else {
    choice = adapt_data_rate(within_bounds(choice, allowed, settings), allowed, powers.min, region);
  }
  const bool optimal = history.size() >= optimal_uplinks;
  choice = adapt_tx_power(choice, {powers, state.rejected.adr_tx_power_indexes, optimal}, region);
  decision.data_rate_index = choice.data_rate;
  decision.tx_power_index = choice.tx_power;
  decision.nb_trans =
      adapt_nb_trans(history, state.current.adr_nb_trans, settings, choice.data_rate);
  return decision;
}

AdrSettings effective_settings(const DeviceProfile& profile) {
  AdrSettings settings = unfilled_settings(profile);
  if (auto* dynamic = std::get_if<AdrDynamic>(&settings)) {
    if (!dynamic->margin_db) dynamic->margin_db = margin_setting(profile);
  }
  return settings;
}

bool uses_adr(const DeviceProfile& profile) {
  const AdrSettings settings = effective_settings(profile);
  if (std::holds_alternative<AdrDisabled>(settings)) return false;
  return std::holds_alternative<AdrStatic>(settings) || profile.region.dynamic_adr_supported;
}

std::span<const RecentUplink> history_of(const MacState& state) noexcept {
  const auto& recent = state.recent_uplinks;
  const auto end = std::ranges::find_if_not(recent, [&](const RecentUplink& uplink) {
    return uplink.is_data && uplink.data_rate_index == state.current.adr_data_rate_index &&
           uplink.f_cnt >= state.last_adr_change_f_cnt_up;
  });
  return {recent.begin(), end};
}

Adapted record_uplink(MacState state, const RecentUplink& uplink, const DeviceProfile& profile,
                      Adr algorithm) {
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
