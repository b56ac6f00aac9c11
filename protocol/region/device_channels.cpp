#include "protocol/region/device_channels.hpp"

#include <algorithm>

#include "protocol/region/data_rate_range.hpp"

namespace ff::region {
namespace {

inline constexpr ErrorDef invalid_cf_list{"pkg/band", "invalid_cf_list", Code::invalid_argument,
                                          "CFList does not suit band `{band_id}`: {reason}"};

/// ON-WIRE: last octet of a CFList. [RP002-1.0.4 §1.x]
constexpr std::uint8_t type_octet_frequencies = 0;
constexpr std::uint8_t type_octet_masks = 1;
constexpr std::uint64_t frequency_code_max = 0xff'ffff;

std::optional<std::size_t> default_index(const Region& region, Frequency frequency) {
  const auto all = region.default_uplink_channels;
  const auto place = std::ranges::find(all, frequency, &Channel::frequency);
  if (place == all.end()) return std::nullopt;
  return static_cast<std::size_t>(place - all.begin());
}

DeviceChannel default_channel(const Region& region, std::size_t index) {
  const Channel& channel = region.default_uplink_channels[index];
  const ChannelIndex down = region.rx1_channel(ChannelIndex(static_cast<std::uint8_t>(index)));
  return {channel.frequency, region.default_downlink_channels[down.value()].frequency,
          channel.min_data_rate, channel.max_data_rate, true};
}

bool contains(std::span<const Frequency> frequencies, Frequency frequency) {
  return std::ranges::find(frequencies, frequency) != frequencies.end();
}

DeviceChannel* find_channel(std::vector<DeviceChannel>& channels, Frequency frequency) {
  const auto place = std::ranges::find(channels, frequency, &DeviceChannel::uplink_frequency);
  return place == channels.end() ? nullptr : &*place;
}

/// Where a plan wants the answers to its channel `index`: dynamic plans may list a channel of
/// their own.
Frequency plan_downlink(const FrequencyPlan& plan, std::size_t index) {
  return index < plan.downlink_channels.size() ? plan.downlink_channels[index].frequency
                                               : plan.uplink_channels[index].frequency;
}

CfListOctets frequency_list(const Region& region, std::span<const DeviceChannel> desired) {
  CfListOctets octets{};
  std::size_t count = 0;
  for (const DeviceChannel& channel : desired) {
    const std::uint64_t code = channel.uplink_frequency.hz() / region.frequency_step_hz;
    if (!channel.enabled || code == 0 || code > frequency_code_max) continue;
    if (default_index(region, channel.uplink_frequency)) continue;
    if (count == region.cf_list.channel_count) break;
    write_le<3>(MutableByteView(octets).subspan(3 * count++), code);
  }
  octets.back() = type_octet_frequencies;
  return octets;
}

CfListOctets mask_list(const Region& region, std::span<const DeviceChannel> desired) {
  CfListOctets octets{};
  for (const DeviceChannel& channel : desired) {
    const auto index = default_index(region, channel.uplink_frequency);
    if (!channel.enabled || !index) continue;
    octets[*index / 8] |= static_cast<std::uint8_t>(1U << *index % 8);
  }
  octets.back() = type_octet_masks;
  return octets;
}

void apply_frequencies(const Region& region, ByteView cf_list,
                       std::vector<DeviceChannel>& channels) {
  const CfListRule& rule = region.cf_list;
  for (std::size_t i = 0; i < rule.channel_count; ++i) {
    const std::uint64_t code = read_le<3>(cf_list.subspan(3 * i));
    if (code == 0) continue;
    const std::size_t index = rule.first_channel_index + i;
    if (channels.size() <= index) channels.resize(index + 1);
    const Frequency frequency = Frequency::hz(code * region.frequency_step_hz);
    channels[index] = {frequency, frequency, rule.min_data_rate, rule.max_data_rate, true};
  }
}

}  // namespace

std::vector<DeviceChannel> initial_channels(const Region& region,
                                            std::span<const Frequency> factory_presets) {
  std::vector<DeviceChannel> channels;
  for (std::size_t i = 0; i < region.default_uplink_channels.size(); ++i) {
    DeviceChannel channel = default_channel(region, i);
    channel.enabled =
        factory_presets.empty() || contains(factory_presets, channel.uplink_frequency);
    channels.push_back(channel);
  }
  if (region.plan_kind == PlanKind::fixed) return channels;
  for (const Frequency preset : factory_presets) {
    if (channels.size() >= region.max_uplink_channels) break;
    if (!preset.is_set() || find_channel(channels, preset) != nullptr) continue;
    channels.push_back({preset, preset, DataRateIndex(0), region.adr_max_data_rate, true});
  }
  return channels;
}

std::vector<DeviceChannel> desired_channels(const Region& region, const FrequencyPlan& plan,
                                            std::span<const Frequency> factory_presets) {
  auto channels = initial_channels(region, factory_presets);
  for (DeviceChannel& channel : channels) channel.enabled = false;
  for (std::size_t i = 0; i < plan.uplink_channels.size(); ++i) {
    const PlanChannel& wanted = plan.uplink_channels[i];
    const auto range = range_for(region, {wanted.min_data_rate, wanted.max_data_rate});
    if (DeviceChannel* known = find_channel(channels, wanted.frequency)) {
      known->min_data_rate_index = range.min;
      known->max_data_rate_index = range.max;
      known->enabled = true;
    } else if (region.plan_kind == PlanKind::dynamic &&
               channels.size() < region.max_uplink_channels) {
      channels.push_back({wanted.frequency, plan_downlink(plan, i), range.min, range.max, true});
    }
  }
  if (region.plan_kind == PlanKind::fixed && plan.lora_standard_channel) {
    DeviceChannel* wide = find_channel(channels, plan.lora_standard_channel->frequency);
    if (wide != nullptr) wide->enabled = true;
  }
  return channels;
}

std::optional<CfListOctets> make_cf_list(const Region& region,
                                         std::span<const DeviceChannel> desired) {
  switch (region.cf_list.type) {
    case CfListType::none:
      break;
    case CfListType::frequencies:
      return frequency_list(region, desired);
    case CfListType::channel_masks:
      return mask_list(region, desired);
  }
  return std::nullopt;
}

Result<std::vector<DeviceChannel>> apply_cf_list(const Region& region, ByteView cf_list,
                                                 std::vector<DeviceChannel> channels) {
  const auto refuse = [&](std::string_view reason) {
    return fail(invalid_cf_list, {{"band_id", region.band_id}, {"reason", reason}});
  };
  if (cf_list.size() != CfListOctets().size()) return refuse("not 16 octets");
  const bool masks = region.cf_list.type == CfListType::channel_masks;
  const std::uint8_t expected = masks ? type_octet_masks : type_octet_frequencies;
  if (region.cf_list.type == CfListType::none || cf_list.back() != expected) {
    return refuse("type not in use");
  }
  if (!masks) {
    apply_frequencies(region, cf_list, channels);
    return channels;
  }
  for (std::size_t bit = 0; bit + 8 < 8 * cf_list.size(); ++bit) {
    const bool on = (cf_list[bit / 8] >> bit % 8 & 1) != 0;
    if (bit < channels.size())
      channels[bit].enabled = on;
    else if (on)
      return refuse("channel does not exist");
  }
  return channels;
}

}  // namespace ff::region
