#include "actors/network_server/shard/session_directory.hpp"

#include <gtest/gtest.h>

namespace ff::network_server {
namespace {

using std::chrono::seconds;

const DeviceUid device{ApplicationId("app-1"), DeviceId("dev-1")};
MonoTime at(seconds since_start) {
  return MonoTime{seconds{100} + since_start};
}
ToSession uplink(std::uint32_t f_cnt) {
  return to_session(device, UplinkMatched{.f_cnt = FCnt32{f_cnt}});
}
ToSession wake() {
  return to_session(device, Wake{});
}
std::uint32_t counter(const ToSession& message) {
  const auto* event = std::get_if<UplinkMatched>(message.event.get());
  return event ? event->f_cnt.value() : 0;
}

TEST(SessionDirectory, LoadsAtTheFirstEventAndReplaysTheStash) {
  SessionDirectory directory({});
  EXPECT_EQ(directory.accept(uplink(1), at(seconds{0})), Delivery::load);
  EXPECT_EQ(directory.accept(uplink(2), at(seconds{0})), Delivery::stashed);
  EXPECT_EQ(directory.activated(device, at(seconds{0})).size(), 2U);
  EXPECT_EQ(directory.accept(uplink(3), at(seconds{0})), Delivery::deliver);
}

TEST(SessionDirectory, ReplaysUplinksInCounterOrderAndLeavesOthersInPlace) {
  SessionDirectory directory({});
  for (const auto& message : {uplink(7), wake(), uplink(5)})
    directory.accept(message, at(seconds{0}));
  auto messages = directory.activated(device, at(seconds{0}));
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(counter(messages[0]), 5U);
  EXPECT_EQ(counter(messages[1]), 0U);
  EXPECT_EQ(counter(messages[2]), 7U);
}

TEST(SessionDirectory, PassivatesOnlyWhatIsIdle) {
  SessionDirectory directory({.idle = seconds{60}});
  directory.accept(uplink(1), at(seconds{0}));
  directory.activated(device, at(seconds{0}));
  directory.accept(uplink(2), at(seconds{50}));
  EXPECT_TRUE(directory.passivate_idle(at(seconds{60})).empty());
  EXPECT_TRUE(directory.passivate_idle(at(seconds{109})).empty());
  EXPECT_EQ(directory.passivate_idle(at(seconds{110})), std::vector<DeviceUid>{device});
  EXPECT_TRUE(directory.passivate_idle(at(seconds{500})).empty());
}

TEST(SessionDirectory, StashesDuringPassivationAndLoadsAgain) {
  SessionDirectory directory({.idle = seconds{60}});
  directory.accept(uplink(1), at(seconds{0}));
  directory.activated(device, at(seconds{0}));
  directory.passivate_idle(at(seconds{60}));
  EXPECT_EQ(directory.accept(uplink(2), at(seconds{60})), Delivery::stashed);
  EXPECT_TRUE(directory.gone(device));
  EXPECT_EQ(directory.activated(device, at(seconds{61})).size(), 1U);
  EXPECT_EQ(directory.active(), 1U);
}

TEST(SessionDirectory, StashesAfterAnEndThatNobodyAskedFor) {
  SessionDirectory directory({.idle = seconds{60}});
  directory.accept(uplink(1), at(seconds{0}));
  directory.activated(device, at(seconds{0}));
  directory.ended(device);
  EXPECT_EQ(directory.active(), 0U);
  EXPECT_EQ(directory.accept(uplink(2), at(seconds{1})), Delivery::stashed);
  EXPECT_TRUE(directory.passivate_idle(at(seconds{500})).empty());
  EXPECT_TRUE(directory.gone(device));
  directory.ended(device);
  EXPECT_EQ(directory.place_of(device).phase, SessionPhase::loading) << "the end of the one before";
}

TEST(SessionDirectory, ForgetsASessionThatEndedWithNothingWaiting) {
  SessionDirectory directory({});
  directory.accept(uplink(1), at(seconds{0}));
  directory.activated(device, at(seconds{0}));
  EXPECT_FALSE(directory.gone(device));
  EXPECT_TRUE(directory.empty());
  EXPECT_EQ(directory.accept(uplink(2), at(seconds{1})), Delivery::load);
}

TEST(SessionDirectory, LoadsAgainAfterALoadThatFailed) {
  SessionDirectory directory({});
  EXPECT_TRUE(directory.failed(device).empty());
  EXPECT_EQ(directory.accept(uplink(1), at(seconds{0})), Delivery::load);
  EXPECT_EQ(directory.accept(uplink(2), at(seconds{0})), Delivery::stashed);
  EXPECT_EQ(directory.failed(device).size(), 2U);
  EXPECT_TRUE(directory.empty());
  EXPECT_EQ(directory.accept(uplink(3), at(seconds{1})), Delivery::load);
  EXPECT_EQ(directory.activated(device, at(seconds{1})).size(), 1U);
}

TEST(SessionDirectory, BoundsTheStash) {
  SessionDirectory directory({.stash_max = 2});
  directory.accept(uplink(1), at(seconds{0}));
  directory.accept(uplink(2), at(seconds{0}));
  EXPECT_EQ(directory.accept(uplink(3), at(seconds{0})), Delivery::refused);
}

}  // namespace
}  // namespace ff::network_server
