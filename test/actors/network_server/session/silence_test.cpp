// Join servers and gateways that answer late or never.
#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"
#include "test/actors/network_server/session/joining_rig.hpp"

namespace ff::network_server {
namespace {

using namespace test;  // The rig and what it is made of.
using std::chrono::milliseconds;
using std::chrono::seconds;

RxMetadata heard() {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId("gateway");
  metadata.uplink_token = {1};
  return metadata;
}

template <class Wanted>
std::vector<Wanted> effects_of(const Outcome& outcome) {
  std::vector<Wanted> out;
  for (const auto& effect : outcome.effects) {
    if (const auto* one = std::get_if<Wanted>(&effect)) out.push_back(*one);
  }
  return out;
}

NoDownlink last_reason(SessionRig& rig) {
  const auto decisions = rig.session().decisions();
  return std::get<DownlinkNotSent>(decisions.back().value).reason;
}

const JoinAnswer accept{Bytes(17, 0x20), {{8}, key, key, key, {}}, {}};

TEST(SlowJoinServer, MayAnswerUntilTheLastWindow) {
  JoiningRig rig;
  const auto question = rig.questions(rig.request({heard()})).at(0);
  rig.passed += milliseconds{5700};
  rig.handle(Wake{});
  rig.handle(JoinAnswered{question.attempt, accept});
  const auto sent = effects_of<SendTransmission>(rig.handle(Wake{}));
  ASSERT_EQ(sent.size(), 1U);
  // RX2 is one second after RX1, which has passed: the gateway server sees that.
  EXPECT_EQ(sent[0].frame->request.rx1_delay, seconds{5});
  EXPECT_TRUE(sent[0].frame->request.rx2);
}

TEST(SlowJoinServer, IsGivenUpWhenTheLastWindowHasPassed) {
  JoiningRig rig;
  const auto asked = rig.request({heard()});
  const auto question = rig.questions(asked).at(0);
  const auto wishes = effects_of<WakeAt>(asked);
  ASSERT_EQ(wishes.size(), 1U);
  EXPECT_EQ(wishes[0].at, MonoTime{milliseconds{5870}});
  EXPECT_FALSE(rig.session().idle());
  rig.passed = milliseconds{5870};
  const auto outcome = rig.handle(Wake{});
  EXPECT_EQ(rig.events(outcome),
            (std::vector<std::string>{"ns.up.join.cluster.fail", "ns.up.join.drop"}));
  EXPECT_TRUE(rig.session().idle());
  rig.passed += milliseconds{1};
  rig.handle(JoinAnswered{question.attempt, accept});
  EXPECT_FALSE(rig.session().device()->pending_session);
}

TEST(SlowJoinServer, OfAnotherNetworkIsGivenUpAsSuch) {
  JoiningRig rig;
  const auto question = rig.questions(rig.request({heard()})).at(0);
  constexpr ErrorDef unknown{"pkg/joinserver", "device_not_found", Code::not_found, ""};
  rig.handle(JoinAnswered{question.attempt, fail(unknown)});
  rig.passed = seconds{6};
  EXPECT_EQ(rig.events(rig.handle(Wake{})),
            (std::vector<std::string>{"ns.up.join.interop.fail", "ns.up.join.drop"}));
}

struct UplinkRig : SessionRig {
  UplinkRig() : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3) {
    want_nothing();
    device.mac_state->current.rx1_delay = device.mac_state->desired.rx1_delay = seconds{5};
  }
  /// A confirmed uplink, and the question to the gateway server that it leads to.
  SendTransmission asked() {
    phy::DataFrame frame;
    frame.m_type = phy::MType::confirmed_up;
    frame.f_port = FPort{1};
    handle(matched(frame, 1, heard()));
    const auto sent = effects_of<SendTransmission>(handle(Wake{}));
    EXPECT_EQ(sent.size(), 1U);
    return sent.at(0);
  }
};

TEST(SilentGateway, IsGivenUpAndAnotherTryIsMadeWhileAWindowIsOpen) {
  UplinkRig rig;
  const auto first = rig.asked();
  const auto spent = rig.session().device()->session->last_n_f_cnt_down;
  rig.passed += rig.config.request_timeout;
  const auto outcome = rig.handle(Wake{});
  const auto events = JoiningRig::events(outcome);
  EXPECT_EQ(events.at(0), "ns.down.data.schedule.fail");
  const auto second = effects_of<SendTransmission>(outcome);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_GT(second[0].attempt, first.attempt);
  EXPECT_EQ(rig.session().device()->session->last_n_f_cnt_down.value(), spent.value() + 1);

  rig.passed += rig.config.request_timeout;
  EXPECT_TRUE(effects_of<SendTransmission>(rig.handle(Wake{})).empty());
  EXPECT_EQ(last_reason(rig), NoDownlink::too_late);
  EXPECT_TRUE(rig.session().idle());
}

TEST(SilentGateway, IsNotWaitedForOnceItHasAnswered) {
  UplinkRig rig;
  const auto asked = rig.asked();
  const auto wishes =
      effects_of<WakeAt>(rig.handle(DownlinkScheduled{asked.attempt, ScheduledDownlink{}}));
  ASSERT_EQ(wishes.size(), 1U);
  EXPECT_GT(*wishes[0].at, MonoTime{rig.passed + rig.config.request_timeout})
      << "only for its report";
}

TEST(SilentGateway, IsTheLastToBeAskedNextTime) {
  UplinkRig rig;
  phy::DataFrame frame;
  frame.m_type = phy::MType::confirmed_up;
  auto other = heard();
  other.gateway.gateway_id = GatewayId("other");
  auto event = rig.matched(frame, 1, heard());
  event.rx_metadata = heard_as({heard(), other});
  rig.handle(event);
  const auto first_of = [](const SendTransmission& sent) {
    return sent.frame->request.paths.front().gateway.gateway_id;
  };
  EXPECT_EQ(first_of(effects_of<SendTransmission>(rig.handle(Wake{})).at(0)), GatewayId("gateway"));
  rig.passed += rig.config.request_timeout;
  EXPECT_EQ(first_of(effects_of<SendTransmission>(rig.handle(Wake{})).at(0)), GatewayId("other"));
}

}  // namespace
}  // namespace ff::network_server
