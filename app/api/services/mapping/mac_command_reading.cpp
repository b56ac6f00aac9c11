// MAC commands as clients give them: those that a network sends. Keys of requests are not given, as
// they are not shown.
#include <algorithm>

#include "app/api/services/mapping/mac_command.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/mac/command/codec.hpp"

namespace ff::api {
namespace {

using From = pb::MACCommand;
using Read = std::optional<mac::Command>;

template <class Id, class Number>
Id small_of(Number value) {
  return Id(static_cast<typename Id::Value>(value));
}
DataRateIndex rate_of(pb::DataRateIndex index) {
  return small_of<DataRateIndex>(index);
}
template <class Number>
std::uint8_t octet(Number value) {
  return static_cast<std::uint8_t>(value);
}
/// RX_DELAY_0 is one second, as on air.
std::chrono::seconds delay_of(pb::RxDelay delay) {
  return std::chrono::seconds(std::max(1, static_cast<int>(delay)));
}

mac::Command link_adr_of(const From::LinkADRReq& from) {
  mac::LinkADRReq out{.tx_power_index = small_of<TxPowerIndex>(from.tx_power_index()),
                      .data_rate_index = rate_of(from.data_rate_index()),
                      .channel_mask = 0,
                      .nb_trans = octet(from.nb_trans()),
                      .channel_mask_control = octet(from.channel_mask_control())};
  for (int i = 0; i < std::min(16, from.channel_mask_size()); ++i) {
    if (from.channel_mask(i)) out.channel_mask |= static_cast<std::uint16_t>(1U << i);
  }
  return out;
}

mac::Command device_time_of(const From::DeviceTimeAns& from) {
  const auto since = to_gps(time_of(from.time())).time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto fraction = (since - seconds).count() * 256 / 1'000'000'000;
  return mac::DeviceTimeAns{static_cast<std::uint32_t>(seconds.count()), octet(fraction)};
}

mac::Command force_rejoin_of(const From::ForceRejoinReq& from) {
  return mac::ForceRejoinReq{.data_rate_index = rate_of(from.data_rate_index()),
                             .rejoin_type = octet(from.rejoin_type()),
                             .max_retries = octet(from.max_retries()),
                             .period_exp = octet(from.period_exponent())};
}

template <class Configuration, class Req>
void take_second_channel(const Configuration& from, Req& out) {
  if (!from.has_second_channel()) return;
  const auto& channel = from.second_channel();
  out.second_ch_index = 1;
  out.second_ch_ack_offset = octet(channel.ack_offset());
  out.second_ch_data_rate = rate_of(channel.data_rate_index());
  out.second_ch_frequency = Frequency::hz(channel.frequency());
}

mac::Command relay_conf_of(const From::RelayConfReq& from) {
  mac::RelayConfReq out;
  if (!from.has_configuration()) return out;
  out.start = true;
  out.default_ch_index = octet(from.configuration().default_channel_index());
  out.cad_periodicity = octet(from.configuration().cad_periodicity());
  take_second_channel(from.configuration(), out);
  return out;
}

mac::Command end_device_conf_of(const From::RelayEndDeviceConfReq& from) {
  mac::EndDeviceConfReq out;
  if (!from.has_configuration()) return out;
  const auto& configuration = from.configuration();
  out.activation_mode = octet(configuration.mode_case());
  out.smart_enable_level = octet(configuration.dynamic().smart_enable_level());
  out.backoff = octet(configuration.backoff());
  take_second_channel(configuration, out);
  return out;
}

mac::Command update_uplink_list_of(const From::RelayUpdateUplinkListReq& from) {
  mac::UpdateUplinkListReq out{.index = octet(from.rule_index()),
                               .reload_rate = 63,
                               .dev_addr = dev_addr_of(from.dev_addr()).value_or(DevAddr()),
                               .w_fcnt = from.w_f_cnt()};
  if (from.has_forward_limits()) {
    out.reload_rate = octet(from.forward_limits().reload_rate());
    out.bucket_size = octet(from.forward_limits().bucket_size());
  }
  return out;
}

mac::Command fwd_limit_of(const From::RelayConfigureFwdLimitReq& from) {
  const auto bucket = [](const auto& limits) { return octet(limits.bucket_size()); };
  const auto reload = [](const auto& limits) { return octet(limits.reload_rate()); };
  return mac::ConfigureFwdLimitReq{.overall_reload_rate = reload(from.overall_limits()),
                                   .global_uplink_reload_rate = reload(from.global_uplink_limits()),
                                   .notify_reload_rate = reload(from.notify_limits()),
                                   .join_req_reload_rate = reload(from.join_request_limits()),
                                   .reset_limit_counter = octet(from.reset_limit_counter()),
                                   .overall_bucket_size = bucket(from.overall_limits()),
                                   .global_uplink_bucket_size = bucket(from.global_uplink_limits()),
                                   .notify_bucket_size = bucket(from.notify_limits()),
                                   .join_req_bucket_size = bucket(from.join_request_limits())};
}

/// Of a command that is known by its identifier, and by octets where it has some.
Read by_octets(const From& from) {
  Bytes octets{octet(from.cid())};
  append(octets, as_bytes(from.raw_payload()));
  auto decoded = mac::decode(octets, mac::Direction::downlink);
  if (decoded.stop != mac::DecodeStop::end || decoded.commands.size() != 1) return std::nullopt;
  return std::move(decoded.commands.front());
}

// --- by kind -------------------------------------------------------------------------------------

Read answer_of(const From& from) {
  const auto minor = [](const auto& to) { return small_of<mac::MinorVersion>(to.minor_version()); };
  switch (from.payload_case()) {
    case From::kResetConf:
      return mac::ResetConf{minor(from.reset_conf())};
    case From::kRekeyConf:
      return mac::RekeyConf{minor(from.rekey_conf())};
    case From::kLinkCheckAns:
      return mac::LinkCheckAns{octet(from.link_check_ans().margin()),
                               octet(from.link_check_ans().gateway_count())};
    case From::kDeviceTimeAns:
      return device_time_of(from.device_time_ans());
    case From::kBeaconTimingAns:
      return mac::BeaconTimingAns{static_cast<std::uint16_t>(from.beacon_timing_ans().delay()),
                                  small_of<ChannelIndex>(from.beacon_timing_ans().channel_index())};
    case From::kDeviceModeConf:
      return mac::DeviceModeConf{static_cast<DeviceClass>(from.device_mode_conf().class_())};
    case From::kRawPayload:
    case From::PAYLOAD_NOT_SET:
      return by_octets(from);
    default:
      return std::nullopt;  // A device's.
  }
}

Read relay_request_of(const From& from) {
  switch (from.payload_case()) {
    case From::kRelayConfReq:
      return relay_conf_of(from.relay_conf_req());
    case From::kRelayEndDeviceConfReq:
      return end_device_conf_of(from.relay_end_device_conf_req());
    case From::kRelayUpdateUplinkListReq:
      return update_uplink_list_of(from.relay_update_uplink_list_req());
    case From::kRelayCtrlUplinkListReq:
      return mac::CtrlUplinkListReq{octet(from.relay_ctrl_uplink_list_req().rule_index()),
                                    octet(from.relay_ctrl_uplink_list_req().action())};
    case From::kRelayConfigureFwdLimitReq:
      return fwd_limit_of(from.relay_configure_fwd_limit_req());
    default:
      return answer_of(from);
  }
}

Read channel_request_of(const From& from) {
  switch (from.payload_case()) {
    case From::kRxParamSetupReq: {
      const auto& req = from.rx_param_setup_req();
      return mac::RXParamSetupReq{rate_of(req.rx2_data_rate_index()),
                                  small_of<DataRateOffset>(req.rx1_data_rate_offset()),
                                  Frequency::hz(req.rx2_frequency())};
    }
    case From::kNewChannelReq: {
      const auto& req = from.new_channel_req();
      return mac::NewChannelReq{small_of<ChannelIndex>(req.channel_index()),
                                Frequency::hz(req.frequency()), rate_of(req.min_data_rate_index()),
                                rate_of(req.max_data_rate_index())};
    }
    case From::kDlChannelReq:
      return mac::DlChannelReq{small_of<ChannelIndex>(from.dl_channel_req().channel_index()),
                               Frequency::hz(from.dl_channel_req().frequency())};
    case From::kPingSlotChannelReq:
      return mac::PingSlotChannelReq{Frequency::hz(from.ping_slot_channel_req().frequency()),
                                     rate_of(from.ping_slot_channel_req().data_rate_index())};
    case From::kBeaconFreqReq:
      return mac::BeaconFreqReq{Frequency::hz(from.beacon_freq_req().frequency())};
    default:
      return relay_request_of(from);
  }
}

Read read(const From& from) {
  switch (from.payload_case()) {
    case From::kLinkAdrReq:
      return link_adr_of(from.link_adr_req());
    case From::kDutyCycleReq:
      return mac::DutyCycleReq{
          small_of<mac::DutyCycleExponent>(from.duty_cycle_req().max_duty_cycle())};
    case From::kRxTimingSetupReq:
      return mac::RXTimingSetupReq{delay_of(from.rx_timing_setup_req().delay())};
    case From::kTxParamSetupReq: {
      const auto& req = from.tx_param_setup_req();
      return mac::TXParamSetupReq{small_of<mac::EirpIndex>(req.max_eirp_index()),
                                  req.uplink_dwell_time(), req.downlink_dwell_time()};
    }
    case From::kAdrParamSetupReq: {
      const auto& req = from.adr_param_setup_req();
      return mac::ADRParamSetupReq{
          .delay_exp = small_of<mac::AdrAckExponent>(req.adr_ack_delay_exponent()),
          .limit_exp = small_of<mac::AdrAckExponent>(req.adr_ack_limit_exponent())};
    }
    case From::kForceRejoinReq:
      return force_rejoin_of(from.force_rejoin_req());
    case From::kRejoinParamSetupReq: {
      const auto& req = from.rejoin_param_setup_req();
      return mac::RejoinParamSetupReq{small_of<mac::RejoinCountExponent>(req.max_count_exponent()),
                                      small_of<mac::RejoinTimeExponent>(req.max_time_exponent())};
    }
    default:
      return channel_request_of(from);
  }
}

/// Rows hold commands as octets: what has none can not be kept.
bool has_octets(const mac::Command& command) {
  Bytes octets;
  return mac::encode(command, {100}, octets) || mac::encode(command, {200}, octets);
}

}  // namespace

std::optional<mac::Command> command_of(const pb::MACCommand& command) {
  auto out = read(command);
  const bool is_whole = out && static_cast<int>(mac::cid_of(*out)) == command.cid();
  return is_whole && has_octets(*out) ? std::move(out) : std::nullopt;
}

}  // namespace ff::api
