// MAC commands and their events as the API shows them, against the reference's table of events.
#include "app/api/services/mapping/mac_command.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "protocol/mac/uplink.hpp"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using mac::EventName;

/// Name to type of data; empty: none.
std::map<std::string, std::string> table() {
  std::ifstream file(FF_GOLDEN_DIR "/events/ns_mac.tsv");
  std::map<std::string, std::string> out;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto name = line.substr(0, line.find('\t'));
    const auto type = line.find('\t', line.find('\t') + 1) + 1;
    out[name] = line.substr(type, line.find('\t', type) - type);
  }
  return out;
}

std::string type_of(const mac::Event& event) {
  google::protobuf::Any data;
  put_mac_event(event, data);
  const auto slash = data.type_url().find('/');
  return slash == std::string::npos ? "" : data.type_url().substr(slash + 1);
}

/// One of each, as the MAC layer publishes it.
std::vector<mac::Event> events() {
  return {
      {EventName::class_switch_a, DeviceClass::c},
      {EventName::class_switch_b, DeviceClass::a},
      {EventName::class_switch_c, DeviceClass::a},
      {EventName::command_parse_fail, Error(mac::decoding_mac_command, {{"cid", 1}})},
      {EventName::command_process_fail, Error(mac::request_not_found, {{"cid", 1}})},
      {EventName::command_unanswered, std::vector<mac::Command>{mac::DevStatusReq{}}},
      {EventName::command_unknown, mac::UnknownCid{0x33}},
      {EventName::proprietary_receive, {}},
      {EventName::adr_param_setup_answer, mac::Command{mac::ADRParamSetupAns{}}},
      {EventName::adr_param_setup_request, mac::Command{mac::ADRParamSetupReq{}}},
      {EventName::beacon_freq_answer_accept, mac::Command{mac::BeaconFreqAns{}}},
      {EventName::beacon_freq_answer_reject, mac::Command{mac::BeaconFreqAns{}}},
      {EventName::beacon_freq_request, mac::Command{mac::BeaconFreqReq{}}},
      {EventName::dev_status_answer, mac::Command{mac::DevStatusAns{}}},
      {EventName::dev_status_request, mac::Command{mac::DevStatusReq{}}},
      {EventName::device_mode_confirmation, mac::Command{mac::DeviceModeConf{}}},
      {EventName::device_mode_indication, mac::Command{mac::DeviceModeInd{}}},
      {EventName::device_time_answer, mac::Command{mac::DeviceTimeAns{}}},
      {EventName::device_time_request, mac::Command{mac::DeviceTimeReq{}}},
      {EventName::dl_channel_answer_accept, mac::Command{mac::DlChannelAns{}}},
      {EventName::dl_channel_answer_reject, mac::Command{mac::DlChannelAns{}}},
      {EventName::dl_channel_request, mac::Command{mac::DlChannelReq{}}},
      {EventName::duty_cycle_answer, mac::Command{mac::DutyCycleAns{}}},
      {EventName::duty_cycle_request, mac::Command{mac::DutyCycleReq{}}},
      {EventName::force_rejoin_request, mac::Command{mac::ForceRejoinReq{}}},
      {EventName::link_adr_answer_accept, mac::Command{mac::LinkADRAns{}}},
      {EventName::link_adr_answer_reject, mac::Command{mac::LinkADRAns{}}},
      {EventName::link_adr_request, mac::Command{mac::LinkADRReq{}}},
      {EventName::link_check_answer, mac::Command{mac::LinkCheckAns{}}},
      {EventName::link_check_request, mac::Command{mac::LinkCheckReq{}}},
      {EventName::new_channel_answer_accept, mac::Command{mac::NewChannelAns{}}},
      {EventName::new_channel_answer_reject, mac::Command{mac::NewChannelAns{}}},
      {EventName::new_channel_request, mac::Command{mac::NewChannelReq{}}},
      {EventName::ping_slot_channel_answer_accept, mac::Command{mac::PingSlotChannelAns{}}},
      {EventName::ping_slot_channel_answer_reject, mac::Command{mac::PingSlotChannelAns{}}},
      {EventName::ping_slot_channel_request, mac::Command{mac::PingSlotChannelReq{}}},
      {EventName::ping_slot_info_answer, mac::Command{mac::PingSlotInfoAns{}}},
      {EventName::ping_slot_info_request, mac::Command{mac::PingSlotInfoReq{}}},
      {EventName::rejoin_param_setup_answer, mac::Command{mac::RejoinParamSetupAns{}}},
      {EventName::rejoin_param_setup_request, mac::Command{mac::RejoinParamSetupReq{}}},
      {EventName::rekey_confirmation, mac::Command{mac::RekeyConf{}}},
      {EventName::rekey_indication, mac::Command{mac::RekeyInd{}}},
      {EventName::relay_conf_answer_accept, mac::Command{mac::RelayConfAns{}}},
      {EventName::relay_conf_answer_reject, mac::Command{mac::RelayConfAns{}}},
      {EventName::relay_conf_request, mac::Command{mac::RelayConfReq{}}},
      {EventName::relay_configure_fwd_limit_answer, mac::Command{mac::ConfigureFwdLimitAns{}}},
      {EventName::relay_configure_fwd_limit_request, mac::Command{mac::ConfigureFwdLimitReq{}}},
      {EventName::relay_ctrl_uplink_list_answer_accept, mac::Command{mac::CtrlUplinkListAns{}}},
      {EventName::relay_ctrl_uplink_list_answer_reject, mac::Command{mac::CtrlUplinkListAns{}}},
      {EventName::relay_ctrl_uplink_list_request, mac::Command{mac::CtrlUplinkListReq{}}},
      {EventName::relay_end_device_conf_answer_accept, mac::Command{mac::EndDeviceConfAns{}}},
      {EventName::relay_end_device_conf_answer_reject, mac::Command{mac::EndDeviceConfAns{}}},
      {EventName::relay_end_device_conf_request, mac::Command{mac::EndDeviceConfReq{}}},
      {EventName::relay_notify_new_end_device_indication,
       mac::Command{mac::NotifyNewEndDeviceReq{}}},
      {EventName::relay_update_uplink_list_answer, mac::Command{mac::UpdateUplinkListAns{}}},
      {EventName::relay_update_uplink_list_request, mac::Command{mac::UpdateUplinkListReq{}}},
      {EventName::reset_confirmation, mac::Command{mac::ResetConf{}}},
      {EventName::reset_indication, mac::Command{mac::ResetInd{}}},
      {EventName::rx_param_setup_answer_accept, mac::Command{mac::RXParamSetupAns{}}},
      {EventName::rx_param_setup_answer_reject, mac::Command{mac::RXParamSetupAns{}}},
      {EventName::rx_param_setup_request, mac::Command{mac::RXParamSetupReq{}}},
      {EventName::rx_timing_setup_answer, mac::Command{mac::RXTimingSetupAns{}}},
      {EventName::rx_timing_setup_request, mac::Command{mac::RXTimingSetupReq{}}},
      {EventName::tx_param_setup_answer, mac::Command{mac::TXParamSetupAns{}}},
      {EventName::tx_param_setup_request, mac::Command{mac::TXParamSetupReq{}}},
  };
}

TEST(MacEvents, CarryWhatTheReferencesTableSays) {
  auto expected = table();
  ASSERT_EQ(expected.size(), mac::event_name_count);
  for (const auto& event : events()) {
    const std::string name(mac::to_string(event.name));
    EXPECT_EQ(type_of(event), expected.at(name)) << name;
    expected.erase(name);
  }
  for (const auto& [name, type] : expected) ADD_FAILURE() << "not tried: " << name;
}

template <class T>
T payload_of(const mac::Command& command, EventName name) {
  google::protobuf::Any data;
  put_mac_event({name, command}, data);
  T message;
  EXPECT_TRUE(data.UnpackTo(&message)) << data.type_url();
  return message;
}

TEST(MacEvents, CarryTheValues) {
  const auto adr = payload_of<pb::MACCommand::LinkADRReq>(
      mac::LinkADRReq{TxPowerIndex{2}, DataRateIndex{5}, 0x8001, 3, 7},
      EventName::link_adr_request);
  EXPECT_EQ(adr.data_rate_index(), pb::DATA_RATE_5);
  EXPECT_EQ(adr.tx_power_index(), 2U);
  EXPECT_EQ(adr.nb_trans(), 3U);
  EXPECT_EQ(adr.channel_mask_control(), 7U);
  ASSERT_EQ(adr.channel_mask_size(), 16);
  EXPECT_TRUE(adr.channel_mask(0) && adr.channel_mask(15));
  EXPECT_FALSE(adr.channel_mask(1));
  const auto rx = payload_of<pb::MACCommand::RxParamSetupReq>(
      mac::RXParamSetupReq{DataRateIndex{0}, DataRateOffset{1}, Frequency::hz(2'423'000'000)},
      EventName::rx_param_setup_request);
  EXPECT_EQ(rx.rx2_frequency(), 2'423'000'000U);
  EXPECT_EQ(rx.rx1_data_rate_offset(), pb::DATA_RATE_OFFSET_1);
  const auto status = payload_of<pb::MACCommand::DevStatusAns>(mac::DevStatusAns{200, -3},
                                                               EventName::dev_status_answer);
  EXPECT_EQ(status.battery(), 200U);
  EXPECT_EQ(status.margin(), -3);
}

TEST(MacEvents, ShowNoKey) {
  const auto list = payload_of<pb::MACCommand::RelayUpdateUplinkListReq>(
      mac::UpdateUplinkListReq{.reload_rate = 5,
                               .bucket_size = 2,
                               .dev_addr = DevAddr{0x26000002},
                               .w_fcnt = 9,
                               .root_wor_s_key = Aes128Key::from(Bytes(16, 7))},
      EventName::relay_update_uplink_list_request);
  EXPECT_EQ(list.root_wor_s_key(), "");
  EXPECT_EQ(list.w_f_cnt(), 9U);
  EXPECT_EQ(list.forward_limits().reload_rate(), 5U);
  EXPECT_EQ(list.dev_addr(), std::string("\x26\0\0\x02", 4));
}

TEST(MacCommands, RelaysAreToldWithTheirConfiguration) {
  pb::MACCommand message;
  put_command(mac::RelayConfReq{.second_ch_ack_offset = 1,
                                .second_ch_data_rate = DataRateIndex{3},
                                .second_ch_index = 1,
                                .default_ch_index = 1,
                                .cad_periodicity = 2,
                                .start = true,
                                .second_ch_frequency = Frequency::hz(868'300'000)},
              message);
  const auto& on = message.relay_conf_req().configuration();
  EXPECT_EQ(on.cad_periodicity(), pb::RELAY_CAD_PERIODICITY_250_MILLISECONDS);
  EXPECT_EQ(on.second_channel().frequency(), 868'300'000U);
  message.Clear();
  put_command(mac::RelayConfReq{}, message);
  EXPECT_TRUE(message.has_relay_conf_req());
  EXPECT_FALSE(message.relay_conf_req().has_configuration());
  message.Clear();
  put_command(mac::EndDeviceConfReq{.smart_enable_level = 2, .activation_mode = 2, .backoff = 4},
              message);
  const auto& served = message.relay_end_device_conf_req().configuration();
  EXPECT_EQ(served.dynamic().smart_enable_level(), pb::RELAY_SMART_ENABLE_LEVEL_32);
  EXPECT_EQ(served.backoff(), 4U);
  EXPECT_FALSE(served.has_second_channel());
}

}  // namespace
}  // namespace ff::api
