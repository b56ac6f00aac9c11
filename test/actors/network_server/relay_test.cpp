// A device behind a relay: its frames go through two sessions there and back, as messages between
// shards.
#include <gtest/gtest.h>

#include "protocol/join/session_keys.hpp"
#include "protocol/phy/frame_crypto.hpp"
#include "protocol/relay/forward.hpp"
#include "protocol/relay/relayed_frame.hpp"
#include "test/actors/network_server/fixture.hpp"

namespace ff::network_server {
namespace {

const DeviceUid relay_uid{ApplicationId("test-app"), DeviceId("relay-1")};
constexpr DevAddr relay_address{0x260b9999};
const Aes128Key relay_key = Aes128Key::from(Bytes(16, 0x24));

class RelayTest : public NetworkServerFixture {
 protected:
  void change(const DeviceUid& device, std::function<Result<Device>(const Device*)> change) {
    bool changed = false;
    caf::anon_send(context->shards.of(device),
                   to_session(device, ChangeDevice{std::move(change), [&](const auto& result) {
                                                     changed = result.has_value();
                                                   }}));
    run();
    ASSERT_TRUE(changed);
  }
  std::shared_ptr<const Device> get(const DeviceUid& device) {
    std::shared_ptr<const Device> found;
    caf::anon_send(context->shards.of(device), to_session(device, GetDevice{[&](const auto& got) {
                                                            if (got) found = *got;
                                                          }}));
    run();
    return found;
  }

  void create_relay() {
    change(relay_uid, [](const Device*) -> Result<Device> {
      Device device;
      device.ids.uid = relay_uid;
      device.lorawan_version = MacVersion::v1_0_3;
      device.lorawan_phy_version = PhyVersion::rp001_v1_0_3_rev_a;
      device.frequency_plan_id = "EU_863_870_TTN";
      device.session =
          mac::Session{.dev_addr = relay_address, .keys = {{5}, relay_key, relay_key, relay_key}};
      mac::ServingRelay relay;
      relay.uplink_forwarding_rules = {{{}, 0, uid.device_id, {}, {}}};
      device.mac_settings.relay = mac::ServingRelay{};
      device.mac_settings.desired_relay = relay;
      return device;
    });
  }
  void create_served() {
    create_device([](Device& device) {
      device.mac_settings.relay = device.mac_settings.desired_relay =
          mac::ServedRelay{.serving_device_id = relay_uid.device_id};
    });
  }

  static Bytes device_frame(std::uint32_t f_cnt) {
    phy::DataFrame frame;
    frame.m_type = phy::MType::confirmed_up;
    frame.dev_addr = address;
    frame.f_port = FPort{1};
    frame.frm_payload = {1, 2, 3};
    return phy::seal_frame(frame, {key, key, key},
                           {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{f_cnt}})
        .value();
  }
  void carry(Bytes phy_payload, std::uint32_t f_cnt) {
    phy::DataFrame frame;
    frame.m_type = phy::MType::unconfirmed_up;
    frame.dev_addr = relay_address;
    frame.f_port = relay::forward_port;
    frame.frm_payload = relay::encode_forwarded_uplink({.data_rate = DataRateIndex{3},
                                                        .snr_db = 4,
                                                        .rssi_dbm = -90,
                                                        .frequency = Frequency::hz(868'300'000),
                                                        .phy_payload = std::move(phy_payload)},
                                                       100)
                            .value();
    phy::crypt_frm_payload(relay_key, {phy::Direction::up, relay_address, FCnt32{f_cnt}},
                           frame.frm_payload);
    receive(phy::seal_frame(frame, {relay_key, relay_key, relay_key},
                            {.mac_version = MacVersion::v1_0_3, .f_cnt = FCnt32{f_cnt}})
                .value(),
            context->shards.of(relay_address));
  }
  const ApplicationUplink* uplink_of(const DeviceUid& device) const {
    for (const auto& up : ups) {
      if (up.ids.uid == device && std::holds_alternative<ApplicationUplink>(up.up))
        return &std::get<ApplicationUplink>(up.up);
    }
    return nullptr;
  }
};

TEST_F(RelayTest, AFrameGoesThroughTheRelayThereAndBack) {
  create_relay();
  create_served();
  carry(device_frame(1), 1);
  advance(seconds{2});

  const auto* up = uplink_of(uid);
  ASSERT_NE(up, nullptr);
  EXPECT_EQ(up->f_cnt, FCnt32{1});
  ASSERT_EQ(up->rx_metadata.size(), 1U);
  EXPECT_EQ(up->rx_metadata[0].relay, (RelayMetadata{relay_uid.device_id, 0}));
  EXPECT_EQ(up->rx_metadata[0].rssi_dbm, -90);
  const auto* carrier = uplink_of(relay_uid);
  ASSERT_NE(carrier, nullptr);
  EXPECT_TRUE(carrier->frm_payload.empty());

  ASSERT_EQ(transmissions.size(), 1U) << "one frame of the relay, none of the device";
  EXPECT_EQ(transmissions[0]->device, relay_uid);
  const auto outer = phy::decode_data_frame(transmissions[0]->phy_payload).value();
  EXPECT_EQ(outer.dev_addr, relay_address);
  EXPECT_EQ(outer.f_port, relay::forward_port);
  auto payload = to_owned(outer.frm_payload);
  phy::crypt_frm_payload(relay_key, {phy::Direction::down, relay_address, FCnt32{1}}, payload);
  const auto inner = phy::decode_data_frame(payload).value();
  EXPECT_EQ(inner.dev_addr, address);
  EXPECT_TRUE(inner.f_ctrl.ack);

  EXPECT_EQ(get(uid)->session->last_n_f_cnt_down, FCnt32{1});
  EXPECT_FALSE(get(uid)->mac_state->rx_windows_available);
  EXPECT_TRUE(get(relay_uid)->mac_state->pending_relay_downlink.empty());
}

TEST_F(RelayTest, WhatGatewaysHeardToo) {
  create_relay();
  create_served();
  receive(device_frame(1), context->shards.of(address));
  carry(device_frame(1), 1);
  advance(seconds{2});
  EXPECT_EQ(std::ranges::count_if(ups,
                                  [](const ApplicationUp& sent) {
                                    return sent.ids.uid == uid &&
                                           std::holds_alternative<ApplicationUplink>(sent.up);
                                  }),
            1)
      << "the application gets it once";
  ASSERT_FALSE(transmissions.empty());
  EXPECT_EQ(transmissions[0]->device, uid) << "answered where it was heard first";
}

TEST_F(RelayTest, TheRelayLearnsTheSessionOfItsDevice) {
  create_relay();
  create_served();
  const auto rule = [&] {
    return mac::serving(get(relay_uid)->mac_state->desired.relay)->uplink_forwarding_rules.at(0);
  };
  EXPECT_EQ(rule().session_key_id, (SessionKeyId{1, 2}));
  ASSERT_TRUE(rule().wor);
  EXPECT_EQ(rule().wor->dev_addr, address);
  EXPECT_EQ(rule().wor->root_wor_s_key, join::derive_root_wor_s_key(key));
}

TEST_F(RelayTest, ARuleMadeAfterItsDeviceAsksForTheSession) {
  create_served();
  create_relay();
  const auto relay = get(relay_uid);
  EXPECT_TRUE(mac::serving(relay->mac_settings.desired_relay)->uplink_forwarding_rules.at(0).wor);
}

TEST_F(RelayTest, WhatAnUnknownDeviceSentIsNobodysConcern) {
  create_relay();
  carry(device_frame(1), 1);
  advance(seconds{2});
  EXPECT_EQ(uplink_of(uid), nullptr);
  EXPECT_NE(uplink_of(relay_uid), nullptr);
}

}  // namespace
}  // namespace ff::network_server
