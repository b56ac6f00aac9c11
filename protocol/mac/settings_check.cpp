#include "protocol/mac/settings_check.hpp"

#include <algorithm>
#include <variant>

namespace ff::mac {
namespace {

using Path = std::optional<std::string>;

template <class T>
bool is_reversed(const std::optional<T>& min, const std::optional<T>& max) {
  return min && max && *max < *min;
}

/// The first row whose condition holds.
struct Row {
  bool wrong = false;
  const char* path = nullptr;
};
template <std::size_t n>
Path first_wrong(const Row (&rows)[n]) {
  const auto* const found =
      std::find_if(std::begin(rows), std::end(rows), [](const Row& row) { return row.wrong; });
  if (found == std::end(rows)) return std::nullopt;
  return found->path;
}

// --- adaptive data rate in a band ----------------------------------------------------------------

struct AdrMisfit {
  const region::Region& region;

  bool lacks(DataRateIndex index) const {
    return region.data_rate(index, region::Direction::uplink) == nullptr;
  }
  bool above(const std::optional<TxPowerIndex>& index) const {
    return index && *index > region.max_tx_power_index();
  }
  /// A bound of adaptive data rate: one that devices may be asked for.
  bool no_bound(const std::optional<DataRateIndex>& index) const {
    const auto fast = region.fast_data_rates;
    return index && (lacks(*index) || (*index > region.adr_max_data_rate &&
                                       std::ranges::find(fast, *index) == fast.end()));
  }

  Path operator()(const AdrDisabled&) const { return std::nullopt; }
  Path operator()(const AdrStatic& adr) const {
    const Row rows[] = {{lacks(adr.data_rate_index), "adr.mode.static.data_rate_index"},
                        {above(adr.tx_power_index), "adr.mode.static.tx_power_index"}};
    return first_wrong(rows);
  }
  Path operator()(const AdrDynamic& adr) const {
    const Row rows[] = {
        {!region.dynamic_adr_supported, "adr.mode.dynamic"},
        {no_bound(adr.max_data_rate_index), "adr.mode.dynamic.max_data_rate_index.value"},
        {no_bound(adr.min_data_rate_index), "adr.mode.dynamic.min_data_rate_index.value"},
        {above(adr.max_tx_power_index), "adr.mode.dynamic.max_tx_power_index"},
        {above(adr.min_tx_power_index), "adr.mode.dynamic.min_tx_power_index"}};
    return first_wrong(rows);
  }
};

/// Bands whose channels are a raster have no others; elsewhere a channel lies in a sub-band.
bool is_possible_channel(Frequency frequency, const SettingsPlace& place) {
  const auto& [region, plan, supports_class_b] = place;
  if (region.cf_list.type == region::CfListType::channel_masks) {
    return std::ranges::any_of(region.default_uplink_channels, [&](const region::Channel& channel) {
      return channel.frequency == frequency;
    });
  }
  const auto holds = [&](const region::PlanSubBand& band) {
    return band.min <= frequency && frequency <= band.max;
  };
  return region.sub_band(frequency) != nullptr || std::ranges::any_of(plan.sub_bands, holds);
}

bool has_impossible_channel(const MacSettings& settings, const SettingsPlace& place) {
  return std::ranges::any_of(settings.factory_preset_frequencies, [&](Frequency frequency) {
    return !is_possible_channel(frequency, place);
  });
}

/// Class B needs a frequency where the band names none.
Path class_b_misfit(const MacSettings& settings, const region::Region& region) {
  const auto unset = [](const std::optional<Frequency>& frequency) {
    return !frequency || !frequency->is_set();
  };
  const bool no_slot = region.ping_slot_frequencies.empty();
  const bool no_beacon = region.beacon_frequencies.empty() && !region.beacon_frequency.is_set();
  const Row rows[] = {
      {no_slot && unset(settings.ping_slot_frequency), "ping_slot_frequency.value"},
      {no_slot && unset(settings.desired_ping_slot_frequency), "desired_ping_slot_frequency.value"},
      {no_beacon && unset(settings.beacon_frequency), "beacon_frequency.value"},
      {no_beacon && unset(settings.desired_beacon_frequency), "desired_beacon_frequency.value"}};
  return first_wrong(rows);
}

}  // namespace

Path contradiction(const MacSettings& settings) {
  const Row rows[] = {{settings.adr && settings.use_adr, "use_adr"},
                      {settings.adr && settings.adr_margin_db, "adr_margin"}};
  if (auto path = first_wrong(rows)) return path;
  const auto* const adr = settings.adr ? std::get_if<AdrDynamic>(&*settings.adr) : nullptr;
  if (adr == nullptr) return std::nullopt;
  const Row bounds[] = {
      {is_reversed(adr->min_data_rate_index, adr->max_data_rate_index),
       "adr.mode.dynamic.max_data_rate_index.value"},
      {is_reversed(adr->min_tx_power_index, adr->max_tx_power_index),
       "adr.mode.dynamic.max_tx_power_index"},
      {is_reversed(adr->nb_trans.min, adr->nb_trans.max), "adr.mode.dynamic.max_nb_trans"}};
  if (auto path = first_wrong(bounds)) return path;
  for (std::size_t i = 0; i < adr->nb_trans_overrides.size(); ++i) {
    const auto& one = adr->nb_trans_overrides[i];
    if (is_reversed(one.min, one.max)) {
      return "adr.mode.dynamic.overrides.data_rate_" + std::to_string(i) + ".max_nb_trans";
    }
  }
  return std::nullopt;
}

Path misfit(const MacSettings& settings, const SettingsPlace& place) {
  const auto& region = place.region;
  const auto lacks = [&](const std::optional<DataRateIndex>& index,
                         region::Direction direction = region::Direction::downlink) {
    return index && region.data_rate(*index, direction) == nullptr;
  };
  // The oldest revisions of US915 name a data rate of uplinks as the band's own.
  const auto no_slot_rate = [&](const std::optional<DataRateIndex>& index) {
    return lacks(index, region::Direction::both);
  };
  const bool no_dwell = !region.has_tx_param_setup;
  const Row rows[] = {
      {lacks(settings.rx2_data_rate_index), "rx2_data_rate_index.value"},
      {lacks(settings.desired_rx2_data_rate_index), "desired_rx2_data_rate_index.value"},
      {no_slot_rate(settings.ping_slot_data_rate_index), "ping_slot_data_rate_index.value"},
      {no_slot_rate(settings.desired_ping_slot_data_rate_index),
       "desired_ping_slot_data_rate_index.value"},
      {settings.use_adr.value_or(false) && !region.dynamic_adr_supported, "use_adr.value"},
      {no_dwell && settings.uplink_dwell_time, "uplink_dwell_time.value"},
      {no_dwell && settings.downlink_dwell_time, "downlink_dwell_time.value"},
      {has_impossible_channel(settings, place), "factory_preset_frequencies"}};
  if (auto path = first_wrong(rows)) return path;
  if (settings.adr) {
    if (auto path = std::visit(AdrMisfit{region}, *settings.adr)) return path;
  }
  return place.supports_class_b ? class_b_misfit(settings, region) : std::nullopt;
}

}  // namespace ff::mac
