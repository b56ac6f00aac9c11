#include "tools/sim/core/device_mac.hpp"

#include <algorithm>

namespace ff::sim {
namespace {

constexpr std::uint8_t keep_value = 15;

/// A minimum n above the maximum stands for the usual rates from n - 1 on, SF6 and SF5.
/// [RP002-1.0.5 NewChannelReq]
bool carries(const MacParameters& parameters, const DeviceChannel& channel,
             DataRateIndex data_rate) noexcept {
  const auto min = channel.min_data_rate_index;
  const auto max = channel.max_data_rate_index;
  if (min <= max) return min <= data_rate && data_rate <= max;
  if (std::ranges::find(parameters.fast, data_rate) != parameters.fast.end()) return true;
  return data_rate.value() + 1 >= min.value() && data_rate <= parameters.usual_max;
}

bool is_usable(const MacParameters& parameters, const DeviceChannel& channel,
               DataRateIndex data_rate) noexcept {
  return channel.enabled && channel.uplink_frequency.is_set() &&
         carries(parameters, channel, data_rate);
}

DataRate downlink_data_rate(const region::Region& region, DataRateIndex index) {
  const auto* entry = region.data_rate(index, region::Direction::downlink);
  return entry == nullptr ? DataRate{} : entry->data_rate;
}

bool is_uplink_data_rate(const region::Region& region, DataRateIndex index) noexcept {
  return region.data_rate(index, region::Direction::uplink) != nullptr;
}
bool is_downlink_data_rate(const region::Region& region, DataRateIndex index) noexcept {
  return region.data_rate(index, region::Direction::downlink) != nullptr;
}

/// One spreading factor more at the same bandwidth; where there is none, the index below.
std::optional<DataRateIndex> slower_rate(const region::Region& region, DataRateIndex index) {
  const auto* entry = region.data_rate(index, region::Direction::uplink);
  if (entry == nullptr || index.value() == 0) return std::nullopt;
  if (const auto* lora = std::get_if<LoraDataRate>(&entry->data_rate)) {
    auto wanted = *lora;
    ++wanted.spreading_factor;
    if (const auto found = region.uplink_data_rate_index(wanted)) return found;
  }
  const DataRateIndex below{static_cast<std::uint8_t>(index.value() - 1)};
  return is_uplink_data_rate(region, below) ? std::optional(below) : std::nullopt;
}

}  // namespace

MacParameters boot_parameters(const region::Region& region, std::span<const Frequency> usable) {
  MacParameters parameters;
  parameters.channels = boot_channels(region);
  parameters.usual_max = region.adr_max_data_rate;
  parameters.fast = region.fast_data_rates;
  parameters.data_rate = region.boot_data_rate;
  parameters.rx1_delay = region.receive_delay1;
  parameters.rx2_data_rate = region.rx2_data_rate;
  parameters.rx2_frequency = region.rx2_frequency;
  parameters.max_eirp = mac::eirp_index(region.default_max_eirp_dbm);
  parameters.uplink_dwell = region.boot_uplink_dwell;
  parameters.downlink_dwell = region.boot_downlink_dwell;
  parameters.adr_ack_limit = mac::AdrAckExponent{region.adr_ack_limit_exponent};
  parameters.adr_ack_delay = mac::AdrAckExponent{region.adr_ack_delay_exponent};
  if (region.plan_kind == region::PlanKind::fixed && !usable.empty()) {
    for (auto& channel : parameters.channels) {
      channel.enabled = std::ranges::find(usable, channel.uplink_frequency) != usable.end();
    }
  }
  // NewChannelReq can not tell it where channels are fixed: those for the usual rates have SF6 and
  // SF5 from the beginning.
  if (region.plan_kind == region::PlanKind::fixed && !parameters.fast.empty()) {
    for (auto& channel : parameters.channels) {
      if (channel.max_data_rate_index != parameters.usual_max) continue;
      channel.min_data_rate_index =
          DataRateIndex{static_cast<std::uint8_t>(channel.min_data_rate_index.value() + 1)};
      channel.max_data_rate_index = DataRateIndex{0};
    }
  }
  return parameters;
}

std::optional<ChannelIndex> choose_channel(const MacParameters& parameters, std::uint64_t dice) {
  const auto& channels = parameters.channels;
  const auto usable = [&](const auto& channel) {
    return is_usable(parameters, channel, parameters.data_rate);
  };
  const auto count = static_cast<std::uint64_t>(std::ranges::count_if(channels, usable));
  if (count == 0) return std::nullopt;
  auto skip = dice % count;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (!usable(channels[i])) continue;
    if (skip-- == 0) return ChannelIndex{static_cast<std::uint8_t>(i)};
  }
  return std::nullopt;
}

std::optional<DataRateIndex> lr_fhss_rate(const region::Region& region,
                                          const MacParameters& parameters) {
  const region::DataRateEntry* best = nullptr;
  for (const auto& entry : region.data_rates) {
    const auto* rate = std::get_if<LrFhssDataRate>(&entry.data_rate);
    if (rate == nullptr || entry.direction == region::Direction::downlink) continue;
    const bool carried = std::ranges::any_of(parameters.channels, [&](const auto& channel) {
      return is_usable(parameters, channel, entry.index);
    });
    // More code reaches further; of two alike the narrower comes first.
    const bool better = best == nullptr || (rate->coding_rate == CodingRate::cr1_3 &&
                                            std::get<LrFhssDataRate>(best->data_rate).coding_rate !=
                                                CodingRate::cr1_3);
    if (carried && better) best = &entry;
  }
  return best == nullptr ? std::nullopt : std::optional(best->index);
}

ReceiveWindows windows_after(const region::Region& region, const MacParameters& parameters,
                             const UplinkSlot& uplink, Duration rx1_delay) {
  ReceiveWindows windows;
  const auto rx1_start = uplink.end + rx1_delay;
  const auto rx1 = rx1_data_rate(
      region, {uplink.data_rate, parameters.rx1_dr_offset, parameters.downlink_dwell});
  if (rx1) {
    const auto& channel = parameters.channels[uplink.channel.value()];
    windows.rx1 =
        ReceiveWindow{rx1_start, channel.downlink_frequency, downlink_data_rate(region, *rx1)};
  }
  windows.rx2 = {rx1_start + std::chrono::seconds{1}, parameters.rx2_frequency,
                 downlink_data_rate(region, parameters.rx2_data_rate)};
  return windows;
}

bool AdrBackOff::asks(const MacParameters& parameters) const noexcept {
  return unanswered_ >= 1U << parameters.adr_ack_limit.value();
}

void AdrBackOff::uplink(const region::Region& region, MacParameters& parameters) {
  ++unanswered_;
  const auto limit = 1U << parameters.adr_ack_limit.value();
  const auto delay = 1U << parameters.adr_ack_delay.value();
  if (unanswered_ < limit + delay || (unanswered_ - limit) % delay != 0) return;
  if (parameters.tx_power != TxPowerIndex{0}) {
    parameters.tx_power = TxPowerIndex{0};
    return;
  }
  if (const auto slower = slower_rate(region, parameters.data_rate)) {
    parameters.data_rate = *slower;
    return;
  }
  parameters.nb_trans = 1;
  const auto defaults = std::min(region.default_uplink_channels.size(), parameters.channels.size());
  for (std::size_t i = 0; i < defaults; ++i) parameters.channels[i].enabled = true;
}

namespace {

/// One method per command that asks something of the device.
class Answers {
 public:
  Answers(const MacContext& context, MacParameters& parameters)
      : context_(context), region_(context.region), parameters_(parameters) {}

  void link_adr(std::span<const mac::LinkADRReq> block);
  void operator()(const mac::DutyCycleReq& request);
  void operator()(const mac::RXParamSetupReq& request);
  void operator()(const mac::DevStatusReq&);
  void operator()(const mac::NewChannelReq& request);
  void operator()(const mac::RXTimingSetupReq& request);
  void operator()(const mac::TXParamSetupReq& request);
  void operator()(const mac::DlChannelReq& request);
  void operator()(const mac::ADRParamSetupReq& request);
  void operator()(const mac::PingSlotChannelReq& request);
  void operator()(const mac::BeaconFreqReq& request);
  /// The device counts uplinks and has no clock for the other limit.
  void operator()(const mac::RejoinParamSetupReq& request) {
    parameters_.rejoin_count = request.max_count_exp;
    out_.push_back(mac::RejoinParamSetupAns{.max_time_exp_ack = false});
  }
  void operator()(const mac::RelayConfReq& request);
  void operator()(const mac::EndDeviceConfReq&);
  void operator()(const mac::UpdateUplinkListReq& request);
  void operator()(const mac::CtrlUplinkListReq& request);
  void operator()(const mac::ConfigureFwdLimitReq&);
  /// Anything else asks nothing of a device.
  template <class Other>
  void operator()(const Other&) {}

  std::vector<mac::Command> take() && { return std::move(out_); }

 private:
  bool carries(Frequency frequency) const noexcept;
  mac::LinkADRAns judge(const mac::LinkADRReq& last, bool mask_ok, const std::vector<bool>& enabled,
                        DataRateIndex data_rate) const;

  const MacContext& context_;
  const region::Region& region_;
  MacParameters& parameters_;
  std::vector<mac::Command> out_;
};

bool Answers::carries(Frequency frequency) const noexcept {
  return region_.sub_band(frequency) != nullptr;
}

mac::LinkADRAns Answers::judge(const mac::LinkADRReq& last, bool mask_ok,
                               const std::vector<bool>& enabled, DataRateIndex data_rate) const {
  bool served = false;
  for (std::size_t i = 0; i < enabled.size() && i < parameters_.channels.size(); ++i) {
    auto channel = parameters_.channels[i];
    channel.enabled = enabled[i];
    served = served || is_usable(parameters_, channel, data_rate);
  }
  const bool any = std::ranges::find(enabled, true) != enabled.end();
  const auto power = last.tx_power_index;
  return {.channel_mask_ack = mask_ok && any,
          .data_rate_ack = is_uplink_data_rate(region_, data_rate) && served,
          .tx_power_ack = power.value() == keep_value || power <= region_.max_tx_power_index()};
}

/// Mask blocks add up; data rate, power and repetitions are the last one's. All or nothing.
/// [TS001-1.0.4 §5.3]
void Answers::link_adr(std::span<const mac::LinkADRReq> block) {
  const auto& last = block.back();
  std::vector<bool> enabled;
  for (const auto& channel : parameters_.channels)
    enabled.push_back(channel.enabled && channel.uplink_frequency.is_set());
  bool mask_ok = true;
  for (const auto& request : block) {
    auto next = masked(region_, {request.channel_mask_control, request.channel_mask},
                       parameters_.channels, enabled);
    mask_ok = mask_ok && next;
    if (mask_ok) enabled = *std::move(next);
  }
  const bool keep_rate = last.data_rate_index.value() == keep_value;
  const auto data_rate = keep_rate ? parameters_.data_rate : last.data_rate_index;
  const auto answer = judge(last, mask_ok, enabled, data_rate);
  if (answer.channel_mask_ack && answer.data_rate_ack && answer.tx_power_ack) {
    for (std::size_t i = 0; i < parameters_.channels.size(); ++i) {
      parameters_.channels[i].enabled = i < enabled.size() && enabled[i];
    }
    parameters_.data_rate = data_rate;
    if (last.tx_power_index.value() != keep_value) parameters_.tx_power = last.tx_power_index;
    if (last.nb_trans != 0) parameters_.nb_trans = last.nb_trans;
  }
  const bool one_for_all = at_least(context_.mac_version, MacVersion::v1_1);
  out_.insert(out_.end(), one_for_all ? 1 : block.size(), mac::Command{answer});
}

void Answers::operator()(const mac::DutyCycleReq& request) {
  parameters_.max_duty_cycle = request.max_duty_cycle;
  out_.push_back(mac::DutyCycleAns{});
}

void Answers::operator()(const mac::RXParamSetupReq& request) {
  const mac::RXParamSetupAns answer{
      .rx2_frequency_ack = carries(request.rx2_frequency),
      .rx2_data_rate_ack = is_downlink_data_rate(region_, request.rx2_data_rate_index),
      .rx1_dr_offset_ack = request.rx1_dr_offset.value() <= region_.max_rx1_data_rate_offset};
  if (answer.rx2_frequency_ack && answer.rx2_data_rate_ack && answer.rx1_dr_offset_ack) {
    parameters_.rx2_frequency = request.rx2_frequency;
    parameters_.rx2_data_rate = request.rx2_data_rate_index;
    parameters_.rx1_dr_offset = request.rx1_dr_offset;
  }
  out_.push_back(answer);
}

void Answers::operator()(const mac::DevStatusReq&) {
  const auto margin = std::clamp(context_.snr_db, -32.0F, 31.0F);
  out_.push_back(mac::DevStatusAns{.battery = context_.battery,
                                   .margin_db = static_cast<std::int8_t>(margin)});
}

void Answers::operator()(const mac::NewChannelReq& request) {
  if (!region_.has_new_channel) return;
  const std::size_t index = request.channel_index.value();
  const bool free =
      index >= region_.default_uplink_channels.size() && index < region_.max_uplink_channels;
  const bool removes = !request.frequency.is_set();
  const bool plain = request.min_data_rate_index <= request.max_data_rate_index &&
                     is_uplink_data_rate(region_, request.min_data_rate_index) &&
                     is_uplink_data_rate(region_, request.max_data_rate_index);
  const bool coded = !region_.fast_data_rates.empty() && request.max_data_rate_index.value() == 0 &&
                     request.min_data_rate_index.value() > 0 &&
                     request.min_data_rate_index.value() <= region_.adr_max_data_rate.value() + 1;
  const mac::NewChannelAns answer{
      .channel_frequency_ok = free && (removes || carries(request.frequency)),
      .data_rate_range_ok = removes || plain || coded};
  if (answer.channel_frequency_ok && answer.data_rate_range_ok) {
    auto& channels = parameters_.channels;
    if (channels.size() <= index) channels.resize(index + 1);
    channels[index] = {request.frequency, request.frequency, request.min_data_rate_index,
                       request.max_data_rate_index, !removes};
  }
  out_.push_back(answer);
}

void Answers::operator()(const mac::RXTimingSetupReq& request) {
  parameters_.rx1_delay = std::max(request.delay, std::chrono::seconds{1});
  out_.push_back(mac::RXTimingSetupAns{});
}

void Answers::operator()(const mac::TXParamSetupReq& request) {
  if (!region_.has_tx_param_setup) return;
  using region::DwellTime;
  parameters_.max_eirp = request.max_eirp_index;
  parameters_.uplink_dwell = request.uplink_dwell_time ? DwellTime::on : DwellTime::off;
  parameters_.downlink_dwell = request.downlink_dwell_time ? DwellTime::on : DwellTime::off;
  out_.push_back(mac::TXParamSetupAns{});
}

void Answers::operator()(const mac::DlChannelReq& request) {
  if (!region_.has_dl_channel) return;
  const std::size_t index = request.channel_index.value();
  auto& channels = parameters_.channels;
  const bool exists = index < channels.size() && channels[index].uplink_frequency.is_set();
  const mac::DlChannelAns answer{.channel_frequency_ok = carries(request.frequency),
                                 .uplink_frequency_exists = exists};
  if (answer.channel_frequency_ok && exists) channels[index].downlink_frequency = request.frequency;
  out_.push_back(answer);
}

void Answers::operator()(const mac::ADRParamSetupReq& request) {
  parameters_.adr_ack_limit = request.limit_exp;
  parameters_.adr_ack_delay = request.delay_exp;
  out_.push_back(mac::ADRParamSetupAns{});
}

/// Frequency 0 is the region's again.
void Answers::operator()(const mac::PingSlotChannelReq& request) {
  const mac::PingSlotChannelAns answer{
      .frequency_ok = !request.frequency.is_set() || carries(request.frequency),
      .data_rate_ok = is_downlink_data_rate(region_, request.data_rate_index)};
  if (answer.frequency_ok && answer.data_rate_ok) {
    parameters_.ping_slot_frequency = request.frequency;
    parameters_.ping_slot_data_rate = request.data_rate_index;
  }
  out_.push_back(answer);
}

void Answers::operator()(const mac::BeaconFreqReq& request) {
  const mac::BeaconFreqAns answer{!request.frequency.is_set() || carries(request.frequency)};
  if (answer.frequency_ok) parameters_.beacon_frequency = request.frequency;
  out_.push_back(answer);
}

void Answers::operator()(const mac::RelayConfReq& request) {
  parameters_.relay.running = request.start;
  out_.push_back(mac::RelayConfAns{true, true, true, true, true, true});
}

/// A device behind a relay uses it whatever it is told: no gateway hears it.
void Answers::operator()(const mac::EndDeviceConfReq&) {
  out_.push_back(mac::EndDeviceConfAns{true, true, true, true});
}

void Answers::operator()(const mac::UpdateUplinkListReq& request) {
  parameters_.relay.trusted[request.index] = request.dev_addr;
  out_.push_back(mac::UpdateUplinkListAns{});
}

void Answers::operator()(const mac::CtrlUplinkListReq& request) {
  auto& entry = parameters_.relay.trusted[request.index];
  out_.push_back(mac::CtrlUplinkListAns{.index_ack = entry.has_value(), .w_fcnt = 0});
  if (request.action == 1) entry.reset();
}

void Answers::operator()(const mac::ConfigureFwdLimitReq&) {
  out_.push_back(mac::ConfigureFwdLimitAns{});
}

}  // namespace

std::vector<mac::Command> carry_out(std::span<const mac::Command> commands,
                                    const MacContext& context, MacParameters& parameters) {
  Answers answers(context, parameters);
  std::vector<mac::LinkADRReq> block;
  const bool blocks = context.region.device_applies_mask_blocks_atomically;
  const auto end_block = [&] {
    if (!block.empty()) answers.link_adr(block);
    block.clear();
  };
  for (const auto& command : commands) {
    if (const auto* request = std::get_if<mac::LinkADRReq>(&command)) {
      block.push_back(*request);
      if (!blocks) end_block();
      continue;
    }
    end_block();
    std::visit(answers, command);
  }
  end_block();
  return std::move(answers).take();
}

}  // namespace ff::sim
