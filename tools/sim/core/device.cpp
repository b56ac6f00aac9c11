#include "tools/sim/core/device.hpp"

#include <algorithm>

#include "protocol/schedule/time_on_air.hpp"

namespace ff::sim {
namespace {

/// FHDR without FOpts, and FPort. [TS001-1.0.4 §4]
constexpr std::size_t f_hdr_and_port_size = 8;

const Aes128Key& network_root_key(const DeviceIdentity& identity) noexcept {
  return at_least(identity.mac_version, MacVersion::v1_1) ? identity.nwk_key : identity.app_key;
}

DataRate data_rate_of(const region::Region& region, DataRateIndex index,
                      region::Direction direction) {
  const auto* entry = region.data_rate(index, direction);
  return entry == nullptr ? DataRate{} : entry->data_rate;
}

bool is_1_1(const Session& session) noexcept {
  return at_least(session.mac_version(), MacVersion::v1_1);
}

std::size_t room(const region::Region& region, const MacParameters& parameters) noexcept {
  const std::size_t all = region.max_mac_payload(parameters.data_rate, region::Direction::uplink,
                                                 {parameters.uplink_dwell});
  return all < f_hdr_and_port_size ? 0 : all - f_hdr_and_port_size;
}

}  // namespace

SimDevice::SimDevice(const DeviceIdentity& identity, const region::Region& region,
                     DeviceOptions options)
    : identity_(&identity),
      region_(&region),
      options_(std::move(options)),
      parameters_(boot_parameters(region, options_.usable_frequencies)),
      next_dev_nonce_(options_.first_dev_nonce.value()) {
  if (options_.data_rate) parameters_.data_rate = *options_.data_rate;
  if (identity.activation != Activation::abp) return;
  Session session(identity.mac_version, identity.dev_addr, identity.session);
  session.start_at(options_.first_f_cnt);
  start_session(std::move(session));
}

FCnt32 SimDevice::next_f_cnt() const noexcept {
  return session_ ? session_->next_f_cnt() : FCnt32{0};
}

/// 1.1: the network has to confirm the session, and hears of class C. [TS001-1.1 §5.1, §5.9, §18.1]
void SimDevice::start_session(Session session) {
  session_.emplace(std::move(session));
  pending_.clear();
  back_off_ = {};
  attempts_ = 0;
  const bool class_c = identity_->device_class == DeviceClass::c;
  listens_always_ = class_c && !is_1_1(*session_);
  slots_agreed_ = false;
  if (!is_1_1(*session_)) return;
  const mac::MinorVersion minor{1};
  const bool otaa = identity_->activation == Activation::otaa;
  pending_.push_back(
      {.command = otaa ? mac::Command{mac::RekeyInd{minor}} : mac::Command{mac::ResetInd{minor}},
       .until = Until::confirmation});
  if (class_c)
    pending_.push_back({.command = mac::DeviceModeInd{DeviceClass::c}, .until = Until::mode});
}

bool SimDevice::waits_for(Until answer) const {
  return std::ranges::any_of(pending_,
                             [&](const Pending& pending) { return pending.until == answer; });
}

void SimDevice::answered(Until answer) {
  std::erase_if(pending_, [&](const Pending& pending) { return pending.until == answer; });
}

bool SimDevice::knows_time(MonoTime now) const noexcept {
  return last_beacon_ && now - *last_beacon_ <= beaconless_time_max;
}

bool SimDevice::is_in_its_class(MonoTime now) const noexcept {
  if (!session_) return false;
  switch (identity_->device_class) {
    case DeviceClass::a:
      return true;
    case DeviceClass::b:
      return is_in_class_b(now) && frame_.f_ctrl.class_b;
    case DeviceClass::c:
      return listens_always_;
  }
  return false;
}

/// A device that has the beacon tells the network when its slots are; one that has lost it is in
/// class A. [TS001-1.0.4 §11, §12]
void SimDevice::seek_class_b(MonoTime now) {
  if (identity_->device_class != DeviceClass::b || slots_agreed_ || !knows_time(now)) return;
  if (!waits_for(Until::ping_slots))
    pending_.push_back({.command = mac::PingSlotInfoReq{identity_->ping_slot_periodicity},
                        .until = Until::ping_slots});
}

void SimDevice::receive_beacon(const Beacon& beacon, MonoTime at) {
  auto frequency = parameters_.beacon_frequency;
  if (!frequency.is_set()) frequency = beacon_frequency(*region_, beacon.at);
  if (identity_->device_class == DeviceClass::b && beacon.frequency == frequency) last_beacon_ = at;
}

void SimDevice::ask(const mac::Command& request) {
  pending_.push_back({.command = request});
}

/// A channel for the next transmission; when the data rate has none left, the first one that has.
std::optional<UplinkSlot> SimDevice::tune(MonoTime end, Random& random) {
  // Whoever leaves the data rate to the network can not choose it.
  if (options_.lr_fhss && !options_.adr && session_) {
    if (const auto rate = lr_fhss_rate(*region_, parameters_)) parameters_.data_rate = *rate;
  }
  auto channel = choose_channel(parameters_, random.next());
  if (!channel) {
    const auto open = std::ranges::find_if(parameters_.channels, [](const auto& candidate) {
      return candidate.enabled && candidate.uplink_frequency.is_set();
    });
    if (open == parameters_.channels.end()) return std::nullopt;
    const bool coded = open->max_data_rate_index < open->min_data_rate_index;
    const auto min = open->min_data_rate_index.value();
    parameters_.data_rate = DataRateIndex{static_cast<std::uint8_t>(coded ? min - 1 : min)};
    channel = choose_channel(parameters_, random.next());
  }
  return UplinkSlot{*channel, parameters_.data_rate, end};
}

/// In a region with common join channels one of them, which also says where the windows are.
std::optional<UplinkSlot> SimDevice::tune_to_join(MonoTime end, Random& random) {
  std::vector<const region::JoinChannel*> heard;
  for (const auto& candidate : region_->join_channels) {
    const auto channel =
        std::ranges::find(parameters_.channels, candidate.uplink, &DeviceChannel::uplink_frequency);
    if (channel != parameters_.channels.end() && channel->enabled) heard.push_back(&candidate);
  }
  if (heard.empty()) return tune(end, random);
  const auto& join = *heard[random.below(heard.size())];
  const auto channel =
      std::ranges::find(parameters_.channels, join.uplink, &DeviceChannel::uplink_frequency);
  parameters_.rx2_frequency = join.rx2;
  const auto index = static_cast<std::uint8_t>(channel - parameters_.channels.begin());
  return UplinkSlot{ChannelIndex{index}, parameters_.data_rate, end};
}

/// What it was told, less the step of TXPower; never above what the sub-band allows.
double SimDevice::eirp_dbm(Frequency frequency) const {
  const double most = region_->has_tx_param_setup ? mac::eirp_dbm.at(parameters_.max_eirp.value())
                                                  : region_->default_max_eirp_dbm;
  const double step = region_->tx_power_offset_db(parameters_.tx_power).value_or(0);
  const auto* band = region_->sub_band(frequency);
  const bool limited = band != nullptr && band->max_eirp_dbm > 0;
  return limited ? std::min<double>(most + step, band->max_eirp_dbm) : most + step;
}

/// Silence after a frame, as a multiple of its time on air: so that frames took 1/2^n of the time,
/// or the share that the sub-band gives them. [TS001-1.0.4 §5.4]
double SimDevice::silence_after(Frequency frequency) const {
  const double network = static_cast<double>(std::int64_t{1} << parameters_.max_duty_cycle.value());
  const auto* band = region_->sub_band(frequency);
  const bool limited = options_.keeps_duty_cycle && band != nullptr && band->duty_cycle > 0;
  return std::max(network, limited ? 1 / band->duty_cycle : 1) - 1;
}

Transmission SimDevice::describe(const UplinkSlot& slot, Bytes phy_payload) {
  const auto data_rate = data_rate_of(*region_, slot.data_rate, region::Direction::uplink);
  const auto frequency = parameters_.channels[slot.channel.value()].uplink_frequency;
  relay_window_ = slot.end + relay_answer_delay;
  const auto air = schedule::time_on_air(phy_payload.size(), data_rate, frequency);
  free_at_ = slot.end + std::chrono::duration_cast<Duration>(air.value_or(Duration{0}) *
                                                             silence_after(frequency));
  return {.phy_payload = std::move(phy_payload),
          .frequency = frequency,
          .data_rate = data_rate,
          .channel = slot.channel,
          .eirp_dbm = eirp_dbm(frequency),
          .f_cnt = {},
          .payload_size = 0};
}

std::optional<Transmission> SimDevice::join(MonoTime end, Random& random) {
  parameters_ = boot_parameters(*region_, options_.usable_frequencies);
  if (options_.data_rate) parameters_.data_rate = *options_.data_rate;
  const auto slot = tune_to_join(end, random);
  if (!slot) return std::nullopt;
  request_ = Request{phy::JoinReqType::join_request, DevNonce{next_dev_nonce_++}};
  windows_ = windows_after(*region_, parameters_, *slot, region_->join_accept_delay1);
  const auto uplink = parameters_.channels[slot->channel.value()].uplink_frequency;
  for (const auto& channel : region_->join_channels) {
    if (channel.uplink == uplink && windows_->rx1) windows_->rx1->frequency = channel.rx1;
  }
  const phy::JoinRequest request{identity_->join_eui, identity_->dev_eui, request_->nonce};
  auto transmission =
      describe(*slot, join::seal_join_request(request, network_root_key(*identity_)));
  transmission.is_join_request = true;
  return transmission;
}

std::optional<Transmission> SimDevice::rejoin(phy::RejoinType type, MonoTime end, Random& random) {
  if (!session_ || !is_1_1(*session_)) return std::nullopt;
  const auto slot = tune(end, random);
  if (!slot) return std::nullopt;
  const bool full = type == phy::RejoinType::full_context;
  auto& count = full ? next_rj_count_1_ : next_rj_count_0_;
  // The counters never wrap: the device stops rejoining. [TS001-1.1 §6.2.4.2]
  if (count == UINT16_MAX) return std::nullopt;
  phy::RejoinRequest request{.type = type,
                             .net_id = {},
                             .join_eui = {},
                             .dev_eui = identity_->dev_eui,
                             .rejoin_count = count++};
  if (full) {
    request.join_eui = identity_->join_eui;
  } else {
    request.net_id = net_id_;
  }
  const auto key = full ? join::derive_js_int_key(identity_->nwk_key, identity_->dev_eui)
                        : session_->s_nwk_s_int_key();
  auto sealed = join::seal_rejoin_request(request, key);
  if (!sealed) return std::nullopt;
  request_ = Request{join::join_req_type(type), DevNonce{request.rejoin_count}};
  uplinks_since_rejoin_ = 0;
  if (forced_rejoin_ && --forced_rejoin_->tries_left == 0) forced_rejoin_.reset();
  windows_ = windows_after(*region_, parameters_, *slot, region_->join_accept_delay1);
  auto transmission = describe(*slot, *std::move(sealed));
  transmission.is_join_request = true;
  return transmission;
}

std::optional<phy::RejoinType> SimDevice::due_rejoin() const noexcept {
  if (!session_ || !is_1_1(*session_)) return std::nullopt;
  if (forced_rejoin_) return forced_rejoin_->type;
  constexpr unsigned least_exponent = 4;
  const auto count = parameters_.rejoin_count;
  if (count && uplinks_since_rejoin_ >= 1U << (count->value() + least_exponent))
    return phy::RejoinType::restore;
  return std::nullopt;
}

/// Commands for the next frame. Those that do not fit wait.
Bytes SimDevice::take_f_opts(std::size_t size_max) {
  Bytes octets;
  for (auto& pending : pending_) {
    if (octets.size() + mac::encoded_size(pending.command) > size_max) continue;
    const mac::WireFormat format{region_->frequency_step_hz};
    ignore(mac::encode(pending.command, format, octets), "our own commands fit their bits");
    pending.sent = true;
  }
  std::erase_if(pending_, [](const Pending& pending) {
    return pending.sent && pending.until == Until::sent;
  });
  return octets;
}

std::optional<Transmission> SimDevice::send(const ApplicationPayload& payload, MonoTime end,
                                            Random& random) {
  request_.reset();
  ++uplinks_since_rejoin_;
  if (options_.adr) back_off_.uplink(*region_, parameters_);
  const auto slot = tune(end, random);
  if (!slot) return std::nullopt;
  seek_class_b(end);
  // Commands go first: a slow data rate has no room for both, and some are sent until answered.
  const auto space = room(*region_, parameters_);
  auto f_opts = take_f_opts(std::min(phy::f_opts_size_max, space));
  payload_size_ = static_cast<std::uint8_t>(std::min(payload.bytes.size(), space - f_opts.size()));
  frame_ = {.m_type = payload.confirmed ? phy::MType::confirmed_up : phy::MType::unconfirmed_up,
            .dev_addr = session_->dev_addr(),
            .f_ctrl = {.adr = options_.adr,
                       .adr_ack_req = options_.adr && back_off_.asks(parameters_),
                       .ack = session_->has_to_acknowledge(),
                       .class_b = is_in_class_b(end)},
            .f_cnt = {},
            .f_opts = std::move(f_opts),
            .f_port = payload.f_port,
            .frm_payload = to_owned(payload.bytes.first(payload_size_))};
  session_->take_f_cnt(payload.f_port, frame_.frm_payload);
  session_->acknowledged();
  attempts_ = 0;
  answered_ = acknowledged_ = false;
  return seal(*slot);
}

bool SimDevice::trusts(DevAddr dev_addr) const noexcept {
  return std::ranges::find(parameters_.relay.trusted, std::optional(dev_addr)) !=
         parameters_.relay.trusted.end();
}

/// Three octets of metadata, the frequency, the frame. [TS011-1.0.1 §9.1]
std::optional<Transmission> SimDevice::forward(const Transmission& heard, MonoTime end,
                                               Random& random) {
  constexpr std::uint32_t rssi = 60;     // -75 dBm
  constexpr std::uint32_t snr = 20 + 7;  // 7 dB
  std::uint32_t index = 0;
  for (std::uint8_t i = 0; i < 16; ++i) {
    const auto* entry = region_->data_rate(DataRateIndex{i}, region::Direction::uplink);
    if (entry == nullptr) continue;
    if (same_modulation(entry->data_rate, heard.data_rate)) index = i;
  }
  Bytes payload(6);
  write_le<3>(payload, index | snr << 4U | rssi << 9U);
  write_le<3>(MutableByteView(payload).subspan(3),
              heard.frequency.hz() / region_->frequency_step_hz);
  append(payload, heard.phy_payload);
  if (payload.size() > room(*region_, parameters_)) return std::nullopt;
  auto sent = send({relay_port, payload, false}, end, random);
  // Commands may have taken the room.
  if (sent && sent->payload_size < payload.size()) return std::nullopt;
  return sent;
}

bool SimDevice::wants_repetition() const noexcept {
  if (!session_ || request_ || attempts_ == 0) return false;
  if (phy::is_confirmed(frame_.m_type)) {
    return !acknowledged_ && attempts_ < options_.confirmed_attempts;
  }
  return !answered_ && attempts_ < parameters_.nb_trans;
}

std::optional<Transmission> SimDevice::repeat(MonoTime end, Random& random) {
  const auto slot = tune(end, random);
  if (!slot) return std::nullopt;
  auto transmission = seal(*slot);
  if (transmission) transmission->is_repetition = true;
  return transmission;
}

std::optional<Transmission> SimDevice::seal(const UplinkSlot& slot) {
  auto sealed = session_->seal(frame_, {0, slot.data_rate, slot.channel});
  if (!sealed) return std::nullopt;
  ++attempts_;
  windows_ = windows_after(*region_, parameters_, slot, parameters_.rx1_delay);
  auto transmission = describe(slot, *std::move(sealed));
  transmission.f_cnt = FCnt32{session_->next_f_cnt().value() - 1};
  transmission.payload_size = payload_size_;
  return transmission;
}

Receipt SimDevice::receive(const Emission& emission) {
  const auto frame = phy::decode_frame(emission.phy_payload);
  if (!frame) return {};
  if (std::holds_alternative<phy::JoinAcceptView>(frame->body)) {
    return receive_join_accept(emission);
  }
  const auto* data = std::get_if<phy::DataFrameView>(&frame->body);
  const bool down = data != nullptr && phy::direction_of(data->m_type) == phy::Direction::down;
  if (!down || !session_) return {};
  return receive_data(*data, emission);
}

Receipt SimDevice::receive_join_accept(const Emission& emission) {
  if (!request_) return {};
  const auto keys = join::join_accept_keys(network_root_key(*identity_), identity_->dev_eui);
  const phy::JoinAcceptContext context{request_->type, identity_->join_eui, request_->nonce};
  const auto accept =
      join::open_join_accept(emission.phy_payload, keys, context, region_->frequency_step_hz);
  if (!accept) return {};
  Receipt receipt{.is_mine = true};
  if (emission.from_relay) {
    receipt.reception = fit_relay(relay_window_, emission);
  } else if (windows_) {
    receipt.reception = fit(*windows_, emission);
  }
  if (last_join_nonce_ && accept->join_nonce <= *last_join_nonce_) {
    receipt.violation = Violation::join_nonce_reused;
    return receipt;
  }
  last_join_nonce_ = accept->join_nonce;
  if (!is_heard(receipt.reception)) return receipt;
  apply_join_accept(*accept);
  receipt.joined = true;
  return receipt;
}

void SimDevice::apply_join_accept(const join::JoinAccept& accept) {
  const join::JoinContext context{accept.join_nonce, request_->nonce, accept.net_id,
                                  identity_->join_eui};
  const auto& network_key = network_root_key(*identity_);
  // A 1.1 device that meets an older server falls back, with NwkKey for all keys.
  const bool v1_1 = accept.dl_settings.opt_neg;
  const auto keys = v1_1 ? join::derive_session_keys_1_1(network_key, identity_->app_key, context)
                         : join::derive_session_keys_1_0(network_key, network_key, context);
  const bool fallen_back = at_least(identity_->mac_version, MacVersion::v1_1) && !v1_1;
  const auto version = fallen_back ? MacVersion::v1_0_2 : identity_->mac_version;
  start_session(Session(version, accept.dev_addr, keys));
  net_id_ = accept.net_id;
  next_rj_count_0_ = 0;
  uplinks_since_rejoin_ = 0;
  forced_rejoin_.reset();
  // All radio parameters begin anew, but for new keys only. [TS001-1.1 §6.2.4]
  if (request_->type == phy::JoinReqType::rejoin_restore ||
      request_->type == phy::JoinReqType::rejoin_full_context) {
    parameters_ = boot_parameters(*region_, options_.usable_frequencies);
    if (options_.data_rate) parameters_.data_rate = *options_.data_rate;
  }
  parameters_.rx1_delay = join::rx_delay_of(accept.rx_delay);
  parameters_.rx1_dr_offset = accept.dl_settings.rx1_dr_offset;
  parameters_.rx2_data_rate = accept.dl_settings.rx2_dr;
  // A CFList of another region is ignored, as a device does.
  if (accept.cf_list)
    parameters_.channels = with_cf_list(*region_, *accept.cf_list, std::move(parameters_.channels));
  windows_.reset();
  request_.reset();
}

/// Of a data frame.
Reception SimDevice::reception_of(const Emission& emission) const {
  if (emission.from_relay) return fit_relay(relay_window_, emission);
  // After a rejoin-request a downlink may come in place of the join-accept.
  if (request_ && request_->type == phy::JoinReqType::join_request) return Reception::not_listening;
  const auto in_window = windows_ ? fit(*windows_, emission) : Reception::not_listening;
  if (is_heard(in_window)) return in_window;
  if (listens_always_) {
    return fit_class_c(
        {emission.start, parameters_.rx2_frequency,
         data_rate_of(*region_, parameters_.rx2_data_rate, region::Direction::downlink)},
        emission);
  }
  return is_in_class_b(emission.start) ? reception_in_slot(emission) : in_window;
}

Reception SimDevice::reception_in_slot(const Emission& emission) const {
  const auto address = session_->dev_addr();
  auto frequency = parameters_.ping_slot_frequency;
  if (!frequency.is_set())
    frequency = hop(region_->ping_slot_frequencies, address, emission.gps_start);
  const auto data_rate = parameters_.ping_slot_data_rate.value_or(region_->ping_slot_data_rate);
  const auto late =
      from_nearest_slot(emission.gps_start, address, identity_->ping_slot_periodicity);
  return fit_ping_slot({emission.start - late, frequency,
                        data_rate_of(*region_, data_rate, region::Direction::downlink)},
                       emission);
}

Receipt SimDevice::receive_data(const phy::DataFrameView& frame, const Emission& emission) {
  auto opened = session_->open(frame, emission.phy_payload);
  if (!opened) return {};
  Receipt receipt{.is_mine = true, .violation = opened->violation};
  receipt.reception = reception_of(emission);
  if (!is_heard(receipt.reception) || receipt.violation) return receipt;
  if (phy::is_confirmed(opened->frame.m_type)) session_->acknowledge(opened->f_cnt);
  accept_data(std::move(opened->frame), emission, receipt);
  return receipt;
}

void SimDevice::accept_data(phy::DataFrame frame, const Emission& emission, Receipt& receipt) {
  if (receipt.reception == Reception::rx1 || receipt.reception == Reception::rx2) {
    windows_.reset();
    answered_ = true;
  }
  back_off_.downlink();
  acknowledged_ = acknowledged_ || frame.f_ctrl.ack;
  receipt.acknowledges = frame.f_ctrl.ack;
  receipt.is_confirmed = phy::is_confirmed(frame.m_type);
  std::erase_if(pending_, [](const Pending& pending) {
    return pending.sent && pending.until == Until::downlink;
  });
  const bool mac_payload = frame.f_port == FPort{0};
  carry_out_commands(mac_payload ? frame.frm_payload : frame.f_opts, emission, receipt);
  if (mac_payload || !frame.f_port) return;
  receipt.f_port = frame.f_port;
  receipt.payload = std::move(frame.frm_payload);
}

/// Commands that have no answer but change what the device does.
void SimDevice::obey(const mac::Command& command) {
  if (const auto* forced = std::get_if<mac::ForceRejoinReq>(&command)) {
    const bool rekey = forced->rejoin_type == 2;
    forced_rejoin_ =
        Forced{rekey ? phy::RejoinType::rekey : phy::RejoinType::restore, forced->max_retries + 1U};
  }
  if (const auto* mode = std::get_if<mac::DeviceModeConf>(&command)) {
    listens_always_ = mode->device_class == DeviceClass::c;
    answered(Until::mode);
  }
  if (std::holds_alternative<mac::PingSlotInfoAns>(command)) {
    slots_agreed_ = waits_for(Until::ping_slots) || slots_agreed_;
    answered(Until::ping_slots);
  }
}

void SimDevice::carry_out_commands(ByteView octets, const Emission& emission, Receipt& receipt) {
  auto decoded = mac::decode(octets, mac::Direction::downlink, {region_->frequency_step_hz});
  if (decoded.stop == mac::DecodeStop::truncated) {
    receipt.violation = Violation::mac_command_malformed;
  }
  const auto confirms = [](const mac::Command& command) {
    return std::holds_alternative<mac::RekeyConf>(command) ||
           std::holds_alternative<mac::ResetConf>(command);
  };
  if (std::ranges::any_of(decoded.commands, confirms)) answered(Until::confirmation);
  for (const auto& command : decoded.commands) obey(command);
  const MacContext context{*region_, session_->mac_version(), 255, emission.snr_db};
  for (const auto& answer : carry_out(decoded.commands, context, parameters_)) {
    const auto* info = mac::command_info(mac::cid_of(answer));
    const bool sticky = info != nullptr && info->sticky_answer;
    pending_.push_back({.command = answer, .until = sticky ? Until::downlink : Until::sent});
  }
  receipt.commands = std::move(decoded.commands);
}

}  // namespace ff::sim
