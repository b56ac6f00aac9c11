#include "protocol/mac/uplink.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using std::chrono::seconds;
using test::Commands;
using test::Device;
using test::dr;
using test::Names;

TEST(UplinkCommands, AreHandledInOrderUntilOneFails) {
  const Device device;
  MacState state = device.settled();
  state.pending_requests = {DutyCycleReq{DutyCycleExponent{3}}, DevStatusReq{}};
  const auto step =
      test::uplink(device, state, {DutyCycleAns{}, RXTimingSetupAns{}, DevStatusAns{200, -3}});
  EXPECT_EQ(test::names(step.events),
            (Names{"ns.mac.duty_cycle.answer", "ns.mac.command.process.fail",
                   "ns.mac.command.unanswered"}));
  EXPECT_EQ(step.next.current.max_duty_cycle, DutyCycleExponent{3});
  EXPECT_EQ(step.next.device_status, state.device_status)
      << "after the failing command nothing counts";
  EXPECT_EQ(std::get<Commands>(step.events.back().data), Commands{DevStatusReq{}});
}

TEST(UplinkCommands, StopReasonsBecomeEvents) {
  struct Row {
    DecodeStop stop;
    Names events;
  };
  const Row rows[] = {
      {DecodeStop::end, {}},
      {DecodeStop::unknown, {"ns.mac.command.unknown"}},
      {DecodeStop::proprietary, {"ns.mac.proprietary.receive"}},
      {DecodeStop::truncated, {"ns.mac.command.parse.fail"}},
  };
  const Device device;
  for (const Row& row : rows) {
    Decoded decoded;
    decoded.stop = row.stop;
    decoded.stop_cid = 0x7f;
    const DeviceProfile profile = device.profile();
    const auto step = handle_uplink_commands(device.settled(), decoded, {profile, FCnt32{1}, {}});
    ASSERT_TRUE(step);
    EXPECT_EQ(test::names(step->events), row.events);
  }
}

TEST(UplinkCommands, AQuietFrameChangesNothing) {
  const Device device;
  const MacState quiet = device.settled();
  ASSERT_TRUE(is_quiet(quiet, {}));
  const auto step = test::uplink(device, quiet, {});
  EXPECT_EQ(step.next, quiet);
  EXPECT_TRUE(step.events.empty());

  const std::function<void(MacState&)> loud[] = {
      [](MacState& state) { state.pending_requests = {DevStatusReq{}}; },
      [](MacState& state) { state.queued_responses = {LinkCheckAns{}}; },
      [](MacState& state) { state.recent_mac_command_identifiers = {Cid::dl_channel}; },
  };
  for (const auto& change : loud) {
    auto state = quiet;
    change(state);
    EXPECT_FALSE(is_quiet(state, {})) << &change - loud;
  }
  EXPECT_FALSE(is_quiet(quiet, test::commands({LinkCheckReq{}})));
  Decoded cut;
  cut.stop = DecodeStop::truncated;
  EXPECT_FALSE(is_quiet(quiet, cut));
}

TEST(UplinkCommands, OfARepeatedFrameAnswerNothingTwice) {
  const Device device;
  MacState state = device.settled();
  state.pending_requests = {DutyCycleReq{DutyCycleExponent{3}}};
  const DeviceProfile profile = device.profile();
  const UplinkContext context{profile, FCnt32{1}, {}, true};
  const auto step = handle_uplink_commands(
      state,
      test::commands({DutyCycleAns{}, LinkCheckReq{}, PingSlotInfoReq{PingSlotPeriodicity{2}}}),
      context);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->next.current, state.current);
  EXPECT_TRUE(step->next.pending_requests.empty());
  EXPECT_EQ(step->deferred, std::vector{Cid::link_check});
  EXPECT_EQ(step->next.queued_responses, Commands{PingSlotInfoAns{}});
}

TEST(UplinkCommands, AnAnswerInTheFirstFrameOfASessionIsRefused) {
  const Device device;
  const DeviceProfile profile = device.profile();
  const UplinkContext context{profile, FCnt32{1}, {}, false, true};
  const auto step = handle_uplink_commands(device.settled(),
                                           test::commands({LinkCheckReq{}, LinkADRAns{}}), context);
  ASSERT_FALSE(step);
  EXPECT_TRUE(step.error().is(request_not_found));
  EXPECT_TRUE(handle_uplink_commands(device.settled(), test::commands({LinkCheckReq{}}), context));
}

TEST(UplinkCommands, RememberWhatTheFrameCarriedAndForgetOldAnswers) {
  const Device device;
  MacState state = device.settled();
  state.queued_responses = {LinkCheckAns{1, 1}};
  state.recent_mac_command_identifiers = {Cid::dl_channel};
  const auto step = test::uplink(device, state, {LinkCheckReq{}, DeviceTimeReq{}});
  EXPECT_TRUE(step.next.queued_responses.empty());
  EXPECT_EQ(step.next.recent_mac_command_identifiers,
            (std::vector{Cid::link_check, Cid::device_time}));
}

TEST(UplinkCommands, RelayAnswersAreNotExpectedAndNotificationsAreTold) {
  const Device device;
  EXPECT_EQ(test::names(test::uplink(device, device.settled(), {RelayConfAns{}}).events),
            Names{"ns.mac.command.process.fail"});
  EXPECT_EQ(test::names(test::uplink(device, device.settled(), {NotifyNewEndDeviceReq{}}).events),
            Names{"ns.mac.relay_notify_new_end_device.indication"});
  EXPECT_TRUE(test::uplink(device, device.settled(), {BeaconTimingReq{}}).events.empty())
      << "the reference has none of it";
}

struct LinkCheckRow {
  const char* name;
  std::optional<float> snr;
  DataRate data_rate;
  std::size_t gateways;
  LinkCheckAns answer;
};

TEST(LinkCheck, TellsTheMarginAboveTheDemodulationFloor) {
  const LinkCheckRow rows[] = {
      {"SF7", 5.0F, LoraDataRate{7, 125'000}, 3, {12, 3}},
      {"SF12", -10.0F, LoraDataRate{12, 125'000}, 1, {10, 1}},
      {"below the floor", -9.0F, LoraDataRate{7, 125'000}, 1, {0, 1}},
      {"FSK has no floor", 9.0F, FskDataRate{50'000}, 2, {0, 2}},
      {"no SNR", std::nullopt, LoraDataRate{7, 125'000}, 2, {0, 2}},
      {"no gateway known", 1.0F, LoraDataRate{7, 125'000}, 0, {8, 1}},
      {"very many gateways", 1.0F, LoraDataRate{7, 125'000}, 900, {8, 255}},
  };
  const Device device;
  for (const LinkCheckRow& row : rows) {
    SCOPED_TRACE(row.name);
    auto step = test::uplink(device, device.settled(), {LinkCheckReq{}});
    EXPECT_TRUE(step.next.queued_responses.empty());
    const DeviceProfile profile = device.profile();
    step = answer_deferred(std::move(step), {row.snr, row.gateways, row.data_rate, {}},
                           {profile, FCnt32{1}, {}});
    EXPECT_EQ(step.next.queued_responses, Commands{row.answer});
    EXPECT_EQ(test::names(step.events),
              (Names{"ns.mac.link_check.request", "ns.mac.link_check.answer"}));
    EXPECT_TRUE(step.deferred.empty());
  }
}

TEST(DeviceTime, IsGpsTimeWithAFractionOf256) {
  const Device device;
  auto step = test::uplink(device, device.settled(), {DeviceTimeReq{}});
  const DeviceProfile profile = device.profile();
  const UtcTime time = to_utc(GpsTime{seconds{1'400'000'000}}) + std::chrono::milliseconds{500};
  step = answer_deferred(std::move(step), {{}, 1, {}, time}, {profile, FCnt32{1}, {}});
  EXPECT_EQ(step.next.queued_responses, Commands{(DeviceTimeAns{1'400'000'000, 128})});
}

TEST(DevStatus, BatteryAndMarginAreDecoded) {
  struct Row {
    std::uint8_t battery;
    std::optional<float> level;
    bool external;
  };
  const Device device;
  for (const Row& row :
       {Row{0, {}, true}, Row{1, 0.0F, false}, Row{254, 1.0F, false}, Row{255, {}, false}}) {
    MacState state = device.settled();
    state.pending_requests = {DevStatusReq{}};
    const auto step = test::uplink(device, state, {DevStatusAns{row.battery, -17}});
    ASSERT_TRUE(step.next.device_status);
    EXPECT_EQ(step.next.device_status->battery, row.level);
    EXPECT_EQ(step.next.device_status->external_power, row.external);
    EXPECT_EQ(step.next.device_status->margin_db, -17);
    EXPECT_EQ(step.next.device_status->f_cnt_up, FCnt32{10});
    EXPECT_EQ(step.next.device_status->received_at, test::at(seconds{100}));
  }
}

TEST(PingSlotInfo, IsNotAnsweredInClassB) {
  const Device device;
  MacState state = device.settled();
  auto step = test::uplink(device, state, {PingSlotInfoReq{PingSlotPeriodicity{4}}});
  EXPECT_EQ(step.next.ping_slot_periodicity, PingSlotPeriodicity{4});
  EXPECT_EQ(step.next.queued_responses, Commands{PingSlotInfoAns{}});
  state.device_class = DeviceClass::c;
  step = test::uplink(device, state, {PingSlotInfoReq{PingSlotPeriodicity{4}}});
  EXPECT_EQ(step.next.ping_slot_periodicity, PingSlotPeriodicity{4});
  state.device_class = DeviceClass::b;
  step = test::uplink(device, state, {PingSlotInfoReq{PingSlotPeriodicity{4}}});
  EXPECT_FALSE(step.next.ping_slot_periodicity);
  EXPECT_TRUE(step.next.queued_responses.empty());
}

struct ModeRow {
  const char* name;
  bool supports_c;
  DeviceClass before;
  DeviceClass indicated;
  DeviceClass after;
  std::size_t events;
};

TEST(DeviceMode, ConfirmsTheClassThatResults) {
  using enum DeviceClass;
  const ModeRow rows[] = {
      {"to C", true, a, c, c, 3},
      {"C refused", false, a, c, a, 2},
      {"to A", true, c, a, a, 3},
      {"B is reserved", true, c, b, a, 3},
      {"undefined", true, a, static_cast<DeviceClass>(77), a, 2},
      {"stays C", true, c, c, c, 2},
  };
  for (const ModeRow& row : rows) {
    SCOPED_TRACE(row.name);
    Device device = test::v11_device();
    device.supports_class_c = row.supports_c;
    MacState state = device.settled();
    state.device_class = row.before;
    const auto step = test::uplink(device, state, {DeviceModeInd{row.indicated}});
    EXPECT_EQ(step.next.device_class, row.after);
    EXPECT_EQ(step.next.queued_responses, Commands{DeviceModeConf{row.after}});
    EXPECT_EQ(step.events.size(), row.events);
    if (row.events == 3) {
      EXPECT_EQ(std::get<DeviceClass>(step.events[1].data), row.before);
    }
  }
}

TEST(DeviceMode, IsUnknownBefore11) {
  Device device;
  device.supports_class_c = true;
  MacState state = device.settled();
  state.device_class = DeviceClass::a;
  const auto step = test::uplink(device, state, {DeviceModeInd{DeviceClass::c}});
  EXPECT_EQ(step.next.device_class, DeviceClass::a);
  EXPECT_TRUE(step.next.queued_responses.empty());
}

TEST(Rekey, IsConfirmedForJoined11Devices) {
  Device device = test::v11_device();
  auto step = test::uplink(device, device.settled(), {RekeyInd{MinorVersion{1}}});
  EXPECT_TRUE(step.rekeyed);
  EXPECT_EQ(step.next.queued_responses, Commands{RekeyConf{MinorVersion{1}}});
  EXPECT_EQ(step.next.lorawan_version, MacVersion::v1_1);
  device.supports_join = false;
  EXPECT_FALSE(test::uplink(device, device.settled(), {RekeyInd{MinorVersion{1}}}).rekeyed);
  const Device old;
  EXPECT_FALSE(test::uplink(old, old.settled(), {RekeyInd{MinorVersion{1}}}).rekeyed);
}

TEST(Reset, GivesAPersonalisedDeviceItsFactoryState) {
  Device device = test::v11_device();
  device.supports_join = false;
  MacState state = device.settled();
  state.rejected.frequencies = {Frequency::hz(1)};
  const auto step = test::uplink(device, state, {ResetInd{MinorVersion{1}}});
  EXPECT_TRUE(step.reset);
  EXPECT_EQ(step.next.current, device.state().current);
  EXPECT_EQ(step.next.rejected, Rejected{});
  EXPECT_EQ(step.next.queued_responses, Commands{ResetConf{MinorVersion{1}}});
}

/// It is asked when the time is over, or after so many frames. [spec network-server §14]
TEST(Reset, LeavesWhatTheDeviceHasSaidOfItself) {
  Device device = test::v11_device();
  device.supports_join = false;
  MacState state = device.settled();
  state.device_status = DeviceStatus{test::at(seconds{9}), FCnt32{500}, 0.5F, false, 4};
  const auto step = test::uplink(device, state, {ResetInd{MinorVersion{1}}});
  state.device_status->f_cnt_up = {};
  EXPECT_EQ(step.next.device_status, state.device_status);
}

TEST(Reset, LeavesWhatTheApplicationIsStillToHearOf) {
  Device device = test::v11_device();
  device.supports_join = false;
  MacState state = device.settled();
  state.pending_application_downlink = ApplicationDownlink{.f_cnt = FCnt32{3}};
  const auto step = test::uplink(device, state, {ResetInd{MinorVersion{1}}});
  EXPECT_EQ(step.next.pending_application_downlink, state.pending_application_downlink);
}

TEST(Reset, IsIgnoredForJoinedDevices) {
  const Device device = test::v11_device();
  const auto step = test::uplink(device, device.settled(), {ResetInd{MinorVersion{1}}});
  EXPECT_FALSE(step.reset);
  EXPECT_TRUE(step.next.queued_responses.empty());
  EXPECT_EQ(test::names(step.events), Names{"ns.mac.reset.indication"});
}

}  // namespace
}  // namespace ff::mac
