#include "protocol/mac/initial.hpp"

#include <gtest/gtest.h>

#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using region::DwellTime;
using std::chrono::seconds;
using test::Device;
using test::dr;

TEST(InitialState, OfAnEu868DeviceIsTheBandsAndThePlans) {
  const MacState state = Device{}.state();
  EXPECT_EQ(state.device_class, DeviceClass::a);
  EXPECT_EQ(state.current.rx1_delay, seconds{1});
  EXPECT_EQ(state.desired.rx1_delay, seconds{5});
  EXPECT_EQ(state.current.rx2_frequency, Frequency::hz(869'525'000));
  EXPECT_EQ(state.current.rx2_data_rate_index, dr(0));
  EXPECT_EQ(state.desired.rx2_data_rate_index, dr(3));
  EXPECT_EQ(state.desired.rx2_frequency, Frequency::hz(869'525'000));
  EXPECT_EQ(state.current.adr_nb_trans, 1);
  EXPECT_EQ(state.current.adr_ack_limit_exponent, AdrAckExponent{6});
  EXPECT_EQ(state.current.adr_ack_delay_exponent, AdrAckExponent{5});
  EXPECT_EQ(state.current.max_duty_cycle, DutyCycleExponent{0});
  EXPECT_EQ(state.current.uplink_dwell_time, DwellTime::unknown);
  EXPECT_EQ(state.current.channels.size(), 3U);
  ASSERT_EQ(state.desired.channels.size(), 8U);
  for (const Channel& channel : state.desired.channels) {
    EXPECT_TRUE(channel.enabled);
    EXPECT_EQ(channel.uplink_frequency, channel.downlink_frequency);
  }
}

/// RX1 of a channel that a custom plan gives a downlink frequency of its own.
TEST(InitialState, ThePlanSaysWhereAChannelsDownlinksAre) {
  Device device;
  device.plan.downlink_channels = device.plan.uplink_channels;
  device.plan.downlink_channels[3].frequency = Frequency::hz(869'000'000);
  const MacState state = device.state();
  ASSERT_EQ(state.desired.channels.size(), 8U);
  EXPECT_EQ(state.desired.channels[3].uplink_frequency, Frequency::hz(867'100'000));
  EXPECT_EQ(state.desired.channels[3].downlink_frequency, Frequency::hz(869'000'000));
  EXPECT_EQ(state.desired.channels[4].downlink_frequency, Frequency::hz(867'300'000));
}

TEST(InitialState, OfAUs915DeviceKeepsAllChannelsAndWantsTheSubBand) {
  const MacState state = test::us_device().state();
  ASSERT_EQ(state.current.channels.size(), 72U);
  ASSERT_EQ(state.desired.channels.size(), 72U);
  for (std::size_t i = 0; i < 72; ++i) {
    EXPECT_TRUE(state.current.channels[i].enabled);
    EXPECT_EQ(state.desired.channels[i].enabled, (i >= 8 && i < 16) || i == 65) << i;
  }
  EXPECT_EQ(state.current.channels[9].downlink_frequency, Frequency::hz(923'900'000));
}

/// One row per field: where device, plan, default and band disagree, who wins.
TEST(InitialState, CurrentValuesComeFromDeviceThenDefaultThenBand) {
  Device device;
  device.defaults.rx1_delay = seconds{2};
  device.defaults.rx2_data_rate_index = dr(1);
  device.defaults.max_duty_cycle = DutyCycleExponent{4};
  EXPECT_EQ(device.state().current.rx1_delay, seconds{2});
  EXPECT_EQ(device.state().current.rx2_data_rate_index, dr(1));
  EXPECT_EQ(device.state().current.max_duty_cycle, DutyCycleExponent{4});
  device.settings.rx1_delay = seconds{3};
  device.settings.rx2_data_rate_index = dr(2);
  device.settings.max_duty_cycle = DutyCycleExponent{5};
  device.settings.rx1_data_rate_offset = DataRateOffset{2};
  device.settings.rx2_frequency = Frequency::hz(868'000'000);
  device.settings.ping_slot_frequency = Frequency::hz(868'200'000);
  device.settings.beacon_frequency = Frequency::hz(868'400'000);
  device.settings.ping_slot_data_rate_index = dr(4);
  const MacParameters current = device.state().current;
  EXPECT_EQ(current.rx1_delay, seconds{3});
  EXPECT_EQ(current.rx2_data_rate_index, dr(2));
  EXPECT_EQ(current.max_duty_cycle, DutyCycleExponent{5});
  EXPECT_EQ(current.rx1_data_rate_offset, DataRateOffset{2});
  EXPECT_EQ(current.rx2_frequency, Frequency::hz(868'000'000));
  EXPECT_EQ(current.ping_slot_frequency, Frequency::hz(868'200'000));
  EXPECT_EQ(current.beacon_frequency, Frequency::hz(868'400'000));
  EXPECT_EQ(current.ping_slot_data_rate_index, dr(4));
}

TEST(InitialState, DesiredValuesComeFromDeviceThenPlanThenDefaultThenCurrent) {
  Device device;
  device.plan.default_rx2_data_rate.reset();
  EXPECT_EQ(device.state().desired.rx2_data_rate_index, dr(0)) << "current";
  device.defaults.desired_rx2_data_rate_index = dr(1);
  EXPECT_EQ(device.state().desired.rx2_data_rate_index, dr(1)) << "default";
  device.plan.default_rx2_data_rate = dr(3);
  EXPECT_EQ(device.state().desired.rx2_data_rate_index, dr(3)) << "plan";
  device.settings.desired_rx2_data_rate_index = dr(5);
  EXPECT_EQ(device.state().desired.rx2_data_rate_index, dr(5)) << "device";

  device.defaults.desired_rx1_delay = seconds{4};
  EXPECT_EQ(device.state().desired.rx1_delay, seconds{4});
  device.settings.desired_rx1_delay = seconds{6};
  EXPECT_EQ(device.state().desired.rx1_delay, seconds{6});
}

TEST(InitialState, DesiredEirpIsNeverAboveTheBandsUnlessTheDeviceSaysSo) {
  Device device;
  const float band = device.region->default_max_eirp_dbm;
  EXPECT_FLOAT_EQ(device.state().desired.max_eirp_dbm, band);
  device.plan.max_eirp_dbm = band + 10;
  EXPECT_FLOAT_EQ(device.state().desired.max_eirp_dbm, band);
  device.plan.max_eirp_dbm = 12.0F;
  EXPECT_FLOAT_EQ(device.state().desired.max_eirp_dbm, 12);
  device.settings.desired_max_eirp_dbm = 27.0F;
  EXPECT_FLOAT_EQ(device.state().desired.max_eirp_dbm, 27);
}

TEST(InitialState, AdrAckExponentsAreWantedFrom11On) {
  Device device;
  device.settings.desired_adr_ack_limit_exponent = AdrAckExponent{3};
  EXPECT_EQ(device.state().desired.adr_ack_limit_exponent, AdrAckExponent{6});
  device.version = MacVersion::v1_1;
  EXPECT_EQ(device.state().desired.adr_ack_limit_exponent, AdrAckExponent{3});
}

TEST(InitialState, DwellTimesExistWhereTheBandHasTxParamSetup) {
  Device device;
  device.region = region::find_latest("AS_923");
  ASSERT_TRUE(device.region->has_tx_param_setup);
  EXPECT_EQ(device.state().current.uplink_dwell_time, DwellTime::unknown);
  EXPECT_EQ(device.state().desired.uplink_dwell_time, DwellTime::on);
  device.plan.dwell_time.uplinks = DwellTime::off;
  device.settings.downlink_dwell_time = false;
  EXPECT_EQ(device.state().desired.uplink_dwell_time, DwellTime::off);
  EXPECT_EQ(device.state().current.downlink_dwell_time, DwellTime::off);
  EXPECT_EQ(expected_downlink_dwell(device.state(), device.profile()), DwellTime::off);
}

TEST(InitialState, ExpectedDwellWithoutTxParamSetupIsOff) {
  const Device device;
  EXPECT_EQ(expected_uplink_dwell(device.state(), device.profile()), DwellTime::off);
  EXPECT_EQ(expected_downlink_dwell(device.state(), device.profile()), DwellTime::off);
}

TEST(InitialState, FactoryPresetsSwitchOffWhatTheyDoNotList) {
  Device device;
  device.settings.factory_preset_frequencies = {Frequency::hz(868'100'000),
                                                Frequency::hz(867'100'000)};
  const auto channels = device.state().current.channels;
  ASSERT_EQ(channels.size(), 4U);
  EXPECT_TRUE(channels[0].enabled);
  EXPECT_FALSE(channels[1].enabled);
  EXPECT_FALSE(channels[2].enabled);
  EXPECT_EQ(channels[3],
            (Channel{Frequency::hz(867'100'000), Frequency::hz(867'100'000), dr(0), dr(5), true}));
}

TEST(InitialState, FactoryPresetsOfFixedPlansOnlySelect) {
  Device device = test::us_device();
  device.settings.factory_preset_frequencies = {Frequency::hz(903'900'000),
                                                Frequency::hz(1'000'000)};
  const auto channels = device.state().current.channels;
  ASSERT_EQ(channels.size(), 72U);
  for (std::size_t i = 0; i < 72; ++i) EXPECT_EQ(channels[i].enabled, i == 8) << i;
}

TEST(InitialState, APlanForeignToTheBandLeavesItsChannelsOn) {
  Device device = test::us_device();
  device.plan = region::FrequencyPlan{};
  for (const Channel& channel : device.state().desired.channels) EXPECT_TRUE(channel.enabled);
}

TEST(InitialState, ManyPlanChannelsStopAtTheBandsLimit) {
  Device device;
  for (std::uint64_t i = 0; i < 100; ++i) {
    device.plan.uplink_channels.push_back(
        {Frequency::hz(863'000'000 + i * 100'000), dr(0), dr(5), 0, {}});
  }
  EXPECT_LE(device.state().desired.channels.size(), device.region->max_uplink_channels);
}

TEST(InitialState, ClassesFollowSupportAndVersion) {
  Device device;
  device.supports_class_c = true;
  EXPECT_EQ(device.state().device_class, DeviceClass::c);
  device.version = MacVersion::v1_1;
  EXPECT_EQ(device.state().device_class, DeviceClass::a);
}

TEST(InitialState, OfAMulticastGroupWantsNothing) {
  Device device;
  device.multicast = true;
  EXPECT_TRUE(initial_state(device.profile()).error().is(class_a_multicast));
  device.supports_class_b = true;
  EXPECT_EQ(device.state().device_class, DeviceClass::b);
  device.supports_class_c = true;
  EXPECT_EQ(device.state().device_class, DeviceClass::c);
  EXPECT_EQ(device.state().desired, device.state().current);
}

TEST(CfList, OfADynamicPlanListsTheExtraChannels) {
  const Device device;
  const Bytes list = cf_list(device.state().desired, *device.region);
  ASSERT_EQ(list.size(), 16U);
  EXPECT_EQ(read_le<3>(list), 8'671'000U);
  EXPECT_EQ(read_le<3>(ByteView(list).subspan(12)), 8'679'000U);
  EXPECT_EQ(list[15], 0);
}

TEST(CfList, AcceptedByTheDeviceGivesTheDesiredChannels) {
  const Device device;
  MacState state = device.state();
  JoinParameters join;
  join.rx1_delay = seconds{5};
  join.rx2_data_rate_index = dr(3);
  join.cf_list = cf_list(state.desired, *device.region);
  state = accept_join(state, join, *device.region);
  EXPECT_EQ(state.current.channels, state.desired.channels);
  EXPECT_EQ(state.current.rx1_delay, seconds{5});
  EXPECT_EQ(state.current.rx2_data_rate_index, dr(3));
}

TEST(CfList, OfAFixedPlanIsAMask) {
  Device device = test::us_device();
  device.region = region::find_latest("US_902_928");
  MacState state = device.state();
  if (device.region->cf_list.type != region::CfListType::channel_masks) GTEST_SKIP();
  JoinParameters join;
  join.cf_list = cf_list(state.desired, *device.region);
  ASSERT_EQ(join.cf_list.size(), 16U);
  EXPECT_EQ(join.cf_list[1], 0xff);
  EXPECT_EQ(join.cf_list[8], 0x02);
  EXPECT_EQ(join.cf_list[15], 1);
  state = accept_join(state, join, *device.region);
  EXPECT_EQ(state.current.channels, state.desired.channels);
}

TEST(AcceptJoin, IgnoresAListOfAnotherTypeOrSize) {
  const Device device;
  const MacState state = device.state();
  for (const Bytes& list : {Bytes{}, Bytes(15, 1), Bytes(16, 1), Bytes(17, 0)}) {
    JoinParameters join;
    join.cf_list = list;
    EXPECT_EQ(accept_join(state, join, *device.region).current.channels, state.current.channels);
  }
}

TEST(AcceptJoin, DelayZeroIsOneSecondAndOptNegIsVersion11) {
  const Device device;
  JoinParameters join;
  join.rx1_delay = seconds{0};
  join.opt_neg = true;
  const MacState state = accept_join(device.state(), join, *device.region);
  EXPECT_EQ(state.current.rx1_delay, seconds{1});
  EXPECT_EQ(state.lorawan_version, MacVersion::v1_1);
}

TEST(RekeyedState, KeepsRadioParametersAndRefusalsAndNothingOfTheSession) {
  const Device device = test::v11_device();
  MacState state = device.state();
  state.device_class = DeviceClass::c;
  state.current.rx2_data_rate_index = test::dr(4);
  state.rejected.adr_data_rate_indexes = {test::dr(5)};
  state.ping_slot_periodicity = PingSlotPeriodicity{3};
  state.pending_requests = {DevStatusReq{}};
  state.queued_responses = {LinkCheckAns{1, 1}};
  state.last_adr_change_f_cnt_up = FCnt32{9};
  state.force_rejoin = ForceRejoinReq{};
  push_recent(state, RecentUplink{.f_cnt = FCnt32{9}});
  const MacState next = rekeyed_state(state);
  EXPECT_EQ(next.lorawan_version, MacVersion::v1_1);
  EXPECT_EQ(next.device_class, DeviceClass::c);
  EXPECT_EQ(next.current, state.current);
  EXPECT_EQ(next.desired, state.desired);
  EXPECT_EQ(next.rejected, state.rejected);
  EXPECT_EQ(next.ping_slot_periodicity, state.ping_slot_periodicity);
  EXPECT_TRUE(next.pending_requests.empty());
  EXPECT_TRUE(next.queued_responses.empty());
  EXPECT_TRUE(next.recent_uplinks.empty());
  EXPECT_EQ(next.last_adr_change_f_cnt_up, FCnt32{0});
  EXPECT_FALSE(next.force_rejoin);
}

TEST(Settings, PickTakesTheFirstThatIsSet) {
  MacSettings device;
  MacSettings defaults;
  const auto get = [&] {
    return pick(&MacSettings::class_c_timeout, default_class_c_timeout, device, defaults);
  };
  EXPECT_EQ(get(), seconds{300});
  defaults.class_c_timeout = seconds{20};
  EXPECT_EQ(get(), seconds{20});
  device.class_c_timeout = seconds{10};
  EXPECT_EQ(get(), seconds{10});
}

}  // namespace
}  // namespace ff::mac
