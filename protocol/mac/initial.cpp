#include "protocol/mac/initial.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "protocol/region/join_channel.hpp"

namespace ff::mac {
namespace {

using region::DwellTime;
using region::PlanKind;
using region::Region;

/// Rejoin every 2^(0+4) uplinks: the value the reference assumes of every device.
constexpr RejoinCountExponent boot_rejoin_count{0};

/// Reads one setting through the precedence device, network default.
class Settings {
 public:
  explicit Settings(const DeviceProfile& profile)
      : device_(profile.settings), defaults_(profile.network_defaults) {}

  template <class T>
  T current(std::optional<T> MacSettings::*field, T band) const {
    return pick(field, band, device_, defaults_);
  }
  template <class T>
  std::optional<T> either(std::optional<T> MacSettings::*field) const {
    return device_.*field ? device_.*field : defaults_.*field;
  }
  /// Device, frequency plan, network default, current value.
  template <class T>
  T desired(std::optional<T> MacSettings::*field, std::type_identity_t<std::optional<T>> plan,
            T current_value) const {
    if (const auto& value = device_.*field) return *value;
    if (plan) return *plan;
    return (defaults_.*field).value_or(current_value);
  }
  const std::vector<Frequency>& factory_presets() const {
    return device_.factory_preset_frequencies.empty() ? defaults_.factory_preset_frequencies
                                                      : device_.factory_preset_frequencies;
  }

 private:
  const MacSettings& device_;
  const MacSettings& defaults_;
};

/// Zero means one second; kept as zero it would differ for ever from what the device has.
/// [TS001-1.0.4 §5.8]
std::chrono::seconds at_least_a_second(std::chrono::seconds delay) {
  return std::max(delay, std::chrono::seconds{1});
}

DwellTime dwell(bool on) {
  return on ? DwellTime::on : DwellTime::off;
}
DwellTime dwell(std::optional<bool> on) {
  return on ? dwell(*on) : DwellTime::unknown;
}

/// Band channels with the downlink frequency of each; all enabled.
std::vector<Channel> band_channels(const Region& region) {
  std::vector<Channel> channels;
  const auto& downlinks = region.default_downlink_channels;
  for (std::size_t i = 0; i < region.default_uplink_channels.size(); ++i) {
    const region::Channel& up = region.default_uplink_channels[i];
    Frequency down = up.frequency;
    // In fixed plans uplinks are answered on the channel of equal index modulo the downlink
    // channels.
    if (!downlinks.empty()) {
      const auto rx1 = region.rx1_channel(ChannelIndex{static_cast<std::uint8_t>(i)}).value();
      if (rx1 < downlinks.size()) down = downlinks[rx1].frequency;
    }
    channels.push_back({up.frequency, down, up.min_data_rate, up.max_data_rate, true});
  }
  return channels;
}

Channel* find(std::vector<Channel>& channels, Frequency uplink) {
  const auto found = std::ranges::find(channels, uplink, &Channel::uplink_frequency);
  return found == channels.end() ? nullptr : &*found;
}

bool may_append(const Region& region, const std::vector<Channel>& channels) {
  return region.plan_kind == PlanKind::dynamic && channels.size() < region.max_uplink_channels;
}

/// A device whose maker has set its channels: default channels not listed are off. [spec
/// network-server §12]
std::vector<Channel> factory_channels(const Region& region, const std::vector<Frequency>& presets) {
  std::vector<Channel> channels = band_channels(region);
  if (presets.empty()) return channels;
  for (Channel& channel : channels) channel.enabled = false;
  for (const Frequency preset : presets) {
    if (Channel* known = find(channels, preset)) {
      known->enabled = true;
    } else if (may_append(region, channels)) {
      channels.push_back({preset, preset, DataRateIndex{0}, region.adr_max_data_rate, true});
    }
  }
  return channels;
}

/// Enables what the frequency plan lists, adds what the device does not have. [spec network-server
/// §12]
std::vector<Channel> plan_channels(std::vector<Channel> channels, const DeviceProfile& profile) {
  const Region& region = profile.region;
  const bool is_dynamic = region.plan_kind == PlanKind::dynamic;
  for (Channel& channel : channels) channel.enabled = false;
  const auto& uplinks = profile.plan.uplink_channels;
  const auto& downlinks = profile.plan.downlink_channels;
  for (std::size_t i = 0; i < uplinks.size(); ++i) {
    const region::PlanChannel& planned = uplinks[i];
    const auto range = region::range_for(region, {planned.min_data_rate, planned.max_data_rate});
    if (Channel* known = find(channels, planned.frequency)) {
      known->enabled = true;
      // Default channels of a dynamic plan can not be told SF6 and SF5.
      const auto index = static_cast<std::size_t>(known - channels.data());
      const bool is_default = is_dynamic && index < region.default_uplink_channels.size();
      if (is_default && region::is_coded(range)) continue;
      known->min_data_rate_index = range.min;
      known->max_data_rate_index = range.max;
    } else if (may_append(region, channels)) {
      const auto downlink = i < downlinks.size() ? downlinks[i].frequency : planned.frequency;
      channels.push_back({planned.frequency, downlink, range.min, range.max, true});
    }
  }
  if (!is_dynamic && profile.plan.lora_standard_channel) {
    if (Channel* wide = find(channels, profile.plan.lora_standard_channel->frequency)) {
      wide->enabled = true;
    }
  }
  // A plan that knows none of the band's channels would leave the device mute.
  if (std::ranges::none_of(channels, &Channel::enabled)) {
    for (Channel& channel : channels) channel.enabled = true;
  }
  return channels;
}

MacParameters current_parameters(const DeviceProfile& profile) {
  const Region& region = profile.region;
  const Settings settings(profile);
  using S = MacSettings;
  MacParameters current;
  current.max_eirp_dbm = region.default_max_eirp_dbm;
  current.adr_ack_limit_exponent = AdrAckExponent{region.adr_ack_limit_exponent};
  current.adr_ack_delay_exponent = AdrAckExponent{region.adr_ack_delay_exponent};
  current.rx1_delay = at_least_a_second(settings.current(&S::rx1_delay, region.receive_delay1));
  current.rx1_data_rate_offset = settings.current(&S::rx1_data_rate_offset, DataRateOffset{0});
  current.rx2_data_rate_index = settings.current(&S::rx2_data_rate_index, region.rx2_data_rate);
  current.rx2_frequency = settings.current(&S::rx2_frequency, region.rx2_frequency);
  current.max_duty_cycle = settings.current(&S::max_duty_cycle, DutyCycleExponent{0});
  current.rejoin_count_periodicity = boot_rejoin_count;
  current.ping_slot_data_rate_index =
      settings.current(&S::ping_slot_data_rate_index, region.ping_slot_data_rate);
  const bool hops = region.ping_slot_frequencies.size() != 1;
  current.ping_slot_frequency = settings.current(
      &S::ping_slot_frequency, hops ? Frequency{} : region.ping_slot_frequencies.front());
  current.beacon_frequency = settings.current(&S::beacon_frequency, region.beacon_frequency);
  if (region.has_tx_param_setup) {
    current.uplink_dwell_time = dwell(settings.either(&S::uplink_dwell_time));
    current.downlink_dwell_time = dwell(settings.either(&S::downlink_dwell_time));
  }
  current.channels = factory_channels(region, settings.factory_presets());
  if (const auto& relay = settings.either(&S::relay)) current.relay = with_defaults(*relay);
  return current;
}

std::optional<Frequency> plan_frequency(const std::optional<region::PlanChannel>& channel) {
  return channel ? std::optional(channel->frequency) : std::nullopt;
}

/// A limit that nobody rules out is wanted: it is never illegal.
DwellTime wanted_dwell(DwellTime planned) {
  return planned == DwellTime::unknown ? DwellTime::on : planned;
}

float desired_max_eirp(const DeviceProfile& profile) {
  if (profile.settings.desired_max_eirp_dbm) return *profile.settings.desired_max_eirp_dbm;
  const float band = profile.region.default_max_eirp_dbm;
  return std::min(profile.plan.max_eirp_dbm.value_or(band), band);
}

MacParameters desired_parameters(const DeviceProfile& profile, const MacParameters& current) {
  const region::FrequencyPlan& plan = profile.plan;
  const Settings settings(profile);
  using S = MacSettings;
  MacParameters desired = current;
  desired.max_eirp_dbm = desired_max_eirp(profile);
  desired.rx1_delay =
      at_least_a_second(settings.current(&S::desired_rx1_delay, default_desired_rx1_delay));
  desired.rx1_data_rate_offset = settings.desired(&S::desired_rx1_data_rate_offset, std::nullopt,
                                                  current.rx1_data_rate_offset);
  desired.rx2_data_rate_index = settings.desired(
      &S::desired_rx2_data_rate_index, plan.default_rx2_data_rate, current.rx2_data_rate_index);
  desired.rx2_frequency = settings.desired(&S::desired_rx2_frequency,
                                           plan_frequency(plan.rx2_channel), current.rx2_frequency);
  desired.max_duty_cycle =
      settings.desired(&S::desired_max_duty_cycle, std::nullopt, current.max_duty_cycle);
  if (at_least(profile.lorawan_version, MacVersion::v1_1)) {
    desired.adr_ack_limit_exponent = settings.desired(
        &S::desired_adr_ack_limit_exponent, std::nullopt, *current.adr_ack_limit_exponent);
    desired.adr_ack_delay_exponent = settings.desired(
        &S::desired_adr_ack_delay_exponent, std::nullopt, *current.adr_ack_delay_exponent);
  }
  desired.ping_slot_data_rate_index =
      settings.desired(&S::desired_ping_slot_data_rate_index, plan.default_ping_slot_data_rate,
                       *current.ping_slot_data_rate_index);
  desired.ping_slot_frequency = settings.desired(
      &S::desired_ping_slot_frequency, plan_frequency(plan.ping_slot), current.ping_slot_frequency);
  desired.beacon_frequency =
      settings.desired(&S::desired_beacon_frequency, std::nullopt, current.beacon_frequency);
  if (profile.region.has_tx_param_setup) {
    desired.uplink_dwell_time = wanted_dwell(plan.dwell_time.uplinks);
    desired.downlink_dwell_time = wanted_dwell(plan.dwell_time.downlinks);
  }
  desired.channels = plan_channels(current.channels, profile);
  if (const auto& relay = settings.either(&S::desired_relay)) desired.relay = with_defaults(*relay);
  return desired;
}

/// CFListType, the last octet. [TS001-1.0.4 §6.2.6]
std::uint8_t type_octet(region::CfListType type) {
  return type == region::CfListType::channel_masks ? 1 : 0;
}

std::vector<Channel> with_frequencies(std::vector<Channel> channels, const JoinParameters& join,
                                      const Region& region) {
  const region::CfListRule& rule = region.cf_list;
  for (std::size_t i = 0; i < rule.channel_count && 3 * i + 3 <= 15; ++i) {
    const auto steps = read_le<3>(ByteView(join.cf_list).subspan(3 * i));
    const std::size_t index = rule.first_channel_index + i;
    if (steps == 0 || index >= region.max_uplink_channels) continue;
    if (channels.size() <= index) channels.resize(index + 1);
    const auto frequency = Frequency::hz(steps * region.frequency_step_hz);
    channels[index] = {frequency, frequency, rule.min_data_rate, rule.max_data_rate, true};
  }
  return channels;
}

std::vector<Channel> with_masks(std::vector<Channel> channels, const JoinParameters& join) {
  for (std::size_t i = 0; i < channels.size(); ++i) {
    channels[i].enabled = i / 8 < 15 && (join.cf_list[i / 8] >> i % 8 & 1) != 0;
  }
  return channels;
}

}  // namespace

Result<MacState> initial_state(const DeviceProfile& profile) {
  MacState state;
  state.lorawan_version = profile.lorawan_version;
  state.current = current_parameters(profile);
  state.ping_slot_periodicity = profile.settings.ping_slot_periodicity
                                    ? profile.settings.ping_slot_periodicity
                                    : profile.network_defaults.ping_slot_periodicity;
  if (profile.multicast) {
    // A group has no uplinks: nothing can be negotiated.
    state.desired = state.current;
    if (!profile.supports_class_b && !profile.supports_class_c) return fail(class_a_multicast);
    state.device_class = profile.supports_class_c ? DeviceClass::c : DeviceClass::b;
    return state;
  }
  state.desired = desired_parameters(profile, state.current);
  // A 1.1 device says with DeviceModeInd when it enters class C. [TS001-1.1 §18.1]
  const bool starts_in_c =
      profile.supports_class_c && !at_least(profile.lorawan_version, MacVersion::v1_1);
  state.device_class = starts_in_c ? DeviceClass::c : DeviceClass::a;
  return state;
}

MacState rekeyed_state(const MacState& state) {
  MacState next;
  next.lorawan_version = state.lorawan_version;
  next.device_class = state.device_class;
  next.current = state.current;
  next.desired = state.desired;
  next.rejected = state.rejected;
  next.ping_slot_periodicity = state.ping_slot_periodicity;
  return next;
}

MacState accept_join(MacState state, const JoinParameters& join, const Region& region) {
  state.current.rx1_delay = std::max(join.rx1_delay, std::chrono::seconds{1});
  state.current.rx1_data_rate_offset = join.rx1_data_rate_offset;
  state.current.rx2_data_rate_index = join.rx2_data_rate_index;
  if (join.opt_neg) state.lorawan_version = MacVersion::v1_1;
  if (join.cf_list.size() == 16 && join.cf_list[15] == type_octet(region.cf_list.type)) {
    auto& channels = state.current.channels;
    switch (region.cf_list.type) {
      case region::CfListType::frequencies:
        channels = with_frequencies(std::move(channels), join, region);
        break;
      case region::CfListType::channel_masks:
        channels = with_masks(std::move(channels), join);
        break;
      case region::CfListType::none:
        break;
    }
  }
  return state;
}

void note_join_channel(MacState& state, const DeviceProfile& profile, Frequency uplink) {
  const auto* channel = region::join_channel(profile.region, uplink);
  const Settings settings(profile);
  if (channel == nullptr || settings.either(&MacSettings::rx2_frequency)) return;
  if (state.desired.rx2_frequency == state.current.rx2_frequency)
    state.desired.rx2_frequency = channel->rx2;
  state.current.rx2_frequency = channel->rx2;
}

Bytes cf_list(const MacParameters& desired, const Region& region) {
  const region::CfListRule& rule = region.cf_list;
  if (rule.type == region::CfListType::none) return {};
  Bytes octets(16);
  octets[15] = type_octet(rule.type);
  if (rule.type == region::CfListType::channel_masks) {
    for (std::size_t i = 0; i < desired.channels.size() && i < 8U * 15U; ++i) {
      if (desired.channels[i].enabled) octets[i / 8] |= static_cast<std::uint8_t>(1U << i % 8);
    }
    return octets;
  }
  // Position decides the index on the device, so a gap stays a gap.
  for (std::size_t i = 0; i < rule.channel_count && 3 * i + 3 <= 15; ++i) {
    const std::size_t index = rule.first_channel_index + i;
    if (index >= desired.channels.size() || !desired.channels[index].enabled) continue;
    const std::uint64_t steps =
        desired.channels[index].uplink_frequency.hz() / region.frequency_step_hz;
    write_le<3>(MutableByteView(octets).subspan(3 * i), steps);
  }
  return octets;
}

DwellTime expected_uplink_dwell(const MacState& state, const DeviceProfile& profile) noexcept {
  if (state.current.uplink_dwell_time != DwellTime::unknown) return state.current.uplink_dwell_time;
  if (!profile.region.has_tx_param_setup) return DwellTime::off;
  if (profile.region.boot_uplink_dwell != DwellTime::unknown)
    return profile.region.boot_uplink_dwell;
  const DwellTime planned = profile.plan.dwell_time.uplinks;
  return planned == DwellTime::unknown ? DwellTime::off : planned;
}

DwellTime expected_downlink_dwell(const MacState& state, const DeviceProfile& profile) noexcept {
  if (state.current.downlink_dwell_time != DwellTime::unknown) {
    return state.current.downlink_dwell_time;
  }
  if (!profile.region.has_tx_param_setup) return DwellTime::off;
  if (profile.region.boot_downlink_dwell != DwellTime::unknown) {
    return profile.region.boot_downlink_dwell;
  }
  return wanted_dwell(profile.plan.dwell_time.downlinks);
}

}  // namespace ff::mac
