// What events tell of frames and joins, as messages of the API.
#include "app/api/services/mapping/traffic.hpp"

#include <gtest/gtest.h>

#include "app/api/services/mapping/events.hpp"
#include "app/api/services/mapping/js_device.hpp"
#include "app/api/services/mapping/js_device_rules.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/phy/frame_encoder.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::api {
namespace {

const Aes128Key key = Aes128Key::from(Bytes(16, 1));
const DeviceIdentifiers ids{{ApplicationId("app-1"), DeviceId("dev-1")}, {}, {}, {}};
const UtcTime now{std::chrono::seconds{1'700'000'000}};

Bytes frame(phy::MType m_type, std::uint8_t f_port) {
  phy::DataFrame out;
  out.m_type = m_type;
  out.dev_addr = DevAddr{0x260b1234};
  out.f_ctrl.adr = true;
  out.f_port = FPort{f_port};
  out.frm_payload = {7, 8, 9};
  return phy::seal_frame(std::move(out), {key, key, key}, {.f_cnt = FCnt32{70'001}}).value();
}

std::shared_ptr<const events::Uplink> uplink(std::uint8_t f_port = 3) {
  std::vector<RxMetadata> metadata(2);
  metadata[0].gateway.gateway_id = GatewayId("gw-1");
  metadata[1].gateway.gateway_id = GatewayId("gw-2");
  UplinkSettings settings;
  settings.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  settings.frequency = Frequency::hz(868'100'000);
  return std::make_shared<const events::Uplink>(
      events::Uplink{.phy_payload = frame(phy::MType::confirmed_up, f_port),
                     .settings = settings,
                     .rx_metadata = std::make_shared<const std::vector<RxMetadata>>(metadata),
                     .received_at = now,
                     .crc_ok = true,
                     .channel_index = ChannelIndex{2},
                     .f_cnt = FCnt32{70'001}});
}

template <class Message>
Message shown(std::string_view name, events::EventData data) {
  const auto event = to_proto({.name = name,
                               .time = now,
                               .subject = ids,
                               .correlation_ids = {"c-1"},
                               .data = std::move(data)});
  Message message;
  EXPECT_TRUE(event.data().UnpackTo(&message)) << name << ": " << event.data().type_url();
  return message;
}

TEST(EventData, AnUplinkIsAnUplinkMessage) {
  const auto message = shown<pb::UplinkMessage>("ns.up.data.receive", uplink());
  EXPECT_EQ(message.raw_payload(), text_of(uplink()->phy_payload));
  EXPECT_EQ(message.payload().m_hdr().m_type(), pb::CONFIRMED_UP);
  const auto& mac = message.payload().mac_payload();
  EXPECT_EQ(mac.f_hdr().dev_addr(), std::string("\x26\x0b\x12\x34"));
  EXPECT_EQ(mac.f_hdr().f_cnt(), 70'001U & 0xffff);
  EXPECT_TRUE(mac.f_hdr().f_ctrl().adr());
  EXPECT_EQ(mac.full_f_cnt(), 70'001U);
  EXPECT_EQ(mac.f_port(), 3U);
  EXPECT_EQ(message.payload().mic(),
            message.raw_payload().substr(message.raw_payload().size() - 4));
  EXPECT_EQ(message.rx_metadata_size(), 2);
  EXPECT_EQ(message.settings().frequency(), 868'100'000U);
  EXPECT_EQ(message.device_channel_index(), 2U);
  EXPECT_EQ(message.correlation_ids(0), "c-1");
  EXPECT_TRUE(message.crc_status().value());
  EXPECT_GT(message.consumed_airtime().nanos(), 0);
}

TEST(EventData, WhatIsForwardedIsAnApplicationUp) {
  const auto forwarded = [](std::uint8_t f_port, bool has_payload) {
    return std::make_shared<const events::ForwardedUplink>(
        events::ForwardedUplink{uplink(f_port), {1, 2}, NetId{0x13}, has_payload});
  };
  const auto message = shown<pb::ApplicationUp>("ns.up.data.forward", forwarded(3, true));
  EXPECT_EQ(message.end_device_ids().device_id(), "dev-1");
  const auto& up = message.uplink_message();
  EXPECT_EQ(up.frm_payload(), std::string("\7\10\11"));
  EXPECT_EQ(up.f_cnt(), 70'001U);
  EXPECT_EQ(up.f_port(), 3U);
  EXPECT_TRUE(up.confirmed());
  EXPECT_EQ(up.rx_metadata_size(), 2);
  EXPECT_EQ(up.session_key_id(), std::string("\1\2"));
  EXPECT_EQ(up.network_ids().net_id(), std::string("\0\0\x13", 3));
  const auto relayed = shown<pb::ApplicationUp>("ns.up.data.forward", forwarded(226, false));
  EXPECT_EQ(relayed.uplink_message().frm_payload(), "");
}

TEST(EventData, ADownlinkIsADownlinkMessage) {
  const auto sent = std::make_shared<const DownlinkFrame>(DownlinkFrame{
      .device = ids.uid,
      .phy_payload = frame(phy::MType::unconfirmed_down, 5),
      .request = {.device_class = DeviceClass::c,
                  .paths = {{{GatewayId("gw-1"), {}}, 1, {9}}, {{GatewayId("gw-2"), {}}, 2, {}}},
                  .rx1_delay = std::chrono::seconds{5},
                  .rx2 = RxWindow{LoraDataRate{12, 125'000, CodingRate::cr4_5},
                                  Frequency::hz(869'525'000)},
                  .priority = TxPriority::high,
                  .frequency_plan_id = "EU_863_870"},
      .correlation_ids = {"ns:downlink:1"}});
  const auto message = shown<pb::DownlinkMessage>("ns.down.data.schedule.attempt", sent);
  EXPECT_EQ(message.payload().m_hdr().m_type(), pb::UNCONFIRMED_DOWN);
  EXPECT_EQ(message.end_device_ids().application_ids().application_id(), "app-1");
  const auto& request = message.request();
  EXPECT_EQ(request.class_(), pb::CLASS_C);
  EXPECT_EQ(request.downlink_paths(0).uplink_token(), "\t");
  EXPECT_EQ(request.downlink_paths(1).fixed().gateway_ids().gateway_id(), "gw-2");
  EXPECT_EQ(request.rx2_frequency(), 869'525'000U);
  EXPECT_EQ(request.rx1_frequency(), 0U);
  EXPECT_EQ(message.correlation_ids(0), "ns:downlink:1");
  const auto scheduled = shown<pb::ScheduleDownlinkResponse>(
      "ns.down.data.schedule.success",
      ScheduledDownlink{GatewayId("gw-1"), 2, std::chrono::seconds{3}});
  EXPECT_EQ(scheduled.delay().seconds(), 3);
  EXPECT_TRUE(scheduled.rx2());
  EXPECT_FALSE(scheduled.rx1());
  EXPECT_EQ(scheduled.downlink_path().fixed().gateway_ids().gateway_id(), "gw-1");
}

TEST(EventData, AJoinIsRequestAndResponseWithoutKeys) {
  const auto asked = std::make_shared<const events::JoinQuestion>(
      events::JoinQuestion{.join_request = Bytes(23, 0),
                           .dev_addr = DevAddr{0x26000001},
                           .mac_version = MacVersion::v1_0_3,
                           .net_id = NetId{0x13},
                           .dl_settings = 0x23,
                           .rx_delay = 5});
  const auto request = shown<pb::JoinRequest>("ns.up.join.cluster.attempt", asked);
  EXPECT_EQ(request.payload().join_request_payload().dev_nonce(), std::string(2, '\0'));
  EXPECT_EQ(request.downlink_settings().rx1_dr_offset(), pb::DATA_RATE_OFFSET_2);
  EXPECT_EQ(request.downlink_settings().rx2_dr(), pb::DATA_RATE_3);
  EXPECT_EQ(request.rx_delay(), pb::RX_DELAY_5);
  EXPECT_FALSE(request.has_cf_list());
  const auto reply =
      std::make_shared<const events::JoinReply>(events::JoinReply{Bytes(17, 0x20), {1, 2, 3}});
  const auto response = shown<pb::JoinResponse>("ns.up.join.cluster.success", reply);
  EXPECT_EQ(response.raw_payload(), std::string(17, ' '));
  EXPECT_EQ(response.session_keys().session_key_id(), "\1\2\3");
  EXPECT_FALSE(response.session_keys().has_app_s_key());
}

TEST(EventData, AChangeIsAListOfPaths) {
  const auto value = shown<google::protobuf::Value>("js.end_device.update",
                                                    events::FieldPaths{{"net_id", "root_keys"}});
  ASSERT_EQ(value.list_value().values_size(), 2);
  EXPECT_EQ(value.list_value().values(1).string_value(), "root_keys");
}

TEST(EventData, OctetsThatAreNoFrameAreShownAsTheyAre) {
  pb::Message message;
  put_message(Bytes{0x40}, message);
  EXPECT_FALSE(message.has_m_hdr());
  put_message(Bytes{0xe0, 1, 2}, message);
  EXPECT_EQ(message.m_hdr().m_type(), pb::PROPRIETARY);
}

TEST(JsDeviceRules, AClaimCodeIsKeptAndTakenAway) {
  pb::EndDevice device;
  put_ids({ids.uid, DevEui{1}, JoinEui{2}, {}}, *device.mutable_ids());
  device.mutable_claim_authentication_code()->set_value("C0FFEE");
  device.mutable_claim_authentication_code()->mutable_valid_to()->set_seconds(9);
  const storage::JoinKey euis{JoinEui{2}, DevEui{1}};
  const std::vector<std::string> paths{"claim_authentication_code"};
  const auto created = change_join_device(nullptr, device, euis, paths);
  ASSERT_TRUE(created);
  const auto shown = to_proto(*created);
  EXPECT_EQ(shown.claim_authentication_code().value(), "C0FFEE");
  EXPECT_EQ(shown.claim_authentication_code().valid_to().seconds(), 9);
  device.clear_claim_authentication_code();
  const auto changed = change_join_device(&*created, device, euis, paths);
  ASSERT_TRUE(changed);
  EXPECT_FALSE(to_proto(*changed).has_claim_authentication_code());
}

// [spec join-server §8]
TEST(JsDeviceRules, WhatADeviceWasProvisionedWithStays) {
  pb::EndDevice device;
  put_ids({ids.uid, DevEui{1}, JoinEui{2}, {}}, *device.mutable_ids());
  device.set_provisioner_id("microchip");
  (*device.mutable_provisioning_data()->mutable_fields())["serial"].set_string_value("1");
  const storage::JoinKey euis{JoinEui{2}, DevEui{1}};
  const std::vector<std::string> paths{"provisioner_id", "provisioning_data"};
  const auto created = change_join_device(nullptr, device, euis, paths);
  ASSERT_TRUE(created);
  EXPECT_TRUE(change_join_device(&*created, device, euis, paths)) << "the same again";
  auto other = device;
  (*other.mutable_provisioning_data()->mutable_fields())["serial"].set_string_value("2");
  const auto changed = change_join_device(&*created, other, euis, paths);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().name(), "read_only_field");
  other.clear_provisioning_data();
  EXPECT_FALSE(change_join_device(&*created, other, euis, paths)) << "nor is it taken away";
}

}  // namespace
}  // namespace ff::api
