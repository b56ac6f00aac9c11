#include "tools/sim/core/channels.hpp"

#include <algorithm>
#include <string_view>

namespace ff::sim {
namespace {

using region::DwellTime;
using region::Region;

bool is_us_or_au(const Region& region) {
  return region.band_id == "US_902_928" || region.band_id == "AU_915_928";
}
bool is_as923(const Region& region) {
  return region.band_id.starts_with("AS_923");
}
bool is_india(const Region& region) {
  return region.band_id == "IN_865_867";
}
bool is_china(const Region& region) {
  return region.band_id.starts_with("CN_470_510");
}
bool is_since(const Region& region, PhyVersion version) {
  return region.phy_version >= version;
}

/// Of an uplink's channel, the index of the downlink channel that answers it.
std::size_t answering_index(const Region& region, std::size_t uplink) {
  if (is_us_or_au(region)) return uplink % 8;
  if (region.band_id == "CN_470_510") return uplink % 48;
  if (region.band_id.starts_with("CN_470_510_26")) return uplink % 24;
  return uplink;
}

}  // namespace

DeviceChannels boot_channels(const Region& region) {
  DeviceChannels channels;
  for (std::size_t i = 0; i < region.default_uplink_channels.size(); ++i) {
    const auto& up = region.default_uplink_channels[i];
    // Where plans are dynamic, RX1 is on the uplink's own frequency.
    const bool paired = region.plan_kind == region::PlanKind::fixed;
    const auto down = paired
                          ? region.default_downlink_channels[answering_index(region, i)].frequency
                          : up.frequency;
    channels.push_back({up.frequency, down, up.min_data_rate, up.max_data_rate, true});
  }
  return channels;
}

// --- masks ---------------------------------------------------------------------------------------

namespace {

/// The values of ChMaskCntl above those of groups of sixteen channels.
struct Controls {
  std::size_t channels = 16;
  std::uint8_t all_on = 6;
  std::uint8_t all_off = 0xff;  // no control value has it
  /// US915 and AU915: eight channels of 500 kHz behind the others, whose mask comes with all_on and
  /// all_off, and a control value for banks of eight.
  bool has_wide_channels = false;
};

Controls controls_of(const Region& region) {
  if (is_us_or_au(region)) return {72, 6, 7, true};
  if (region.band_id == "CN_470_510") return {.channels = 96};
  if (region.band_id.starts_with("CN_470_510_20")) return {64, 6, 7};
  if (region.band_id.starts_with("CN_470_510_26")) return {48, 3, 4};
  return {};
}

constexpr std::size_t narrow_channels = 64;  // of US915 and AU915
constexpr std::uint8_t banks_control = 5;

bool bit(std::uint16_t bits, std::size_t index) {
  return (bits >> index & 1U) != 0;
}

/// What `mask` says of channel `index`; nothing: what it was.
std::optional<bool> wish(const Controls& controls, ChannelMask mask, std::size_t index) {
  const bool wide = controls.has_wide_channels && index >= narrow_channels;
  if (controls.has_wide_channels && mask.control == banks_control)
    return bit(mask.bits, wide ? index - narrow_channels : index / 8);
  if (mask.control == controls.all_on || mask.control == controls.all_off)
    return wide ? bit(mask.bits, index - narrow_channels) : mask.control == controls.all_on;
  if (index / 16 == mask.control) return bit(mask.bits, index % 16);
  return std::nullopt;
}

bool is_known(const Controls& controls, std::uint8_t control) {
  return control == controls.all_on || control == controls.all_off ||
         (controls.has_wide_channels && control == banks_control) ||
         control < (controls.channels + 15) / 16;
}

}  // namespace

std::optional<std::vector<bool>> masked(const Region& region, ChannelMask mask,
                                        const DeviceChannels& channels, std::vector<bool> enabled) {
  const auto controls = controls_of(region);
  if (!is_known(controls, mask.control)) return std::nullopt;
  enabled.resize(std::max(channels.size(), controls.channels));
  const bool all_that_exist =
      region.plan_kind == region::PlanKind::dynamic && mask.control == controls.all_on;
  for (std::size_t i = 0; i < controls.channels; ++i) {
    const bool exists = i < channels.size() && channels[i].uplink_frequency.is_set();
    auto wanted = wish(controls, mask, i);
    if (all_that_exist) wanted = exists;
    if (!wanted) continue;
    if (*wanted && !exists) return std::nullopt;
    enabled[i] = *wanted;
  }
  return enabled;
}

// --- CFLists -------------------------------------------------------------------------------------

namespace {

/// Where the five channels of a list begin: behind those that every join-request may use. CN779 has
/// more default channels than that, which a list replaces.
std::size_t first_listed(const Region& region) {
  return is_as923(region) || region.band_id == "RU_864_870" ? 2 : 3;
}

DeviceChannels with_frequencies(const Region& region, const join::CfListFrequencies& list,
                                DeviceChannels channels) {
  const auto first = first_listed(region);
  const auto& rule = region.cf_list;
  for (std::size_t i = 0; i < list.frequencies.size(); ++i) {
    const auto frequency = list.frequencies[i];
    if (!frequency.is_set()) continue;
    if (channels.size() <= first + i) channels.resize(first + i + 1);
    channels[first + i] = {frequency, frequency, rule.min_data_rate, rule.max_data_rate, true};
  }
  return channels;
}

/// A list that names channels which the region does not have is another region's.
DeviceChannels with_masks(const join::CfListChannelMasks& list, DeviceChannels channels) {
  auto changed = channels;
  for (std::size_t i = 0; i < 16 * list.masks.size(); ++i) {
    const bool on = bit(list.masks[i / 16], i % 16);
    if (i >= channels.size() && on) return channels;
    if (i < channels.size()) changed[i].enabled = on;
  }
  return changed;
}

}  // namespace

DeviceChannels with_cf_list(const Region& region, const join::CfList& list,
                            DeviceChannels channels) {
  const auto* frequencies = std::get_if<join::CfListFrequencies>(&list);
  const auto type = region.cf_list.type;
  if (frequencies != nullptr && type == region::CfListType::frequencies)
    return with_frequencies(region, *frequencies, std::move(channels));
  const auto* masks = std::get_if<join::CfListChannelMasks>(&list);
  if (masks != nullptr && type == region::CfListType::channel_masks)
    return with_masks(*masks, std::move(channels));
  return channels;
}

// --- RX1 -----------------------------------------------------------------------------------------

namespace {

const LrFhssDataRate* lr_fhss_of(const Region& region, DataRateIndex uplink) {
  const auto* entry = region.data_rate(uplink, region::Direction::uplink);
  return entry == nullptr ? nullptr : std::get_if<LrFhssDataRate>(&entry->data_rate);
}

/// LR-FHSS is answered as the LoRa rate of its reach: at code rate 1/3 as the lowest, at 2/3 as the
/// one above. Where SF12 is an uplink's rate, "lowest" is SF11. [RP002-1.0.4 §2.4.8, §2.5.8,
/// §2.8.8]
std::optional<int> stand_in_of_lr_fhss(const Region& region, DataRateIndex uplink) {
  const auto* rate = lr_fhss_of(region, uplink);
  if (rate == nullptr) return std::nullopt;
  const int lowest = region.band_id == "US_902_928" ? 0 : 1;
  return rate->coding_rate == CodingRate::cr1_3 ? lowest : lowest + 1;
}

/// SF6 and SF5 at 125 kHz are the rungs above SF7; nothing for another rate. [RP002-1.0.5]
std::optional<int> rungs_above_sf7(const Region& region, DataRateIndex uplink) {
  const auto* entry = region.data_rate(uplink, region::Direction::uplink);
  const auto* rate = entry == nullptr ? nullptr : std::get_if<LoraDataRate>(&entry->data_rate);
  if (rate == nullptr || rate->bandwidth_hz != 125'000 || rate->spreading_factor >= 7)
    return std::nullopt;
  return 7 - rate->spreading_factor;
}

int offset_max(const Region& region) {
  if (is_as923(region) || is_india(region)) return 7;
  const bool old_au =
      region.band_id == "AU_915_928" && !is_since(region, PhyVersion::rp001_v1_0_2_rev_b);
  return region.band_id == "US_902_928" || old_au ? 3 : 5;
}

/// 500 kHz downlinks: SF12 is DR8, SF7 DR13, SF6 DR14 (up to there only for SF6 and SF5).
int wide_rate(const Region& region, DataRateIndex uplink, int offset) {
  if (const auto above = rungs_above_sf7(region, uplink)) return std::min(14, 13 + *above - offset);
  const bool new_au =
      region.band_id == "AU_915_928" && is_since(region, PhyVersion::rp001_v1_0_2_rev_b);
  const int base = stand_in_of_lr_fhss(region, uplink).value_or(uplink.value());
  return std::clamp((new_au ? 8 : 10) + base - offset, 8, 13);
}

/// SF12 is DR0, SF7 DR5; SF6 and SF5 have DR12 and DR13 but are the next rungs.
int narrow_rate(const Region& region, DataRateIndex uplink, int offset, int lowest) {
  if (const auto above = rungs_above_sf7(region, uplink)) {
    const int rung = std::clamp(5 + *above - offset, lowest, 7);
    return rung > 5 ? rung + 6 : rung;
  }
  const int base = stand_in_of_lr_fhss(region, uplink).value_or(uplink.value());
  const bool answers_faster = is_since(region, PhyVersion::rp002_v1_0_0);
  int highest = 7;
  if ((is_as923(region) || is_india(region)) && !answers_faster) highest = 5;
  const int rate = std::clamp(base - offset, lowest, highest);
  // India has no SF7 at 250 kHz.
  return is_india(region) && rate == 6 ? 5 : rate;
}

int lowest_rate(const Region& region, DwellTime downlink_dwell) {
  if (is_as923(region) && downlink_dwell == DwellTime::on) return 2;
  const bool without_sf12 = is_china(region) && is_since(region, PhyVersion::rp002_v1_0_1);
  return without_sf12 ? 1 : 0;
}

}  // namespace

std::optional<DataRateIndex> rx1_data_rate(const Region& region, Rx1Question question) {
  int offset = question.offset.value();
  if (offset > offset_max(region)) return std::nullopt;
  // In AS923 and India 6 and 7 are faster than the uplink.
  if (offset > 5) offset = 5 - offset;
  const auto at = [&](DwellTime dwell) {
    const int rate = is_us_or_au(region)
                         ? wide_rate(region, question.uplink, offset)
                         : narrow_rate(region, question.uplink, offset, lowest_rate(region, dwell));
    return DataRateIndex{static_cast<std::uint8_t>(rate)};
  };
  const auto dwell = question.downlink_dwell;
  if (dwell == DwellTime::unknown && at(DwellTime::on) != at(DwellTime::off)) return std::nullopt;
  return at(dwell);
}

}  // namespace ff::sim
