#include "protocol/mac/adr/steps.hpp"

#include <algorithm>

#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/refusal.hpp"
#include "protocol/region/data_rate_range.hpp"

namespace ff::mac::adr {
namespace {

constexpr std::uint8_t data_rate_count = 16;

template <class Index>
Bounds<Index> clamp(Bounds<Index> bounds, std::optional<Index> min,
                    std::optional<Index> max) noexcept {
  if (min) bounds.min = std::max(bounds.min, *min);
  if (max) bounds.max = std::min(bounds.max, *max);
  return bounds;
}

template <class Index>
Index next(Index index, int by) noexcept {
  return Index{static_cast<std::uint8_t>(index.value() + by)};
}

/// The highest element of `allowed` (ascending) up to rank `limit`.
std::optional<DataRateIndex> highest_up_to(std::span<const DataRateIndex> allowed, int limit,
                                           const region::Region& region) {
  const auto found =
      std::ranges::find_if(allowed.rbegin(), allowed.rend(),
                           [&](DataRateIndex rate) { return region::rank(region, rate) <= limit; });
  return found == allowed.rend() ? std::nullopt : std::optional(*found);
}

}  // namespace

Bounds<DataRateIndex> clamp_data_rates(const AdrDynamic& settings,
                                       Bounds<DataRateIndex> bounds) noexcept {
  return clamp(bounds, settings.min_data_rate_index, settings.max_data_rate_index);
}

Bounds<TxPowerIndex> clamp_tx_powers(const AdrDynamic& settings,
                                     Bounds<TxPowerIndex> bounds) noexcept {
  return clamp(bounds, settings.min_tx_power_index, settings.max_tx_power_index);
}

std::uint8_t clamp_nb_trans(const AdrDynamic& settings, DataRateIndex data_rate,
                            std::uint8_t nb_trans) noexcept {
  NbTransBounds bounds = settings.nb_trans;
  if (data_rate.value() < settings.nb_trans_overrides.size()) {
    const NbTransBounds& here = settings.nb_trans_overrides[data_rate.value()];
    if (here.min) bounds.min = here.min;
    if (here.max) bounds.max = here.max;
  }
  if (bounds.min) nb_trans = std::max(nb_trans, *bounds.min);
  if (bounds.max) nb_trans = std::min(nb_trans, *bounds.max);
  return nb_trans;
}

std::vector<DataRateIndex> channel_data_rates(std::span<const Channel> channels,
                                              const region::Region& region) {
  std::vector<DataRateIndex> rates;
  for (std::uint8_t i = 0; i < data_rate_count; ++i) {
    const DataRateIndex rate{i};
    const bool carried = std::ranges::any_of(channels, [&](const Channel& channel) {
      return channel.enabled && region::carries(region, range_of(channel), rate);
    });
    if (carried) rates.push_back(rate);
  }
  return rates;
}

std::vector<DataRateIndex> allowed_data_rates(std::span<const DataRateIndex> carried,
                                              const AdrDynamic& settings, const Rejected& rejected,
                                              const region::Region& region) {
  const auto bounds = clamp_data_rates(settings, {DataRateIndex{0}, DataRateIndex{15}});
  const auto fast = region.fast_data_rates;
  std::vector<DataRateIndex> allowed;
  for (const DataRateIndex rate : carried) {
    if (!bounds.contains(rate) || contains_sorted(rejected.adr_data_rate_indexes, rate)) continue;
    if (rate > region.adr_max_data_rate && std::ranges::find(fast, rate) == fast.end()) continue;
    allowed.push_back(rate);
  }
  return allowed;
}

Bounds<TxPowerIndex> allowed_tx_powers(const AdrDynamic& settings, const Rejected& rejected,
                                       const region::Region& region) {
  auto bounds = clamp_tx_powers(settings, {TxPowerIndex{0}, region.max_tx_power_index()});
  const auto refused = [&](TxPowerIndex index) {
    return contains_sorted(rejected.adr_tx_power_indexes, index);
  };
  while (!bounds.empty() && refused(bounds.min)) bounds.min = next(bounds.min, 1);
  while (!bounds.empty() && refused(bounds.max)) {
    if (bounds.max.value() == 0) return {TxPowerIndex{1}, TxPowerIndex{0}};
    bounds.max = next(bounds.max, -1);
  }
  return bounds;
}

std::optional<float> best_snr_db(std::span<const RecentUplink> history) {
  std::optional<float> best;
  for (const RecentUplink& uplink : history) {
    if (uplink.max_snr_db) best = std::max(best.value_or(*uplink.max_snr_db), *uplink.max_snr_db);
  }
  return best;
}

std::optional<float> link_margin_db(std::span<const RecentUplink> history,
                                    std::optional<float> floor_db, float margin_db) {
  const auto best = best_snr_db(history);
  if (!floor_db || !best) return std::nullopt;
  const float margin = *best - *floor_db - margin_db;
  return history.size() < optimal_uplinks ? margin - safety_margin_db : margin;
}

float loss_rate(std::span<const RecentUplink> history) {
  if (history.empty()) return 0;
  const std::uint32_t newest = history.front().f_cnt.value();
  std::uint32_t oldest = newest;
  std::uint32_t lost = 0;
  for (const RecentUplink& uplink : history.subspan(1)) {
    const std::uint32_t f_cnt = uplink.f_cnt.value();
    if (f_cnt > oldest) break;  // the counter was restarted after this frame
    if (f_cnt < oldest) lost += oldest - f_cnt - 1;
    oldest = f_cnt;
  }
  return static_cast<float>(lost) / (1.0F + static_cast<float>(newest - oldest));
}

std::optional<float> demodulation_floor_step(const region::Region& region, DataRateIndex from,
                                             DataRateIndex to) {
  const auto a = demodulation_floor_db(region, from);
  const auto b = demodulation_floor_db(region, to);
  if (!a || !b) return std::nullopt;
  return *a - *b;
}

float tx_power_step(const region::Region& region, TxPowerIndex from, TxPowerIndex to) noexcept {
  const auto offset = [&](TxPowerIndex index) {
    return region.tx_power_offset_db(std::min(index, region.max_tx_power_index())).value_or(0);
  };
  return offset(from) - offset(to);
}

std::optional<bool> is_narrow(const region::Region& region, DataRateIndex index) noexcept {
  const region::DataRateEntry* entry = region.data_rate(index, region::Direction::uplink);
  if (entry == nullptr) return std::nullopt;
  const auto* lora = std::get_if<LoraDataRate>(&entry->data_rate);
  if (lora == nullptr) return std::nullopt;
  return lora->bandwidth_hz == 125'000;
}

std::optional<Choice> steer(const Choice& choice, std::span<const DataRateIndex> allowed,
                            ChannelSteering steering, const region::Region& region) {
  if (steering != ChannelSteering::lora_narrow) return std::nullopt;
  if (is_narrow(region, choice.data_rate).value_or(true)) return std::nullopt;
  for (auto rate = allowed.rbegin(); rate != allowed.rend(); ++rate) {
    if (!is_narrow(region, *rate).value_or(false)) continue;
    const auto step = demodulation_floor_step(region, choice.data_rate, *rate);
    if (!step) return std::nullopt;
    return Choice{*rate, TxPowerIndex{0}, choice.margin_db - *step};
  }
  return std::nullopt;
}

Choice adapt_data_rate(Choice choice, std::span<const DataRateIndex> allowed,
                       TxPowerIndex min_tx_power, const region::Region& region) {
  // Without the lowest indexes refused, the device can be made no louder than `min_tx_power`.
  const float spendable = choice.margin_db - tx_power_step(region, TxPowerIndex{0}, min_tx_power);
  const int steps = static_cast<int>(std::clamp(spendable / data_rate_step_db, 0.0F, 15.0F));
  if (steps <= 0) return choice;
  const int from = region::rank(region, choice.data_rate);
  const auto rate = highest_up_to(allowed, from + steps, region);
  if (!rate || region::rank(region, *rate) <= from) return choice;
  const int raised = region::rank(region, *rate) - from;
  return {*rate, TxPowerIndex{0},
          choice.margin_db - data_rate_step_db * static_cast<float>(raised)};
}

Choice adapt_tx_power(Choice choice, const TxPowerRule& rule, const region::Region& region) {
  const auto move = [&](TxPowerIndex to) {
    choice.margin_db -= tx_power_step(region, choice.tx_power, to);
    choice.tx_power = to;
  };
  if (choice.tx_power < rule.bounds.min) move(rule.bounds.min);
  if (choice.tx_power > rule.bounds.max) move(rule.bounds.max);

  TxPowerIndex best = rule.bounds.min;
  for (TxPowerIndex index = rule.bounds.max; index > rule.bounds.min; index = next(index, -1)) {
    if (std::ranges::binary_search(rule.rejected, index)) continue;
    if (tx_power_step(region, choice.tx_power, index) > choice.margin_db) continue;
    best = index;
    break;
  }
  const bool raises = best < choice.tx_power;
  const bool small = -tx_power_step(region, choice.tx_power, best) <= safety_margin_db;
  // The margin holds a safety of one step that may turn out not to be needed: going up for it and
  // down again would never end.
  const bool refused = std::ranges::binary_search(rule.rejected, choice.tx_power);
  if (raises && small && !rule.optimal && !refused) return choice;
  move(best);
  return choice;
}

std::uint8_t adapt_nb_trans(std::span<const RecentUplink> history, std::uint8_t current,
                            const AdrDynamic& settings, DataRateIndex data_rate) {
  std::uint8_t nb_trans =
      clamp_nb_trans(settings, data_rate, std::clamp<std::uint8_t>(current, 1, nb_trans_max));
  if (history.size() >= loss_rate_uplinks_min) {
    const float rate = loss_rate(history);
    int wanted = nb_trans_max;
    if (rate < 0.05F) {
      wanted = 1 + nb_trans / 3;
    } else if (rate < 0.10F) {
      wanted = nb_trans;
    } else if (rate < 0.30F) {
      wanted = 2 + nb_trans / 2;
    }
    nb_trans = static_cast<std::uint8_t>(std::min<int>(wanted, nb_trans_max));
  }
  return clamp_nb_trans(settings, data_rate, nb_trans);
}

}  // namespace ff::mac::adr
