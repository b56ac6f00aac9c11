// Device sessions that end by an error, while what they wanted written is still on its way.
#include "test/actors/network_server/held_commits.hpp"

namespace ff::network_server {
namespace {

class FailedSessionTest : public HeldCommitsFixture {
 protected:
  /// A session whose downlink waits for its commit ends by an error, and its device sends again.
  void fail_with_a_downlink_under_way() {
    hold_a_downlink();
    refused_commits = 1;
    uplink(2, phy::MType::confirmed_up);
    advance(milliseconds{250});
    ASSERT_EQ(refused_commits, 0);
    uplink(3, phy::MType::confirmed_up);
    advance(milliseconds{250});
  }
};

TEST_F(FailedSessionTest, ItsSuccessorUsesNoCounterOfADownlinkThatWasUnderWay) {
  fail_with_a_downlink_under_way();
  release_commits();
  advance(seconds{3});
  EXPECT_EQ(downlink_counters(), (std::vector<std::uint16_t>{1, 2}));
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 3}));
}

TEST_F(FailedSessionTest, EventsWaitUntilNothingOfItIsUnderWay) {
  fail_with_a_downlink_under_way();
  DeviceSnapshot seen;
  const auto look = [&] {
    caf::anon_send(context->inspectable.of(uid), InspectDevice{uid, [&](auto answer) {
                                                                 ASSERT_TRUE(answer);
                                                                 seen = *std::move(answer);
                                                               }});
    run();
  };
  look();
  EXPECT_EQ(seen.phase, SessionPhase::leaving);
  EXPECT_EQ(seen.stashed, 1U);
  // Not for ever if the commit is never made, because an actor on the way ends.
  drop_commits();
  look();
  EXPECT_EQ(seen.phase, SessionPhase::active);
}

TEST_F(FailedSessionTest, AnIdleSessionEndsWithoutAskingAnybody) {
  create_device();
  const auto passivated = [this](const char* times) {
    const std::string line = "farfield_actors_passivated_total{kind=\"device_session\"} ";
    return metrics.text().find(line + times) != std::string::npos;
  };
  uplink(1);
  advance(seconds{70});  // the report of its downlink is missing for 55
  EXPECT_TRUE(passivated("0"));
  refused_commits = 1;
  advance(seconds{60});
  EXPECT_TRUE(passivated("1"));
  refused_commits = 0;
  uplink(2);
  advance(seconds{2});
  EXPECT_EQ(uplink_counters(), (std::vector<std::uint32_t>{1, 2}));
}

}  // namespace
}  // namespace ff::network_server
