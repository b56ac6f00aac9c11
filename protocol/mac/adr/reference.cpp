#include "protocol/mac/adr/reference.hpp"

#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "protocol/region/data_rate_range.hpp"

namespace ff::mac::adr {
namespace {

/// The device's own bounds come before "never lower": a rate outside them is not kept. [spec
/// network-server §22, 3.34.3]
Choice within_bounds(Choice choice, std::span<const DataRateIndex> allowed,
                     const AdrDynamic& settings, const region::Region& region) {
  DataRateIndex to = choice.data_rate;
  if (to < allowed.front()) to = allowed.front();
  if (settings.max_data_rate_index && to > *settings.max_data_rate_index) to = allowed.back();
  if (to == choice.data_rate) return choice;
  const int raised = region::rank(region, to) - region::rank(region, choice.data_rate);
  return {to, TxPowerIndex{0}, choice.margin_db - data_rate_step_db * static_cast<float>(raised)};
}

}  // namespace

Decision reference_adr(const History& history, const Limits& limits) {
  const auto& [settings, current, channels, rejected, region] = limits;
  Decision decision = keep(current, Reason::adapted);
  decision.uplinks = history.current.size();
  const auto stop = [&](Reason reason) {
    decision.reason = reason;
    return decision;
  };
  const auto carried = channel_data_rates(channels, region);
  if (carried.empty()) return stop(Reason::no_enabled_channel);
  const auto allowed = allowed_data_rates(carried, settings, rejected, region);
  if (allowed.empty()) return stop(Reason::no_allowed_data_rate);
  const auto powers = allowed_tx_powers(settings, rejected, region);
  if (powers.empty()) return stop(Reason::no_allowed_tx_power);
  const auto margin =
      link_margin_db(history.current, demodulation_floor_db(region, current.adr_data_rate_index),
                     settings.margin_db.value_or(default_margin_db));
  if (!margin) return stop(Reason::unknown_floor);
  decision.margin_db = *margin;
  decision.loss_rate = loss_rate(history.current);

  Choice choice{current.adr_data_rate_index, current.adr_tx_power_index, *margin};
  if (const auto steered = steer(choice, allowed, settings.channel_steering, region)) {
    choice = *steered;
    decision.reason = Reason::steered;
  } else {
    choice = adapt_data_rate(within_bounds(choice, allowed, settings, region), allowed, powers.min,
                             region);
  }
  const bool optimal = history.current.size() >= optimal_uplinks;
  choice = adapt_tx_power(choice, {powers, rejected.adr_tx_power_indexes, optimal}, region);
  decision.data_rate_index = choice.data_rate;
  decision.tx_power_index = choice.tx_power;
  decision.nb_trans =
      adapt_nb_trans(history.current, current.adr_nb_trans, settings, choice.data_rate);
  return decision;
}

}  // namespace ff::mac::adr
