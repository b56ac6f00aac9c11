// Every path that NsEndDeviceRegistry/Set allows: what is set there is what is read again, also
// from the device's row, and nothing else has changed.
#include <gtest/gtest.h>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <map>

#include "actors/network_server/session/queue_rows.hpp"
#include "actors/network_server/session/record.hpp"
#include "app/api/services/mapping/ns_device.hpp"
#include "app/api/services/mapping/ns_device_rules.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/api_rules/api_rules.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "test/actors/network_server/session/stored_queue.hpp"

namespace ff::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;
using network_server::Device;
using Paths = std::vector<std::string>;

const UtcTime now{std::chrono::seconds{1'700'000'000}};

// --- which paths ---------------------------------------------------------------------------------

/// Paths that a change of a device can not set, or that mean something else.
bool is_exception(const std::string& path) {
  static const std::map<std::string, std::string> reasons = {
      {"ids.application_ids.application_id", "whose device it is: the request's key, not a value"},
      {"ids.device_id", "as above"},
      {"ids.dev_eui", "read-only once it is there"},
      {"ids.join_eui", "read-only once it is there"},
      {"supports_join", "can only be said when the device is made: see below"},
      {"multicast", "can only be said when the device is made: see below"},
      {"mac_settings_profile_ids.application_ids.application_id",
       "names settings that lie elsewhere"},
      {"mac_settings_profile_ids.profile_id", "as above: the profiles' tests have it"},
  };
  return reasons.contains(path);
}

/// Paths that only mean something together with others: below the first, the second is said too.
Paths with_companions(const std::string& path) {
  constexpr std::pair<std::string_view, std::string_view> rows[] = {
      {".cf_list.ch_masks", ".cf_list.type"},         // masks are one of two kinds of list
      {".mode.served.", ".mode.served.mode.always"},  // a device uses its relay in some way
      // A join-accept has an address and a network; a delay of 0 is one second.
      {".queued_join_accept.", ".queued_join_accept.dev_addr"},
      {".queued_join_accept.", ".queued_join_accept.net_id"},
      {".queued_join_accept.", ".queued_join_accept.request.rx_delay"},
      {".pending_join_request.", ".pending_join_request.rx_delay"},
  };
  Paths out{path};
  for (const auto& [part, companion] : rows) {
    const auto at = path.find(part);
    if (at == std::string::npos || path.find(".mode.served.mode.") != std::string::npos) continue;
    out.push_back(path.substr(0, at) + std::string(companion));
  }
  return out;
}

/// The allowed paths below which there is no other.
Paths leaves() {
  const auto all = api_rules::allowed_paths("ttn.lorawan.v3.NsEndDeviceRegistry/Set");
  Paths out;
  for (const auto path : all) {
    const auto parent = std::string(path) + '.';
    if (std::ranges::none_of(all, [&](auto other) { return other.starts_with(parent); }))
      out.emplace_back(path);
  }
  return out;
}

// --- a value for every field ---------------------------------------------------------------------

constexpr auto every_response =
    R"(queued_responses { cid: CID_LINK_CHECK link_check_ans { margin: 3 gateway_count: 2 } }
          queued_responses { cid: CID_DEVICE_TIME device_time_ans { time { seconds: 1700000000 nanos: 500000000 } } }
          queued_responses { cid: CID_REKEY rekey_conf { minor_version: MINOR_1 } }
          queued_responses { cid: CID_RESET reset_conf { minor_version: MINOR_1 } }
          queued_responses { cid: CID_PING_SLOT_INFO }
          queued_responses { cid: CID_BEACON_TIMING beacon_timing_ans { delay: 300 channel_index: 2 } }
          queued_responses { cid: CID_DEVICE_MODE device_mode_conf { class: CLASS_C } })";

constexpr auto every_request =
    R"(pending_requests { cid: CID_DEV_STATUS }
          pending_requests { cid: CID_LINK_ADR link_adr_req { data_rate_index: DATA_RATE_5 tx_power_index: 2
            channel_mask: [true, true, true, false, false, false, false, false, false, false, false, false, false,
                           false, false, true] channel_mask_control: 6 nb_trans: 3 } }
          pending_requests { cid: CID_DUTY_CYCLE duty_cycle_req { max_duty_cycle: DUTY_CYCLE_1024 } }
          pending_requests { cid: CID_RX_PARAM_SETUP rx_param_setup_req { rx2_data_rate_index: DATA_RATE_3
            rx1_data_rate_offset: DATA_RATE_OFFSET_2 rx2_frequency: 869525000 } }
          pending_requests { cid: CID_NEW_CHANNEL new_channel_req { channel_index: 4 frequency: 867100000
            min_data_rate_index: DATA_RATE_1 max_data_rate_index: DATA_RATE_5 } }
          pending_requests { cid: CID_RX_TIMING_SETUP rx_timing_setup_req { delay: RX_DELAY_5 } }
          pending_requests { cid: CID_TX_PARAM_SETUP tx_param_setup_req { max_eirp_index: DEVICE_EIRP_16
            uplink_dwell_time: true } }
          pending_requests { cid: CID_DL_CHANNEL dl_channel_req { channel_index: 4 frequency: 869525000 } }
          pending_requests { cid: CID_ADR_PARAM_SETUP adr_param_setup_req {
            adr_ack_limit_exponent: ADR_ACK_LIMIT_64 adr_ack_delay_exponent: ADR_ACK_DELAY_32 } }
          pending_requests { cid: CID_FORCE_REJOIN force_rejoin_req { rejoin_type: KEYS data_rate_index: DATA_RATE_2
            max_retries: 3 period_exponent: REJOIN_PERIOD_4 } }
          pending_requests { cid: CID_REJOIN_PARAM_SETUP rejoin_param_setup_req {
            max_count_exponent: REJOIN_COUNT_128 max_time_exponent: REJOIN_TIME_4 } }
          pending_requests { cid: CID_PING_SLOT_CHANNEL ping_slot_channel_req { frequency: 869525000
            data_rate_index: DATA_RATE_3 } }
          pending_requests { cid: CID_BEACON_FREQ beacon_freq_req { frequency: 869525000 } }
          pending_requests { cid: CID_RELAY_CONF relay_conf_req { configuration { default_channel_index: 1
            cad_periodicity: RELAY_CAD_PERIODICITY_50_MILLISECONDS second_channel {
              ack_offset: RELAY_SECOND_CH_ACK_OFFSET_800 data_rate_index: DATA_RATE_3 frequency: 868300000 } } } }
          pending_requests { cid: CID_RELAY_CONF relay_conf_req {} }
          pending_requests { cid: CID_RELAY_END_DEVICE_CONF relay_end_device_conf_req { configuration {
            dynamic { smart_enable_level: RELAY_SMART_ENABLE_LEVEL_16 } backoff: 7 } } }
          pending_requests { cid: CID_RELAY_UPDATE_UPLINK_LIST relay_update_uplink_list_req { rule_index: 1
            forward_limits { bucket_size: RELAY_LIMIT_BUCKET_SIZE_2 reload_rate: 5 } dev_addr: "\001\002\003\004"
            w_f_cnt: 9 } }
          pending_requests { cid: CID_RELAY_CTRL_UPLINK_LIST relay_ctrl_uplink_list_req { rule_index: 2
            action: RELAY_CTRL_UPLINK_LIST_ACTION_REMOVE_TRUSTED_END_DEVICE } }
          pending_requests { cid: CID_RELAY_CONFIGURE_FWD_LIMIT relay_configure_fwd_limit_req {
            reset_limit_counter: RELAY_RESET_LIMIT_COUNTER_RELOAD_RATE join_request_limits { reload_rate: 4 }
            notify_limits { reload_rate: 3 } global_uplink_limits { bucket_size: RELAY_LIMIT_BUCKET_SIZE_12 }
            overall_limits { reload_rate: 8 } } })";

constexpr auto two_uplinks =
    R"(recent_uplinks { payload { m_hdr { m_type: CONFIRMED_UP } mic: "\001\002\003\004" mac_payload { f_hdr {
              dev_addr: "\001\002\003\004" f_ctrl { adr: true } f_cnt: 8 f_opts: "\006" } f_port: 5 frm_payload: "abc"
              full_f_cnt: 8 } }
            settings { data_rate { lora { bandwidth: 125000 spreading_factor: 9 coding_rate: "4/5" } } }
            rx_metadata { gateway_ids { gateway_id: "gtw-1" } channel_rssi: -90 snr: 4.5 uplink_token: "t" }
            rx_metadata { gateway_ids { gateway_id: "gtw-2" } packet_broker {} snr: 7.5 }
            received_at { seconds: 1600000000 } correlation_ids: "gs:1" device_channel_index: 2 }
          recent_uplinks { payload { m_hdr { m_type: UNCONFIRMED_UP } mac_payload { f_hdr { f_ctrl {} f_cnt: 9 }
              full_f_cnt: 65545 } } received_at { seconds: 1600000060 } })";

/// Values of lists and maps, by the end of their path.
const std::vector<std::pair<std::string, std::string>>& list_values() {
  static const std::vector<std::pair<std::string, std::string>> values = {
      {"factory_preset_frequencies", "factory_preset_frequencies: [868100000, 868300000]"},
      {"channels",
       R"(channels { uplink_frequency: 868100000 downlink_frequency: 868300000
                     min_data_rate_index: DATA_RATE_1 max_data_rate_index: DATA_RATE_4 enable_uplink: true }
          channels { uplink_frequency: 868500000 downlink_frequency: 868500000 max_data_rate_index: DATA_RATE_5 })"},
      {"uplink_forwarding_rules",
       R"(uplink_forwarding_rules {}
          uplink_forwarding_rules { limits { bucket_size: RELAY_LIMIT_BUCKET_SIZE_4 reload_rate: 9 }
            last_w_f_cnt: 5 device_id: "served-1" session_key_id: "\001\002" })"},
      {"gateways",
       R"(gateways { gateway_ids { gateway_id: "gtw-1" eui: "\001\002\003\004\005\006\007\010" }
                     antenna_index: 1 group_index: 2 })"},
      {"correlation_ids", R"(correlation_ids: ["as:1", "as:2"])"},
      {"freq", "freq: [8671000, 8673000, 8675000]"},
      {"ch_masks", "ch_masks: [true, false, true, false, false, false, false, true]"},
      {"recent_mac_command_identifiers",
       "recent_mac_command_identifiers: [CID_LINK_ADR, CID_RX_PARAM_SETUP]"},
      {"rejected_adr_data_rate_indexes",
       "rejected_adr_data_rate_indexes: [DATA_RATE_1, DATA_RATE_3]"},
      {"rejected_adr_tx_power_indexes", "rejected_adr_tx_power_indexes: [2, 7]"},
      {"rejected_frequencies", "rejected_frequencies: [868100000, 868900000]"},
      {"rejected_data_rate_ranges",
       R"(rejected_data_rate_ranges { key: 868100000
            value { ranges { min_data_rate_index: DATA_RATE_1 max_data_rate_index: DATA_RATE_2 } } })"},
      {"queued_responses", every_response},
      {"pending_requests", every_request},
      {"recent_uplinks", two_uplinks},
      {"recent_downlinks",
       R"(recent_downlinks { payload { m_hdr { m_type: JOIN_ACCEPT } } }
          recent_downlinks { payload { m_hdr { m_type: CONFIRMED_DOWN } mac_payload { f_port: 5 full_f_cnt: 70000 } }
            correlation_ids: "ns:1" })"},
  };
  return values;
}

std::string bytes_for(const FieldDescriptor& field) {
  const auto size = field.name() == "dev_addr"        ? 4
                    : field.name() == "key"           ? 16
                    : field.name() == "encrypted_key" ? 24
                                                      : 3;
  return std::string(static_cast<std::size_t>(size), '\x42');
}

/// Not the default, and possible.
void fill_scalar(Message& in, const FieldDescriptor& field) {
  const auto& set = *in.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return set.SetBool(&in, &field, true);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& type = *field.enum_type();
      return set.SetEnumValue(&in, &field, type.value(type.value_count() - 1)->number());
    }
    case FieldDescriptor::CPPTYPE_FLOAT:
      return set.SetFloat(&in, &field, 0.5F);
    case FieldDescriptor::CPPTYPE_INT32:
      return set.SetInt32(&in, &field, 3);
    case FieldDescriptor::CPPTYPE_INT64:
      return set.SetInt64(&in, &field, 1'700'000'000);
    case FieldDescriptor::CPPTYPE_UINT32:
      return set.SetUInt32(&in, &field, 3);
    case FieldDescriptor::CPPTYPE_UINT64:
      return set.SetUInt64(&in, &field, 868'300'000);
    case FieldDescriptor::CPPTYPE_STRING:
      return set.SetString(
          &in, &field, field.type() == FieldDescriptor::TYPE_BYTES ? bytes_for(field) : "text-3");
    default:
      FAIL() << field.full_name();
  }
}

void fill(Message& in, const FieldDescriptor& field) {
  if (field.is_repeated()) {
    const auto found = std::ranges::find_if(
        list_values(), [&](const auto& value) { return value.first == field.name(); });
    ASSERT_NE(found, list_values().end()) << field.full_name();
    TextFormat::Parser parser;
    ASSERT_TRUE(parser.MergeFromString(found->second, &in)) << field.full_name();
    return;
  }
  if (field.message_type() == nullptr) return fill_scalar(in, field);
  // A time, a duration, a wrapped value, or a message without fields.
  auto& below = *in.GetReflection()->MutableMessage(&in, &field);
  if (below.GetDescriptor()->field_count() > 0)
    fill_scalar(below, *below.GetDescriptor()->field(0));
}

void set_path(Message& in, std::string_view path) {
  const auto dot = path.find('.');
  const std::string step(path.substr(0, dot));
  const auto rest = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  const auto* const field = in.GetDescriptor()->FindFieldByName(step);
  if (field == nullptr) return set_path(in, rest);  // The name of a oneof.
  if (rest.empty()) return fill(in, *field);
  set_path(*in.GetReflection()->MutableMessage(&in, field), rest);
}

// --- devices -------------------------------------------------------------------------------------

void put_session_keys(const char* id, pb::SessionKeys& keys) {
  keys.set_session_key_id(id);
  keys.mutable_f_nwk_s_int_key()->set_key(std::string(16, 'f'));
  keys.mutable_s_nwk_s_int_key()->set_key(std::string(16, 's'));
  keys.mutable_nwk_s_enc_key()->set_key(std::string(16, 'e'));
}

pb::EndDevice plain_message() {
  pb::EndDevice out;
  out.mutable_ids()->mutable_application_ids()->set_application_id("app-1");
  out.mutable_ids()->set_device_id("dev-1");
  out.mutable_ids()->set_join_eui(std::string(8, 'j'));
  out.mutable_ids()->set_dev_eui(std::string(8, 'd'));
  out.set_frequency_plan_id("EU_863_870_TTN");
  out.set_lorawan_version(pb::MAC_V1_1);
  out.set_lorawan_phy_version(pb::PHY_V1_1_REV_B);
  out.set_supports_join(true);
  out.mutable_session()->set_dev_addr("addr");
  out.mutable_session()->mutable_started_at()->set_seconds(1);
  put_session_keys("one", *out.mutable_session()->mutable_keys());
  out.mutable_pending_session()->set_dev_addr("next");
  put_session_keys("two", *out.mutable_pending_session()->mutable_keys());
  for (auto* state : {out.mutable_mac_state(), out.mutable_pending_mac_state()}) {
    state->set_lorawan_version(pb::MAC_V1_1);
    for (auto* parameters :
         {state->mutable_current_parameters(), state->mutable_desired_parameters()}) {
      parameters->set_adr_nb_trans(1);
      parameters->set_rx1_delay(pb::RX_DELAY_1);
    }
  }
  return out;
}

Paths top_level(const pb::EndDevice& device) {
  Paths out;
  for (const auto path : api_rules::allowed_paths("ttn.lorawan.v3.NsEndDeviceRegistry/Set")) {
    const auto* const field = device.GetDescriptor()->FindFieldByName(std::string(path));
    if (field != nullptr && field->name() != "ids") out.emplace_back(path);
  }
  return out;
}

Device stored(const Device& device) {
  auto out = network_server::decode_device(network_server::encode_device(device)).value().device;
  storage::WriteBatch batch;
  network_server::put_queue_changes({}, {}, network_server::queues_of(&device), batch);
  network_server::test::StoredQueue queue;
  queue.apply(batch);
  EXPECT_TRUE(network_server::add_queue_rows(queue.rows(), out));
  return out;
}

std::string difference(const pb::EndDevice& expected, const pb::EndDevice& actual) {
  std::string report;
  MessageDifferencer differencer;
  differencer.set_message_field_comparison(MessageDifferencer::EQUIVALENT);
  differencer.ReportDifferencesToString(&report);
  return differencer.Compare(expected, actual) ? "" : report;
}

/// What a read of the device gives when the request has been taken whole.
pb::EndDevice expected_after(const Device& base, const pb::EndDevice& request, const Paths& paths) {
  auto out = to_proto(base);
  EXPECT_TRUE(field_mask::copy(request, paths, out));
  out.mutable_ids()->set_dev_addr(out.session().dev_addr());
  // Whoever has a battery is known to run on it.
  if (out.has_battery_percentage()) out.set_power_state(pb::POWER_BATTERY);
  return out;
}

TEST(NsDevicePaths, WhatIsSetIsWhatIsReadAndNothingElseChanges) {
  const auto message = plain_message();
  const auto base = stored(change_ns_device(nullptr, message, top_level(message), now).value());
  std::size_t exceptions = 0;
  for (const auto& path : leaves()) {
    if (is_exception(path)) {
      ++exceptions;
      continue;
    }
    const auto paths = with_companions(path);
    pb::EndDevice request;
    *request.mutable_ids() = message.ids();
    for (const auto& one : paths) set_path(request, one);
    const auto changed = change_ns_device(&base, request, paths, now);
    ASSERT_TRUE(changed) << path << ": " << changed.error().to_string();
    const auto expected = expected_after(base, request, paths);
    EXPECT_FALSE(MessageDifferencer::Equals(expected, to_proto(base))) << path << " as it was";
    EXPECT_EQ(difference(expected, to_proto(stored(*changed))), "") << path;
  }
  EXPECT_EQ(exceptions, 8U);
}

TEST(NsDevicePaths, AllAtOnceMakeADeviceThatIsReadAsItWasSet) {
  auto message = plain_message();
  for (const auto& path : leaves()) {
    if (!is_exception(path)) set_path(message, path);
  }
  message.set_lorawan_version(pb::MAC_V1_1);  // Three keys, as there are here.
  message.mutable_mac_settings()->clear_use_adr();
  message.mutable_mac_settings()->clear_adr_margin();
  for (auto* list :
       {message.mutable_pending_mac_state()->mutable_pending_join_request()->mutable_cf_list(),
        message.mutable_pending_mac_state()
            ->mutable_queued_join_accept()
            ->mutable_request()
            ->mutable_cf_list()})
    list->clear_freq();  // One kind.
  const auto device = change_ns_device(nullptr, message, top_level(message), now);
  ASSERT_TRUE(device) << device.error().to_string();
  auto shown = to_proto(stored(*device));
  shown.clear_created_at();
  shown.clear_updated_at();
  shown.clear_power_state();
  message.mutable_ids()->set_dev_addr(message.session().dev_addr());
  EXPECT_EQ(difference(message, shown), "");
}

TEST(NsDevicePaths, WhatTheDeviceIsIsSaidWhenItIsMade) {
  auto message = plain_message();
  EXPECT_TRUE(to_proto(change_ns_device(nullptr, message, top_level(message), now).value())
                  .supports_join());
  message.set_supports_join(false);
  message.set_supports_class_c(true);
  message.set_multicast(true);
  message.clear_pending_session();
  message.clear_pending_mac_state();
  const auto group = change_ns_device(nullptr, message, top_level(message), now);
  ASSERT_TRUE(group) << group.error().to_string();
  EXPECT_TRUE(to_proto(*group).multicast());
  message.set_multicast(false);
  EXPECT_FALSE(change_ns_device(&*group, message, Paths{"multicast"}, now));
}

// --- what lists mean -----------------------------------------------------------------------------

pb::EndDevice with_lists(std::initializer_list<const char*> paths) {
  auto message = plain_message();
  for (const auto* const path : paths) set_path(message, path);
  return message;
}

Device made(const pb::EndDevice& message) {
  return change_ns_device(nullptr, message, top_level(message), now).value();
}

TEST(NsDevicePaths, UplinksOfAnImportAreHistoryForAdaptiveDataRate) {
  auto message = with_lists({"mac_state.recent_uplinks"});
  auto& state = *message.mutable_mac_state();
  state.mutable_current_parameters()->set_adr_data_rate_index(pb::DATA_RATE_3);
  state.mutable_recent_uplinks()->SwapElements(0, 1);
  *state.add_recent_uplinks() = state.recent_uplinks(1);
  const auto device = made(message);
  const auto& recent = device.mac_state->recent_uplinks;
  ASSERT_EQ(recent.size(), 3U);
  EXPECT_TRUE(recent[0].confirmed && recent[0].adr);
  EXPECT_EQ(recent[0].f_cnt, FCnt32{8});
  EXPECT_EQ(recent[0].max_snr_db, 7.5F);
  EXPECT_EQ(recent[0].gateway_count, 2);
  EXPECT_EQ(recent[0].channel_index, ChannelIndex{2});
  EXPECT_EQ(recent[0].data_rate_index, DataRateIndex{3}) << "the newest: what the device has";
  EXPECT_EQ(recent[1].data_rate_index, DataRateIndex{3}) << "sent alike";
  EXPECT_EQ(recent[2].data_rate_index, DataRateIndex{15}) << "sent otherwise";
  EXPECT_EQ(recent[2].f_cnt, FCnt32{65'545});
}

TEST(NsDevicePaths, MoreFramesThanAreKeptLoseTheOldest) {
  auto message = plain_message();
  for (std::uint32_t i = 1; i <= 30; ++i) {
    message.mutable_mac_state()
        ->add_recent_uplinks()
        ->mutable_payload()
        ->mutable_mac_payload()
        ->set_full_f_cnt(i);
    message.mutable_mac_state()
        ->add_recent_downlinks()
        ->mutable_payload()
        ->mutable_mac_payload()
        ->set_full_f_cnt(i);
  }
  const auto state = *made(message).mac_state;
  ASSERT_EQ(state.recent_uplinks.size(), mac::recent_uplinks_max);
  EXPECT_EQ(state.recent_uplinks.back().f_cnt, FCnt32{11});
  ASSERT_EQ(state.recent_downlinks.size(), mac::recent_downlinks_max);
  EXPECT_EQ(state.recent_downlinks.front().f_cnt, FCnt32{30});
}

TEST(NsDevicePaths, AnUplinkOfUnreasonableSizeIsKeptAsOneThatWasReceived) {
  auto message = with_lists({"mac_state.recent_uplinks"});
  auto& uplink = *message.mutable_mac_state()->mutable_recent_uplinks(0);
  uplink.mutable_payload()->mutable_mac_payload()->set_frm_payload(std::string(5000, 'x'));
  const auto device = made(message);
  EXPECT_TRUE(device.mac_state->recent_uplinks.back().as_given.empty());
  const auto shown = to_proto(device);
  EXPECT_EQ(shown.mac_state().recent_uplinks(0).payload().mac_payload().full_f_cnt(), 8U);
  EXPECT_TRUE(MessageDifferencer::Equivalent(shown.mac_state().recent_uplinks(1),
                                             message.mac_state().recent_uplinks(1)));
}

/// Whatever else is changed, keys of requests and what is kept of received frames stay.
TEST(NsDevicePaths, WhatIsNotShownSurvivesAChangeOfSomethingElse) {
  auto device = made(plain_message());
  device.mac_state->pending_requests = {
      mac::UpdateUplinkListReq{.dev_addr = DevAddr{1},
                               .root_wor_s_key = Aes128Key::from(Bytes(16, 7))},
      mac::ForceRejoinReq{.rejoin_type = 2, .high_octet_first = true}};
  device.mac_state->recent_uplinks = {
      {.f_cnt = FCnt32{9}, .data_rate_index = DataRateIndex{2}, .payload_hash = 77},
      {.is_data = false, .max_snr_db = 3}};
  device.mac_state->recent_downlinks = {
      {.f_cnt = FCnt32{3}, .f_port = FPort{0}, .transmit_at = now}};
  device.pending_mac_state->pending_join_request =
      mac::JoinParameters{.dev_addr = DevAddr{5}, .cf_list = {}};
  pb::EndDevice request;
  request.set_supports_class_c(true);
  const auto changed = change_ns_device(&device, request, Paths{"supports_class_c"}, now).value();
  EXPECT_EQ(changed.mac_state, device.mac_state);
  EXPECT_EQ(changed.pending_mac_state, device.pending_mac_state);
}

TEST(NsDevicePaths, CommandsOfDevicesAndUnsendableOnesAreRefusedByTheirField) {
  const std::pair<const char*, const char*> rows[] = {
      {"an answer of a device", "cid: CID_LINK_ADR link_adr_ans { channel_mask_ack: true }"},
      {"another's payload", "cid: CID_LINK_ADR duty_cycle_req { max_duty_cycle: DUTY_CYCLE_2 }"},
      {"a payload that is missing", "cid: CID_LINK_ADR"},
      {"no command", "cid: CID_RFU_0"},
      {"a frequency between steps",
       "cid: CID_BEACON_FREQ beacon_freq_req { frequency: 869525001 }"},
  };
  const auto device = made(plain_message());
  for (const auto& [name, text] : rows) {
    pb::EndDevice request;
    ASSERT_TRUE(
        TextFormat::ParseFromString(text, request.mutable_mac_state()->add_pending_requests()));
    const auto changed =
        change_ns_device(&device, request, Paths{"mac_state.pending_requests"}, now);
    ASSERT_FALSE(changed) << name;
    EXPECT_EQ(changed.error().name(), "field_value") << name;
  }
}

// --- what devices say of themselves --------------------------------------------------------------

TEST(NsDevicePaths, AStatusCanBeGivenBeforeThereIsAMacState) {
  auto message = plain_message();
  for (auto clear :
       {&pb::EndDevice::clear_session, &pb::EndDevice::clear_mac_state,
        &pb::EndDevice::clear_pending_session, &pb::EndDevice::clear_pending_mac_state})
    (message.*clear)();
  message.mutable_battery_percentage()->set_value(0.25F);
  message.set_downlink_margin(-7);
  const auto device = stored(made(message));
  EXPECT_FALSE(device.mac_state);
  EXPECT_EQ(to_proto(device).battery_percentage().value(), 0.25F);
  EXPECT_EQ(to_proto(device).downlink_margin(), -7);
  EXPECT_FALSE(to_proto(device).has_last_dev_status_received_at());
  pb::EndDevice request;
  const auto cleared =
      change_ns_device(&device, request, Paths{"battery_percentage", "downlink_margin"}, now);
  EXPECT_FALSE(to_proto(cleared.value()).has_battery_percentage());
}

TEST(NsDevicePaths, AStatusOutlivesItsSessionUntilAReset) {
  auto device = made(plain_message());
  device.earlier_status = mac::DeviceStatus{now, FCnt32{9}, 0.5F, false, 4};
  EXPECT_EQ(to_proto(device).battery_percentage().value(), 0.5F);
  EXPECT_EQ(to_proto(device).mac_state().last_dev_status_f_cnt_up(), 0U) << "of this session";
  pb::EndDevice request;
  request.set_supports_class_c(true);
  const auto changed = change_ns_device(&device, request, Paths{"supports_class_c"}, now).value();
  EXPECT_EQ(changed.earlier_status, device.earlier_status);
  EXPECT_FALSE(changed.mac_state->device_status) << "the device is still to be asked";
  device.mac_state->device_status = mac::DeviceStatus{now, FCnt32{2}, 0.75F, false, 4};
  EXPECT_EQ(to_proto(device).battery_percentage().value(), 0.75F) << "the newer one";
  EXPECT_FALSE(to_proto(reset_ns_device(device, now)).has_battery_percentage());
}

}  // namespace
}  // namespace ff::api
