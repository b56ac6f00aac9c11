// Devices to protobuf and back: nothing that has a place in the API is lost or changed.
#include <gtest/gtest.h>

#include "app/api/services/mapping/as_device.hpp"
#include "app/api/services/mapping/js_device.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/ns_device.hpp"

namespace ff::api {
namespace {

const Aes128Key key = Aes128Key::from(Bytes(16, 0x42));
const DeviceIdentifiers ids{
    {ApplicationId("app-1"), DeviceId("dev-1")}, DevEui{1}, JoinEui{2}, DevAddr{0x260b1234}};

ApplicationDownlink downlink() {
  return {.session_key_id = {1, 2},
          .f_port = FPort{5},
          .f_cnt = FCnt32{70'000},
          .frm_payload = {1, 2, 3},
          .decoded_payload_json = {},
          .confirmed = true,
          .priority = TxPriority::high,
          .class_b_c = ClassBC{{{{GatewayId("gtw-1"), GatewayEui{3}}, 1, 2}},
                               UtcTime(std::chrono::seconds(5))},
          .correlation_ids = {"corr"},
          .confirmed_retry = ConfirmedRetry{1, 8}};
}

mac::ServingRelay relay() {
  mac::ServingRelay out;
  out.second_channel = mac::RelaySecondChannel{2, DataRateIndex{3}, Frequency::hz(868'300'000)};
  out.default_channel_index = std::uint8_t{1};
  out.cad_periodicity = 4;
  out.uplink_forwarding_rules = {
      {}, {mac::RelayLimit{2, 62}, 9, DeviceId("dev-2"), {4}, mac::WorSession{DevAddr{5}, key}}};
  out.limits = mac::RelayForwardingLimits{3, mac::RelayLimit{1, 2}, {}, mac::RelayLimit{}, {}};
  return out;
}

mac::MacSettings settings() {
  mac::MacSettings out;
  out.class_b_timeout = std::chrono::seconds{7};
  out.ping_slot_frequency = Frequency();  // set to "hops"
  out.rx1_delay = std::chrono::seconds{5};
  out.rx2_frequency = Frequency::hz(869'525'000);
  out.factory_preset_frequencies = {Frequency::hz(868'100'000)};
  out.max_duty_cycle = mac::DutyCycleExponent{3};
  out.supports_32_bit_f_cnt = false;
  out.status_time_periodicity = std::chrono::nanoseconds{0};
  out.status_count_periodicity = 0;
  out.desired_max_eirp_dbm = 16;
  out.uplink_dwell_time = true;
  out.relay = mac::ServedRelay{.activation = mac::RelayActivation::dynamic,
                               .smart_enable_level = 2,
                               .serving_device_id = DeviceId("relay-1")};
  out.desired_relay = relay();
  mac::AdrDynamic adr{.margin_db = 12.5F,
                      .min_data_rate_index = DataRateIndex{1},
                      .max_tx_power_index = TxPowerIndex{4}};
  adr.channel_steering = mac::ChannelSteering::lora_narrow;
  adr.nb_trans_overrides[15] = {1, 3};
  out.adr = adr;
  return out;
}

mac::MacState state() {
  mac::MacState out;
  out.current.relay = mac::ServedRelay{.activation = mac::RelayActivation::device,
                                       .backoff = std::uint8_t{0},
                                       .serving_device_id = DeviceId("relay-1")};
  out.desired.relay = relay();
  out.pending_relay_downlink = {7, 8};
  out.lorawan_version = MacVersion::v1_0_3;
  out.device_class = DeviceClass::c;
  out.current.max_eirp_dbm = 16;
  out.current.adr_ack_limit_exponent = mac::AdrAckExponent{6};
  out.current.rx2_frequency = Frequency::hz(869'525'000);
  out.current.channels = {{Frequency::hz(868'100'000), Frequency::hz(868'100'000), DataRateIndex{0},
                           DataRateIndex{5}, true}};
  out.current.uplink_dwell_time = region::DwellTime::off;
  out.desired = out.current;
  out.desired.rx1_delay = std::chrono::seconds{5};
  out.rejected.frequencies = {Frequency::hz(1), Frequency::hz(2)};
  out.rejected.data_rate_ranges[Frequency::hz(3)] = {{DataRateIndex{1}, DataRateIndex{2}}};
  out.recent_uplinks = {mac::RecentUplink{.f_cnt = FCnt32{9}, .payload_hash = 77}};
  out.device_status =
      mac::DeviceStatus{UtcTime(std::chrono::seconds(9)), FCnt32{8}, 0.5F, false, -3};
  out.pending_application_downlink = downlink();
  out.last_downlink_at = UtcTime(std::chrono::seconds(11));
  return out;
}

TEST(MappingTest, ADeviceOfTheNetworkServerSurvivesTheWayThroughTheApi) {
  network_server::Device device;
  device.ids = ids;
  device.lorawan_version = MacVersion::v1_0_3;
  device.lorawan_phy_version = PhyVersion::rp001_v1_0_3_rev_a;
  device.frequency_plan_id = "EU_863_870_TTN";
  device.supports_class_c = true;
  device.mac_settings = settings();
  device.mac_state = state();
  device.session = mac::Session{.dev_addr = DevAddr{0x260b1234},
                                .keys = {{9}, key, key, key},
                                .last_f_cnt_up = FCnt32{70'000},
                                .last_n_f_cnt_down = FCnt32{5},
                                .started_at = UtcTime(std::chrono::seconds(3)),
                                .queued_application_downlinks = {downlink()}};
  EXPECT_EQ(ns_device_of(to_proto(device), device), device);
  // What the API shows is enough for all but what it does not show at all.
  auto fresh = ns_device_of(to_proto(device), {});
  auto shown = device.mac_settings;
  mac::serving(shown.desired_relay)->uplink_forwarding_rules[1].wor.reset();
  EXPECT_EQ(fresh.mac_settings, shown);
  EXPECT_EQ(fresh.session, device.session);
  EXPECT_EQ(fresh.mac_state->current, device.mac_state->current);
  EXPECT_EQ(fresh.mac_state->device_status, device.mac_state->device_status);
  EXPECT_EQ(fresh.mac_state->rejected, device.mac_state->rejected);
}

TEST(MappingTest, ARequestOnItsWayDoesNotShowItsKey) {
  network_server::Device device;
  device.mac_state.emplace();
  device.mac_state->pending_requests = {
      mac::UpdateUplinkListReq{.dev_addr = DevAddr{1}, .root_wor_s_key = key}};
  const auto shown = to_proto(device).mac_state().pending_requests(0);
  ASSERT_TRUE(shown.has_relay_update_uplink_list_req());
  EXPECT_EQ(shown.relay_update_uplink_list_req().dev_addr(), std::string("\0\0\0\1", 4));
  EXPECT_EQ(shown.relay_update_uplink_list_req().root_wor_s_key(), "");
}

TEST(MappingTest, ADeviceOfTheJoinServerSurvivesTheWayThroughTheApi) {
  join_server::JoinDevice device;
  device.ids = ids;
  device.app_key.key = key;
  device.nwk_key = {std::nullopt, "kek", {1, 2, 3}};
  device.net_id = NetId{0x13};
  device.resets_join_nonces = true;
  device.nonces = {{DevNonce{1}, DevNonce{7}}, DevNonce{7}, JoinNonce{5}};
  device.application_server_id = "as";
  device.network_server_address = "ns:1884";
  device.sessions.resize(2);
  EXPECT_EQ(join_device_of(to_proto(device), device), device);

  auto changed = to_proto(device);
  changed.set_last_dev_nonce(0);
  EXPECT_TRUE(join_device_of(changed, device).nonces.used_dev_nonces.empty())
      << "a counter that is set back takes the list with it";
  changed.add_used_dev_nonces(8);
  EXPECT_EQ(join_device_of(changed, device).nonces.used_dev_nonces.size(), 3U)
      << "unless the list is set, too";
}

TEST(MappingTest, ADeviceOfTheApplicationServerSurvivesTheWayThroughTheApi) {
  application_server::AppDevice device;
  device.ids = ids;
  device.session = application_server::AppSession{DevAddr{0x260b1234},
                                                  {9},
                                                  KeyEnvelope{key, {}, {}},
                                                  FCnt32{4},
                                                  UtcTime(std::chrono::seconds(3))};
  device.pending_session = device.session;
  device.skip_payload_crypto_override = false;
  device.version_ids = DeviceVersionIds{"brand", "model", "1.0", "1.1", "EU_863_870"};
  device.alliance_profile_ids = application_server::AllianceProfileIds{7, 8};
  device.serial_number = "42-x";
  EXPECT_EQ(app_device_of(to_proto(device), device), device);
}

TEST(MappingTest, ADownlinkSurvivesTheWayThroughTheApi) {
  ttn::lorawan::v3::ApplicationDownlink message;
  put_downlink(downlink(), message);
  EXPECT_EQ(downlink_of(message), downlink());
}

TEST(MappingTest, AFailedDownlinkSaysWhy) {
  static constexpr ErrorDef def{"pkg/x", "too_late", Code::aborted, "too late"};
  ttn::lorawan::v3::ApplicationUp message;
  put_up({.ids = ids, .up = DownlinkFailed{downlink(), Error(def)}}, message);
  EXPECT_EQ(message.downlink_failed().error().name(), "too_late");
  EXPECT_EQ(message.downlink_failed().downlink().f_port(), 5U);
}

}  // namespace
}  // namespace ff::api
