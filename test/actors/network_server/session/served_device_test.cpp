// Devices behind relays, as their sessions decide, and what relay settings must fulfil.
#include <gtest/gtest.h>

#include "actors/network_server/session/relay_rules.hpp"
#include "test/actors/network_server/session/relay_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rigs and what they are made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ServedDevice, AnswersThroughItsRelay) {
  ServedRig rig;
  rig.uplink(1);
  rig.passed = milliseconds{200};
  const auto outcome = rig.handle(Wake{});
  EXPECT_TRUE(all<SendTransmission>(outcome).empty());
  EXPECT_TRUE(outcome.must_sync);
  const auto* downlink = told<RelayDownlink>(outcome, relay_uid);
  ASSERT_NE(downlink, nullptr);
  EXPECT_EQ(downlink->device, served_uid);
  EXPECT_EQ(downlink->token.f_cnt, FCnt32{5});
  const auto frame = phy::decode_data_frame(downlink->phy_payload).value();
  EXPECT_TRUE(frame.f_ctrl.ack);
  EXPECT_EQ(frame.dev_addr, address);
  rig.handle(
      DownlinkScheduled{downlink->attempt, ScheduledDownlink{GatewayId("heard"), 1, seconds{17}}});
  EXPECT_EQ(rig.session().device()->mac_state->last_downlink_at, rig.now() + seconds{17});
  EXPECT_FALSE(rig.session().device()->mac_state->rx_windows_available);
}

TEST(ServedDevice, JoinsThroughItsRelay) {
  ServedRig rig;
  rig.device.supports_join = true;
  rig.device.session.reset();
  rig.device.mac_state.reset();
  auto frame = std::make_shared<UplinkFrame>();
  frame->phy_payload = Bytes(23, 0);
  frame->settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
  frame->settings.frequency = Frequency::hz(868'300'000);
  frame->received_at = rig.now();
  const auto asked =
      all<AskJoinServer>(rig.handle(JoinRequestReceived{frame, test::heard_as({from_relay()})}));
  ASSERT_EQ(asked.size(), 1U);
  const auto answered = rig.handle(
      JoinAnswered{asked[0].attempt, JoinAnswer{Bytes(17, 0x20), {{8}, key, key, key, {}}}});
  const auto* session = told<ServedSession>(answered, relay_uid);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->session_key_id, SessionKeyId{8});
  EXPECT_EQ(session->wor.dev_addr, asked[0].dev_addr);
  EXPECT_EQ(session->wor.root_wor_s_key, join::derive_root_wor_s_key(key));
  rig.passed = seconds{7};  // past the windows of a join that a gateway heard
  const auto sent = rig.handle(Wake{});
  const auto* downlink = told<RelayDownlink>(sent, relay_uid);
  ASSERT_NE(downlink, nullptr);
  EXPECT_EQ(downlink->phy_payload, Bytes(17, 0x20));
}

TEST(ServedDevice, TakesBackASessionThatIsNotToBe) {
  ServedRig rig;
  rig.device.pending_session = mac::Session{.dev_addr = DevAddr{7}, .keys = {{8}, key, key, key}};
  rig.device.pending_mac_state = rig.initial();
  const auto outcome = rig.uplink(1);
  const auto* session = told<ServedSession>(outcome, relay_uid);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->session_key_id, (SessionKeyId{1, 2})) << "the device still has it";
}

TEST(ServedDevice, HasTimeUntilItsRelayAnswers) {
  ServedRig rig;
  rig.uplink(1);
  rig.passed = seconds{4};  // past its own windows
  EXPECT_NE(told<RelayDownlink>(rig.handle(Wake{}), relay_uid), nullptr);
  ServedRig late;
  late.uplink(1);
  late.passed = seconds{18};
  EXPECT_EQ(told<RelayDownlink>(late.handle(Wake{}), relay_uid), nullptr);
}

TEST(ServedDevice, ARelayThatRefusesIsAGatewayThatRefuses) {
  ServedRig rig;
  rig.uplink(1);
  const auto asked = rig.handle(Wake{});
  const auto* downlink = told<RelayDownlink>(asked, relay_uid);
  ASSERT_NE(downlink, nullptr);
  const auto refused = rig.handle(DownlinkScheduled{downlink->attempt, fail(relay_schedule)});
  EXPECT_TRUE(published(refused, "ns.down.data.schedule.fail"));
}

TEST(ServedDevice, ARelayOfAnotherApplicationIsNoWay) {
  ServedRig rig;
  const DeviceUid other{ApplicationId("other-app"), relay_uid.device_id};
  rig.uplink(1, from_relay(other));
  const auto outcome = rig.handle(Wake{});
  EXPECT_EQ(told<RelayDownlink>(outcome, other), nullptr);
  EXPECT_TRUE(published(outcome, "ns.down.data.schedule.fail"));
}

TEST(ServedDevice, TellsItsRelayOnly) {
  ServedRig rig;
  const auto outcome = rig.handle(ServedSessionWanted{relay_uid.device_id});
  const auto* session = told<ServedSession>(outcome, relay_uid);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->device_id, served_uid.device_id);
  EXPECT_EQ(session->session_key_id, (SessionKeyId{1, 2}));
  EXPECT_EQ(session->wor, wor);
  EXPECT_TRUE(rig.handle(ServedSessionWanted{DeviceId("relay-2")}).effects.empty());
}

TEST(ServedDevice, TellsANewRelay) {
  ServedRig rig;
  const DeviceUid other{app, DeviceId("relay-2")};
  ChangeDevice change{.change = [&](const Device* current) -> Result<Device> {
                        auto device = *current;
                        device.mac_settings.desired_relay =
                            mac::ServedRelay{.serving_device_id = other.device_id};
                        return device;
                      },
                      .reply = [](const auto&) {}};
  EXPECT_NE(told<ServedSession>(rig.handle(change), other), nullptr);
  EXPECT_EQ(told<ServedSession>(rig.handle(change), other), nullptr) << "nothing has changed";
}

TEST(RelayRules, NameTheFieldThatTheBandDoesNotHave) {
  const auto& region = *region::find("EU_863_870", PhyVersion::rp002_v1_0_4);
  const mac::RelaySecondChannel good{1, DataRateIndex{3}, Frequency::hz(868'300'000)};
  auto rate = good;
  rate.data_rate_index = DataRateIndex{14};
  auto frequency = good;
  frequency.frequency = Frequency::hz(900'000'000);
  mac::ServingRelay own;
  own.uplink_forwarding_rules = {{{}, 0, relay_uid.device_id, {}, {}}};
  struct Row {
    mac::RelayParameters relay;
    const char* field;  // null: allowed
  };
  const Row rows[] = {
      {mac::ServingRelay{.second_channel = good, .default_channel_index = std::uint8_t{1}},
       nullptr},
      {mac::ServingRelay{.second_channel = rate}, "mode.serving.second_channel.data_rate_index"},
      {mac::ServingRelay{.second_channel = frequency}, "mode.serving.second_channel.frequency"},
      {mac::ServingRelay{.default_channel_index = std::uint8_t{2}},
       "mode.serving.default_channel_index"},
      {own, "mode.serving.uplink_forwarding_rules"},
      {mac::ServedRelay{.second_channel = good, .serving_device_id = DeviceId("other")}, nullptr},
      {mac::ServedRelay{.second_channel = frequency}, "mode.served.second_channel.frequency"},
      {mac::ServedRelay{.serving_device_id = relay_uid.device_id}, "mode.served.serving_device_id"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(&row - rows);
    const auto status = check_relay(row.relay, relay_uid.device_id, region, "settings");
    EXPECT_EQ(status.has_value(), row.field == nullptr);
    if (status) continue;
    EXPECT_TRUE(status.error().is(invalid_relay_field));
    EXPECT_EQ(ff::to_string(status.error().attributes().at(0).value),
              "settings." + std::string(row.field == nullptr ? "" : row.field));
  }
  EXPECT_TRUE(check_relay(std::nullopt, relay_uid.device_id, region, "settings"));
}

}  // namespace
}  // namespace ff::network_server
