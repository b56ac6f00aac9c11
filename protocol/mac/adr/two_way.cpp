#include "protocol/mac/adr/two_way.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/mac/adr/demodulation.hpp"
#include "protocol/mac/adr/reference.hpp"
#include "protocol/mac/adr/steps.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac::adr {
namespace {

using Uplinks = std::span<const RecentUplink>;

const LrFhssDataRate* lr_fhss_of(const region::Region& region, DataRateIndex index) noexcept {
  const auto* entry = region.data_rate(index, region::Direction::uplink);
  return entry == nullptr ? nullptr : std::get_if<LrFhssDataRate>(&entry->data_rate);
}

float reach_of(const region::Region& region, DataRateIndex index) noexcept {
  if (const auto floor = demodulation_floor_db(region, index)) return *floor;
  const auto* entry = region.data_rate(index, region::Direction::uplink);
  return entry == nullptr ? 0 : reach_floor_db(entry->data_rate).value_or(0);
}

/// What the newest uplinks say of the link.
struct Link {
  std::size_t uplinks = 0;
  float margin_db = 0;
  float loss_rate = 0;
};

Link link_of(Uplinks uplinks, float needed_snr_db) {
  const auto best = best_snr_db(uplinks);
  return {uplinks.size(), best.value_or(needed_snr_db) - needed_snr_db, loss_rate(uplinks)};
}

bool is_weak(const Link& link) noexcept {
  return link.uplinks >= weak_uplinks && link.margin_db < weak_margin_db;
}
/// Whatever its margin.
bool loses_much(const Link& link) noexcept {
  return link.uplinks >= lossy_uplinks && link.loss_rate >= lossy_share;
}

Uplinks newest(const History& history, std::size_t count) noexcept {
  return history.current.first(std::min(count, history.current.size()));
}

/// One decision about a degraded link.
class Rescue {
 public:
  Rescue(const History& history, const Limits& limits, const Link& link,
         Bounds<TxPowerIndex> powers)
      : history_(history), limits_(limits), decision_(keep(limits.current, Reason::lowest)) {
    decision_.uplinks = link.uplinks;
    decision_.margin_db = link.margin_db;
    decision_.loss_rate = link.loss_rate;
    decision_.tx_power_index = powers.min;
    decision_.nb_trans = nb_trans_at(limits.current.adr_data_rate_index);
  }

  bool power_first() {
    return done(limits_.current.adr_tx_power_index > decision_.tx_power_index, Reason::power_first);
  }
  bool transmissions_first() {
    const auto most =
        clamp_nb_trans(limits_.settings, limits_.current.adr_data_rate_index, nb_trans_max);
    if (limits_.current.adr_nb_trans >= most) return false;
    decision_.nb_trans = most;
    return done(true, Reason::transmissions_first);
  }
  bool lower_to(std::optional<DataRateIndex> rate) {
    if (!rate) return false;
    decision_.data_rate_index = *rate;
    decision_.nb_trans = nb_trans_at(*rate);
    return done(true, Reason::lowered);
  }
  const Decision& decision() const noexcept { return decision_; }

 private:
  std::uint8_t nb_trans_at(DataRateIndex rate) const {
    return adapt_nb_trans(history_.current, limits_.current.adr_nb_trans, limits_.settings, rate);
  }
  bool done(bool is_it, Reason reason) {
    if (is_it) decision_.reason = reason;
    return is_it;
  }

  const History& history_;
  const Limits& limits_;
  Decision decision_;
};

/// The next lower LoRa rate, or for a weak link the highest one that restores it.
std::optional<DataRateIndex> lower_rate(std::span<const DataRateIndex> allowed,
                                        const Limits& limits, const Link& link, bool weak) {
  const DataRateIndex from = limits.current.adr_data_rate_index;
  std::optional<DataRateIndex> found;
  for (auto rate = allowed.rbegin(); rate != allowed.rend(); ++rate) {
    if (*rate >= from) continue;
    const auto gain_db = demodulation_floor_step(limits.region, from, *rate);
    if (!gain_db || *gain_db <= 0) continue;
    found = *rate;
    if (!weak || link.margin_db + *gain_db >= restored_margin_db) break;
  }
  return found;
}

bool within(const AdrDynamic& settings, DataRateIndex rate) noexcept {
  return clamp_data_rates(settings, {DataRateIndex{0}, DataRateIndex{15}}).contains(rate);
}

/// LR-FHSS rates that may be chosen. The device's channels are its own word that it knows them.
std::vector<DataRateIndex> lr_fhss_rates(const History& history, const Limits& limits) {
  const auto& region = limits.region;
  std::vector<DataRateIndex> rates;
  const bool shown = std::ranges::any_of(history.recent, [&](const RecentUplink& uplink) {
    return uplink.is_data && lr_fhss_of(region, uplink.data_rate_index) != nullptr;
  });
  if (!shown) return rates;
  const auto has = channel_data_rates(limits.current.channels, region);
  for (const DataRateIndex rate : channel_data_rates(limits.channels, region)) {
    if (lr_fhss_of(region, rate) == nullptr || !contains_sorted(has, rate)) continue;
    if (!within(limits.settings, rate)) continue;
    if (!contains_sorted(limits.rejected.adr_data_rate_indexes, rate)) rates.push_back(rate);
  }
  return rates;
}

/// For a device at a LoRa rate that loses much: the furthest of all, if it reaches as far at least.
std::optional<DataRateIndex> furthest_lr_fhss(const History& history, const Limits& limits) {
  const auto rates = lr_fhss_rates(history, limits);
  const auto reach = [&](DataRateIndex rate) { return reach_of(limits.region, rate); };
  const auto best = std::ranges::min_element(rates, {}, reach);
  if (best == rates.end()) return std::nullopt;
  if (reach(*best) > reach(limits.current.adr_data_rate_index)) return std::nullopt;
  return *best;
}

/// For a device at an LR-FHSS rate: one with a stronger code, of the same channel width if it can
/// be.
std::optional<DataRateIndex> stronger_lr_fhss(const History& history, const Limits& limits) {
  const DataRateIndex from = limits.current.adr_data_rate_index;
  const auto width = [&](DataRateIndex rate) {
    return lr_fhss_of(limits.region, rate)->operating_channel_width_hz;
  };
  std::optional<DataRateIndex> found;
  for (const DataRateIndex rate : lr_fhss_rates(history, limits)) {
    if (reach_of(limits.region, rate) >= reach_of(limits.region, from)) continue;
    if (!found || (width(*found) != width(from) && width(rate) == width(from))) found = rate;
  }
  return found;
}

Decision adapt_lr_fhss(const History& history, const Limits& limits) {
  const auto& [settings, current, channels, rejected, region] = limits;
  const auto powers = allowed_tx_powers(settings, rejected, region);
  if (powers.empty()) return keep(current, Reason::no_allowed_tx_power);
  const Link link = link_of(newest(history, lossy_uplinks), 0);
  Decision decision = keep(current, Reason::lr_fhss_kept);
  decision.uplinks = link.uplinks;
  decision.loss_rate = link.loss_rate;
  decision.tx_power_index = std::clamp(current.adr_tx_power_index, powers.min, powers.max);
  if (!within(settings, current.adr_data_rate_index)) {
    const auto allowed =
        allowed_data_rates(channel_data_rates(channels, region), settings, rejected, region);
    if (allowed.empty()) return keep(current, Reason::no_allowed_data_rate);
    decision.reason = Reason::adapted;
    decision.data_rate_index = allowed.front();
    decision.tx_power_index = powers.min;
  }
  decision.nb_trans =
      adapt_nb_trans(history.current, current.adr_nb_trans, settings, decision.data_rate_index);
  if (decision.reason == Reason::adapted || !loses_much(link)) return decision;

  Rescue rescue(history, limits, {link.uplinks, 0, link.loss_rate}, powers);
  std::ignore = rescue.power_first() || rescue.transmissions_first() ||
                rescue.lower_to(stronger_lr_fhss(history, limits));
  return rescue.decision();
}

/// Whether one of the remembered uplinks was sent at a higher LoRa rate.
bool came_down(const History& history, const Limits& limits) {
  return std::ranges::any_of(history.recent, [&](const RecentUplink& uplink) {
    return uplink.is_data && uplink.data_rate_index > limits.current.adr_data_rate_index &&
           demodulation_floor_step(limits.region, uplink.data_rate_index,
                                   limits.current.adr_data_rate_index);
  });
}

Decision adapt_lora(const History& history, const Limits& limits, Decision good) {
  const auto& [settings, current, channels, rejected, region] = limits;
  const auto allowed =
      allowed_data_rates(channel_data_rates(channels, region), settings, rejected, region);
  // A rate that is not allowed is left first, whichever way.
  if (!contains_sorted(allowed, current.adr_data_rate_index)) return good;
  const auto floor = demodulation_floor_db(region, current.adr_data_rate_index);
  if (!floor) return good;
  const float needed_snr_db = *floor + settings.margin_db.value_or(default_margin_db);

  Link link = link_of(newest(history, weak_uplinks), needed_snr_db);
  const bool weak = is_weak(link);
  if (!weak) link = link_of(newest(history, lossy_uplinks), needed_snr_db);
  if (weak || (loses_much(link) && link.margin_db < lossy_margin_db)) {
    Rescue rescue(history, limits, link, allowed_tx_powers(settings, rejected, region));
    std::ignore = rescue.power_first() || (!weak && rescue.transmissions_first()) ||
                  rescue.lower_to(lower_rate(allowed, limits, link, weak)) ||
                  (!weak && rescue.lower_to(furthest_lr_fhss(history, limits)));
    return rescue.decision();
  }
  const bool spends = good.data_rate_index > current.adr_data_rate_index ||
                      good.tx_power_index > current.adr_tx_power_index;
  if (!spends || !came_down(history, limits)) return good;
  good.reason = Reason::settling;
  good.data_rate_index = current.adr_data_rate_index;
  const auto powers = allowed_tx_powers(settings, rejected, region);
  good.tx_power_index = std::clamp(current.adr_tx_power_index, powers.min, powers.max);
  good.nb_trans =
      adapt_nb_trans(history.current, current.adr_nb_trans, settings, current.adr_data_rate_index);
  return good;
}

}  // namespace

Decision two_way_adr(const History& history, const Limits& limits) {
  if (lr_fhss_of(limits.region, limits.current.adr_data_rate_index) != nullptr)
    return adapt_lr_fhss(history, limits);
  const Decision good = reference_adr(history, limits);
  return good.reason == Reason::adapted ? adapt_lora(history, limits, good) : good;
}

}  // namespace ff::mac::adr
