// The commands that make a device a relay, or one behind a relay.
#include <gtest/gtest.h>

#include "protocol/mac/refusal.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using test::Commands;
using test::Device;
using test::dr;
using test::Names;

const RelaySecondChannel second{2, dr(3), Frequency::hz(868'300'000)};
const Aes128Key wor_key = Aes128Key::from(Bytes(16, 7));

UplinkForwardingRule rule_for(const char* device, std::uint8_t session = 1) {
  UplinkForwardingRule rule;
  rule.limits = RelayLimit{1, 8};
  rule.device_id = DeviceId(device);
  rule.session_key_id = {session};
  rule.wor = WorSession{DevAddr{0x26000000U + session}, wor_key};
  return rule;
}
ServingRelay relay(std::vector<UplinkForwardingRule> rules = {}) {
  ServingRelay serving;
  serving.second_channel = second;
  serving.default_channel_index = 1;
  serving.cad_periodicity = 3;
  serving.uplink_forwarding_rules = std::move(rules);
  return serving;
}
ServedRelay behind_relay() {
  ServedRelay served;
  served.activation = RelayActivation::dynamic;
  served.smart_enable_level = 2;
  served.backoff = 12;
  served.second_channel = second;
  served.serving_device_id = DeviceId("relay-1");
  return served;
}
RelayConfReq relay_conf() {
  return {2, dr(3), 1, 1, 3, true, Frequency::hz(868'300'000)};
}
UpdateUplinkListReq update(std::uint8_t index, std::uint8_t session = 1) {
  return {index, 8, 1, DevAddr{0x26000000U + session}, 0, wor_key};
}
const RelayConfAns accept_conf{true, true, true, true, true, true};
const EndDeviceConfAns accept_device{true, true, true, true};

/// `wanted` against a device that agrees in all else.
MacState state_with(const Device& device, std::optional<RelayParameters> has,
                    std::optional<RelayParameters> wanted) {
  auto state = device.settled();
  state.current.relay = std::move(has);
  state.desired.relay = std::move(wanted);
  return state;
}

Commands asked(const Device& device, const MacState& state) {
  return test::sent(device, test::downlink(device, state));
}

TEST(RelayConf, StartsARelayAndRemembersItsSettings) {
  const Device device;
  const auto down = test::downlink(device, state_with(device, {}, relay()));
  EXPECT_EQ(test::sent(device, down), Commands{relay_conf()});
  EXPECT_EQ(test::names(down.events), Names{"ns.mac.relay_conf.request"});
  const auto up = test::uplink(device, down.next, {accept_conf});
  EXPECT_EQ(test::names(up.events), Names{"ns.mac.relay_conf.answer.accept"});
  EXPECT_EQ(up.next.current.relay, up.next.desired.relay);
  EXPECT_TRUE(asked(device, up.next).empty());
}

TEST(RelayConf, StopsARelayWithAllItsRules) {
  const Device device;
  const auto down = test::downlink(device, state_with(device, relay({rule_for("dev-1")}), {}));
  EXPECT_EQ(test::sent(device, down), Commands{RelayConfReq{}});
  const auto up = test::uplink(device, down.next, {accept_conf});
  EXPECT_FALSE(up.next.current.relay);
}

TEST(RelayConf, OneNackRejectsAllAndIsNotRepeatedForEver) {
  const Device device;
  for (int bit = 0; bit < 6; ++bit) {
    RelayConfAns answer = accept_conf;
    bool* const acks[] = {&answer.second_ch_frequency_ack, &answer.second_ch_ack_offset_ack,
                          &answer.second_ch_data_rate_ack, &answer.second_ch_index_ack,
                          &answer.default_ch_index_ack,    &answer.cad_periodicity_ack};
    *acks[bit] = false;
    auto state = state_with(device, {}, relay({rule_for("dev-1")}));
    for (int i = 0; i < refusals_max; ++i) {
      const auto down = test::downlink(device, state);
      EXPECT_EQ(test::sent(device, down), (Commands{relay_conf(), update(0)})) << bit;
      const auto up = test::uplink(device, down.next, {answer, UpdateUplinkListAns{}});
      EXPECT_EQ(test::names(up.events), (Names{"ns.mac.relay_conf.answer.reject",
                                               "ns.mac.relay_update_uplink_list.answer"}));
      state = up.next;
      EXPECT_FALSE(state.current.relay);
    }
    EXPECT_TRUE(asked(device, state).empty()) << "no rules for a device that is no relay";
  }
}

TEST(RelayConf, IsNotForGroups) {
  Device device;
  device.multicast = device.supports_class_c = true;
  EXPECT_TRUE(asked(device, state_with(device, {}, relay({rule_for("dev-1")}))).empty());
  EXPECT_TRUE(asked(device, state_with(device, {}, behind_relay())).empty());
}

TEST(RelayEndDeviceConf, TellsADeviceOfItsRelay) {
  const Device device;
  const auto down = test::downlink(device, state_with(device, {}, behind_relay()));
  EXPECT_EQ(test::sent(device, down),
            (Commands{EndDeviceConfReq{2, 2, 2, dr(3), 1, 12, Frequency::hz(868'300'000)}}));
  EXPECT_EQ(test::names(down.events), Names{"ns.mac.relay_end_device_conf.request"});
  const auto up = test::uplink(device, down.next, {accept_device});
  EXPECT_EQ(test::names(up.events), Names{"ns.mac.relay_end_device_conf.answer.accept"});
  EXPECT_EQ(up.next.current.relay, up.next.desired.relay);
}

TEST(RelayEndDeviceConf, IsTakenBack) {
  const Device device;
  const auto down = test::downlink(device, state_with(device, behind_relay(), {}));
  EXPECT_EQ(test::sent(device, down), Commands{EndDeviceConfReq{}});
  EXPECT_FALSE(test::uplink(device, down.next, {accept_device}).next.current.relay);
}

TEST(RelayEndDeviceConf, RefusedIsNotRepeatedForEver) {
  const Device device;
  auto state = state_with(device, {}, behind_relay());
  for (int i = 0; i < refusals_max; ++i) {
    const auto up = test::uplink(device, test::downlink(device, state).next,
                                 {EndDeviceConfAns{true, true, true, false}});
    EXPECT_EQ(test::names(up.events), Names{"ns.mac.relay_end_device_conf.answer.reject"});
    state = up.next;
  }
  EXPECT_TRUE(asked(device, state).empty());
  EXPECT_FALSE(state.current.relay);
}

TEST(RelayEndDeviceConf, AnotherRelayIsNoNewsForTheDevice) {
  const Device device;
  auto other = behind_relay();
  other.serving_device_id = DeviceId("relay-2");
  EXPECT_TRUE(asked(device, state_with(device, behind_relay(), other)).empty());
}

TEST(RelayUpdateUplinkList, TellsRulesThatTheRelayDoesNotHave) {
  const Device device;
  auto unknown = rule_for("dev-3");
  unknown.wor.reset();
  const auto want = relay({rule_for("dev-1", 1), {}, unknown, rule_for("dev-4", 4)});
  const auto down = test::downlink(device, state_with(device, relay(), want));
  EXPECT_EQ(test::sent(device, down), (Commands{update(0, 1), update(3, 4)}))
      << "not the empty one, and not the one whose session is not known";
  EXPECT_EQ(test::names(down.events), (Names{"ns.mac.relay_update_uplink_list.request",
                                             "ns.mac.relay_update_uplink_list.request"}));
  EXPECT_FALSE(down.in_f_opts);
  const auto up = test::uplink(device, down.next, {UpdateUplinkListAns{}, UpdateUplinkListAns{}});
  const auto& rules = serving(up.next.current.relay)->uplink_forwarding_rules;
  ASSERT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules[0], want.uplink_forwarding_rules[0]);
  EXPECT_TRUE(rules[1].is_empty());
  EXPECT_EQ(rules[3], want.uplink_forwarding_rules[3]);
  EXPECT_TRUE(asked(device, up.next).empty());
}

TEST(RelayUpdateUplinkList, FollowsASessionThatHasChanged) {
  const Device device;
  const auto state =
      state_with(device, relay({rule_for("dev-1", 1)}), relay({rule_for("dev-1", 2)}));
  EXPECT_EQ(asked(device, state), Commands{update(0, 2)});
}

TEST(RelayUpdateUplinkList, WhatDoesNotFitGoesWithTheNext) {
  const Device device;
  const auto state = state_with(device, relay(), relay({rule_for("a-1", 1), rule_for("b-1", 2)}));
  const auto down = test::downlink(device, state, {40, 40});
  EXPECT_EQ(test::sent(device, down), Commands{update(0, 1)});
  EXPECT_TRUE(down.f_pending);
}

TEST(RelayUpdateUplinkList, ARuleChangedMeanwhileIsToldAgain) {
  const Device device;
  auto down = test::downlink(device, state_with(device, relay(), relay({rule_for("dev-1", 1)})));
  down.next.desired.relay = relay({rule_for("dev-2", 2)});
  const auto up = test::uplink(device, down.next, {UpdateUplinkListAns{}});
  EXPECT_FALSE(serving(up.next.current.relay)->uplink_forwarding_rules[0].is_empty());
  EXPECT_EQ(asked(device, up.next), Commands{update(0, 2)});
  // Not wanted any more: then it is removed.
  auto gone = up.next;
  gone.desired.relay = relay();
  EXPECT_EQ(asked(device, gone), (Commands{CtrlUplinkListReq{0, 1}}));
}

TEST(RelayUpdateUplinkList, AbsentLimitsAreNoLimit) {
  const Device device;
  auto rule = rule_for("dev-1");
  rule.limits.reset();
  const auto sent = asked(device, state_with(device, relay(), relay({rule})));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(std::get<UpdateUplinkListReq>(sent[0]).reload_rate, 63);
}

TEST(RelayUpdateUplinkList, NoEventShowsTheKey) {
  const Device device;
  const auto down = test::downlink(device, state_with(device, relay(), relay({rule_for("dev-1")})));
  EXPECT_NE(to_string(std::get<Command>(down.events.at(0).data)).find("<key>"), std::string::npos);
}

TEST(RelayCtrlUplinkList, RemovesWhatIsNotWanted) {
  const Device device;
  const auto state =
      state_with(device, relay({rule_for("dev-1"), rule_for("dev-2"), rule_for("dev-3")}),
                 relay({rule_for("dev-1"), {}}));
  const auto down = test::downlink(device, state);
  EXPECT_EQ(test::sent(device, down), (Commands{CtrlUplinkListReq{1, 1}, CtrlUplinkListReq{2, 1}}));
  const auto up =
      test::uplink(device, down.next, {CtrlUplinkListAns{true, 5}, CtrlUplinkListAns{false, 0}});
  EXPECT_EQ(test::names(up.events), (Names{"ns.mac.relay_ctrl_uplink_list.answer.accept",
                                           "ns.mac.relay_ctrl_uplink_list.answer.reject"}));
  EXPECT_EQ(asked(device, up.next), (Commands{CtrlUplinkListReq{2, 1}}));
}

TEST(RelayCtrlUplinkList, RefusedIsNotRepeatedForEver) {
  const Device device;
  auto state = state_with(device, relay({rule_for("dev-1")}), relay());
  for (int i = 0; i < refusals_max; ++i) {
    state = test::uplink(device, test::downlink(device, state).next, {CtrlUplinkListAns{}}).next;
  }
  EXPECT_TRUE(asked(device, state).empty());
}

TEST(RelayConfigureFwdLimit, DefaultsNeedNotBeTold) {
  const Device device;
  auto want = relay();
  want.limits = RelayForwardingLimits{0, RelayLimit{1, 4}, RelayLimit{1, 4}, RelayLimit{1, 8},
                                      RelayLimit{1, 8}};
  EXPECT_TRUE(asked(device, state_with(device, relay(), want)).empty());
}

TEST(RelayConfigureFwdLimit, TellsLimitsAndTheirAbsence) {
  const Device device;
  auto want = relay();
  want.limits = RelayForwardingLimits{2, RelayLimit{3, 126}, {}, RelayLimit{0, 20}, {}};
  const auto down = test::downlink(device, state_with(device, relay(), want));
  EXPECT_EQ(test::sent(device, down),
            (Commands{ConfigureFwdLimitReq{127, 20, 127, 126, 2, 0, 0, 0, 3}}));
  EXPECT_EQ(test::names(down.events), Names{"ns.mac.relay_configure_fwd_limit.request"});
  const auto up = test::uplink(device, down.next, {ConfigureFwdLimitAns{}});
  EXPECT_EQ(test::names(up.events), Names{"ns.mac.relay_configure_fwd_limit.answer"});
  EXPECT_EQ(serving(up.next.current.relay)->limits, want.limits);
  // Back to what relays start with.
  auto back = up.next;
  back.desired.relay = relay();
  EXPECT_EQ(asked(device, back), (Commands{ConfigureFwdLimitReq{8, 8, 4, 4, 0, 1, 1, 1, 1}}));
}

TEST(RelaySettings, BecomeParametersWithDefaults) {
  Device device;
  device.settings.relay = ServedRelay{.serving_device_id = DeviceId("relay-1")};
  auto state = device.state();
  EXPECT_EQ(served(state.current.relay)->backoff, default_relay_backoff);
  EXPECT_EQ(state.desired.relay, state.current.relay) << "nothing else is desired";
  device.settings.desired_relay = ServingRelay{};
  state = device.state();
  EXPECT_EQ(serving(state.desired.relay)->default_channel_index, std::uint8_t{0});
  device.defaults.relay = relay();
  device.settings.relay.reset();
  EXPECT_EQ(device.state().current.relay, RelayParameters{relay()});
}

TEST(RelaySettings, ARelayThatBecomesServedIsStoppedFirst) {
  const Device device;
  EXPECT_EQ(asked(device, state_with(device, relay(), behind_relay())).size(), 2U);
  const auto down = test::downlink(device, state_with(device, relay(), behind_relay()));
  const auto up = test::uplink(device, down.next, {accept_conf, accept_device});
  EXPECT_EQ(up.next.current.relay, RelayParameters{behind_relay()});
}

}  // namespace
}  // namespace ff::mac
