#include "tools/sim/core/class_b.hpp"

#include <gtest/gtest.h>

#include "protocol/mac/ping_slot.hpp"
#include "test/tools/sim/core/network_side.hpp"
#include "tools/sim/core/device.hpp"
#include "tools/sim/core/device_factory.hpp"
#include "tools/sim/core/gateway.hpp"

namespace ff::sim {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr GpsTime gps_now{seconds{1'380'000'040}};

TEST(Beacon, comes_at_multiples_of_128_s_of_gps_time) {
  const auto beacon = beacon_after(gps_now);
  EXPECT_GT(beacon, gps_now);
  EXPECT_EQ(beacon.time_since_epoch() % seconds{128}, Duration{0});
  EXPECT_EQ(beacon_after(beacon), beacon + seconds{128});
}

/// Two implementations of one chapter of the specification.
TEST(PingSlots, are_where_the_network_server_looks_for_them) {
  const auto random = make_seeded_random(11);
  for (int i = 0; i < 500; ++i) {
    const GpsTime at{seconds{1'000'000'000} + milliseconds{random->below(1'000'000'000)}};
    const DevAddr dev_addr{static_cast<std::uint32_t>(random->next())};
    const mac::PingSlotPeriodicity periodicity{static_cast<std::uint8_t>(random->below(8))};
    const auto slot = mac::next_ping_slot(at, dev_addr, periodicity);
    EXPECT_EQ(from_nearest_slot(slot, dev_addr, periodicity), Duration{0});
    EXPECT_EQ(from_nearest_slot(slot + microseconds{70}, dev_addr, periodicity), microseconds{70});
    EXPECT_EQ(from_nearest_slot(slot - microseconds{70}, dev_addr, periodicity), -microseconds{70});
  }
}

TEST(PingSlots, hop_as_the_network_server_does) {
  const Frequency channels[] = {Frequency::hz(923'300'000), Frequency::hz(923'900'000),
                                Frequency::hz(924'500'000)};
  for (std::uint32_t i = 0; i < 50; ++i) {
    const auto at = gps_now + seconds{37 * i};
    EXPECT_EQ(hop(channels, DevAddr{i}, at), mac::ping_frequency(channels, DevAddr{i}, at));
  }
}

TEST(GatewayWithGps, keeps_the_beacon_free) {
  constexpr MonoTime now{seconds{1000}};
  SimGateway gateway{GatewayEui{1}, 0};
  gateway.lock_gps(now - gps_now.time_since_epoch());
  ASSERT_EQ(gateway.gps(now), gps_now);
  const auto ask = [&](GpsTime at, bool of_class_a) {
    TxRequest request;
    const auto start = now + (at - gps_now);
    if (of_class_a) request.tmst = gateway.counter(start);
    if (!of_class_a)
      request.gps_ms = std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
    request.frequency = Frequency::hz(869'525'000);
    request.data_rate = LoraDataRate{9, 125'000};
    request.phy_payload = Bytes(20, 0x60);
    const auto decision = gateway.schedule(request, now);
    EXPECT_EQ(decision.emission ? decision.emission->gps_start : at, at);
    return decision.error;
  };
  const auto beacon = beacon_after(gps_now);
  EXPECT_EQ(ask(beacon - seconds{4}, false), TxError::none);
  EXPECT_EQ(ask(beacon - seconds{2}, false), TxError::collision_beacon) << "guard time";
  EXPECT_EQ(ask(beacon - seconds{2}, true), TxError::none) << "not for class A";
  EXPECT_EQ(ask(beacon - milliseconds{50}, true), TxError::collision_beacon) << "ends too late";
  EXPECT_EQ(ask(beacon + seconds{2}, true), TxError::collision_beacon);
  EXPECT_EQ(ask(beacon + milliseconds{2120}, false), TxError::none);
}

/// A device of class B and its network, 5 minutes after the begin of a beacon interval.
class ClassBDevice : public testing::Test {
 protected:
  ClassBDevice() {
    DeviceRange range;
    range.activation = Activation::abp;
    range.device_class = DeviceClass::b;
    identity_ = make_devices(range).front();
    network_.emplace(identity_);
    device_.emplace(identity_, region_, DeviceOptions{});
  }

  /// The uplink's octets after FHDR, and whether it says class B.
  struct Sent {
    bool class_b = false;
    std::vector<mac::Command> commands;
  };
  Sent send() {
    now_ += seconds{60};
    const auto sent = device_->send({FPort{3}, Bytes{1}, false}, now_, *random_).value();
    const auto frame = network_->open(sent.phy_payload, sent.f_cnt).value();
    return {frame.f_ctrl.class_b, mac::decode(frame.f_opts, mac::Direction::uplink).commands};
  }
  Receipt answer(std::vector<mac::Command> commands) {
    const NetworkSide::Downlink downlink{
        .f_cnt = FCnt32{f_cnt_++}, .commands = std::move(commands), .payload = {}};
    return device_->receive(test::in_window(*device_->windows()->rx1, network_->seal(downlink)));
  }
  void hear_beacon() {
    const auto at = beacon_after(gps(now_)) - seconds{128};
    device_->receive_beacon({at, beacon_frequency(region_, at)}, now_);
  }
  void enter() {
    hear_beacon();
    send();
    answer({mac::PingSlotInfoAns{}});
    send();
  }
  GpsTime gps(MonoTime at) const { return gps_now + (at - epoch_); }
  /// What the device makes of a frame that begins then, on its slots' channel.
  Reception receive_at(GpsTime at) {
    const NetworkSide::Downlink downlink{.f_cnt = FCnt32{f_cnt_++}, .commands = {}, .payload = {}};
    const auto* rate = region_.data_rate(region_.ping_slot_data_rate, region::Direction::downlink);
    return device_
        ->receive({.start = epoch_ + (at - gps_now),
                   .gps_start = at,
                   .frequency = region_.ping_slot_frequencies.front(),
                   .data_rate = rate->data_rate,
                   .phy_payload = network_->seal(downlink)})
        .reception;
  }
  GpsTime next_slot() const {
    return mac::next_ping_slot(gps(now_) + seconds{10}, identity_.dev_addr,
                               identity_.ping_slot_periodicity);
  }

  using NetworkSide = test::NetworkSide;
  const MonoTime epoch_{seconds{5000}};
  MonoTime now_ = epoch_;
  std::uint32_t f_cnt_ = 0;
  const region::Region& region_ = *region::find("EU_863_870", PhyVersion::rp001_v1_0_3_rev_a);
  DeviceIdentity identity_;
  std::optional<NetworkSide> network_;
  std::optional<SimDevice> device_;
  std::unique_ptr<Random> random_ = make_seeded_random(5);
};

TEST_F(ClassBDevice, tells_its_slots_once_it_has_the_beacon_and_until_it_is_heard) {
  EXPECT_TRUE(send().commands.empty());
  hear_beacon();
  const std::vector<mac::Command> info{mac::PingSlotInfoReq{identity_.ping_slot_periodicity}};
  EXPECT_EQ(send().commands, info);
  EXPECT_EQ(send().commands, info);
  EXPECT_FALSE(send().class_b);
  EXPECT_EQ(receive_at(next_slot()), Reception::wrong_time);
  answer({mac::PingSlotInfoAns{}});
  EXPECT_FALSE(device_->is_in_its_class(now_)) << "the network can not know it";
  const auto sent = send();
  EXPECT_TRUE(sent.class_b);
  EXPECT_TRUE(sent.commands.empty());
  EXPECT_TRUE(device_->is_in_its_class(now_));
}

TEST_F(ClassBDevice, listens_in_its_slots) {
  enter();
  const auto slot = next_slot();
  EXPECT_EQ(receive_at(slot), Reception::ping_slot);
  EXPECT_EQ(receive_at(slot + 256 * milliseconds{30}), Reception::ping_slot);
  EXPECT_EQ(receive_at(slot + seconds{1}), Reception::wrong_time);
}

TEST_F(ClassBDevice, moves_its_slots) {
  enter();
  const auto other = Frequency::hz(868'100'000);
  answer({mac::PingSlotChannelReq{other, DataRateIndex{5}}});
  const std::vector<mac::Command> answered{mac::PingSlotChannelAns{true, true}};
  EXPECT_EQ(send().commands, answered);
  EXPECT_EQ(receive_at(next_slot()), Reception::wrong_frequency);
  EXPECT_EQ(device_->parameters().ping_slot_frequency, other);
  answer({mac::PingSlotChannelReq{Frequency::hz(915'000'000), DataRateIndex{5}}});
  const std::vector<mac::Command> refused{mac::PingSlotChannelAns{false, true}};
  EXPECT_EQ(send().commands, refused);
}

TEST_F(ClassBDevice, listens_for_the_beacon_where_the_network_says) {
  answer({});
  send();
  answer({mac::BeaconFreqReq{Frequency::hz(868'300'000)}});
  const std::vector<mac::Command> answered{mac::BeaconFreqAns{true}};
  EXPECT_EQ(send().commands, answered);
  hear_beacon();
  EXPECT_TRUE(send().commands.empty()) << "no beacon there";
}

TEST_F(ClassBDevice, is_in_class_A_when_the_beacon_is_gone_for_two_hours) {
  enter();
  now_ += hours{1};
  EXPECT_TRUE(send().class_b);
  now_ += hours{1};
  EXPECT_FALSE(send().class_b);
  EXPECT_EQ(receive_at(next_slot()), Reception::wrong_time);
  hear_beacon();
  EXPECT_TRUE(send().class_b);
}

}  // namespace
}  // namespace ff::sim
