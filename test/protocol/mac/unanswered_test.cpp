// Requests that a device leaves unanswered: asked with ever fewer uplinks.
#include "protocol/mac/refusal.hpp"
#include "test/protocol/mac/fixture.hpp"

namespace ff::mac {
namespace {

using test::Device;

/// The network wants one thing of a device that may answer it or not.
struct Asking {
  Asking() { state.desired.max_duty_cycle = DutyCycleExponent{3}; }

  /// One uplink and its answer. True if the answer asks.
  bool asks(std::vector<Command> answers = {}, bool retransmission = false) {
    const DeviceProfile profile = device.profile();
    if (!retransmission) ++f_cnt;
    const UplinkContext context{profile, FCnt32{f_cnt}, {}, retransmission};
    auto uplink = handle_uplink_commands(state, test::commands(std::move(answers)), context);
    EXPECT_TRUE(uplink);
    given_up = std::move(uplink->given_up_unheard);
    const DownlinkContext downlink{profile, FCnt32{f_cnt}, test::at(std::chrono::seconds{100})};
    const bool needed = needs_downlink(uplink->next, downlink);
    auto step = enqueue_commands(uplink->next, downlink, {200, 200});
    EXPECT_EQ(needed, !step.commands.empty()) << "no downlink for its sake alone";
    state = std::move(step.next);
    return !step.commands.empty();
  }

  Device device;
  MacState state = device.settled();
  std::uint32_t f_cnt = 0;
  std::vector<Cid> given_up;
};

TEST(UnansweredRequest, IsMadeWithEverFewerUplinks) {
  Asking network;
  std::vector<std::uint32_t> asked;
  std::vector<std::uint32_t> given_up;
  while (network.f_cnt < 140) {
    if (network.asks()) asked.push_back(network.f_cnt);
    if (!network.given_up.empty()) given_up.push_back(network.f_cnt);
  }
  EXPECT_EQ(asked, (std::vector<std::uint32_t>{1, 2, 4, 8, 16, 32, 64, 96, 128}));
  EXPECT_EQ(given_up, std::vector<std::uint32_t>{33}) << "said once";
}

TEST(UnansweredRequest, IsForgottenWhenTheDeviceAnswers) {
  Asking network;
  while (network.f_cnt < 32) network.asks();
  ASSERT_FALSE(network.state.pending_requests.empty());
  EXPECT_FALSE(network.asks({DutyCycleAns{}}));
  EXPECT_TRUE(network.state.unanswered.empty());
  network.state.desired.max_duty_cycle = DutyCycleExponent{4};
  EXPECT_TRUE(network.asks());
  EXPECT_TRUE(network.asks());
}

TEST(UnansweredRequest, ARepeatedFrameMissesNoAnswer) {
  Asking network;
  EXPECT_TRUE(network.asks());
  EXPECT_TRUE(network.asks({}, true));
  EXPECT_TRUE(network.state.unanswered.empty());
}

TEST(UnansweredRequest, HoldsBackTheMaskThatCountsOnIt) {
  Asking network;
  network.state = network.device.state();
  network.state.desired.adr_data_rate_index = test::dr(3);
  note_unanswered(network.state, Cid::new_channel, FCnt32{0});
  for (int i = 0; i < 3; ++i) note_unanswered(network.state, Cid::new_channel, FCnt32{1});
  const auto asked = [&](std::uint32_t f_cnt) {
    const DeviceProfile profile = network.device.profile();
    const auto cids = due_requests(network.state, {profile, FCnt32{f_cnt}, {}});
    return std::pair(std::ranges::count(cids, Cid::new_channel) > 0,
                     std::ranges::count(cids, Cid::link_adr) > 0);
  };
  EXPECT_EQ(asked(7), std::pair(false, false));
  EXPECT_EQ(asked(8), std::pair(true, true));
}

}  // namespace
}  // namespace ff::mac
