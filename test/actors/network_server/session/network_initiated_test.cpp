// Downlinks of classes B and C, as one session decides them.
#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"
#include "protocol/mac/ping_slot.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/schedule/time_on_air.hpp"
#include "storage/keys/keys.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using test::address;
using test::start;

const DeviceUid uid{ApplicationId("test-app"), DeviceId("lamp-1")};
const GatewayIdentifiers near_gateway{GatewayId("near"), {}};
/// Between emissions of neighbouring gateways.
constexpr milliseconds pause{200};

/// A device in class B or C that the network has nothing to tell.
struct Rig : test::SessionRig {
  explicit Rig(DeviceClass device_class = DeviceClass::c)
      : SessionRig({ApplicationId("test-app"), DeviceId("lamp-1")}, MacVersion::v1_0_3) {
    device.supports_class_b = device_class == DeviceClass::b;
    device.supports_class_c = device_class == DeviceClass::c;
    device.mac_settings.ping_slot_periodicity = mac::PingSlotPeriodicity{2};
    device.last_paths = {{near_gateway, 0, {}}};
    settle(device_class);
  }

  void settle(DeviceClass device_class) {
    device.mac_state = initial();
    device.mac_state->device_class = device_class;
    want_nothing();
  }

  Outcome handle(const SessionEvent& event) {
    auto outcome = SessionRig::handle(event);
    for (const auto& effect : outcome.effects) {
      const auto* wish = std::get_if<WakeAt>(&effect);
      if (wish == nullptr) continue;
      wake_at = wish->at ? std::optional(start + wish->at->time_since_epoch()) : std::nullopt;
    }
    return outcome;
  }
  /// Time passes until the session wants to be woken.
  Outcome wait() {
    if (!wake_at) return {};
    passed = std::max(passed, *std::exchange(wake_at, std::nullopt) - start);
    return handle(Wake{});
  }

  Status push(ApplicationDownlink item) {
    Status answer = fail(device_not_found);
    item.session_key_id = {1, 2};
    item.f_port = FPort{7};
    auto outcome = handle(
        PushDownlinks{{std::move(item)}, false, [&](const Status& status) { answer = status; }});
    for (const auto& effect : outcome.effects) {
      if (const auto* reply = std::get_if<Answer>(&effect)) reply->run();
    }
    last_records = std::move(outcome.records);
    return answer;
  }
  ApplicationDownlink item(std::uint32_t f_cnt) const {
    return {.f_cnt = FCnt32{f_cnt}, .frm_payload = {1, 2, 3}};
  }
  ApplicationDownlink timed(std::uint32_t f_cnt, UtcTime at) const {
    auto out = item(f_cnt);
    out.class_b_c = ClassBC{{}, at};
    return out;
  }

  Outcome uplink(std::uint32_t f_cnt, bool ack = false) {
    phy::DataFrame frame;
    frame.m_type = phy::MType::unconfirmed_up;
    frame.f_ctrl.ack = ack;
    frame.f_port = FPort{1};
    frame.frm_payload = {1};
    RxMetadata metadata;
    metadata.gateway = {GatewayId("heard"), {}};
    metadata.uplink_token = {9, 9};
    return handle(matched(std::move(frame), f_cnt, std::move(metadata)));
  }

  /// The gateway reports later that it has sent it.
  Outcome accept(const SendTransmission& sent, Duration delay = milliseconds{530}) {
    auto outcome = handle(
        DownlinkScheduled{sent.attempt, ScheduledDownlink{near_gateway.gateway_id, 2, delay}});
    handle(TransmissionAcknowledged{{uid, TxResult::success, sent.frame->correlation_ids}});
    return outcome;
  }
  Outcome refuse(const SendTransmission& sent, const ErrorDef& reason = busy) {
    return handle(DownlinkScheduled{sent.attempt, fail(reason)});
  }
  const Device& now_is() { return *session().device(); }

  static constexpr ErrorDef busy{"pkg/gatewayserver", "conflict", Code::already_exists, "busy"};
  static constexpr ErrorDef gone{"pkg/gatewayserver", "not_connected", Code::not_found, "gone"};

  std::optional<UtcTime> wake_at;
  storage::WriteBatch last_records;
};

std::vector<SendTransmission> sent_by(const Outcome& outcome) {
  std::vector<SendTransmission> sent;
  for (const auto& effect : outcome.effects) {
    if (const auto* transmission = std::get_if<SendTransmission>(&effect))
      sent.push_back(*transmission);
  }
  return sent;
}

template <class Payload>
const Payload* told(const Outcome& outcome) {
  for (const auto& up : outcome.ups) {
    if (const auto* found = std::get_if<Payload>(&up.up)) return found;
  }
  return nullptr;
}

TEST(ClassC, AnItemGoesAtOnceInRx2WithoutAnUplink) {
  Rig rig;
  ASSERT_TRUE(rig.push(rig.item(1)));
  const auto outcome = rig.wait();
  EXPECT_EQ(rig.passed, Duration::zero());
  const auto sent = sent_by(outcome);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(outcome.must_sync) << "the counter is spent before the frame leaves";
  const auto& request = sent[0].frame->request;
  EXPECT_EQ(request.device_class, DeviceClass::c);
  EXPECT_EQ(request.paths, rig.device.last_paths);
  EXPECT_FALSE(request.rx1);
  ASSERT_TRUE(request.rx2);
  EXPECT_EQ(request.rx2->frequency, Frequency::hz(869'525'000));
  EXPECT_FALSE(request.absolute_time);
  const auto frame = phy::decode_data_frame(sent[0].frame->phy_payload);
  ASSERT_TRUE(frame);
  EXPECT_FALSE(frame->f_ctrl.ack);
  EXPECT_FALSE(frame->f_ctrl.f_pending);
  EXPECT_TRUE(frame->f_opts.empty());
  EXPECT_EQ(rig.now_is().session->last_n_f_cnt_down, FCnt32{1});
  rig.accept(sent[0]);
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
  EXPECT_EQ(rig.now_is().mac_state->last_network_initiated_downlink_at,
            rig.now() + milliseconds{530});
}

Duration airtime_of(const DownlinkFrame& frame) {
  const auto& rx2 = *frame.request.rx2;
  return *schedule::time_on_air(frame.phy_payload.size(), rx2.data_rate, rx2.frequency);
}

/// The interval, or the end of the one before if that is later: the next may go by a neighbour.
TEST(ClassC, ItemsKeepTheirDistance) {
  for (const auto& [data_rate, interval] :
       {std::pair{0, seconds{1}}, {5, seconds{1}}, {0, seconds{7}}}) {
    Rig rig;
    rig.device.mac_state->current.rx2_data_rate_index =
        DataRateIndex{static_cast<std::uint8_t>(data_rate)};
    rig.want_nothing();
    rig.device.mac_settings.class_b_c_downlink_interval = interval;
    ASSERT_TRUE(rig.push(rig.item(1)));
    ASSERT_TRUE(rig.push(rig.item(2)));
    const auto first = sent_by(rig.wait()).at(0);
    rig.accept(first);
    const auto second = rig.wait();
    const Duration clear = airtime_of(*first.frame) + pause;
    EXPECT_EQ(rig.passed, milliseconds{530} + std::max<Duration>(interval, clear)) << data_rate;
    EXPECT_EQ(sent_by(second).size(), 1U);
  }
}

TEST(ClassC, AnOpenClassAWindowIsUsedFirst) {
  Rig rig;
  ASSERT_TRUE(rig.push(rig.item(1)));
  rig.uplink(1);
  const auto sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].frame->request.device_class, DeviceClass::a);
}

TEST(ClassC, AnItemForOtherClassesWaitsForTheWindowsOfTheUplink) {
  Rig rig;
  rig.uplink(1);
  auto item = rig.item(1);
  item.class_b_c = ClassBC{};
  ASSERT_TRUE(rig.push(item));
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  const auto sent = sent_by(rig.wait());
  EXPECT_EQ(rig.passed, seconds{2});  // RX2
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].frame->request.device_class, DeviceClass::c);
  EXPECT_EQ(sent[0].frame->request.paths,
            (std::vector<DownlinkPath>{{{GatewayId("heard"), {}}, 0, {}}}))
      << "those that heard the newest uplink, without its tokens";
}

TEST(ClassC, AnAbsoluteTimeIsAskedForInTime) {
  Rig rig;
  const auto at = rig.now() + seconds{60};
  ASSERT_TRUE(rig.push(rig.timed(1, at)));
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  const auto sent = sent_by(rig.wait());
  EXPECT_EQ(rig.passed, seconds{60} - exact_lead);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].frame->request.absolute_time, at);
}

TEST(ClassC, AnAbsoluteTimeThatHasPassedFailsItsItemOnly) {
  Rig rig;
  ASSERT_TRUE(rig.push(rig.timed(1, rig.now() + seconds{60})));
  ASSERT_TRUE(rig.push(rig.item(2)));
  rig.passed = seconds{61};
  rig.wake_at = rig.now();
  const auto outcome = rig.wait();
  const auto* failed = told<DownlinkFailed>(outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_TRUE(failed->error->is(downlink_expired));
  EXPECT_EQ(failed->downlink.f_cnt, FCnt32{1});
  ASSERT_EQ(sent_by(outcome).size(), 1U);
  EXPECT_EQ(rig.now_is().session->last_n_f_cnt_down, FCnt32{2});
}

TEST(ClassC, AGatewayThatCanNotKeepTheTimeFailsTheItem) {
  Rig rig;
  ASSERT_TRUE(rig.push(rig.timed(1, rig.now() + seconds{5})));
  const auto outcome = rig.refuse(sent_by(rig.wait()).at(0));
  const auto* failed = told<DownlinkFailed>(outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->error->name(), "absolute_time");
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
}

TEST(ClassC, ARefusalIsTriedAgainLaterAndLater) {
  Rig rig;
  Duration waited{0};
  for (std::uint32_t i = 0; i < 10; ++i) {
    ASSERT_TRUE(rig.push(rig.item(i + 1)));
    const auto before = rig.passed;
    auto sent = sent_by(rig.wait());
    if (sent.empty()) sent = sent_by(rig.wait());
    ASSERT_EQ(sent.size(), 1U);
    const auto wait = rig.passed - before;
    const auto expected =
        i == 0 ? Duration::zero() : milliseconds{2200} * (1 << std::min(i - 1, 7U));
    EXPECT_EQ(wait, expected) << i;
    waited += wait;
    const auto outcome = rig.refuse(sent[0]);
    ASSERT_NE(told<DownlinkQueueInvalidated>(outcome), nullptr)
        << "the counter is spent: the item has to be numbered again";
  }
  // Success makes the patience new.
  ASSERT_TRUE(rig.push(rig.item(11)));
  rig.wait();
  auto sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  rig.accept(sent[0]);
  ASSERT_TRUE(rig.push(rig.item(12)));
  rig.wait();
  sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  const auto before = rig.passed;
  rig.refuse(sent[0]);
  ASSERT_TRUE(rig.push(rig.item(13)));
  rig.wait();
  rig.wait();
  EXPECT_EQ(rig.passed - before, milliseconds{2200});
}

TEST(ClassC, NothingIsSentWhileRx2IsBeingChanged) {
  Rig rig;
  rig.device.mac_state->pending_requests = {mac::RXParamSetupReq{}};
  ASSERT_TRUE(rig.push(rig.item(1)));
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  EXPECT_EQ(std::get<DownlinkNotSent>(rig.session().decisions().back().value).reason,
            NoDownlink::listening_unknown);
  EXPECT_FALSE(rig.wake_at);
  rig.uplink(1);
  EXPECT_EQ(sent_by(rig.wait()).size(), 1U);
}

TEST(ClassC, WithoutAGatewayNothingIsSpent) {
  Rig rig;
  rig.device.last_paths.clear();
  ASSERT_TRUE(rig.push(rig.item(1)));
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  EXPECT_EQ(rig.now_is().session->last_n_f_cnt_down, FCnt32{0});
  EXPECT_EQ(rig.wake_at, rig.now() + milliseconds{2200});
}

TEST(ClassC, FixedGatewaysAreAskedGroupByGroupAndOneIsEnough) {
  Rig rig;
  auto item = rig.item(1);
  item.class_b_c = ClassBC{
      {{{GatewayId("a"), {}}, 0, 2}, {{GatewayId("b"), {}}, 1, 1}, {{GatewayId("c"), {}}, 0, 2}},
      {}};
  ASSERT_TRUE(rig.push(item));
  const auto first = sent_by(rig.wait());
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].frame->request.paths,
            (std::vector<DownlinkPath>{{{GatewayId("b"), {}}, 1, {}}}));
  EXPECT_FALSE(first[0].frame->request.not_before);
  const auto second = sent_by(rig.accept(first[0]));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].frame->request.paths.size(), 2U);
  EXPECT_EQ(first[0].frame->phy_payload, second[0].frame->phy_payload) << "one frame, one counter";
  EXPECT_EQ(second[0].frame->request.not_before,
            rig.now() + milliseconds{530} + airtime_of(*first[0].frame) + pause)
      << "when the neighbour is no longer on air";
  EXPECT_EQ(rig.now_is().session->queued_application_downlinks.size(), 1U) << "one is still asked";
  const auto outcome = rig.refuse(second[0], Rig::gone);
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
  EXPECT_EQ(told<DownlinkFailed>(outcome), nullptr);
}

/// An item of so many groups, each with one gateway.
ApplicationDownlink grouped(const Rig& rig, std::uint32_t f_cnt, std::uint32_t groups,
                            std::optional<UtcTime> at = {}) {
  auto item = rig.item(f_cnt);
  item.class_b_c = ClassBC{{}, at};
  for (std::uint32_t i = 0; i < groups; ++i)
    item.class_b_c->gateways.push_back({{GatewayId("gw-" + std::to_string(i)), {}}, 0, i});
  return item;
}

TEST(ClassC, AGroupThatRefusesOccupiesNoTime) {
  Rig rig;
  ASSERT_TRUE(rig.push(grouped(rig, 1, 3)));
  const auto first = sent_by(rig.wait()).at(0);
  const auto second = sent_by(rig.refuse(first)).at(0);
  EXPECT_FALSE(second.frame->request.not_before);
  const auto third = sent_by(rig.accept(second)).at(0);
  EXPECT_TRUE(third.frame->request.not_before);
  rig.accept(third);
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
}

/// GPS has them begin at the same time: to a device they are one.
TEST(ClassC, AtATimeOfTheItemAllGroupsSendTogether) {
  Rig rig;
  ASSERT_TRUE(rig.push(grouped(rig, 1, 3, start + seconds{30})));
  EXPECT_TRUE(sent_by(rig.wait()).empty()) << "too early to ask";
  const auto sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 3U);
  for (const auto& one : sent) {
    EXPECT_EQ(one.frame->request.absolute_time, start + seconds{30});
    EXPECT_FALSE(one.frame->request.not_before);
  }
}

TEST(ClassB, AllGroupsSendTogetherInTheSlot) {
  Rig rig(DeviceClass::b);
  ASSERT_TRUE(rig.push(grouped(rig, 1, 2)));
  auto sent = sent_by(rig.wait());
  if (sent.empty()) sent = sent_by(rig.wait());  // the slot is far ahead
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].frame->request.absolute_time, sent[1].frame->request.absolute_time);
}

/// However long each gateway lets its frame wait, whichever refuses or is silent: emissions of the
/// same and of consecutive items never meet.
TEST(ClassC, EmissionsOfNeighboursNeverMeet) {
  auto random = make_seeded_random(7);
  for (int run = 0; run < 50; ++run) {
    Rig rig;
    rig.device.multicast = true;
    rig.settle(DeviceClass::c);
    for (std::uint32_t f_cnt = 1; f_cnt <= 4; ++f_cnt)
      ASSERT_TRUE(rig.push(grouped(rig, f_cnt, 4)));
    std::vector<std::pair<UtcTime, UtcTime>> on_air;
    auto asked = sent_by(rig.wait());
    for (int step = 0; step < 200 && (!asked.empty() || rig.wake_at); ++step) {
      if (asked.empty()) {
        asked = sent_by(rig.wait());
        continue;
      }
      ASSERT_EQ(asked.size(), 1U);
      const auto request = asked[0];
      const auto dice = random->next() % 8;
      if (dice == 0) {
        asked = sent_by(rig.wait());  // silent
        continue;
      }
      if (dice == 1) {
        asked = sent_by(rig.refuse(request));
        continue;
      }
      const auto earliest = std::max(rig.now() + milliseconds{530},
                                     request.frame->request.not_before.value_or(rig.now()));
      const auto begins = earliest + milliseconds{random->next() % 3000};
      on_air.emplace_back(begins, begins + airtime_of(*request.frame));
      asked = sent_by(rig.accept(request, begins - rig.now()));
    }
    ASSERT_GE(on_air.size(), 4U);
    for (std::size_t i = 1; i < on_air.size(); ++i)
      EXPECT_LE(on_air[i - 1].second, on_air[i].first) << run << " " << i;
  }
}

TEST(ClassC, AGroupThatIsSilentDoesNotUndoWhatAnotherHasTaken) {
  Rig rig;
  auto item = rig.item(1);
  item.class_b_c = ClassBC{{{{GatewayId("a"), {}}, 0, 1}, {{GatewayId("b"), {}}, 0, 2}}, {}};
  ASSERT_TRUE(rig.push(item));
  const auto first = sent_by(rig.wait());
  ASSERT_EQ(first.size(), 1U);
  ASSERT_EQ(sent_by(rig.accept(first[0])).size(), 1U);
  const auto outcome = rig.wait();
  EXPECT_EQ(rig.passed, rig.config.request_timeout);
  EXPECT_TRUE(sent_by(outcome).empty());
  EXPECT_TRUE(outcome.ups.empty());
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
}

TEST(ClassC, AfterAGroupThatIsSilentTheNextIsAsked) {
  Rig rig;
  ASSERT_TRUE(rig.push(grouped(rig, 1, 2)));
  const auto first = sent_by(rig.wait()).at(0);
  const auto second = sent_by(rig.wait());
  EXPECT_EQ(rig.passed, rig.config.request_timeout);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_TRUE(sent_by(rig.accept(first)).empty()) << "too late to answer for anybody";
  EXPECT_EQ(rig.now_is().session->queued_application_downlinks.size(), 1U);
  rig.accept(second[0]);
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
}

/// As one that refuses: each try spends a counter.
TEST(ClassC, AGatewayThatIsSilentIsAskedLaterAndLater) {
  Rig rig;
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(rig.push(rig.item(i + 1)));
    const auto before = rig.passed;
    auto sent = sent_by(rig.wait());
    if (sent.empty()) sent = sent_by(rig.wait());
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(rig.passed - before,
              i == 0 ? Duration::zero() : Duration(milliseconds{2200} * (1 << (i - 1))))
        << i;
    const auto outcome = rig.wait();
    EXPECT_EQ(rig.passed - before,
              (i == 0 ? Duration::zero() : Duration(milliseconds{2200} * (1 << (i - 1)))) +
                  rig.config.request_timeout);
    EXPECT_TRUE(sent_by(outcome).empty());
    ASSERT_NE(told<DownlinkQueueInvalidated>(outcome), nullptr) << "the counter may be used";
  }
}

TEST(ClassB, AGatewayThatIsSilentIsNotAskedForTheVeryNextSlot) {
  Rig rig(DeviceClass::b);
  ASSERT_TRUE(rig.push(rig.item(1)));
  auto sent = sent_by(rig.wait());
  while (sent.empty()) sent = sent_by(rig.wait());
  ASSERT_NE(told<DownlinkQueueInvalidated>(rig.wait()), nullptr);
  const auto silent_at = rig.now();
  ASSERT_TRUE(rig.push(rig.item(2)));
  sent = sent_by(rig.wait());
  while (sent.empty()) sent = sent_by(rig.wait());
  EXPECT_GE(*sent[0].frame->request.absolute_time, silent_at + milliseconds{2200});
}

/// The gateways have been busy: the item's own time is tried all the same, once.
TEST(ClassC, AnAbsoluteTimeIsTriedThenThoughTheGatewaysWereBusy) {
  Rig rig;
  for (std::uint32_t i = 1; i <= 4; ++i) {
    ASSERT_TRUE(rig.push(rig.item(i)));
    auto sent = sent_by(rig.wait());
    if (sent.empty()) sent = sent_by(rig.wait());
    ASSERT_EQ(sent.size(), 1U);
    rig.refuse(sent[0]);
  }
  // No more tries for 17.6 s.
  const auto at = rig.now() + seconds{10};
  ASSERT_TRUE(rig.push(rig.timed(5, at)));
  auto outcome = rig.wait();
  EXPECT_EQ(told<DownlinkFailed>(outcome), nullptr);
  outcome = rig.wait();
  EXPECT_EQ(rig.now(), at - exact_lead);
  ASSERT_EQ(sent_by(outcome).size(), 1U);
  EXPECT_EQ(sent_by(outcome)[0].frame->request.absolute_time, at);
  // Nobody answers: it has had its try.
  outcome = rig.wait();
  const auto* failed = told<DownlinkFailed>(outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->error->name(), "absolute_time");
  EXPECT_TRUE(rig.now_is().session->queued_application_downlinks.empty());
}

TEST(ClassC, AnAbsoluteTimeThatPassesBehindAnItemThatWaitsIsToldWhenItIsItsTurn) {
  Rig rig;
  for (std::uint32_t i = 1; i <= 4; ++i) {
    ASSERT_TRUE(rig.push(rig.item(i)));
    auto sent = sent_by(rig.wait());
    if (sent.empty()) sent = sent_by(rig.wait());
    rig.refuse(sent.at(0));
  }
  ASSERT_TRUE(rig.push(rig.item(5)));
  ASSERT_TRUE(rig.push(rig.timed(6, rig.now() + seconds{10})));
  auto sent = sent_by(rig.wait());
  if (sent.empty()) sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(sent[0].frame->request.absolute_time);
  rig.accept(sent[0]);
  const auto outcome = rig.wait();
  const auto* failed = told<DownlinkFailed>(outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_TRUE(failed->error->is(downlink_expired));
}

TEST(ClassC, AnAbsoluteTimeWithoutAGatewayFailsItsItem) {
  Rig rig;
  rig.device.last_paths.clear();
  ASSERT_TRUE(rig.push(rig.timed(1, rig.now() + seconds{5})));
  const auto outcome = rig.wait();
  const auto* failed = told<DownlinkFailed>(outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->error->name(), "absolute_time");
}

TEST(ClassC, FixedGatewaysThatAreNotThereFailTheItem) {
  Rig rig;
  auto item = rig.item(1);
  item.class_b_c = ClassBC{{{{GatewayId("a"), {}}, 0, 0}}, {}};
  ASSERT_TRUE(rig.push(item));
  const auto outcome = rig.refuse(sent_by(rig.wait()).at(0), Rig::gone);
  const auto* failed = told<DownlinkFailed>(outcome);
  ASSERT_NE(failed, nullptr);
  EXPECT_EQ(failed->error->name(), "fixed_paths");
}

TEST(ClassC, AConfirmedItemWaitsForTheAcknowledgementOfTheOneBefore) {
  Rig rig;
  auto item = rig.item(1);
  item.confirmed = true;
  ASSERT_TRUE(rig.push(item));
  rig.accept(sent_by(rig.wait()).at(0), milliseconds{500});
  item.f_cnt = FCnt32{2};
  ASSERT_TRUE(rig.push(item));
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  EXPECT_EQ(rig.wake_at, start + milliseconds{500} + mac::default_class_c_timeout);

  // The device speaks: no more waiting.
  rig.passed = seconds{20};
  EXPECT_NE(told<DownlinkAcked>(rig.uplink(1, true)), nullptr);
  const auto sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].frame->request.device_class, DeviceClass::a);
}

TEST(ClassC, WithoutAcknowledgementTheApplicationServerIsToldAfterTheTimeout) {
  Rig rig;
  rig.device.mac_settings.class_c_timeout = seconds{30};
  auto item = rig.item(1);
  item.confirmed = true;
  ASSERT_TRUE(rig.push(item));
  rig.accept(sent_by(rig.wait()).at(0), milliseconds{500});
  const auto outcome = rig.wait();
  EXPECT_EQ(rig.passed, milliseconds{30'500});
  const auto* nacked = told<DownlinkNacked>(outcome);
  ASSERT_NE(nacked, nullptr);
  EXPECT_EQ(nacked->downlink.f_cnt, FCnt32{1});
  EXPECT_FALSE(rig.now_is().mac_state->pending_application_downlink);
}

TEST(ClassB, AnItemGoesInAPingSlotOnItsChannel) {
  Rig rig(DeviceClass::b);
  ASSERT_TRUE(rig.push(rig.item(1)));
  auto sent = sent_by(rig.wait());
  while (sent.empty()) sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  const auto& request = sent[0].frame->request;
  EXPECT_EQ(request.device_class, DeviceClass::b);
  ASSERT_TRUE(request.absolute_time);
  const auto slot = to_gps(*request.absolute_time);
  EXPECT_EQ(mac::next_ping_slot(slot, address, mac::PingSlotPeriodicity{2}), slot);
  EXPECT_GE(*request.absolute_time, rig.now() + milliseconds{2500});
  EXPECT_LE(*request.absolute_time, rig.now() + exact_lead_max);
  EXPECT_EQ(request.rx2->frequency, Frequency::hz(869'525'000));
  EXPECT_EQ(request.rx2->data_rate, DataRate(LoraDataRate{9, 125'000, CodingRate::cr4_5}));
}

/// As far away as the API lets clients say.
TEST(ClassB, AnAbsoluteTimeFarAwayIsWaitedFor) {
  Rig rig(DeviceClass::b);
  ASSERT_TRUE(rig.push(rig.timed(1, UtcTime{std::chrono::days{69'396}})));  // 2160
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  ASSERT_TRUE(rig.wake_at);
  EXPECT_GT(*rig.wake_at, rig.now() + std::chrono::days{36'525});
}

TEST(Multicast, GoesToItsGatewaysOnly) {
  Rig rig;
  rig.device.multicast = true;
  rig.device.last_paths.clear();
  rig.settle(DeviceClass::c);
  EXPECT_FALSE(rig.push(rig.item(1)));
  auto item = rig.item(1);
  item.class_b_c = ClassBC{{{{GatewayId("a"), {}}, 0, 0}}, {}};
  ASSERT_TRUE(rig.push(item));
  const auto sent = sent_by(rig.wait());
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(phy::decode_data_frame(sent[0].frame->phy_payload)->f_ctrl.adr);
}

TEST(ClassA, ItemsForOtherClassesStayInTheQueue) {
  Rig rig(DeviceClass::a);
  auto item = rig.item(1);
  item.class_b_c = ClassBC{};
  ASSERT_TRUE(rig.push(item));
  rig.uplink(1);
  EXPECT_TRUE(sent_by(rig.wait()).empty());
  EXPECT_EQ(rig.now_is().session->queued_application_downlinks.size(), 1U);
}

/// The store lists who has to be woken after a start.
TEST(Waiting, IsListedWhileThereIsSomethingToWaitFor) {
  Rig rig;
  const auto row =
      storage::waiting_device_key({storage::shard_of(uid, *storage::ShardCount::make(4)), uid});
  const auto listed = [&](const storage::WriteBatch& records) -> std::optional<storage::Change> {
    for (const auto& change : records) {
      if (change.family == storage::Family::downlink_queue && to_owned(change.key) == row)
        return change.change;
    }
    return std::nullopt;
  };
  ASSERT_TRUE(rig.push(rig.item(1)));
  EXPECT_EQ(listed(rig.last_records), storage::Change::put);
  const auto sent = sent_by(rig.wait());
  EXPECT_EQ(listed(rig.accept(sent.at(0)).records), storage::Change::erase);

  // A session that starts with something in its queue goes on with it.
  Rig after;
  auto waiting = after.item(1);
  waiting.session_key_id = {1, 2};
  after.device.session->queued_application_downlinks.push_back(std::move(waiting));
  after.wake_at = after.now();
  EXPECT_EQ(sent_by(after.wait()).size(), 1U);

  ASSERT_TRUE(rig.push(rig.item(2)));
  EXPECT_EQ(listed(rig.handle(DeleteDevice{[](const auto&) {}}).records), storage::Change::erase);
}

}  // namespace
}  // namespace ff::network_server
