// A device that repeats itself, and copies of what it sent that come late. [spec network-server §5]
#include "protocol/schedule/time_on_air.hpp"
#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A device of class A with RX1 after five seconds.
struct Rig : SessionRig {
  Rig() : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3) {
    device.mac_state->current.rx1_delay = seconds{5};
    want_nothing();
  }
  /// Heard so long before it came here.
  Outcome uplink(std::uint32_t f_cnt, Duration age = {}) {
    phy::DataFrame frame;
    frame.m_type = phy::MType::confirmed_up;
    frame.f_port = FPort{1};
    frame.frm_payload = {1};
    RxMetadata metadata;
    metadata.gateway.gateway_id = GatewayId("gateway");
    metadata.uplink_token = {1};
    metadata.received_at = now() - age;
    auto event = matched(std::move(frame), f_cnt, metadata);
    auto received = *event.frame;
    received.rx_metadata = {metadata};
    airtime = *schedule::time_on_air(received.phy_payload.size(), received.settings.data_rate,
                                     received.settings.frequency);
    event.frame = std::make_shared<const UplinkFrame>(std::move(received));
    return handle(event);
  }
  UplinkVerdict verdict() {
    const auto decisions = session().decisions();
    const auto judged = std::find_if(decisions.rbegin(), decisions.rend(), [](const auto& one) {
      return std::holds_alternative<UplinkJudged>(one.value);
    });
    return std::get<UplinkJudged>(judged->value).verdict;
  }
  /// The answer that is due, if one is; the gateway takes it.
  bool is_answered() {
    const auto sent = all<SendTransmission>(handle(Wake{}));
    if (sent.empty()) return false;
    handle(DownlinkScheduled{sent[0].attempt, ScheduledDownlink{}});
    return true;
  }
  std::size_t transmissions() { return session().device()->mac_state->recent_uplinks.size(); }

  Duration airtime{0};
};

TEST(LateCopy, IsNeitherPublishedNorAnsweredNorCounted) {
  Rig rig;
  EXPECT_EQ(rig.uplink(1).ups.size(), 1U);
  EXPECT_TRUE(rig.is_answered());
  rig.passed += milliseconds{1300};
  const auto copy = rig.uplink(1);
  EXPECT_EQ(rig.verdict(), UplinkVerdict::late_copy);
  EXPECT_TRUE(copy.ups.empty());
  EXPECT_TRUE(copy.records.empty());
  const auto counted = all<CountFrame>(copy);
  ASSERT_EQ(counted.size(), 1U);
  EXPECT_EQ(counted[0].step, FrameStep::duplicate);
  EXPECT_TRUE(all<PublishEvent>(copy).empty()) << "nothing was dropped";
  EXPECT_FALSE(rig.is_answered());
  EXPECT_EQ(rig.transmissions(), 1U);
}

TEST(LateCopy, OfAnUplinkStillToBeAnsweredLeavesTheAnswerAlone) {
  Rig rig;
  rig.uplink(1);
  rig.passed += milliseconds{1300};
  rig.uplink(1);
  const auto sent = all<SendTransmission>(rig.handle(Wake{}));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(rig.is_answered());
}

TEST(LateCopy, IsKnownByWhenItWasHeardHoweverLate) {
  Rig rig;
  rig.uplink(1);
  EXPECT_TRUE(rig.is_answered());
  for (const auto age : {seconds{4}, seconds{8}, seconds{15}, seconds{300}}) {
    rig.passed = age;
    rig.uplink(1, age);
    EXPECT_EQ(rig.verdict(), UplinkVerdict::late_copy) << age.count();
    EXPECT_FALSE(rig.is_answered());
  }
  rig.passed = seconds{400};
  rig.uplink(1);
  EXPECT_EQ(rig.verdict(), UplinkVerdict::repeated);
}

/// Both windows pass before the device sends again; RX2 only if it heard nothing in RX1.
TEST(Repetition, IsAnsweredAgainFromTheFirstMomentThatItCanCome) {
  for (const bool answered : {false, true}) {
    Rig rig;
    rig.uplink(1);
    if (answered) {
      EXPECT_TRUE(rig.is_answered());
    }
    rig.passed += seconds{answered ? 5 : 6} + rig.airtime;
    const auto outcome = rig.uplink(1);
    EXPECT_EQ(rig.verdict(), UplinkVerdict::repeated);
    EXPECT_TRUE(outcome.ups.empty()) << "the application has it";
    EXPECT_TRUE(rig.is_answered());
    EXPECT_EQ(rig.transmissions(), 2U);
  }
}

/// The first transmission comes here after the second: only a slow gateway has heard it.
TEST(LateCopy, OfAnEarlierTransmissionIsOneToo) {
  Rig rig;
  rig.passed = milliseconds{6500};
  EXPECT_EQ(rig.uplink(1).ups.size(), 1U);
  rig.passed = milliseconds{7000};
  rig.uplink(1, milliseconds{7000});
  EXPECT_EQ(rig.verdict(), UplinkVerdict::late_copy);
  EXPECT_EQ(rig.transmissions(), 1U);
  // The slow one alone, and then the repetition, before the slow one would be off the mark.
  Rig slow;
  slow.passed = milliseconds{5000};
  slow.uplink(1, milliseconds{5000});
  slow.passed = milliseconds{7000};
  slow.uplink(1);
  EXPECT_EQ(slow.verdict(), UplinkVerdict::repeated);
}

TEST(LateCopy, IsNoResetOfADeviceThatMayReset) {
  Rig rig;
  rig.device.mac_settings.resets_f_cnt = true;
  rig.uplink(1);
  rig.passed = seconds{20};
  rig.uplink(2);
  rig.passed = seconds{21};
  EXPECT_TRUE(rig.uplink(1, seconds{21}).ups.empty());
  EXPECT_EQ(rig.verdict(), UplinkVerdict::late_copy);
  EXPECT_EQ(rig.session().device()->session->last_f_cnt_up, FCnt32{2});
  rig.passed = seconds{40};
  EXPECT_EQ(rig.uplink(0).ups.size(), 1U) << "this is one";
}

/// After a restart the times are those of the record.
TEST(LateCopy, IsKnownByASessionThatStarts) {
  Rig before;
  before.uplink(1);
  Rig rig;
  rig.device = *before.session().device();
  rig.passed = seconds{3};
  rig.uplink(1);
  EXPECT_EQ(rig.verdict(), UplinkVerdict::late_copy);
}

}  // namespace
}  // namespace ff::network_server
