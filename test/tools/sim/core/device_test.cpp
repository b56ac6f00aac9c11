#include "tools/sim/core/device.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/relay/forward.hpp"
#include "protocol/schedule/time_on_air.hpp"
#include "test/tools/sim/core/network_side.hpp"
#include "tools/sim/core/device_factory.hpp"
#include "tools/sim/core/payload.hpp"

namespace ff::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::in_window;
using test::NetworkSide;

constexpr MonoTime epoch{seconds{1000}};

struct Kind {
  const char* name;
  Activation activation;
  MacVersion version;
};

DeviceIdentity identity_of(const Kind& kind) {
  DeviceRange range;
  range.activation = kind.activation;
  range.mac_version = kind.version;
  range.phy_version = usual_phy_version(kind.version);
  return make_devices(range).front();
}

/// A device with its network, and a session if it has one from the start or after join().
struct Pair {
  explicit Pair(const Kind& kind, DeviceOptions options = {})
      : Pair(identity_of(kind), std::move(options)) {}
  Pair(DeviceIdentity of, DeviceOptions options)
      : identity(std::move(of)),
        region(*region::find("EU_863_870", identity.phy_version)),
        device(identity, region, options),
        network(identity) {}

  Receipt join(JoinNonce nonce = JoinNonce{1}, std::optional<join::CfList> cf_list = {}) {
    const auto request = device.join(now, *random);
    const auto accept = network.answer_join(request->phy_payload, nonce, std::move(cf_list));
    return device.receive(in_window(*device.windows()->rx1, accept.value_or(Bytes{})));
  }
  Transmission send(bool confirmed = false) {
    now += seconds{60};
    const auto payload = uplink_payload(7, device.next_f_cnt().value(), 12);
    return device.send({FPort{3}, payload.view(), confirmed}, now, *random).value();
  }
  phy::UplinkTransmission how(const Transmission& transmission) const {
    return {0, device.parameters().data_rate, transmission.channel};
  }
  Receipt answer(const NetworkSide::Downlink& downlink) {
    return device.receive(in_window(*device.windows()->rx1, network.seal(downlink)));
  }
  /// Commands in the next uplink.
  std::vector<mac::Command> sent_commands(const Transmission& transmission) const {
    const auto frame =
        network.open(transmission.phy_payload, transmission.f_cnt, how(transmission));
    if (!frame) return {};
    return mac::decode(frame->f_opts, mac::Direction::uplink).commands;
  }

  DeviceIdentity identity;
  const region::Region& region;
  SimDevice device;
  NetworkSide network;
  std::unique_ptr<Random> random = make_seeded_random(5);
  MonoTime now = epoch;
};

class EveryDevice : public testing::TestWithParam<Kind> {
 protected:
  EveryDevice() : pair_(GetParam()) {
    if (GetParam().activation == Activation::otaa) pair_.join();
  }
  Pair pair_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, EveryDevice,
                         testing::Values(Kind{"abp_1_0_3", Activation::abp, MacVersion::v1_0_3},
                                         Kind{"abp_1_1", Activation::abp, MacVersion::v1_1},
                                         Kind{"otaa_1_0_2", Activation::otaa, MacVersion::v1_0_2},
                                         Kind{"otaa_1_0_3", Activation::otaa, MacVersion::v1_0_3},
                                         Kind{"otaa_1_0_4", Activation::otaa, MacVersion::v1_0_4},
                                         Kind{"otaa_1_1", Activation::otaa, MacVersion::v1_1}),
                         [](const auto& test) { return test.param.name; });

TEST_P(EveryDevice, has_a_session_and_uplinks_that_the_network_reads) {
  ASSERT_TRUE(pair_.device.has_session());
  for (std::uint32_t f_cnt = 0; f_cnt < 3; ++f_cnt) {
    const auto sent = pair_.send();
    EXPECT_EQ(sent.f_cnt, FCnt32{f_cnt});
    const auto frame = pair_.network.open(sent.phy_payload, sent.f_cnt, pair_.how(sent));
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->f_port, FPort{3});
    const auto expected = uplink_payload(7, f_cnt, 12);
    EXPECT_TRUE(std::ranges::equal(frame->frm_payload, expected.view()));
  }
}

TEST_P(EveryDevice, decrypts_a_downlink_in_each_window) {
  for (const bool rx1 : {true, false}) {
    pair_.send();
    const auto& windows = *pair_.device.windows();
    const auto frame = pair_.network.seal(
        {.f_cnt = FCnt32{rx1 ? 0U : 1U}, .commands = {}, .f_port = FPort{9}, .payload = {1, 2, 3}});
    const auto receipt = pair_.device.receive(in_window(rx1 ? *windows.rx1 : windows.rx2, frame));
    EXPECT_TRUE(receipt.is_mine);
    EXPECT_EQ(receipt.reception, rx1 ? Reception::rx1 : Reception::rx2);
    EXPECT_EQ(receipt.payload, (Bytes{1, 2, 3}));
    EXPECT_EQ(receipt.f_port, FPort{9});
    EXPECT_FALSE(receipt.violation);
    EXPECT_FALSE(pair_.device.windows()) << "class A closes its windows";
  }
}

TEST_P(EveryDevice, reports_a_frame_that_is_sent_twice) {
  pair_.send();
  const auto frame = pair_.network.seal({.f_cnt = FCnt32{5}, .commands = {}, .payload = {}});
  const auto rx1 = *pair_.device.windows()->rx1;
  EXPECT_FALSE(pair_.device.receive(in_window(rx1, frame)).violation);
  pair_.send();
  const auto again = pair_.device.receive(in_window(*pair_.device.windows()->rx1, frame));
  EXPECT_EQ(again.violation, Violation::f_cnt_down_repeated);
}

TEST_P(EveryDevice, reports_a_counter_that_is_used_again_even_outside_its_windows) {
  pair_.send();
  const auto first =
      pair_.network.seal({.f_cnt = FCnt32{5}, .commands = {}, .f_port = FPort{1}, .payload = {1}});
  EXPECT_FALSE(pair_.device.receive(in_window(*pair_.device.windows()->rx1, first)).violation);
  for (const auto f_cnt : {FCnt32{5}, FCnt32{4}}) {
    const auto other =
        pair_.network.seal({.f_cnt = f_cnt, .commands = {}, .f_port = FPort{1}, .payload = {2}});
    const auto receipt = pair_.device.receive({.phy_payload = other});
    EXPECT_EQ(receipt.violation, Violation::f_cnt_down_reused) << f_cnt.value();
  }
}

TEST_P(EveryDevice, accepts_gaps_between_counters) {
  std::uint32_t f_cnt = 0;
  for (const std::uint32_t gap : {1U, 64U, 65'535U}) {
    pair_.send();
    f_cnt += gap;
    const auto receipt = pair_.answer({.f_cnt = FCnt32{f_cnt}, .commands = {}, .payload = {}});
    EXPECT_TRUE(receipt.is_mine) << gap;
    EXPECT_FALSE(receipt.violation) << gap;
  }
}

TEST_P(EveryDevice, acknowledges_a_confirmed_downlink_once) {
  pair_.send();
  pair_.answer({.f_cnt = FCnt32{3}, .confirmed = true, .commands = {}, .payload = {}});
  const auto sent = pair_.send();
  auto how = pair_.how(sent);
  how.conf_f_cnt = 3;
  const auto frame = pair_.network.open(sent.phy_payload, sent.f_cnt, how);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->f_ctrl.ack);
  const auto next = pair_.send();
  const auto plain = pair_.network.open(next.phy_payload, next.f_cnt, pair_.how(next));
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->f_ctrl.ack);
}

TEST_P(EveryDevice, repeats_a_confirmed_uplink_until_it_is_acknowledged) {
  const auto first = pair_.send(true);
  ASSERT_TRUE(pair_.device.wants_repetition());
  pair_.now += seconds{5};
  const auto second = pair_.device.repeat(pair_.now, *pair_.random);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->is_repetition);
  EXPECT_EQ(second->f_cnt, first.f_cnt);
  EXPECT_TRUE(pair_.network.open(second->phy_payload, second->f_cnt, pair_.how(*second)));
  const auto receipt = pair_.answer({.f_cnt = FCnt32{0},
                                     .ack = true,
                                     .commands = {},
                                     .payload = {},
                                     .conf_f_cnt = low_half(first.f_cnt).value()});
  EXPECT_TRUE(receipt.acknowledges);
  EXPECT_FALSE(pair_.device.wants_repetition());
}

TEST_P(EveryDevice, carries_out_link_adr_and_answers) {
  pair_.send();
  const mac::LinkADRReq request{.tx_power_index = TxPowerIndex{3},
                                .data_rate_index = DataRateIndex{4},
                                .channel_mask = 0x0003,
                                .nb_trans = 2};
  pair_.answer({.f_cnt = FCnt32{0}, .commands = {request}, .payload = {}});
  const auto& parameters = pair_.device.parameters();
  EXPECT_EQ(parameters.data_rate, DataRateIndex{4});
  EXPECT_EQ(parameters.tx_power, TxPowerIndex{3});
  EXPECT_EQ(parameters.nb_trans, 2);
  EXPECT_FALSE(parameters.channels[2].enabled);
  const auto commands = pair_.sent_commands(pair_.send());
  EXPECT_TRUE(std::ranges::find(commands, mac::Command{mac::LinkADRAns{true, true, true}}) !=
              commands.end());
  EXPECT_TRUE(pair_.device.wants_repetition()) << "NbTrans is 2";
}

TEST_P(EveryDevice, repeats_sticky_answers_until_a_downlink) {
  pair_.send();
  pair_.answer(
      {.f_cnt = FCnt32{0}, .commands = {mac::RXTimingSetupReq{seconds{7}}}, .payload = {}});
  const auto has_answer = [](const std::vector<mac::Command>& commands) {
    return std::ranges::find(commands, mac::Command{mac::RXTimingSetupAns{}}) != commands.end();
  };
  EXPECT_TRUE(has_answer(pair_.sent_commands(pair_.send())));
  EXPECT_TRUE(has_answer(pair_.sent_commands(pair_.send())));
  EXPECT_EQ(pair_.device.windows()->rx2.start, pair_.now + seconds{8});
  pair_.answer({.f_cnt = FCnt32{1}, .commands = {}, .payload = {}});
  EXPECT_FALSE(has_answer(pair_.sent_commands(pair_.send())));
}

TEST(SimDevice, of_1_1_announces_its_session_until_the_network_confirms) {
  struct Row {
    Activation activation;
    mac::Command announcement;
    mac::Command confirmation;
  };
  const mac::MinorVersion minor{1};
  const Row rows[] = {
      {Activation::otaa, mac::RekeyInd{minor}, mac::RekeyConf{minor}},
      {Activation::abp, mac::ResetInd{minor}, mac::ResetConf{minor}},
  };
  for (const auto& row : rows) {
    Pair pair({"", row.activation, MacVersion::v1_1});
    if (row.activation == Activation::otaa) pair.join();
    const std::vector expected{row.announcement};
    EXPECT_EQ(pair.sent_commands(pair.send()), expected);
    EXPECT_EQ(pair.sent_commands(pair.send()), expected);
    pair.answer({.f_cnt = FCnt32{0}, .commands = {row.confirmation}, .payload = {}});
    EXPECT_TRUE(pair.sent_commands(pair.send()).empty());
  }
}

TEST(SimDevice, joins_with_rising_dev_nonces_and_takes_the_accept_s_parameters) {
  Pair pair({"", Activation::otaa, MacVersion::v1_0_3},
            {.first_dev_nonce = DevNonce{41}, .first_f_cnt = {}});
  const auto frequency = Frequency::hz(867'100'000);
  const auto receipt = pair.join(JoinNonce{1}, join::CfList{join::CfListFrequencies{{frequency}}});
  EXPECT_TRUE(receipt.joined);
  EXPECT_EQ(pair.device.next_dev_nonce(), DevNonce{42});
  EXPECT_EQ(pair.device.dev_addr(), test::joined_dev_addr);
  EXPECT_EQ(pair.device.parameters().rx1_delay, seconds{5});
  EXPECT_EQ(pair.device.parameters().channels.at(3).uplink_frequency, frequency);
}

TEST(SimDevice, reports_a_join_nonce_that_does_not_rise) {
  Pair pair({"", Activation::otaa, MacVersion::v1_0_3});
  EXPECT_TRUE(pair.join(JoinNonce{5}).joined);
  pair.now += seconds{60};
  const auto again = pair.join(JoinNonce{5});
  EXPECT_EQ(again.violation, Violation::join_nonce_reused);
  EXPECT_FALSE(again.joined);
  pair.now += seconds{60};
  EXPECT_TRUE(pair.join(JoinNonce{6}).joined);
}

constexpr Kind otaa_1_1{"", Activation::otaa, MacVersion::v1_1};
constexpr phy::RejoinType rejoin_types[] = {phy::RejoinType::restore, phy::RejoinType::full_context,
                                            phy::RejoinType::rekey};

TEST(SimDevice, rejoins_and_keeps_its_radio_parameters_for_new_keys_only) {
  for (const auto type : rejoin_types) {
    Pair pair(otaa_1_1, {.data_rate = DataRateIndex{2}, .first_dev_nonce = {}, .first_f_cnt = {}});
    const auto extra = Frequency::hz(867'100'000);
    ASSERT_TRUE(pair.join(JoinNonce{1}, join::CfList{join::CfListFrequencies{{extra}}}).joined);
    pair.send();
    const auto request = pair.device.rejoin(type, pair.now, *pair.random);
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->is_join_request);
    const auto accept = pair.network.answer_rejoin(request->phy_payload, JoinNonce{2});
    ASSERT_TRUE(accept);
    EXPECT_TRUE(pair.device.receive(in_window(*pair.device.windows()->rx1, *accept)).joined);
    EXPECT_EQ(pair.device.dev_addr(), test::rejoined_dev_addr);
    EXPECT_EQ(pair.device.next_f_cnt(), FCnt32{0});
    EXPECT_EQ(pair.device.parameters().rx1_delay, seconds{3});
    const auto& channels = pair.device.parameters().channels;
    const bool kept = channels.size() > 3 && channels[3].uplink_frequency == extra;
    EXPECT_EQ(kept, type == phy::RejoinType::rekey);
    const std::vector<mac::Command> rekey{mac::RekeyInd{mac::MinorVersion{1}}};
    EXPECT_EQ(pair.sent_commands(pair.send()), rekey);
  }
}

TEST(SimDevice, counts_its_rejoin_requests) {
  Pair pair(otaa_1_1);
  const auto count = [&](phy::RejoinType type) {
    pair.now += seconds{60};
    const auto sent = pair.device.rejoin(type, pair.now, *pair.random);
    return join::parse_rejoin_request(sent->phy_payload)->request.rejoin_count;
  };
  EXPECT_FALSE(pair.device.rejoin(phy::RejoinType::restore, pair.now, *pair.random));
  ASSERT_TRUE(pair.join().joined);
  EXPECT_EQ(count(phy::RejoinType::restore), 0);
  EXPECT_EQ(count(phy::RejoinType::rekey), 1);
  EXPECT_EQ(count(phy::RejoinType::full_context), 0);
  // RJcount0 begins anew with a session, RJcount1 never.
  pair.now += seconds{60};
  ASSERT_TRUE(pair.join(JoinNonce{2}).joined);
  EXPECT_EQ(count(phy::RejoinType::restore), 0);
  EXPECT_EQ(count(phy::RejoinType::full_context), 1);
}

TEST(SimDevice, rejoins_when_the_network_asks) {
  Pair pair(otaa_1_1);
  ASSERT_TRUE(pair.join().joined);
  pair.send();
  EXPECT_FALSE(pair.device.due_rejoin());
  const mac::ForceRejoinReq force{.rejoin_type = 2, .max_retries = 1};
  const mac::RekeyConf confirm{mac::MinorVersion{1}};
  pair.answer({.f_cnt = FCnt32{0}, .commands = {confirm, force}, .payload = {}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(pair.device.due_rejoin(), phy::RejoinType::rekey);
    ASSERT_TRUE(pair.device.rejoin(phy::RejoinType::rekey, pair.now, *pair.random));
  }
  EXPECT_FALSE(pair.device.due_rejoin());
  pair.send();
  const mac::RejoinParamSetupReq periodic{mac::RejoinCountExponent{0}, mac::RejoinTimeExponent{0}};
  pair.answer({.f_cnt = FCnt32{1}, .commands = {periodic}, .payload = {}});
  const std::vector<mac::Command> answer{mac::RejoinParamSetupAns{}};
  EXPECT_EQ(pair.sent_commands(pair.send()), answer);
  for (int i = 2; i < 16; ++i) pair.send();
  EXPECT_EQ(pair.device.due_rejoin(), phy::RejoinType::restore);
}

TEST(SimDevice, of_1_1_is_in_class_C_once_the_network_has_confirmed_it) {
  auto identity = identity_of(otaa_1_1);
  identity.device_class = DeviceClass::c;
  Pair pair(identity, DeviceOptions{});
  ASSERT_TRUE(pair.join().joined);
  const std::vector<mac::Command> expected{mac::RekeyInd{mac::MinorVersion{1}},
                                           mac::DeviceModeInd{DeviceClass::c}};
  EXPECT_EQ(pair.sent_commands(pair.send()), expected);
  const auto between = [&](std::uint32_t f_cnt) {
    const auto& parameters = pair.device.parameters();
    const auto frame = pair.network.seal({.f_cnt = FCnt32{f_cnt}, .commands = {}, .payload = {}});
    const ReceiveWindow rx2{
        pair.now + seconds{30}, parameters.rx2_frequency,
        pair.region.data_rate(parameters.rx2_data_rate, region::Direction::downlink)->data_rate};
    return pair.device.receive(in_window(rx2, frame)).reception;
  };
  EXPECT_EQ(between(0), Reception::wrong_time);
  EXPECT_EQ(pair.sent_commands(pair.send()), expected) << "until it is confirmed";
  const mac::RekeyConf rekey{mac::MinorVersion{1}};
  pair.answer({.f_cnt = FCnt32{1},
               .commands = {rekey, mac::DeviceModeConf{DeviceClass::c}},
               .payload = {}});
  EXPECT_TRUE(pair.sent_commands(pair.send()).empty());
  EXPECT_EQ(between(2), Reception::class_c);
}

TEST(SimDevice, hears_data_instead_of_the_join_accept_of_a_rejoin) {
  Pair pair(otaa_1_1);
  ASSERT_TRUE(pair.join().joined);
  pair.send();
  ASSERT_TRUE(pair.device.rejoin(phy::RejoinType::restore, pair.now, *pair.random));
  const auto receipt =
      pair.answer({.f_cnt = FCnt32{0}, .commands = {}, .f_port = FPort{7}, .payload = {1, 2}});
  EXPECT_EQ(receipt.payload, (Bytes{1, 2}));
}

TEST(SimDevice, does_not_hear_a_join_accept_beside_its_windows) {
  Pair pair({"", Activation::otaa, MacVersion::v1_0_3});
  const auto request = pair.device.join(epoch, *pair.random);
  auto emission = in_window(*pair.device.windows()->rx1,
                            *pair.network.answer_join(request->phy_payload, JoinNonce{1}));
  emission.start += milliseconds{5};
  const auto receipt = pair.device.receive(emission);
  EXPECT_TRUE(receipt.is_mine);
  EXPECT_EQ(receipt.reception, Reception::wrong_time);
  EXPECT_FALSE(pair.device.has_session());
}

TEST(SimDevice, asks_for_an_answer_and_then_slows_down_without_downlinks) {
  Pair pair({"", Activation::abp, MacVersion::v1_0_3},
            {.data_rate = DataRateIndex{5}, .first_dev_nonce = {}, .first_f_cnt = {}});
  const auto asks = [&](const Transmission& sent) {
    return pair.network.open(sent.phy_payload, sent.f_cnt)->f_ctrl.adr_ack_req;
  };
  for (int i = 1; i < 64; ++i) EXPECT_FALSE(asks(pair.send())) << i;
  EXPECT_TRUE(asks(pair.send()));
  for (int i = 65; i < 96; ++i) pair.send();
  EXPECT_EQ(pair.device.parameters().data_rate, DataRateIndex{5});
  pair.send();
  EXPECT_EQ(pair.device.parameters().data_rate, DataRateIndex{4});
  pair.answer({.f_cnt = FCnt32{0}, .commands = {}, .payload = {}});
  EXPECT_FALSE(asks(pair.send()));
}

/// In the band's window for such uplinks; the join-request is LoRa.
TEST(SimDevice, sends_with_LR_FHSS_once_a_channel_carries_it) {
  auto identity = identity_of({"otaa", Activation::otaa, MacVersion::v1_0_4});
  identity.phy_version = PhyVersion::rp002_v1_0_4;
  Pair pair(identity, {.adr = false, .lr_fhss = true, .first_dev_nonce = {}, .first_f_cnt = {}});
  ASSERT_TRUE(pair.join().joined);
  const auto lora = pair.send();
  EXPECT_TRUE(std::holds_alternative<LoraDataRate>(lora.data_rate));
  const auto frequency = Frequency::hz(867'100'000);
  pair.answer({.f_cnt = FCnt32{0},
               .commands = {mac::NewChannelReq{ChannelIndex{3}, frequency, DataRateIndex{8},
                                               DataRateIndex{11}}},
               .payload = {}});
  const auto hopping = pair.send();
  EXPECT_EQ(hopping.data_rate, DataRate(LrFhssDataRate{137'000, CodingRate::cr1_3}));
  EXPECT_EQ(hopping.frequency, frequency);
  EXPECT_TRUE(pair.network.open(hopping.phy_payload, hopping.f_cnt, pair.how(hopping)));
  ASSERT_TRUE(pair.device.windows()->rx1);
  EXPECT_EQ(pair.device.windows()->rx1->data_rate,
            DataRate(LoraDataRate{11, 125'000, CodingRate::cr4_5}));
}

TEST(SimDevice, with_ADR_leaves_LR_FHSS_to_the_network) {
  auto identity = identity_of({"abp", Activation::abp, MacVersion::v1_0_4});
  identity.phy_version = PhyVersion::rp002_v1_0_4;
  Pair pair(identity, {.adr = true, .lr_fhss = true, .first_dev_nonce = {}, .first_f_cnt = {}});
  pair.send();
  pair.answer({.f_cnt = FCnt32{0},
               .commands = {mac::NewChannelReq{ChannelIndex{3}, Frequency::hz(867'100'000),
                                               DataRateIndex{0}, DataRateIndex{11}}},
               .payload = {}});
  EXPECT_TRUE(std::holds_alternative<LoraDataRate>(pair.send().data_rate));
}

TEST(SimDevice, ignores_frames_of_others_and_garbage) {
  Pair pair({"", Activation::abp, MacVersion::v1_0_3});
  pair.send();
  const auto rx1 = *pair.device.windows()->rx1;
  auto frame = pair.network.seal({.f_cnt = FCnt32{0}, .commands = {}, .payload = {}});
  frame.back() ^= 1;
  EXPECT_FALSE(pair.device.receive(in_window(rx1, frame)).is_mine);
  EXPECT_FALSE(pair.device.receive(in_window(rx1, {})).is_mine);
  EXPECT_FALSE(pair.device.receive(in_window(rx1, Bytes(17, 0x20))).is_mine);
}

TEST(SimDevice, is_silent_as_long_as_the_network_asks) {
  Pair pair({"abp", Activation::abp, MacVersion::v1_0_3});
  auto sent = pair.send();
  EXPECT_EQ(pair.device.free_at(), pair.now);
  pair.answer({.f_cnt = FCnt32{0},
               .commands = {mac::DutyCycleReq{mac::DutyCycleExponent{4}}},
               .payload = {}});
  sent = pair.send();
  const auto air = *schedule::time_on_air(sent.phy_payload.size(), sent.data_rate, sent.frequency);
  EXPECT_EQ(pair.device.free_at() - pair.now, 15 * air);
}

/// Another implementation of the same frames: the server's decoder reads what a relay forwards.
TEST(SimDevice, forwards_as_a_relay_what_it_hears) {
  Pair pair({"abp", Activation::abp, MacVersion::v1_0_4});
  EXPECT_FALSE(pair.device.relays());
  pair.send();
  const DevAddr served{0x0100'2233};
  // Too long for FOpts.
  const std::vector<mac::Command> told = {mac::RelayConfReq{.start = true},
                                          mac::UpdateUplinkListReq{.index = 3, .dev_addr = served}};
  pair.answer({.f_cnt = FCnt32{0},
               .commands = {},
               .f_port = FPort{0},
               .payload = mac::encode(told).value()});
  EXPECT_TRUE(pair.device.relays());
  EXPECT_TRUE(pair.device.trusts(served));
  EXPECT_FALSE(pair.device.trusts(DevAddr{1}));
  const Transmission heard{.phy_payload = Bytes(20, 0x40),
                           .frequency = Frequency::hz(868'300'000),
                           .data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5},
                           .channel = {},
                           .f_cnt = {}};
  const auto carrier = pair.device.forward(heard, pair.now + seconds{1}, *pair.random);
  ASSERT_TRUE(carrier);
  auto frame = pair.network.open(carrier->phy_payload, carrier->f_cnt, pair.how(*carrier));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->f_port, FPort{226});
  const auto read =
      ff::relay::decode_forwarded_uplink(frame->frm_payload, pair.region.frequency_step_hz);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->phy_payload, heard.phy_payload);
  EXPECT_EQ(read->frequency, heard.frequency);
  EXPECT_EQ(read->data_rate, DataRateIndex{3});
  EXPECT_EQ(read->rssi_dbm, -75);
  EXPECT_EQ(read->snr_db, 7);
  pair.answer({.f_cnt = FCnt32{1},
               .commands = {mac::CtrlUplinkListReq{.index = 3, .action = 1}},
               .payload = {}});
  EXPECT_FALSE(pair.device.trusts(served));
}

}  // namespace
}  // namespace ff::sim
