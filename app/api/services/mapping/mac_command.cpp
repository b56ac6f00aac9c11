#include "app/api/services/mapping/mac_command.hpp"

#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/mac/command/codec.hpp"

namespace ff::api {
namespace {

pb::DataRateIndex rate(DataRateIndex index) {
  return static_cast<pb::DataRateIndex>(index.value());
}

/// Commands without a message of their own are known by their identifier.
struct PutPayload {
  pb::MACCommand& out;

  template <class T>
  void operator()(const T&) const {}

  void operator()(const mac::FilterListReq& c) const { put_octets(c); }
  void operator()(const mac::FilterListAns& c) const { put_octets(c); }

  // --- session and class
  void operator()(const mac::ResetInd& c) const { put_minor(c, *out.mutable_reset_ind()); }
  void operator()(const mac::ResetConf& c) const { put_minor(c, *out.mutable_reset_conf()); }
  void operator()(const mac::RekeyInd& c) const { put_minor(c, *out.mutable_rekey_ind()); }
  void operator()(const mac::RekeyConf& c) const { put_minor(c, *out.mutable_rekey_conf()); }
  void operator()(const mac::DeviceModeInd& c) const {
    out.mutable_device_mode_ind()->set_class_(static_cast<pb::Class>(c.device_class));
  }
  void operator()(const mac::DeviceModeConf& c) const {
    out.mutable_device_mode_conf()->set_class_(static_cast<pb::Class>(c.device_class));
  }
  void operator()(const mac::ForceRejoinReq& c) const {
    auto& to = *out.mutable_force_rejoin_req();
    to.set_rejoin_type(static_cast<pb::RejoinRequestType>(c.rejoin_type));
    to.set_data_rate_index(rate(c.data_rate_index));
    to.set_max_retries(c.max_retries);
    to.set_period_exponent(static_cast<pb::RejoinPeriodExponent>(c.period_exp));
  }
  void operator()(const mac::RejoinParamSetupReq& c) const {
    auto& to = *out.mutable_rejoin_param_setup_req();
    to.set_max_count_exponent(static_cast<pb::RejoinCountExponent>(c.max_count_exp.value()));
    to.set_max_time_exponent(static_cast<pb::RejoinTimeExponent>(c.max_time_exp.value()));
  }
  void operator()(const mac::RejoinParamSetupAns& c) const {
    out.mutable_rejoin_param_setup_ans()->set_max_time_exponent_ack(c.max_time_exp_ack);
  }

  // --- link and status
  void operator()(const mac::LinkCheckAns& c) const {
    out.mutable_link_check_ans()->set_margin(c.margin_db);
    out.mutable_link_check_ans()->set_gateway_count(c.gateway_count);
  }
  void operator()(const mac::LinkADRReq& c) const {
    auto& to = *out.mutable_link_adr_req();
    to.set_data_rate_index(rate(c.data_rate_index));
    to.set_tx_power_index(c.tx_power_index.value());
    for (unsigned i = 0; i < 16; ++i) to.add_channel_mask((c.channel_mask >> i & 1U) != 0);
    to.set_channel_mask_control(c.channel_mask_control);
    to.set_nb_trans(c.nb_trans);
  }
  void operator()(const mac::LinkADRAns& c) const {
    auto& to = *out.mutable_link_adr_ans();
    to.set_channel_mask_ack(c.channel_mask_ack);
    to.set_data_rate_index_ack(c.data_rate_ack);
    to.set_tx_power_index_ack(c.tx_power_ack);
  }
  void operator()(const mac::ADRParamSetupReq& c) const {
    auto& to = *out.mutable_adr_param_setup_req();
    to.set_adr_ack_limit_exponent(static_cast<pb::ADRAckLimitExponent>(c.limit_exp.value()));
    to.set_adr_ack_delay_exponent(static_cast<pb::ADRAckDelayExponent>(c.delay_exp.value()));
  }
  void operator()(const mac::DutyCycleReq& c) const {
    out.mutable_duty_cycle_req()->set_max_duty_cycle(
        static_cast<pb::AggregatedDutyCycle>(c.max_duty_cycle.value()));
  }
  void operator()(const mac::DevStatusAns& c) const {
    out.mutable_dev_status_ans()->set_battery(c.battery);
    out.mutable_dev_status_ans()->set_margin(c.margin_db);
  }
  void operator()(const mac::DeviceTimeAns& c) const {
    const GpsTime time{std::chrono::seconds{c.gps_seconds} +
                       std::chrono::nanoseconds{c.fraction_256 * 1'000'000'000LL / 256}};
    put_time(to_utc(time), *out.mutable_device_time_ans()->mutable_time());
  }

  // --- windows and channels
  void operator()(const mac::RXParamSetupReq& c) const {
    auto& to = *out.mutable_rx_param_setup_req();
    to.set_rx2_data_rate_index(rate(c.rx2_data_rate_index));
    to.set_rx1_data_rate_offset(static_cast<pb::DataRateOffset>(c.rx1_dr_offset.value()));
    to.set_rx2_frequency(c.rx2_frequency.hz());
  }
  void operator()(const mac::RXParamSetupAns& c) const {
    auto& to = *out.mutable_rx_param_setup_ans();
    to.set_rx2_data_rate_index_ack(c.rx2_data_rate_ack);
    to.set_rx1_data_rate_offset_ack(c.rx1_dr_offset_ack);
    to.set_rx2_frequency_ack(c.rx2_frequency_ack);
  }
  void operator()(const mac::RXTimingSetupReq& c) const {
    out.mutable_rx_timing_setup_req()->set_delay(static_cast<pb::RxDelay>(c.delay.count()));
  }
  void operator()(const mac::TXParamSetupReq& c) const {
    auto& to = *out.mutable_tx_param_setup_req();
    to.set_max_eirp_index(static_cast<pb::DeviceEIRP>(c.max_eirp_index.value()));
    to.set_uplink_dwell_time(c.uplink_dwell_time);
    to.set_downlink_dwell_time(c.downlink_dwell_time);
  }
  void operator()(const mac::NewChannelReq& c) const {
    auto& to = *out.mutable_new_channel_req();
    to.set_channel_index(c.channel_index.value());
    to.set_frequency(c.frequency.hz());
    to.set_min_data_rate_index(rate(c.min_data_rate_index));
    to.set_max_data_rate_index(rate(c.max_data_rate_index));
  }
  void operator()(const mac::NewChannelAns& c) const {
    out.mutable_new_channel_ans()->set_frequency_ack(c.channel_frequency_ok);
    out.mutable_new_channel_ans()->set_data_rate_ack(c.data_rate_range_ok);
  }
  void operator()(const mac::DlChannelReq& c) const {
    out.mutable_dl_channel_req()->set_channel_index(c.channel_index.value());
    out.mutable_dl_channel_req()->set_frequency(c.frequency.hz());
  }
  void operator()(const mac::DlChannelAns& c) const {
    out.mutable_dl_channel_ans()->set_channel_index_ack(c.uplink_frequency_exists);
    out.mutable_dl_channel_ans()->set_frequency_ack(c.channel_frequency_ok);
  }

  // --- class B
  void operator()(const mac::PingSlotInfoReq& c) const {
    out.mutable_ping_slot_info_req()->set_period(
        static_cast<pb::PingSlotPeriod>(c.periodicity.value()));
  }
  void operator()(const mac::PingSlotChannelReq& c) const {
    out.mutable_ping_slot_channel_req()->set_frequency(c.frequency.hz());
    out.mutable_ping_slot_channel_req()->set_data_rate_index(rate(c.data_rate_index));
  }
  void operator()(const mac::PingSlotChannelAns& c) const {
    out.mutable_ping_slot_channel_ans()->set_frequency_ack(c.frequency_ok);
    out.mutable_ping_slot_channel_ans()->set_data_rate_index_ack(c.data_rate_ok);
  }
  void operator()(const mac::BeaconTimingAns& c) const {
    out.mutable_beacon_timing_ans()->set_delay(c.delay_30ms);
    out.mutable_beacon_timing_ans()->set_channel_index(c.channel_index.value());
  }
  void operator()(const mac::BeaconFreqReq& c) const {
    out.mutable_beacon_freq_req()->set_frequency(c.frequency.hz());
  }
  void operator()(const mac::BeaconFreqAns& c) const {
    out.mutable_beacon_freq_ans()->set_frequency_ack(c.frequency_ok);
  }

  // --- relays
  void operator()(const mac::RelayConfReq& c) const {
    auto& to = *out.mutable_relay_conf_req();
    if (!c.start) return;
    auto& configuration = *to.mutable_configuration();
    configuration.set_default_channel_index(c.default_ch_index);
    configuration.set_cad_periodicity(static_cast<pb::RelayCADPeriodicity>(c.cad_periodicity));
    put_second_channel(c, configuration);
  }
  void operator()(const mac::RelayConfAns& c) const {
    auto& to = *out.mutable_relay_conf_ans();
    to.set_second_channel_frequency_ack(c.second_ch_frequency_ack);
    to.set_second_channel_ack_offset_ack(c.second_ch_ack_offset_ack);
    to.set_second_channel_data_rate_index_ack(c.second_ch_data_rate_ack);
    to.set_second_channel_index_ack(c.second_ch_index_ack);
    to.set_default_channel_index_ack(c.default_ch_index_ack);
    to.set_cad_periodicity_ack(c.cad_periodicity_ack);
  }
  void operator()(const mac::EndDeviceConfReq& c) const {
    auto& to = *out.mutable_relay_end_device_conf_req();
    if (c.activation_mode == 0) return;
    auto& configuration = *to.mutable_configuration();
    if (c.activation_mode == 1) configuration.mutable_always();
    if (c.activation_mode == 2)
      configuration.mutable_dynamic()->set_smart_enable_level(
          static_cast<pb::RelaySmartEnableLevel>(c.smart_enable_level));
    if (c.activation_mode == 3) configuration.mutable_end_device_controlled();
    configuration.set_backoff(c.backoff);
    put_second_channel(c, configuration);
  }
  void operator()(const mac::EndDeviceConfAns& c) const {
    auto& to = *out.mutable_relay_end_device_conf_ans();
    to.set_second_channel_frequency_ack(c.second_ch_frequency_ack);
    to.set_second_channel_data_rate_index_ack(c.second_ch_data_rate_ack);
    to.set_second_channel_index_ack(c.second_ch_index_ack);
    to.set_backoff_ack(c.backoff_ack);
  }
  void operator()(const mac::UpdateUplinkListReq& c) const {
    auto& to = *out.mutable_relay_update_uplink_list_req();
    to.set_rule_index(c.index);
    to.set_dev_addr(to_field(c.dev_addr));
    to.set_w_f_cnt(c.w_fcnt);
    constexpr std::uint8_t no_limit = 63;
    if (c.reload_rate != no_limit)
      put_limits(c.bucket_size, c.reload_rate, *to.mutable_forward_limits());
  }
  void operator()(const mac::UpdateUplinkListAns&) const {
    out.mutable_relay_update_uplink_list_ans();
  }
  void operator()(const mac::CtrlUplinkListReq& c) const {
    out.mutable_relay_ctrl_uplink_list_req()->set_rule_index(c.index);
    out.mutable_relay_ctrl_uplink_list_req()->set_action(
        static_cast<pb::RelayCtrlUplinkListAction>(c.action));
  }
  void operator()(const mac::CtrlUplinkListAns& c) const {
    out.mutable_relay_ctrl_uplink_list_ans()->set_rule_index_ack(c.index_ack);
    out.mutable_relay_ctrl_uplink_list_ans()->set_w_f_cnt(c.w_fcnt);
  }
  void operator()(const mac::ConfigureFwdLimitReq& c) const {
    auto& to = *out.mutable_relay_configure_fwd_limit_req();
    to.set_reset_limit_counter(static_cast<pb::RelayResetLimitCounter>(c.reset_limit_counter));
    put_limits(c.join_req_bucket_size, c.join_req_reload_rate, *to.mutable_join_request_limits());
    put_limits(c.notify_bucket_size, c.notify_reload_rate, *to.mutable_notify_limits());
    put_limits(c.global_uplink_bucket_size, c.global_uplink_reload_rate,
               *to.mutable_global_uplink_limits());
    put_limits(c.overall_bucket_size, c.overall_reload_rate, *to.mutable_overall_limits());
  }
  void operator()(const mac::ConfigureFwdLimitAns&) const {
    out.mutable_relay_configure_fwd_limit_ans();
  }
  void operator()(const mac::NotifyNewEndDeviceReq& c) const {
    auto& to = *out.mutable_relay_notify_new_end_device_req();
    to.set_dev_addr(to_field(c.dev_addr));
    to.set_snr(c.wor_snr_db);
    to.set_rssi(c.wor_rssi_dbm);
  }

 private:
  template <class From, class To>
  static void put_minor(const From& from, To& to) {
    to.set_minor_version(static_cast<pb::Minor>(from.minor_version.value()));
  }
  template <class From, class To>
  static void put_second_channel(const From& from, To& to) {
    if (from.second_ch_index == 0) return;
    auto& channel = *to.mutable_second_channel();
    channel.set_ack_offset(static_cast<pb::RelaySecondChAckOffset>(from.second_ch_ack_offset));
    channel.set_data_rate_index(rate(from.second_ch_data_rate));
    channel.set_frequency(from.second_ch_frequency.hz());
  }
  template <class To>
  static void put_limits(std::uint8_t bucket_size, std::uint8_t reload_rate, To& to) {
    to.set_bucket_size(static_cast<pb::RelayLimitBucketSize>(bucket_size));
    to.set_reload_rate(reload_rate);
  }
  void put_octets(const mac::Command& command) const {
    Bytes octets;
    if (mac::encode(command, {}, octets) && octets.size() > 1)
      out.set_raw_payload(text_of(ByteView(octets).subspan(1)));
  }
};

/// The reference publishes these without data, though their commands have some.
bool is_bare(mac::EventName name) noexcept {
  switch (name) {
    case mac::EventName::device_time_answer:
    case mac::EventName::force_rejoin_request:
    case mac::EventName::relay_notify_new_end_device_indication:
      return true;
    default:
      return false;
  }
}

struct PutMacData {
  mac::EventName name;
  google::protobuf::Any& out;

  void operator()(std::monostate) const {}
  void operator()(DeviceClass) const {}
  void operator()(const mac::Command& command) const {
    if (is_bare(name)) return;
    pb::MACCommand message;
    put_command(command, message);
    const auto& oneof = *pb::MACCommand::descriptor()->FindOneofByName("payload");
    const auto& reflection = *message.GetReflection();
    const auto* field = reflection.GetOneofFieldDescriptor(message, &oneof);
    if (field != nullptr && field->message_type() != nullptr)
      out.PackFrom(reflection.GetMessage(message, field));
  }
  void operator()(const std::vector<mac::Command>& commands) const {
    pb::MACCommands message;
    for (const auto& command : commands) put_command(command, *message.add_commands());
    out.PackFrom(message);
  }
  void operator()(const mac::UnknownCid& unknown) const {
    pb::MACCommand message;
    message.set_cid(static_cast<pb::MACCommandIdentifier>(unknown.cid));
    out.PackFrom(message);
  }
  void operator()(const Error& error) const {
    pb::ErrorDetails details;
    put_error(error, details);
    out.PackFrom(details);
  }
};

}  // namespace

void put_command(const mac::Command& command, pb::MACCommand& out) {
  out.set_cid(static_cast<pb::MACCommandIdentifier>(static_cast<int>(mac::cid_of(command))));
  std::visit(PutPayload{out}, command);
}

void put_mac_event(const mac::Event& event, google::protobuf::Any& out) {
  std::visit(PutMacData{event.name, out}, event.data);
}

}  // namespace ff::api
