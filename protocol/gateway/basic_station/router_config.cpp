#include "protocol/gateway/basic_station/router_config.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "protocol/gateway/basic_station/json_text.hpp"
#include "protocol/gateway/basic_station/station_rates.hpp"

namespace ff::gateway::basic_station {
namespace {

constexpr std::size_t data_rate_count = 16;
constexpr std::size_t radio_count = 2;
constexpr std::size_t multi_sf_count = 8;
constexpr std::size_t lbt_channels_max = 8;
constexpr const char* off = R"({"enable":false})";

using region::FrequencyPlan;
using region::Region;

const region::PlanRadio* radio_of(const FrequencyPlan& plan, std::size_t index) {
  if (index >= std::min(plan.radios.size(), radio_count) || !plan.radios[index].enable)
    return nullptr;
  return &plan.radios[index];
}

/// `"radio":0,"if":-400000`; nothing for a channel that its plan has no radio for.
std::optional<std::string> place(const FrequencyPlan& plan, std::size_t radio,
                                 Frequency frequency) {
  const auto* found = radio_of(plan, radio);
  if (found == nullptr) return std::nullopt;
  const auto offset =
      static_cast<std::int64_t>(frequency.hz()) - static_cast<std::int64_t>(found->frequency.hz());
  return R"("enable":true,"radio":)" + std::to_string(radio) + R"(,"if":)" + std::to_string(offset);
}

std::string radio_text(const FrequencyPlan& plan, std::size_t index,
                       const RouterConfigOptions& options) {
  const auto* radio = radio_of(plan, index);
  if (radio == nullptr) return off;
  auto text = R"({"enable":true,"freq":)" + std::to_string(radio->frequency.hz());
  if (options.antenna_gain_dbi) {
    text += R"(,"antenna_gain":)" +
            std::to_string(static_cast<int>(std::trunc(*options.antenna_gain_dbi)));
  }
  return text + "}";
}

std::string multi_sf_text(const FrequencyPlan& plan, std::size_t index) {
  if (index >= plan.uplink_channels.size()) return off;
  const auto& channel = plan.uplink_channels[index];
  const auto placed = place(plan, channel.radio, channel.frequency);
  return placed ? "{" + *placed + "}" : off;
}

std::string lora_standard_text(const FrequencyPlan& plan, const Region& region) {
  if (!plan.lora_standard_channel) return off;
  const auto& channel = *plan.lora_standard_channel;
  const auto placed = place(plan, channel.radio, channel.frequency);
  const auto* entry = region.data_rate(channel.data_rate, region::Direction::uplink);
  const auto* lora = entry == nullptr ? nullptr : std::get_if<LoraDataRate>(&entry->data_rate);
  if (!placed || lora == nullptr) return off;
  return "{" + *placed + R"(,"bandwidth":)" + std::to_string(lora->bandwidth_hz) +
         R"(,"spread_factor":)" + std::to_string(lora->spreading_factor) + "}";
}

std::string fsk_text(const FrequencyPlan& plan, const Region& region) {
  if (!plan.fsk_channel) return off;
  const auto& channel = *plan.fsk_channel;
  const auto placed = place(plan, channel.radio, channel.frequency);
  const auto* entry = region.data_rate(channel.data_rate, region::Direction::uplink);
  const auto* fsk = entry == nullptr ? nullptr : std::get_if<FskDataRate>(&entry->data_rate);
  if (!placed || fsk == nullptr) return off;
  return "{" + *placed + R"(,"datarate":)" + std::to_string(fsk->bit_rate_bps) + "}";
}

std::string lbt_text(const FrequencyPlan& plan) {
  const auto& lbt = *plan.listen_before_talk;
  const auto scan_us = std::chrono::floor<std::chrono::microseconds>(lbt.scan_time).count();
  auto text =
      R"({"enable":true,"rssi_target":)" + number_text(lbt.rssi_target_dbm) + R"(,"chan_cfg":[)";
  const auto count = std::min(plan.uplink_channels.size(), lbt_channels_max);
  for (std::size_t i = 0; i < count; ++i) {
    text += (i > 0 ? R"(,{"freq_hz":)" : R"({"freq_hz":)") +
            std::to_string(plan.uplink_channels[i].frequency.hz()) + R"(,"scan_time_us":)" +
            std::to_string(scan_us) + "}";
  }
  return text + R"(],"sx127x_rssi_offset":)" + number_text(lbt.rssi_offset_db) + "}";
}

std::string concentrator_text(const FrequencyPlan& plan, const Region& region,
                              const RouterConfigOptions& options) {
  std::string text = "{";
  if (plan.listen_before_talk) text += R"("lbt_cfg":)" + lbt_text(plan) + ",";
  for (std::size_t i = 0; i < radio_count; ++i)
    text += R"("radio_)" + std::to_string(i) + R"(":)" + radio_text(plan, i, options) + ",";
  for (std::size_t i = 0; i < multi_sf_count; ++i)
    text += R"("chan_multiSF_)" + std::to_string(i) + R"(":)" + multi_sf_text(plan, i) + ",";
  return text + R"("chan_Lora_std":)" + lora_standard_text(plan, region) + R"(,"chan_FSK":)" +
         fsk_text(plan, region) + "}";
}

/// `[SF, kHz, 0]`; FSK is `[0,0,0]`, and what the region does not define is `[-1,0,0]`: a station
/// would take zeros for FSK.
std::string data_rates_text(const Region& region) {
  std::string text = "[";
  for (std::size_t i = 0; i < data_rate_count; ++i) {
    if (i > 0) text += ',';
    const auto* entry = station_rate(region, DataRateIndex{static_cast<std::uint8_t>(i)});
    if (entry == nullptr || std::holds_alternative<LrFhssDataRate>(entry->data_rate)) {
      text += "[-1,0,0]";
    } else if (const auto* lora = std::get_if<LoraDataRate>(&entry->data_rate)) {
      text += "[" + std::to_string(lora->spreading_factor) + "," +
              std::to_string(lora->bandwidth_hz / 1000) + ",0]";
    } else {
      text += "[0,0,0]";
    }
  }
  return text + "]";
}

/// Octets before the time, before the gateway's part, and altogether, by spreading factor.
/// [RP002-1.0.4 §2.x beacon format]
std::optional<std::array<int, 3>> beacon_layout(std::uint8_t spreading_factor) {
  switch (spreading_factor) {
    case 8:
      return std::array{1, 7, 19};
    case 9:
      return std::array{2, 8, 17};
    case 10:
      return std::array{3, 9, 19};
    case 11:
      return std::array{4, 10, 21};
    case 12:
      return std::array{5, 11, 23};
    default:
      return std::nullopt;
  }
}

std::string beaconing_text(const Region& region) {
  const auto* entry = region.data_rate(region.beacon_data_rate, region::Direction::downlink);
  const auto* lora = entry == nullptr ? nullptr : std::get_if<LoraDataRate>(&entry->data_rate);
  const auto layout = lora == nullptr ? std::nullopt : beacon_layout(lora->spreading_factor);
  std::string frequencies;
  if (region.beacon_frequency.is_set()) {
    frequencies = std::to_string(region.beacon_frequency.hz());
  } else {
    for (const auto frequency : region.beacon_frequencies)
      frequencies += (frequencies.empty() ? "" : ",") + std::to_string(frequency.hz());
  }
  if (!layout || frequencies.empty()) return "null";
  return R"({"DR":)" + std::to_string(region.beacon_data_rate.value()) + R"(,"layout":[)" +
         std::to_string((*layout)[0]) + "," + std::to_string((*layout)[1]) + "," +
         std::to_string((*layout)[2]) + R"(],"freqs":[)" + frequencies + "]}";
}

struct Range {
  Frequency min;
  Frequency max;
};

/// From the lowest to the highest frequency that any of the concentrators may send on.
std::optional<Range> transmit_range(std::span<const FrequencyPlan* const> plans) {
  std::optional<Range> range;
  for (const auto* plan : plans) {
    for (std::size_t i = 0; i < radio_count; ++i) {
      const auto* radio = radio_of(*plan, i);
      if (radio == nullptr || !radio->tx_min || !radio->tx_max) continue;
      if (!range) range = Range{*radio->tx_min, *radio->tx_max};
      range->min = std::min(range->min, *radio->tx_min);
      range->max = std::max(range->max, *radio->tx_max);
    }
  }
  return range;
}

}  // namespace

std::string region_name(std::string_view band_id) {
  std::string name;
  for (int parts = 0; parts < 2; ++parts) {
    const auto end = std::min(band_id.find('_'), band_id.size());
    name += band_id.substr(0, end);
    band_id.remove_prefix(std::min(end + 1, band_id.size()));
  }
  return name;
}

std::string reference_region_name(std::string_view band_id) {
  if (band_id == "AS_923") return "AS923JP";
  if (band_id == "AS_923_4") return "IL915";
  // EU863, US902, AU915 and KR920 have the same names in both.
  return region_name(band_id);
}

Result<std::string> router_config(std::span<const FrequencyPlan* const> plans, const Region& region,
                                  const RouterConfigOptions& options, UtcTime now) {
  const auto range = transmit_range(plans);
  if (!range)
    return fail(unusable_frequency_plan, {{"name", plans.empty() ? "" : plans.front()->id}});
  const auto name = options.reference_region_names ? reference_region_name(region.band_id)
                                                   : region_name(region.band_id);
  auto text = R"({"msgtype":"router_config","NetID":null,"JoinEui":null,"region":)" + quoted(name) +
              R"(,"hwspec":"sx1301/)" + std::to_string(plans.size()) + R"(","freq_range":[)" +
              std::to_string(range->min.hz()) + "," + std::to_string(range->max.hz()) +
              R"(],"DRs":)" + data_rates_text(region) + R"(,"sx1301_conf":[)";
  for (std::size_t i = 0; i < plans.size(); ++i)
    text += (i > 0 ? "," : "") + concentrator_text(*plans[i], region, options);
  text += "]";
  // We keep these limits, and know which frames are worth them.
  if (!options.is_production) text += R"(,"nocca":true,"nodc":true,"nodwell":true)";
  text += R"(,"MuxTime":)" + seconds_text(now) + R"(,"bcning":)" +
          (options.beaconing ? beaconing_text(region) : "null") + "}";
  return text;
}

}  // namespace ff::gateway::basic_station
