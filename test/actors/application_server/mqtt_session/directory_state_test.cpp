#include "actors/application_server/mqtt_session/directory_state.hpp"

#include <gtest/gtest.h>

namespace ff::application_server::mqtt_session {
namespace {

const UtcTime now{std::chrono::seconds{1'700'000'000}};
const SessionKey a1{ApplicationId("app-a"), "1"};
const SessionKey a2{ApplicationId("app-a"), "2"};
const SessionKey a3{ApplicationId("app-a"), "3"};
const SessionKey b1{ApplicationId("app-b"), "1"};

TEST(MqttSessionDirectory, AnApplicationHasABoundedNumberOfSessions) {
  DirectoryState state({.sessions_max = 2});
  EXPECT_TRUE(state.attach(a1, 100));
  EXPECT_TRUE(state.attach(a2, 100));
  EXPECT_FALSE(state.attach(a3, 100));
  EXPECT_TRUE(state.attach(a1, 100));
  EXPECT_TRUE(state.attach(b1, 100));
  EXPECT_TRUE(state.gone(a2, 1));
  EXPECT_TRUE(state.attach(a3, 100));
  DirectoryState none({.sessions_max = 0});
  EXPECT_FALSE(none.attach(a1, 100));
}

TEST(MqttSessionDirectory, AnActorEndsOnlyWhenItHasSeenEveryAttach) {
  DirectoryState state({});
  EXPECT_TRUE(state.attach(a1, 100));
  EXPECT_TRUE(state.attach(a1, 100));
  EXPECT_FALSE(state.idle(a1, 1, now));
  EXPECT_FALSE(state.gone(a1, 1));
  EXPECT_TRUE(state.find(a1)->running);
  EXPECT_TRUE(state.idle(a1, 2, now));
  EXPECT_FALSE(state.find(a1)->running);
  EXPECT_FALSE(state.idle(a1, 2, now));
  EXPECT_FALSE(state.idle(b1, 0, now));
  // The next actor counts from the start.
  EXPECT_TRUE(state.attach(a1, 100));
  EXPECT_TRUE(state.gone(a1, 1));
  EXPECT_EQ(state.find(a1), nullptr);
}

TEST(MqttSessionDirectory, ARemovalIsAnOrderToo) {
  DirectoryState state({});
  EXPECT_FALSE(state.remove(a1));
  EXPECT_TRUE(state.attach(a1, 100));
  EXPECT_TRUE(state.remove(a1));
  // It became idle before it heard of the removal.
  EXPECT_FALSE(state.idle(a1, 1, now));
  EXPECT_TRUE(state.gone(a1, 2));
  state.found(a2, {.expiry = 10}, now);
  EXPECT_FALSE(state.remove(a2));
  EXPECT_TRUE(state.sessions().empty());
}

TEST(MqttSessionDirectory, KnowsTheSessionsOfAnApplication) {
  DirectoryState state({});
  EXPECT_TRUE(state.attach(a1, 100));
  state.found(a2, {.expiry = 10}, now);
  state.found(b1, {.expiry = 10}, now);
  EXPECT_EQ(state.of_application(ApplicationId("app-a")), (std::vector{a1, a2}));
  EXPECT_TRUE(state.of_application(ApplicationId("app")).empty());
}

TEST(MqttSessionDirectory, SessionsWithoutClientExpireInBoundedSteps) {
  DirectoryState state({.sweep_sessions = 2});
  state.found(a1, {.expires_at = now}, now);
  state.found(a2, {.expires_at = now + std::chrono::seconds{1}}, now);
  // A client was connected when the process ended: its time begins now.
  state.found(a3, {.expiry = 10}, now);
  state.found(b1, {.expires_at = now}, now);
  EXPECT_TRUE(state.attach(b1, 100));
  EXPECT_TRUE(state.is_expired(a1, now));
  EXPECT_FALSE(state.is_expired(a2, now));
  EXPECT_FALSE(state.is_expired(b1, now));
  auto step = state.sweep({}, now);
  EXPECT_EQ(step.expired, std::vector{a1});
  ASSERT_TRUE(step.next);
  EXPECT_EQ(*step.next, a3);
  step = state.sweep(*step.next, now + std::chrono::seconds{10});
  EXPECT_EQ(step.expired, std::vector{a3});
  EXPECT_FALSE(step.next);
  EXPECT_EQ(state.sweep_application(a1.application_id, now + std::chrono::seconds{1}),
            std::vector{a2});
  EXPECT_EQ(state.sessions().size(), 1U);
}

TEST(MqttSessionDirectory, AFailedActorsSessionIsKeptAsLongAsItsClientSaid) {
  DirectoryState state({});
  EXPECT_TRUE(state.attach(a1, 100));
  state.failed(a1, now);
  EXPECT_TRUE(state.sweep({}, now + std::chrono::seconds{99}).expired.empty());
  EXPECT_EQ(state.sweep({}, now + std::chrono::seconds{100}).expired, std::vector{a1});
}

}  // namespace
}  // namespace ff::application_server::mqtt_session
