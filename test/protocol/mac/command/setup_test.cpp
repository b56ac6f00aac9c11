// The commands that set one group of parameters: asked when device and network differ, applied when
// accepted, bounded when refused. One table for what they have in common, single tests for what
// they have not.
#include <gtest/gtest.h>

#include <functional>

#include "protocol/mac/refusal.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using std::chrono::seconds;
using test::Commands;
using test::Device;
using test::dr;
using test::Names;

struct Row {
  const char* name;
  std::function<void(Device&)> prepare;
  std::function<void(MacState&)> differ;
  Command request;
  Command accept;
  std::optional<Command> reject;
  const char* event;  // without `.answer...`
  bool sticky = false;
};

void as_class_b(Device& device) {
  device.supports_class_b = true;
}
void as_v11(Device& device) {
  device = test::v11_device();
}
void as_923(Device& device) {
  device.region = region::find("AS_923", PhyVersion::rp001_v1_0_3_rev_a);
  device.plan = region::FrequencyPlan{};
}
void nothing(Device&) {}

std::vector<Row> rows() {
  return {
      {"DutyCycle",
       nothing,
       [](MacState& s) { s.desired.max_duty_cycle = DutyCycleExponent{7}; },
       DutyCycleReq{DutyCycleExponent{7}},
       DutyCycleAns{},
       {},
       "ns.mac.duty_cycle"},
      {"RXParamSetup", nothing, [](MacState& s) { s.desired.rx2_data_rate_index = dr(5); },
       RXParamSetupReq{dr(5), DataRateOffset{0}, Frequency::hz(869'525'000)},
       RXParamSetupAns{true, true, true}, RXParamSetupAns{true, false, true},
       "ns.mac.rx_param_setup", true},
      {"RXTimingSetup",
       nothing,
       [](MacState& s) { s.desired.rx1_delay = seconds{7}; },
       RXTimingSetupReq{seconds{7}},
       RXTimingSetupAns{},
       {},
       "ns.mac.rx_timing_setup",
       true},
      {"TXParamSetup",
       as_923,
       [](MacState& s) { s.desired.uplink_dwell_time = region::DwellTime::off; },
       TXParamSetupReq{EirpIndex{5}, false, true},
       TXParamSetupAns{},
       {},
       "ns.mac.tx_param_setup",
       true},
      {"DlChannel", nothing,
       [](MacState& s) { s.desired.channels[1].downlink_frequency = Frequency::hz(869'700'000); },
       DlChannelReq{ChannelIndex{1}, Frequency::hz(869'700'000)}, DlChannelAns{true, true},
       DlChannelAns{true, false}, "ns.mac.dl_channel", true},
      {"NewChannel",
       nothing,
       [](MacState& s) {
         s.desired.channels[4].uplink_frequency = s.desired.channels[4].downlink_frequency =
             Frequency::hz(867'000'000);
       },
       NewChannelReq{ChannelIndex{4}, Frequency::hz(867'000'000), dr(0), dr(5)},
       NewChannelAns{true, true},
       {},
       "ns.mac.new_channel"},
      {"ADRParamSetup",
       as_v11,
       [](MacState& s) { s.desired.adr_ack_limit_exponent = AdrAckExponent{4}; },
       ADRParamSetupReq{AdrAckExponent{5}, AdrAckExponent{4}},
       ADRParamSetupAns{},
       {},
       "ns.mac.adr_param_setup"},
      {"RejoinParamSetup", as_v11,
       [](MacState& s) { s.desired.rejoin_time_periodicity = RejoinTimeExponent{3}; },
       RejoinParamSetupReq{RejoinCountExponent{0}, RejoinTimeExponent{3}},
       RejoinParamSetupAns{true}, RejoinParamSetupAns{false}, "ns.mac.rejoin_param_setup"},
      {"PingSlotChannel", as_class_b,
       [](MacState& s) {
         s.device_class = DeviceClass::b;
         s.desired.ping_slot_data_rate_index = dr(5);
       },
       PingSlotChannelReq{Frequency::hz(869'525'000), dr(5)}, PingSlotChannelAns{true, true},
       PingSlotChannelAns{false, true}, "ns.mac.ping_slot_channel"},
      {"BeaconFreq", as_class_b,
       [](MacState& s) {
         s.device_class = DeviceClass::b;
         s.desired.beacon_frequency = Frequency::hz(868'000'000);
       },
       BeaconFreqReq{Frequency::hz(868'000'000)}, BeaconFreqAns{true}, BeaconFreqAns{false},
       "ns.mac.beacon_freq"},
  };
}

struct Case {
  Device device;
  MacState state;
};
Case make(const Row& row) {
  Case made;
  row.prepare(made.device);
  made.state = made.device.settled();
  row.differ(made.state);
  return made;
}

TEST(SetupCommands, AreAskedWhenDeviceAndNetworkDiffer) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const auto [device, state] = make(row);
    EXPECT_TRUE(test::sent(device, test::downlink(device, device.settled())).empty());
    const auto down = test::downlink(device, state);
    EXPECT_EQ(test::sent(device, down), Commands{row.request});
    EXPECT_EQ(down.next.pending_requests, Commands{row.request});
    EXPECT_EQ(test::names(down.events), Names{std::string(row.event) + ".request"});
    EXPECT_TRUE(down.in_f_opts);
    EXPECT_FALSE(down.f_pending);
  }
}

TEST(SetupCommands, AcceptedMakeCurrentEqualDesired) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const auto [device, state] = make(row);
    const auto step = test::uplink(device, test::downlink(device, state).next, {row.accept});
    EXPECT_EQ(step.next.current, step.next.desired);
    EXPECT_TRUE(step.next.pending_requests.empty());
    ASSERT_EQ(step.events.size(), 1U);
    EXPECT_TRUE(to_string(step.events[0].name).starts_with(std::string(row.event) + ".answer"));
    EXPECT_TRUE(test::sent(device, test::downlink(device, step.next)).empty());
  }
}

TEST(SetupCommands, RefusedStayAsTheyWereAndAreAskedThreeTimes) {
  for (const Row& row : rows()) {
    if (!row.reject) continue;
    SCOPED_TRACE(row.name);
    auto [device, state] = make(row);
    const MacParameters before = state.current;
    for (int round = 0; round < refusals_max; ++round) {
      state.recent_mac_command_identifiers.clear();
      const auto down = test::downlink(device, state);
      ASSERT_EQ(test::sent(device, down), Commands{row.request}) << round;
      const auto step = test::uplink(device, down.next, {*row.reject});
      EXPECT_EQ(step.next.current, before);
      EXPECT_EQ(step.given_up, round + 1 < refusals_max ? std::vector<Cid>{}
                                                        : std::vector<Cid>{cid_of(row.request)});
      state = step.next;
    }
    state.recent_mac_command_identifiers.clear();
    EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
  }
}

TEST(SetupCommands, StickyAnswersHoldBackTheRequestAndDemandADownlink) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    auto [device, state] = make(row);
    state.recent_mac_command_identifiers = {cid_of(row.request)};
    EXPECT_EQ(test::sent(device, test::downlink(device, state)).empty(), row.sticky);
    const DeviceProfile profile = device.profile();
    EXPECT_TRUE(needs_downlink(state, {profile, FCnt32{10}, test::at(seconds{100})}));
  }
}

TEST(SetupCommands, ARepeatedStickyAnswerIsNoError) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    auto [device, state] = make(row);
    const auto first = test::uplink(device, test::downlink(device, state).next, {row.accept});
    const auto again = test::uplink(device, first.next, {row.accept});
    EXPECT_EQ(test::names(again.events) == Names{"ns.mac.command.process.fail"}, !row.sticky);
    EXPECT_EQ(again.next.current, first.next.current);
  }
}

TEST(SetupCommands, AnswersWithoutARequestFail) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const auto [device, state] = make(row);
    const auto step = test::uplink(device, state, {row.accept});
    EXPECT_EQ(test::names(step.events), Names{"ns.mac.command.process.fail"});
    EXPECT_TRUE(std::get<Error>(step.events[0].data).is(request_not_found));
    EXPECT_EQ(step.next.current, state.current);
  }
}

TEST(SetupCommands, VersionsAndBandsWithoutTheCommandAreNotAsked) {
  Device old;
  old.version = MacVersion::v1_0_1;
  MacState state = old.settled();
  state.desired.channels[1].downlink_frequency = Frequency::hz(869'700'000);
  state.desired.adr_ack_limit_exponent = AdrAckExponent{1};
  state.desired.rejoin_time_periodicity = RejoinTimeExponent{5};
  state.desired.max_eirp_dbm = 8;
  state.desired.beacon_frequency = Frequency::hz(868'000'000);  // not in class B
  EXPECT_TRUE(test::sent(old, test::downlink(old, state)).empty());
}

TEST(NewChannel, JoinWithoutCfListGetsAllPlanChannelsInOneGo) {
  const Device device;
  const MacState state = device.state();
  const auto down = test::downlink(device, state);
  const auto requests = test::sent(device, down);
  std::size_t new_channels = 0;
  for (const Command& command : requests) new_channels += cid_of(command) == Cid::new_channel;
  EXPECT_EQ(new_channels, 5U);
  EXPECT_FALSE(down.in_f_opts) << "five NewChannelReq are 30 octets";
  Commands answers{RXParamSetupAns{true, true, true}};
  for (int i = 0; i < 5; ++i) answers.push_back(NewChannelAns{true, true});
  answers.push_back(RXTimingSetupAns{});
  answers.push_back(DevStatusAns{100, 5});
  const auto step = test::uplink(device, down.next, answers);
  EXPECT_EQ(step.next.current, step.next.desired);
}

TEST(NewChannel, RefusedFrequencyIsNeverAskedAgain) {
  const Device device;
  const auto step = test::uplink(device, test::downlink(device, device.state()).next,
                                 {RXParamSetupAns{true, true, true}, NewChannelAns{false, true}});
  EXPECT_EQ(step.next.rejected.frequencies, std::vector{Frequency::hz(867'100'000)});
  EXPECT_EQ(step.given_up, std::vector{Cid::new_channel});
  EXPECT_FALSE(needs_new_channel(step.next, device.profile(), 3));
  EXPECT_TRUE(needs_new_channel(step.next, device.profile(), 4));
}

TEST(NewChannel, RefusedToRemoveAChannelIsAskedThreeTimes) {
  const Device device;
  MacState state = device.settled();
  state.desired.channels.pop_back();
  for (int round = 0; round < refusals_max; ++round) {
    const auto down = test::downlink(device, state);
    const auto requests = test::sent(device, down);
    ASSERT_EQ(std::ranges::count(requests, Cid::new_channel, cid_of), 1) << round;
    const auto step = test::uplink(device, down.next, {NewChannelAns{false, false}});
    EXPECT_EQ(step.given_up.size(), round + 1 < refusals_max ? 0U : 1U);
    EXPECT_TRUE(step.next.rejected.frequencies.empty());
    state = step.next;
  }
  const auto requests = test::sent(device, test::downlink(device, state));
  EXPECT_EQ(std::ranges::count(requests, Cid::new_channel, cid_of), 0);
}

TEST(NewChannel, RefusedDataRatesAreRememberedWithTheirFrequency) {
  const Device device;
  const auto step = test::uplink(device, test::downlink(device, device.state()).next,
                                 {RXParamSetupAns{true, true, true}, NewChannelAns{true, false}});
  const auto& ranges = step.next.rejected.data_rate_ranges;
  ASSERT_EQ(ranges.size(), 1U);
  EXPECT_EQ(ranges.begin()->first, Frequency::hz(867'100'000));
  EXPECT_EQ(ranges.begin()->second, (std::vector{DataRateRange{dr(0), dr(5)}}));
  EXPECT_FALSE(needs_new_channel(step.next, device.profile(), 3));
}

TEST(NewChannel, AChannelNoLongerWantedIsRemoved) {
  const Device device;
  MacState state = device.settled();
  state.desired.channels.pop_back();
  const auto down = test::downlink(device, state);
  const auto requests = test::sent(device, down);
  ASSERT_FALSE(requests.empty());
  EXPECT_EQ(requests[0], Command(NewChannelReq{ChannelIndex{7}, Frequency{}, dr(0), dr(0)}));
  const auto step = test::uplink(device, down.next, {NewChannelAns{true, true}});
  EXPECT_FALSE(step.next.current.channels[7].uplink_frequency.is_set());
}

TEST(NewChannel, DefaultChannelsAndFixedPlansAreNeverTouched) {
  Device device;
  MacState state = device.settled();
  state.desired.channels[0].max_data_rate_index = dr(3);
  EXPECT_FALSE(needs_new_channel(state, device.profile(), 0));
  EXPECT_FALSE(needs_new_channel(state, device.profile(), 1000));
  const Device us = test::us_device();
  MacState fixed = us.settled();
  fixed.desired.channels.clear();
  EXPECT_FALSE(needs_new_channel(fixed, us.profile(), 5));
}

TEST(DlChannel, RefusedFrequencyIsNeverAskedAgain) {
  const Device device;
  MacState state = device.settled();
  state.desired.channels[1].downlink_frequency = Frequency::hz(869'700'000);
  auto step = test::uplink(device, test::downlink(device, state).next, {DlChannelAns{false, true}});
  EXPECT_EQ(step.next.rejected.frequencies, std::vector{Frequency::hz(869'700'000)});
  step.next.recent_mac_command_identifiers.clear();
  EXPECT_TRUE(test::sent(device, test::downlink(device, step.next)).empty());
}

TEST(DlChannel, AChannelThatTheDeviceDoesNotHaveIsAskedThreeTimes) {
  const Device device;
  MacState state = device.settled();
  state.desired.channels[1].downlink_frequency = Frequency::hz(869'700'000);
  for (int round = 0; round < refusals_max; ++round) {
    const auto down = test::downlink(device, state);
    ASSERT_EQ(test::sent(device, down).size(), 1U) << round;
    state = test::uplink(device, down.next, {DlChannelAns{true, false}}).next;
    state.recent_mac_command_identifiers.clear();
  }
  EXPECT_TRUE(state.rejected.frequencies.empty());
  EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
  state.desired.channels[1].downlink_frequency = Frequency::hz(869'800'000);
  EXPECT_EQ(test::sent(device, test::downlink(device, state)).size(), 1U) << "another wish";
}

TEST(RxTimingSetup, ZeroAndOneAreTheSameDelay) {
  Device device;
  device.settings.desired_rx1_delay = seconds{0};
  const MacState state = device.state();
  EXPECT_EQ(state.desired.rx1_delay, seconds{1});
  const auto requests = test::sent(device, test::downlink(device, state));
  EXPECT_EQ(std::ranges::count(requests, Cid::rx_timing_setup, cid_of), 0);
}

TEST(TxParamSetup, EirpOfTheSameRowIsTheSame) {
  Device device;
  as_923(device);
  MacState state = device.settled();
  state.current.max_eirp_dbm = 16;
  state.desired.max_eirp_dbm = 17.5F;
  EXPECT_TRUE(test::sent(device, test::downlink(device, state)).empty());
}

TEST(Refusals, AreCountedByOctetsAndForgottenOnSuccess) {
  const region::Region& region = *region::find_latest("EU_863_870");
  Rejected rejected;
  const Command a = BeaconFreqReq{Frequency::hz(868'000'000)};
  const Command b = BeaconFreqReq{Frequency::hz(868'200'000)};
  for (int i = 0; i < 5; ++i) note_refusal(rejected, {&a, 1}, region);
  note_refusal(rejected, {&b, 1}, region);
  EXPECT_TRUE(is_refused(rejected, {&a, 1}, region));
  EXPECT_FALSE(is_refused(rejected, {&b, 1}, region));
  EXPECT_EQ(rejected.requests.size(), 2U);
  forget_refusals(rejected, Cid::beacon_freq);
  EXPECT_TRUE(rejected.requests.empty());
  EXPECT_FALSE(is_refused(rejected, {}, region));
}

TEST(Refusals, AreBounded) {
  const region::Region& region = *region::find_latest("EU_863_870");
  Rejected rejected;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Command request = BeaconFreqReq{Frequency::hz(863'000'000 + i * 100)};
    note_refusal(rejected, {&request, 1}, region);
  }
  EXPECT_EQ(rejected.requests.size(), 96U);
}

}  // namespace
}  // namespace ff::mac
