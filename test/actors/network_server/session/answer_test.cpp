// When an uplink is answered, what an answer may cost, and what acknowledgements mean.
#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A device of class A that the network has nothing to tell.
struct Rig : SessionRig {
  explicit Rig(MacVersion version = MacVersion::v1_0_3)
      : SessionRig({ApplicationId("app"), DeviceId("dev")}, version) {
    want_nothing();
  }

  struct Sent {
    std::uint32_t f_cnt = 1;
    bool confirmed = false;
    bool ack = false;
    Bytes f_opts = {};
    bool has_way_back = true;
    std::uint16_t conf_f_cnt = 0;  // LoRaWAN 1.1: what it acknowledges
  };
  Outcome uplink(const Sent& sent) {
    phy::DataFrame frame;
    frame.m_type = sent.confirmed ? phy::MType::confirmed_up : phy::MType::unconfirmed_up;
    frame.f_port = FPort{1};
    frame.f_ctrl.ack = sent.ack;
    frame.f_opts = sent.f_opts;
    frame.frm_payload = {static_cast<std::uint8_t>(sent.f_cnt)};
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gateway");
    if (sent.has_way_back) metadata.uplink_token = {1};
    auto event = matched(frame, sent.f_cnt, metadata);
    if (mac_version == MacVersion::v1_1) seal_1_1(event, frame, sent);
    return handle(event);
  }
  std::vector<SendTransmission> wake() { return all<SendTransmission>(handle(Wake{})); }
  /// A confirmed downlink that a gateway has taken.
  void send_confirmed(std::uint32_t f_cnt, bool taken = true) {
    ApplicationDownlink item{.session_key_id = {1, 2},
                             .f_port = FPort{7},
                             .f_cnt = FCnt32{f_cnt},
                             .frm_payload = {1},
                             .confirmed = true};
    handle(PushDownlinks{{item}, false, [](const auto&) {}});
    const auto sent = wake();
    ASSERT_EQ(sent.size(), 1U);
    constexpr ErrorDef busy{"pkg/gatewayserver", "conflict", Code::already_exists, "busy"};
    handle(DownlinkScheduled{sent[0].attempt, taken ? Result<ScheduledDownlink>(ScheduledDownlink{})
                                                    : Result<ScheduledDownlink>(fail(busy))});
  }
  FCnt32 spent() { return session().device()->session->last_n_f_cnt_down; }

 private:
  /// The same frame with the MIC's half of LoRaWAN 1.1.
  void seal_1_1(UplinkMatched& event, phy::DataFrame frame, const Sent& sent) const {
    frame.dev_addr = address;
    auto received = *event.frame;
    received.phy_payload = phy::seal_frame(std::move(frame), {key, key, key},
                                           {.mac_version = mac_version,
                                            .f_cnt = FCnt32{sent.f_cnt},
                                            .transmission = {.conf_f_cnt = sent.conf_f_cnt,
                                                             .tx_dr = DataRateIndex{3},
                                                             .tx_ch = ChannelIndex{0}}})
                               .value();
    event.frame = std::make_shared<const UplinkFrame>(std::move(received));
  }
};

template <class Payload>
std::size_t count(const Outcome& outcome) {
  return static_cast<std::size_t>(std::ranges::count_if(
      outcome.ups, [](const ApplicationUp& up) { return std::holds_alternative<Payload>(up.up); }));
}

/// The device repeats the answer in every uplink until it hears a downlink.
TEST(Answer, AStickyAnswerIsEndedByAnEmptyFrame) {
  Rig rig;
  rig.device.mac_state->pending_requests = {mac::RXTimingSetupReq{}};
  rig.uplink({.f_opts = {0x08}});
  const auto sent = rig.wake();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].frame->phy_payload.size(), 12U) << "nothing but a header";
  rig.handle(DownlinkScheduled{sent[0].attempt, ScheduledDownlink{}});
  rig.passed += seconds{30};
  rig.uplink({.f_cnt = 2});
  EXPECT_TRUE(rig.wake().empty());
}

/// Each counter spent in vain brings the device nearer to hearing nothing any more.
TEST(Answer, WithoutAWayBackNoCounterIsSpent) {
  Rig rig;
  const auto before = rig.spent();
  rig.uplink({.confirmed = true, .has_way_back = false});
  const auto outcome = rig.handle(Wake{});
  EXPECT_TRUE(all<SendTransmission>(outcome).empty());
  EXPECT_EQ(rig.spent(), before);
  const auto events = all<PublishEvent>(outcome);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event.name, "ns.down.data.schedule.fail");
  EXPECT_EQ(std::get<DownlinkNotSent>(rig.session().decisions().back().value).reason,
            NoDownlink::no_gateway);
}

/// The repetition was made before the second downlink was sent.
TEST(Answer, ARepetitionAcknowledgesNothingThatWasSentSince) {
  Rig rig;
  rig.uplink({});
  rig.send_confirmed(1);
  rig.passed += seconds{10};
  EXPECT_EQ(count<DownlinkAcked>(rig.uplink({.f_cnt = 2, .confirmed = true, .ack = true})), 1U);
  rig.send_confirmed(2);
  rig.passed += seconds{3};
  const auto again = rig.uplink({.f_cnt = 2, .confirmed = true, .ack = true});
  EXPECT_EQ(count<DownlinkAcked>(again), 0U);
  EXPECT_EQ(count<DownlinkNacked>(again), 0U);
  rig.passed += seconds{10};
  EXPECT_EQ(count<DownlinkNacked>(rig.uplink({.f_cnt = 3})), 1U);
}

/// What the first is worth is not known yet, and a second would take its place.
TEST(Answer, OneConfirmedDownlinkWaitsForTheOther) {
  Rig rig;
  rig.uplink({.confirmed = true});
  rig.send_confirmed(1);
  ApplicationDownlink second{.session_key_id = {1, 2},
                             .f_port = FPort{7},
                             .f_cnt = FCnt32{2},
                             .frm_payload = {2},
                             .confirmed = true};
  rig.handle(PushDownlinks{{second}, false, [](const auto&) {}});
  rig.passed += seconds{3};
  rig.uplink({.confirmed = true});  // repeated: it has not heard the answer
  for (const auto& sent : rig.wake())
    rig.handle(DownlinkScheduled{sent.attempt, ScheduledDownlink{}});
  const auto& pending = rig.session().device()->mac_state->pending_application_downlink;
  ASSERT_TRUE(pending);
  EXPECT_EQ(pending->f_cnt, FCnt32{1});
  rig.passed += seconds{10};
  const auto next = rig.uplink({.f_cnt = 2, .confirmed = true});
  EXPECT_EQ(count<DownlinkNacked>(next), 1U) << "of the first";
}

/// The step of MAC commands was made before the change, and must not undo it.
TEST(Answer, AChangeWhileAGatewayIsAskedIsKept) {
  Rig rig;
  rig.uplink({.confirmed = true});
  const auto sent = rig.wake();
  ASSERT_EQ(sent.size(), 1U);
  rig.handle(ChangeDevice{.change = [](const Device* current) -> Result<Device> {
                            auto next = *current;
                            next.mac_state->desired.adr_nb_trans = 3;
                            return next;
                          },
                          .reply = [](const auto&) {}});
  rig.handle(DownlinkScheduled{sent[0].attempt, ScheduledDownlink{}});
  EXPECT_EQ(rig.session().device()->mac_state->desired.adr_nb_trans, 3);
}

/// A counter start of a device that is activated by personalization.
TEST(Answer, AConfirmedDownlinkBeforeAResetIsNotForgotten) {
  Rig rig;
  rig.device.mac_settings.resets_f_cnt = true;
  rig.uplink({.f_cnt = 5});
  rig.send_confirmed(1);
  rig.passed += seconds{10};
  EXPECT_EQ(count<DownlinkNacked>(rig.uplink({.f_cnt = 0})), 1U);
}

/// The newest confirmed downlink may not have been sent, or not heard.
TEST(Answer, A11DeviceMayAcknowledgeTheDownlinkBeforeTheNewest) {
  for (const bool taken : {true, false}) {
    Rig rig(MacVersion::v1_1);
    rig.uplink({});
    rig.send_confirmed(1);
    rig.passed += seconds{10};
    rig.uplink({.f_cnt = 2, .ack = true, .conf_f_cnt = 1});
    rig.send_confirmed(2);
    rig.passed += seconds{10};
    EXPECT_EQ(count<DownlinkNacked>(rig.uplink({.f_cnt = 3})), 1U);
    rig.send_confirmed(3, taken);
    rig.passed += seconds{10};
    const auto outcome = rig.uplink({.f_cnt = 4, .ack = true, .conf_f_cnt = 2});
    EXPECT_EQ(count<ApplicationUplink>(outcome), 1U) << taken;
    EXPECT_EQ(count<DownlinkAcked>(outcome), 0U) << taken;
    EXPECT_EQ(count<DownlinkNacked>(outcome), taken ? 1U : 0U);
  }
}

/// Beside the report that is missing the answer has a time of its own.
TEST(Answer, AMissingReportTakesNoAnswersTime) {
  Rig rig;
  rig.uplink({.confirmed = true});
  const auto sent = rig.wake();
  ASSERT_EQ(sent.size(), 1U);
  rig.handle(DownlinkScheduled{sent[0].attempt, ScheduledDownlink{}});
  rig.passed += milliseconds{54'900};
  const auto outcome = rig.uplink({.f_cnt = 2, .confirmed = true});
  ASSERT_FALSE(all<WakeAt>(outcome).empty());
  rig.passed += milliseconds{100};
  const auto woken = rig.handle(Wake{});
  const auto wishes = all<WakeAt>(woken);
  ASSERT_FALSE(all<SendTransmission>(woken).empty() && wishes.empty());
  rig.passed += milliseconds{200};
  EXPECT_EQ(all<SendTransmission>(woken).size() + rig.wake().size(), 1U);
}

/// Class C: what comes while gateways are asked is answered when they have answered.
TEST(Answer, AnUplinkDuringAnotherFramesFlightIsAnsweredAfterIt) {
  Rig rig;
  rig.device.supports_class_c = true;
  rig.device.mac_state = rig.initial();
  rig.device.mac_state->device_class = DeviceClass::c;
  rig.want_nothing();
  rig.device.last_paths = {{{GatewayId("gateway"), {}}, 0, {}}};
  ApplicationDownlink item{
      .session_key_id = {1, 2}, .f_port = FPort{7}, .f_cnt = FCnt32{1}, .frm_payload = {1}};
  rig.handle(PushDownlinks{{item}, false, [](const auto&) {}});
  const auto flight = rig.wake();
  ASSERT_EQ(flight.size(), 1U);
  rig.uplink({.confirmed = true});
  rig.passed += milliseconds{100};
  EXPECT_TRUE(rig.wake().empty());
  const auto answered = rig.handle(DownlinkScheduled{flight[0].attempt, ScheduledDownlink{}});
  ASSERT_EQ(all<WakeAt>(answered).size(), 1U);
  EXPECT_EQ(all<WakeAt>(answered)[0].at, MonoTime{rig.passed});
  EXPECT_EQ(rig.wake().size(), 1U);
}

}  // namespace
}  // namespace ff::network_server
