// What a session's events carry: the values that the API's messages are made of
// (test/app/api/services/mapping).
#include <gtest/gtest.h>

#include "actors/events/traffic.hpp"
#include "protocol/types/beacon.hpp"
#include "test/actors/network_server/session/joining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The one event of that name.
const events::Event& event_of(const Outcome& outcome, std::string_view name) {
  const events::Event* found = nullptr;
  for (const auto& effect : outcome.effects) {
    const auto* published = std::get_if<PublishEvent>(&effect);
    if (published == nullptr || published->event.name != name) continue;
    EXPECT_EQ(found, nullptr) << name << " twice";
    found = &published->event;
  }
  static const events::Event none;
  EXPECT_NE(found, nullptr) << name;
  return found ? *found : none;
}

template <class Data>
Data data_of(const Outcome& outcome, std::string_view name) {
  const auto& data = event_of(outcome, name).data;
  EXPECT_TRUE(std::holds_alternative<Data>(data)) << name;
  const auto* held = std::get_if<Data>(&data);
  return held ? *held : Data{};
}

RxMetadata heard(const char* gateway = "gw-1") {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId(gateway);
  metadata.uplink_token = {1};
  return metadata;
}

struct Rig : SessionRig {
  explicit Rig(MacVersion version = MacVersion::v1_0_3)
      : SessionRig({ApplicationId("test-app"), DeviceId("dev-1")}, version) {}

  UplinkMatched uplink(std::uint32_t f_cnt, Bytes f_opts = {}, phy::FCtrl f_ctrl = {},
                       FPort f_port = FPort{1}) const {
    phy::DataFrame frame;
    frame.m_type = confirmed ? phy::MType::confirmed_up : phy::MType::unconfirmed_up;
    frame.f_ctrl = f_ctrl;
    frame.f_port = f_port;
    frame.f_opts = std::move(f_opts);
    frame.frm_payload = {1, 2, 3};
    return matched(std::move(frame), f_cnt, heard());
  }
  SendTransmission sent(const Outcome& outcome) const {
    const auto found = all<SendTransmission>(outcome);
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? SendTransmission{} : found[0];
  }
  bool confirmed = false;
};

TEST(SessionEvents, AnUplinkIsShownWithAllItsReceptions) {
  Rig rig;
  rig.want_nothing();
  auto event = rig.uplink(7);
  event.rx_metadata = heard_as({heard("gw-1"), heard("gw-2")});
  const auto outcome = rig.handle(event);
  using Uplink = std::shared_ptr<const events::Uplink>;
  const auto received = data_of<Uplink>(outcome, "ns.up.data.receive");
  ASSERT_TRUE(received);
  EXPECT_EQ(received->phy_payload, event.frame->phy_payload);
  EXPECT_EQ(received->settings, event.frame->settings);
  EXPECT_EQ(received->f_cnt, FCnt32{7});
  EXPECT_EQ(received->channel_index, ChannelIndex{0});
  EXPECT_EQ(received->rx_metadata, event.rx_metadata) << "shared, not copied";
  EXPECT_EQ(data_of<Uplink>(outcome, "ns.up.data.process"), received) << "the same once more";
  const auto forwarded =
      data_of<std::shared_ptr<const events::ForwardedUplink>>(outcome, "ns.up.data.forward");
  ASSERT_TRUE(forwarded);
  EXPECT_EQ(forwarded->uplink, received);
  EXPECT_EQ(forwarded->session_key_id, (Bytes{1, 2}));
  EXPECT_TRUE(forwarded->has_payload);
}

// A frame counts as under way as long as somebody holds it.
// [gateway_server/connection/uplink_budget]
TEST(SessionEvents, DoNotKeepTheFrame) {
  Rig rig;
  rig.want_nothing();
  auto event = rig.uplink(1);
  const auto outcome = rig.handle(event);
  EXPECT_EQ(event.frame.use_count(), 1);
}

TEST(SessionEvents, CommandsOnPort0AreNotShownAsPayload) {
  Rig rig;
  rig.want_nothing();
  const auto outcome = rig.handle(rig.uplink(1, {}, {}, FPort{0}));
  const auto forwarded =
      data_of<std::shared_ptr<const events::ForwardedUplink>>(outcome, "ns.up.data.forward");
  EXPECT_FALSE(forwarded->has_payload);
}

TEST(SessionEvents, ACommandIsShownWithItsValuesAndTheFramesIds) {
  Rig rig;
  rig.want_nothing();
  rig.device.mac_state->pending_requests = {mac::DevStatusReq{}};
  const auto event = rig.uplink(1, {0x06, 100, 5});
  const auto outcome = rig.handle(event);
  const auto told = data_of<std::shared_ptr<const mac::Event>>(outcome, "ns.mac.dev_status.answer");
  ASSERT_TRUE(told);
  EXPECT_EQ(std::get<mac::Command>(told->data), mac::Command(mac::DevStatusAns{100, 5}));
  EXPECT_EQ(event_of(outcome, "ns.mac.dev_status.answer").correlation_ids,
            event.frame->correlation_ids);
}

TEST(SessionEvents, TellWhenADeviceGoesIntoClassBAndBack) {
  Rig rig;
  rig.device.supports_class_b = true;
  rig.device.mac_settings.ping_slot_periodicity = mac::PingSlotPeriodicity{2};
  rig.device.mac_state = rig.initial();
  rig.want_nothing();
  phy::FCtrl listens;
  listens.class_b = true;
  event_of(rig.handle(rig.uplink(1, {}, listens)), "ns.class.switch.b");
  for (const auto& effect : rig.handle(rig.uplink(2, {}, listens)).effects) {
    const auto* published = std::get_if<PublishEvent>(&effect);
    EXPECT_FALSE(published && published->event.name.starts_with("ns.class")) << "still in B";
  }
  event_of(rig.handle(rig.uplink(3)), "ns.class.switch.a");
}

TEST(SessionEvents, LeavingClassBForClassC) {
  Rig rig;
  rig.device.supports_class_c = true;
  rig.device.mac_state = rig.initial();
  rig.want_nothing();
  rig.device.mac_state->device_class = DeviceClass::b;
  event_of(rig.handle(rig.uplink(1)), "ns.class.switch.c");
}

TEST(SessionEvents, ADownlinkIsShownFromTheAttemptToTheReport) {
  Rig rig;
  rig.want_nothing();
  rig.confirmed = true;
  rig.handle(rig.uplink(1));
  rig.passed = milliseconds{300};
  const auto attempt = rig.handle(Wake{});
  const auto sent = rig.sent(attempt);
  using Frame = std::shared_ptr<const DownlinkFrame>;
  EXPECT_EQ(data_of<Frame>(attempt, "ns.down.data.schedule.attempt"), sent.frame);
  const ScheduledDownlink scheduled{GatewayId("gw-1"), 2, milliseconds{700}};
  const auto success = rig.handle(DownlinkScheduled{sent.attempt, scheduled});
  EXPECT_EQ(data_of<ScheduledDownlink>(success, "ns.down.data.schedule.success"), scheduled);
  const auto report = rig.handle(
      TransmissionAcknowledged{{rig.uid, TxResult::success, sent.frame->correlation_ids}});
  EXPECT_EQ(data_of<Frame>(report, "ns.down.transmission.success"), sent.frame);
}

TEST(SessionEvents, AJoinIsShownWithoutKeys) {
  JoiningRig rig;
  const auto asked = rig.request({heard()});
  const auto question =
      data_of<std::shared_ptr<const events::JoinQuestion>>(asked, "ns.up.join.cluster.attempt");
  ASSERT_TRUE(question);
  const auto wanted = rig.questions(asked).at(0);
  EXPECT_EQ(question->join_request, wanted.join_request);
  EXPECT_EQ(wanted.correlation_ids, CorrelationIds{"gs:uplink:1"});
  EXPECT_EQ(question->dev_addr, wanted.dev_addr);
  EXPECT_EQ(question->cf_list, wanted.cf_list);
  using Uplink = std::shared_ptr<const events::Uplink>;
  const auto received = data_of<Uplink>(asked, "ns.up.join.receive");
  ASSERT_TRUE(received);
  EXPECT_EQ(received->rx_metadata->size(), 1U);
  const auto answered = rig.handle(
      JoinAnswered{wanted.attempt, JoinAnswer{Bytes(17, 0x20), {{8}, key, key, key, {}}, {}}});
  const auto reply =
      data_of<std::shared_ptr<const events::JoinReply>>(answered, "ns.up.join.cluster.success");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->join_accept, Bytes(17, 0x20));
  EXPECT_EQ(reply->session_key_id, Bytes{8});
  EXPECT_EQ(data_of<Uplink>(answered, "ns.up.join.process"), received);
  rig.passed = seconds{2};
  const auto attempt = rig.handle(Wake{});
  const auto sent = all<SendTransmission>(attempt).at(0);
  EXPECT_EQ(data_of<std::shared_ptr<const DownlinkFrame>>(attempt, "ns.down.join.schedule.attempt"),
            sent.frame);
  const auto scheduled =
      rig.handle(DownlinkScheduled{sent.attempt, ScheduledDownlink{GatewayId("gw-1"), 1, {}}});
  const auto told =
      data_of<std::shared_ptr<const ApplicationUp>>(scheduled, "ns.up.join.accept.forward");
  ASSERT_TRUE(told);
  EXPECT_EQ(std::get<ApplicationJoinAccept>(told->up).session_key_id, Bytes{8});
  EXPECT_FALSE(std::get<ApplicationJoinAccept>(told->up).app_s_key);
}

TEST(SessionEvents, AChangeNamesWhatItHasChangedAndWho) {
  Rig rig;
  const auto caller = std::make_shared<const events::Caller>(events::Caller{.token_id = "key-1"});
  const auto changed = rig.handle(
      ChangeDevice{.change = [](const Device* current) -> Result<Device> { return *current; },
                   .reply = [](const auto&) {},
                   .paths = {"mac_settings.rx1_delay"},
                   .cause = {{"rpc:1"}, caller}});
  EXPECT_EQ(event_of(changed, "ns.end_device.update").correlation_ids, CorrelationIds{"rpc:1"});
  EXPECT_EQ(event_of(changed, "ns.end_device.update").caller, caller);
  EXPECT_EQ(data_of<events::FieldPaths>(changed, "ns.end_device.update").paths,
            std::vector<std::string>{"mac_settings.rx1_delay"});
}

// --- the device asks whether it is heard
// ---------------------------------------------------------

/// The commands of the next downlink.
std::vector<mac::Command> told(Rig& rig) {
  rig.passed += milliseconds{300};
  const auto outcome = rig.handle(Wake{});
  const auto sent = all<SendTransmission>(outcome);
  if (sent.empty()) return {};
  const auto frame = phy::decode_data_frame(sent[0].frame->phy_payload).value();
  return mac::decode(frame.f_opts, mac::Direction::downlink).commands;
}

TEST(AdrAckReq, IsAnsweredWithTheChannelsOnceMore) {
  Rig rig;
  rig.want_nothing();
  phy::FCtrl asks;
  asks.adr = asks.adr_ack_req = true;
  rig.handle(rig.uplink(1, {}, asks));
  const auto commands = told(rig);
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(std::get<mac::LinkADRReq>(commands[0]).channel_mask, 0b111);
}

TEST(AdrAckReq, AChannelThatShouldBeOffBringsTheMaskBack) {
  Rig rig;
  rig.want_nothing();
  auto& state = *rig.device.mac_state;
  state.current.channels[0].enabled = state.desired.channels[0].enabled = false;
  rig.handle(rig.uplink(1));  // on that channel
  EXPECT_TRUE(rig.session().device()->mac_state->current.channels[0].enabled);
  const auto commands = told(rig);
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(std::get<mac::LinkADRReq>(commands[0]).channel_mask, 0b110);
}

// --- BeaconTimingReq
// -----------------------------------------------------------------------------

constexpr std::uint8_t beacon_timing_cid = 0x12;

TEST(BeaconTimingReq, IsAnsweredForTheOneWindowItIsTrueIn) {
  Rig rig;
  rig.want_nothing();
  // RX1 opens 14 s before a beacon.
  const auto uplink_end = to_utc(beacon_before(to_gps(start)) + beacon_period - seconds{15});
  auto event = rig.uplink(1, {beacon_timing_cid});
  auto metadata = heard();
  metadata.gps_time = uplink_end;
  event.rx_metadata = heard_as({metadata});
  rig.handle(event);
  rig.passed = milliseconds{50};
  const auto sent = rig.sent(rig.handle(Wake{}));
  ASSERT_TRUE(sent.frame);
  EXPECT_TRUE(sent.frame->request.rx1);
  EXPECT_FALSE(sent.frame->request.rx2) << "a second later it would be wrong";
  const auto frame = phy::decode_data_frame(sent.frame->phy_payload).value();
  const auto commands = mac::decode(frame.f_opts, mac::Direction::downlink).commands;
  ASSERT_EQ(commands.size(), 1U);
  // 16 octets at SF9 take 164.9 ms: 13.835 s are 461 steps.
  EXPECT_EQ(std::get<mac::BeaconTimingAns>(commands[0]).delay_30ms, 461);
}

TEST(BeaconTimingReq, IsNotAnsweredByAGuess) {
  Rig rig;
  rig.want_nothing();
  rig.handle(rig.uplink(1, {beacon_timing_cid}));
  EXPECT_TRUE(told(rig).empty()) << "no gateway knows when the uplink ended";
}

}  // namespace
}  // namespace ff::network_server
