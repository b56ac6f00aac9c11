// DeviceTimeAns and BeaconTimingAns: what a device is told of the time.
#include <gtest/gtest.h>

#include "protocol/mac/beacon_timing.hpp"
#include "protocol/types/beacon.hpp"
#include "test/protocol/mac/fixture.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::mac {
namespace {

using ff::test::bytes_at;
using ff::test::integer_at;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Commands;
using test::Device;

TEST(DeviceTimeVectors, AnswersTheTimeOfTheUplink) {
  std::size_t seen = 0;
  const Device device;
  const auto profile = device.profile();
  const UplinkContext context{profile, FCnt32{10}, {}};
  for (const auto& row : ff::test::lorawan_vectors("gps_time")) {
    if (row.kind != "device_time_ans") continue;
    SCOPED_TRACE(row.id);
    const GpsTime time{seconds{integer_at(row.input, "gps_seconds")} +
                       std::chrono::nanoseconds{integer_at(row.input, "gps_nanoseconds")}};
    auto step =
        handle_uplink_commands(device.settled(), test::commands({DeviceTimeReq{}}), context);
    ASSERT_TRUE(step);
    step = answer_deferred(*std::move(step), {{}, 1, LoraDataRate{}, to_utc(time)}, context);
    const auto octets = encode(step->next.queued_responses).value();
    EXPECT_EQ(Bytes(octets.begin() + 1, octets.end()), bytes_at(row.expected, "payload"));
    EXPECT_EQ(octets.back(), integer_at(row.expected, "fraction_256"));
    ++seen;
  }
  EXPECT_EQ(seen, 4U);
}

struct TimingCase {
  const char* name;
  Duration until_beacon;
  std::uint16_t delay;
};

// 30 ms * (Delay + 1) > RTime >= 30 ms * Delay. [TS001-1.0.3 §14.2]
TEST(BeaconTiming, CountsFromTheEndOfTheAnswer) {
  const GpsTime beacon{beacon_period * 10'000'000};
  for (const auto& row :
       {TimingCase{"right after one", beacon_period, 4266},
        TimingCase{"within a step", milliseconds{29}, 0},
        TimingCase{"exactly a step", milliseconds{30}, 1},
        TimingCase{"nearly two", milliseconds{59}, 1}, TimingCase{"half way", seconds{64}, 2133}}) {
    SCOPED_TRACE(row.name);
    const Device device;
    auto state = test::uplink(device, device.settled(), {BeaconTimingReq{}}).next;
    ASSERT_TRUE(tells_beacon_timing(state));
    state = with_beacon_timing(std::move(state), to_utc(beacon - row.until_beacon), *device.region);
    EXPECT_EQ(state.queued_responses, (Commands{BeaconTimingAns{row.delay, ChannelIndex{0}}}));
    EXPECT_EQ(test::sent(device, test::downlink(device, state)), state.queued_responses);
  }
}

TEST(BeaconTiming, NamesTheChannelWhereBeaconsHop) {
  const auto device = test::us_device();
  const GpsTime beacon{beacon_period * 10'000'003};
  auto asked = test::uplink(device, device.settled(), {BeaconTimingReq{}}).next;
  const auto answer = [&](const MacState& state) {
    const auto told = with_beacon_timing(state, to_utc(beacon - seconds{1}), *device.region);
    return std::get<BeaconTimingAns>(told.queued_responses.at(0)).channel_index.value();
  };
  EXPECT_EQ(answer(asked), 10'000'003 % 8);
  asked.current.beacon_frequency = device.region->beacon_frequencies[0];
  EXPECT_EQ(answer(asked), 0) << "told to stay on one";
}

TEST(BeaconTiming, WithoutATimeThereIsNoAnswer) {
  const Device device;
  auto state = test::uplink(device, device.settled(), {BeaconTimingReq{}, LinkCheckReq{}}).next;
  state.queued_responses.emplace_back(DevStatusReq{});
  state = with_beacon_timing(std::move(state), std::nullopt, *device.region);
  EXPECT_EQ(state.queued_responses, Commands{DevStatusReq{}});
  EXPECT_FALSE(tells_beacon_timing(state));
}

TEST(BeaconTiming, DevicesThatHaveDeviceTimeAreNotAnswered) {
  for (const auto version : {MacVersion::v1_0_4, MacVersion::v1_1}) {
    Device device;
    device.version = version;
    EXPECT_FALSE(
        tells_beacon_timing(test::uplink(device, device.settled(), {BeaconTimingReq{}}).next));
  }
}

}  // namespace
}  // namespace ff::mac
