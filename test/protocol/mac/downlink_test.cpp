#include "protocol/mac/downlink.hpp"

#include <gtest/gtest.h>

#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using std::chrono::seconds;
using test::Commands;
using test::Device;
using test::dr;
using test::Names;

/// A 1.1 class B device for which every command is due.
MacState all_due(const Device& device) {
  MacState state = device.settled();
  state.device_class = DeviceClass::b;
  state.device_status.reset();
  MacParameters& want = state.desired;
  want.max_duty_cycle = DutyCycleExponent{1};
  want.rx2_data_rate_index = dr(5);
  want.channels[4].max_data_rate_index = dr(3);
  want.adr_data_rate_index = dr(2);
  want.rx1_delay = seconds{9};
  want.beacon_frequency = Frequency::hz(868'000'000);
  want.ping_slot_data_rate_index = dr(5);
  want.channels[1].downlink_frequency = Frequency::hz(869'700'000);
  want.adr_ack_limit_exponent = AdrAckExponent{2};
  want.rejoin_time_periodicity = RejoinTimeExponent{2};
  return state;
}

std::vector<Cid> cids(const Commands& commands) {
  std::vector<Cid> cids;
  for (const Command& command : commands) cids.push_back(cid_of(command));
  return cids;
}

const std::vector<Cid> order{Cid::duty_cycle,         Cid::rx_param_setup,  Cid::new_channel,
                             Cid::link_adr,           Cid::rx_timing_setup, Cid::beacon_freq,
                             Cid::ping_slot_channel,  Cid::dl_channel,      Cid::adr_param_setup,
                             Cid::rejoin_param_setup, Cid::dev_status};

TEST(DownlinkCommands, LeaveInTheOrderOfTheReference) {
  Device device = test::v11_device();
  device.supports_class_b = true;
  MacState state = all_due(device);
  state.queued_responses = {LinkCheckAns{3, 1}, PingSlotInfoAns{}};
  const auto step = test::downlink(device, state);
  auto expected = order;
  expected.insert(expected.begin(), {Cid::link_check, Cid::ping_slot_info});
  EXPECT_EQ(cids(test::sent(device, step)), expected);
  EXPECT_EQ(cids(step.next.pending_requests), order);
  EXPECT_TRUE(step.next.queued_responses.empty());
  EXPECT_FALSE(step.in_f_opts);
  const DeviceProfile profile = device.profile();
  EXPECT_EQ(due_requests(state, {profile, FCnt32{10}, test::at(seconds{100})}), order);
}

/// With every room from nothing to enough: what is sent fits, is the start of the whole, and the
/// rest is announced.
TEST(DownlinkCommands, FitTheRoomAndAnnounceTheRest) {
  Device device = test::v11_device();
  device.supports_class_b = true;
  const MacState state = all_due(device);
  const Commands whole = test::sent(device, test::downlink(device, state));
  const std::size_t size = test::downlink(device, state).commands.size();
  for (std::size_t room = 0; room <= size + 2; ++room) {
    const auto step = test::downlink(device, state, {room, 200});
    ASSERT_LE(step.commands.size(), room);
    const Commands sent = test::sent(device, step);
    ASSERT_LE(sent.size(), whole.size());
    EXPECT_TRUE(std::equal(sent.begin(), sent.end(), whole.begin()));
    EXPECT_EQ(step.f_pending, sent.size() < whole.size()) << room;
    EXPECT_EQ(step.in_f_opts, step.commands.size() <= 15);
    EXPECT_EQ(step.next.pending_requests, sent);
    EXPECT_EQ(step.events.size(), sent.size());
  }
}

TEST(DownlinkCommands, From11OnLeaveRoomForTheAnswers) {
  Device device = test::v11_device();
  device.supports_class_b = true;
  const MacState state = all_due(device);
  for (std::size_t room = 0; room < 25; ++room) {
    const auto step = test::downlink(device, state, {200, room});
    std::size_t answers = 0;
    for (const Command& request : step.next.pending_requests) {
      switch (cid_of(request)) {
        case Cid::duty_cycle:
        case Cid::rx_timing_setup:
        case Cid::adr_param_setup:
          answers += 1;
          break;
        case Cid::dev_status:
          answers += 3;
          break;
        default:
          answers += 2;
          break;
      }
    }
    EXPECT_LE(answers, room);
  }
  EXPECT_TRUE(test::downlink(device, state, {200, 0}).commands.empty());
}

/// A demand of the operator's, before the periods that may cause the same.
TEST(DownlinkCommands, AskOnceForARejoin) {
  const Device device = test::v11_device();
  MacState state = device.settled();
  state.force_rejoin = ForceRejoinReq{dr(3), 2, 5, 1};
  state.desired.rejoin_time_periodicity = RejoinTimeExponent{2};
  EXPECT_TRUE(test::downlink(device, state, {1, 200}).next.force_rejoin) << "no room for it";
  const auto step = test::downlink(device, state);
  const Command demand = *state.force_rejoin;
  ASSERT_EQ(test::sent(device, step).size(), 2U);
  EXPECT_EQ(test::sent(device, step)[0], demand);
  EXPECT_EQ(cids(step.next.pending_requests), std::vector{Cid::rejoin_param_setup});
  EXPECT_EQ(step.events.front().name, EventName::force_rejoin_request);
  EXPECT_FALSE(step.next.force_rejoin);
  EXPECT_EQ(test::sent(device, test::downlink(device, step.next)).size(), 1U);
}

TEST(DownlinkCommands, AskForARejoinInEitherOrderOfOctets) {
  const Device device = test::v11_device();
  MacState state = device.settled();
  state.force_rejoin = ForceRejoinReq{dr(3), 2, 5, 1};
  EXPECT_EQ(test::downlink(device, state).commands, (Bytes{0x0e, 0x23, 0x0d}));
  state.force_rejoin->high_octet_first = true;
  EXPECT_EQ(test::downlink(device, state).commands, (Bytes{0x0e, 0x0d, 0x23}));
}

TEST(DownlinkCommands, KeepARejoinFromDevicesBefore11) {
  const Device device;
  MacState state = device.settled();
  state.force_rejoin = ForceRejoinReq{};
  EXPECT_TRUE(test::downlink(device, state).commands.empty());
}

TEST(DownlinkCommands, OfOlderVersionsDoNotCountTheAnswers) {
  const Device device;
  MacState state = device.settled();
  state.desired.max_duty_cycle = DutyCycleExponent{1};
  EXPECT_EQ(test::downlink(device, state, {200, 0}).commands.size(), 2U);
}

TEST(DownlinkCommands, AResponseThatJustFitsIsSent) {
  const Device device;
  MacState state = device.settled();
  state.queued_responses = {DeviceTimeAns{1, 2}};
  auto step = test::downlink(device, state, {6, 0});
  EXPECT_EQ(step.commands.size(), 6U);
  EXPECT_FALSE(step.f_pending);
  step = test::downlink(device, state, {5, 0});
  EXPECT_TRUE(step.commands.empty());
  EXPECT_TRUE(step.f_pending);
  EXPECT_TRUE(step.next.queued_responses.empty()) << "it would be stale next time";
}

TEST(DownlinkCommands, FifteenOctetsFitFOptsSixteenDoNot) {
  const Device device;
  MacState state = device.settled();
  for (int i = 0; i < 5; ++i) state.queued_responses.push_back(LinkCheckAns{1, 1});
  EXPECT_TRUE(test::downlink(device, state).in_f_opts);
  state.queued_responses.push_back(PingSlotInfoAns{});
  EXPECT_EQ(test::downlink(device, state).commands.size(), 16U);
  EXPECT_FALSE(test::downlink(device, state).in_f_opts);
}

TEST(DownlinkCommands, ALinkAdrBlockIsSentWholeOrNotAtAll) {
  const Device device = test::us_device();
  MacState state = device.settled();
  state.current.channels = device.state().current.channels;
  ASSERT_EQ(test::downlink(device, state).commands.size(), 10U);
  const auto step = test::downlink(device, state, {9, 200});
  EXPECT_TRUE(step.commands.empty());
  EXPECT_TRUE(step.f_pending);
}

TEST(DownlinkCommands, CorruptValuesAreSkippedWithAnEvent) {
  const Device device;
  MacState state = device.settled();
  state.desired.rx1_delay = seconds{99};
  state.desired.max_duty_cycle = DutyCycleExponent{1};
  const auto step = test::downlink(device, state);
  EXPECT_EQ(cids(test::sent(device, step)), std::vector{Cid::duty_cycle});
  EXPECT_EQ(cids(step.next.pending_requests), std::vector{Cid::duty_cycle});
  EXPECT_EQ(test::names(step.events),
            (Names{"ns.mac.duty_cycle.request", "ns.mac.command.process.fail"}));
}

TEST(NeedsDownlink, WhenSomethingWaits) {
  const Device device;
  const DeviceProfile profile = device.profile();
  const DownlinkContext context{profile, FCnt32{10}, test::at(seconds{100})};
  MacState state = device.settled();
  EXPECT_FALSE(needs_downlink(state, context));
  state.queued_responses = {PingSlotInfoAns{}};
  EXPECT_TRUE(needs_downlink(state, context));
  state = device.settled();
  state.recent_mac_command_identifiers = {Cid::dl_channel};
  EXPECT_TRUE(needs_downlink(state, context));
  state = device.settled();
  state.desired.rx1_delay = seconds{3};
  EXPECT_TRUE(needs_downlink(state, context));
}

struct StatusRow {
  const char* name;
  std::optional<std::chrono::nanoseconds> time;
  std::optional<std::uint32_t> count;
  bool answered;
  std::uint32_t f_cnt;
  seconds now;
  bool due;
};

TEST(DevStatus, IsAskedByTimeOrCount) {
  const auto day = seconds{86'400};
  const StatusRow rows[] = {
      {"never answered", {}, {}, false, 0, seconds{0}, true},
      {"both off", seconds{0}, 0, false, 9999, day * 9, false},
      {"just answered", {}, {}, true, 1, seconds{1}, false},
      {"200 uplinks", {}, {}, true, 200, seconds{1}, true},
      {"199 uplinks", {}, {}, true, 199, seconds{1}, false},
      {"a day", {}, {}, true, 1, day, true},
      {"almost a day", {}, {}, true, 1, day - seconds{1}, false},
      {"count off", {}, 0, true, 99'999, seconds{1}, false},
      {"time off", seconds{0}, {}, true, 1, day * 9, false},
      {"own values", seconds{60}, 5, true, 5, seconds{1}, true},
  };
  for (const StatusRow& row : rows) {
    SCOPED_TRACE(row.name);
    Device device;
    device.settings.status_time_periodicity = row.time;
    device.settings.status_count_periodicity = row.count;
    MacState state = device.settled();
    if (!row.answered) state.device_status.reset();
    const DeviceProfile profile = device.profile();
    const auto due = dev_status_requests(state, {profile, FCnt32{row.f_cnt}, test::at(row.now)});
    EXPECT_EQ(!due->empty(), row.due);
  }
}

TEST(PayloadBudget, IsTheMaximumWithoutHeaderAndPort) {
  EXPECT_EQ(payload_budget(59), 51U);
  EXPECT_EQ(payload_budget(8), 0U);
  EXPECT_EQ(payload_budget(0), 0U);
}

}  // namespace
}  // namespace ff::mac
