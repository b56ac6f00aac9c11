// What gateways report of emissions, and the same frame sent once more. [spec network-server §11.7]
#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/joining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

RxMetadata heard(const char* gateway, float rssi) {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId(gateway);
  metadata.uplink_token = {1};
  metadata.channel_rssi_dbm = rssi;
  metadata.snr_db = 10;
  return metadata;
}

std::vector<GatewayId> gateways(const SendTransmission& sent) {
  std::vector<GatewayId> ids;
  for (const auto& path : sent.frame->request.paths) ids.push_back(path.gateway.gateway_id);
  return ids;
}

/// A device that two gateways hear, with a message of the application for it.
struct ReportRig : SessionRig {
  explicit ReportRig(DeviceClass device_class = DeviceClass::a)
      : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3) {
    device.supports_class_c = device_class == DeviceClass::c;
    if (device_class == DeviceClass::c) device.mac_state = initial();
    want_nothing();
    device.mac_state->current.rx1_delay = device.mac_state->desired.rx1_delay = seconds{5};
    ApplicationDownlink item;
    item.f_port = FPort{1};
    item.f_cnt = FCnt32{1};
    item.session_key_id = {1, 2};
    item.frm_payload = {1, 2, 3};
    device.session->queued_application_downlinks.push_back(item);
  }
  void uplink(std::uint32_t f_cnt) {
    phy::DataFrame frame;
    frame.f_port = FPort{1};
    auto event = matched(frame, f_cnt, {});
    event.rx_metadata = heard_as({heard("first", -50), heard("second", -100)});
    handle(event);
  }
  /// What the gateways are asked for, which they accept.
  SendTransmission accepted(const Outcome& outcome, const char* gateway, std::uint8_t window) {
    const auto sent = all<SendTransmission>(outcome);
    EXPECT_EQ(sent.size(), 1U);
    if (sent.empty()) return {};
    handle(DownlinkScheduled{sent[0].attempt,
                             ScheduledDownlink{GatewayId(gateway), window, seconds{1}}});
    return sent[0];
  }
  Outcome report(const SendTransmission& sent, TxResult result) {
    return handle(TransmissionAcknowledged{{uid, result, sent.frame->correlation_ids}});
  }
  std::optional<WakeAt> wish(const Outcome& outcome) {
    const auto wishes = all<WakeAt>(outcome);
    return wishes.empty() ? std::nullopt : std::optional(wishes.back());
  }
};

template <class Message>
std::vector<Message> told(const Outcome& outcome) {
  std::vector<Message> out;
  for (const auto& up : outcome.ups)
    if (const auto* message = std::get_if<Message>(&up.up)) out.push_back(*message);
  return out;
}

TEST(FailedEmission, IsSentAgainInTheSecondWindowAndByTheOtherGatewayFirst) {
  ReportRig rig;
  rig.uplink(1);
  const auto first = rig.accepted(rig.handle(Wake{}), "first", 1);
  rig.passed += milliseconds{100};
  const auto failed = rig.report(first, TxResult::gps_unlocked);
  EXPECT_EQ(
      JoiningRig::events(failed),
      (std::vector<std::string>{"ns.down.transmission.fail", "ns.down.data.schedule.attempt"}));
  EXPECT_TRUE(told<DownlinkFailed>(failed).empty());
  EXPECT_TRUE(failed.must_sync);
  EXPECT_FALSE(failed.records.empty()) << "the attempt is counted before the frame leaves";

  const auto second = rig.accepted(failed, "second", 2);
  EXPECT_GT(second.attempt, first.attempt);
  EXPECT_EQ(second.frame->phy_payload, first.frame->phy_payload) << "the same frame";
  EXPECT_FALSE(second.frame->request.rx1);
  EXPECT_TRUE(second.frame->request.rx2);
  EXPECT_EQ(gateways(second), (std::vector{GatewayId("second"), GatewayId("first")}));
  const auto sent = rig.report(second, TxResult::success);
  EXPECT_EQ(told<DownlinkSent>(sent).size(), 1U);
  EXPECT_EQ(JoiningRig::events(sent), std::vector<std::string>{"ns.down.transmission.success"});
  EXPECT_TRUE(rig.session().idle());
}

TEST(FailedEmission, IsTheApplicationsWhenNoGatewayIsLeft) {
  ReportRig rig;
  rig.uplink(1);
  const auto first = rig.accepted(rig.handle(Wake{}), "first", 1);
  const auto second = rig.accepted(rig.report(first, TxResult::gps_unlocked), "second", 2);
  const auto third = rig.accepted(rig.report(second, TxResult::tx_freq), "first", 2);
  EXPECT_EQ(gateways(third), std::vector{GatewayId("first")});
  const auto last = rig.report(third, TxResult::gps_unlocked);
  EXPECT_TRUE(all<SendTransmission>(last).empty());
  const auto failures = told<DownlinkFailed>(last);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_TRUE(failures[0].error->is(transmission_failed));
  EXPECT_EQ(rig.session().device()->session->last_n_f_cnt_down, FCnt32{1}) << "one counter";
}

TEST(FailedEmission, IsFinalWhenASecondCopyOfTheRequestMayBeMeant) {
  for (const auto result : {TxResult::too_late, TxResult::collision_packet}) {
    ReportRig rig;
    rig.uplink(1);
    const auto first = rig.accepted(rig.handle(Wake{}), "first", 1);
    const auto failed = rig.report(first, result);
    EXPECT_TRUE(all<SendTransmission>(failed).empty());
    EXPECT_EQ(told<DownlinkFailed>(failed).size(), 1U);
  }
}

TEST(FailedEmission, IsFinalWhenTheLastWindowIsTooNear) {
  ReportRig rig;
  rig.uplink(1);
  const auto first = rig.accepted(rig.handle(Wake{}), "first", 1);
  rig.passed = milliseconds{5900};
  const auto failed = rig.report(first, TxResult::gps_unlocked);
  EXPECT_TRUE(all<SendTransmission>(failed).empty());
  EXPECT_EQ(told<DownlinkFailed>(failed).size(), 1U);
}

TEST(FailedEmission, IsFinalWhenTheOthersRefuseOrAreSilent) {
  for (const bool silent : {false, true}) {
    ReportRig rig;
    rig.uplink(1);
    const auto first = rig.accepted(rig.handle(Wake{}), "first", 1);
    const auto again = all<SendTransmission>(rig.report(first, TxResult::gps_unlocked)).at(0);
    EXPECT_FALSE(rig.session().idle());
    Outcome end;
    if (silent) {
      rig.passed += rig.config.request_timeout;
      end = rig.handle(Wake{});
    } else {
      end = rig.handle(DownlinkScheduled{again.attempt, fail(no_downlink_path)});
    }
    EXPECT_EQ(JoiningRig::events(end).front(), "ns.down.data.schedule.fail");
    EXPECT_EQ(told<DownlinkFailed>(end).size(), 1U);
    EXPECT_TRUE(rig.session().idle());
    EXPECT_TRUE(
        told<DownlinkFailed>(rig.handle(DownlinkScheduled{again.attempt, fail(no_downlink_path)}))
            .empty());
  }
}

TEST(FailedEmission, OfClassCGoesByTheNextGatewayBeforeAnythingElseIsAsked) {
  ReportRig rig(DeviceClass::c);
  auto& queue = rig.device.session->queued_application_downlinks;
  auto later = queue.front();
  later.class_b_c.emplace();
  queue = {later};
  later.f_cnt = FCnt32{2};
  queue.push_back(later);
  rig.uplink(1);
  rig.passed += seconds{30};
  const auto first = rig.accepted(rig.handle(Wake{}), "first", 2);
  const auto failed = rig.report(first, TxResult::tx_freq);
  rig.passed += seconds{2};
  EXPECT_TRUE(all<SendTransmission>(rig.handle(Wake{})).empty());
  const auto second = rig.accepted(failed, "second", 2);
  EXPECT_EQ(second.frame->phy_payload, first.frame->phy_payload);
  EXPECT_EQ(gateways(second), std::vector{GatewayId("second")});
  rig.passed += seconds{5};
  const auto next = rig.accepted(rig.handle(Wake{}), "first", 2);
  EXPECT_NE(next.frame->phy_payload, first.frame->phy_payload);
  // What would come after it is dropped by the device: its counter is lower.
  const auto too_late = rig.report(second, TxResult::tx_freq);
  EXPECT_TRUE(all<SendTransmission>(too_late).empty());
  EXPECT_EQ(told<DownlinkFailed>(too_late).size(), 1U);
}

TEST(FailedEmission, OfAJoinAcceptIsSentAgainToo) {
  JoiningRig rig;
  const auto question =
      rig.questions(rig.request({heard("first", -50), heard("second", -100)})).at(0);
  rig.handle(
      JoinAnswered{question.attempt, JoinAnswer{Bytes(17, 0x20), {{8}, key, key, key, {}}, {}}});
  const auto first = all<SendTransmission>(rig.handle(Wake{})).at(0);
  rig.handle(
      DownlinkScheduled{first.attempt, ScheduledDownlink{GatewayId("first"), 1, seconds{4}}});
  const auto again = all<SendTransmission>(rig.handle(
      TransmissionAcknowledged{{rig.uid, TxResult::tx_freq, first.frame->correlation_ids}}));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].frame->phy_payload, first.frame->phy_payload);
  EXPECT_TRUE(again[0].frame->request.rx2);
}

TEST(MissingReport, IsToldAfterAMinute) {
  ReportRig rig;
  rig.uplink(1);
  const auto sent = all<SendTransmission>(rig.handle(Wake{})).at(0);
  const auto wish = rig.wish(
      rig.handle(DownlinkScheduled{sent.attempt, ScheduledDownlink{GatewayId("first"), 1, {}}}));
  ASSERT_TRUE(wish && wish->at);
  EXPECT_EQ(*wish->at, MonoTime{seconds{55}});
  rig.passed = seconds{55};
  const auto outcome = rig.handle(Wake{});
  const auto published = all<PublishEvent>(outcome);
  ASSERT_EQ(published.size(), 1U);
  EXPECT_EQ(published[0].event.name, "ns.down.transmission.fail");
  const auto counted = all<CountFrame>(outcome);
  ASSERT_EQ(counted.size(), 1U);
  EXPECT_EQ(counted[0].step, FrameStep::unreported);
  EXPECT_EQ(counted[0].m_type, phy::MType::unconfirmed_down);
  const auto decision = rig.session().decisions().back().value;
  ASSERT_TRUE(std::holds_alternative<EmissionUnreported>(decision));
  EXPECT_EQ(std::get<EmissionUnreported>(decision).f_cnt, FCnt32{1});
  EXPECT_TRUE(outcome.ups.empty()) << "the reference's applications hear nothing";
  EXPECT_TRUE(rig.report(sent, TxResult::success).ups.empty());
}

TEST(MissingReport, OfAGatewayThatNeverReportsIsNone) {
  ReportRig rig;
  rig.uplink(1);
  const auto sent = all<SendTransmission>(rig.handle(Wake{})).at(0);
  rig.handle(DownlinkScheduled{sent.attempt,
                               ScheduledDownlink{GatewayId("first"), 1, {}, /*reports=*/false}});
  EXPECT_EQ(rig.session().snapshot().unreported_emissions, 1U) << "it may begin to";
  rig.passed = seconds{55};
  const auto outcome = rig.handle(Wake{});
  EXPECT_TRUE(all<PublishEvent>(outcome).empty());
  EXPECT_TRUE(all<CountFrame>(outcome).empty());
  EXPECT_FALSE(std::holds_alternative<EmissionUnreported>(rig.session().decisions().back().value));
  EXPECT_EQ(rig.session().snapshot().unreported_emissions, 0U);
}

TEST(MissingReport, IsNotWaitedForWhenItHasCome) {
  ReportRig rig;
  rig.uplink(1);
  const auto sent = rig.accepted(rig.handle(Wake{}), "first", 1);
  const auto wish = rig.wish(rig.report(sent, TxResult::success));
  ASSERT_TRUE(wish);
  EXPECT_FALSE(wish->at) << "a device at rest is not to be woken";
}

}  // namespace
}  // namespace ff::network_server
