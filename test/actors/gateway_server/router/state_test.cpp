#include "actors/gateway_server/router/state.hpp"

#include <gtest/gtest.h>

#include "actors/gateway_server/connection/errors.hpp"
#include "protocol/gateway/uplink_token.hpp"

namespace ff::gateway_server {
namespace {

ScheduleDownlink request(const std::vector<const char*>& gateways) {
  DownlinkFrame frame;
  for (const auto* id : gateways) frame.request.paths.push_back({{GatewayId{id}, {}}, 0, {}});
  return {std::make_shared<const DownlinkFrame>(frame), [](auto) {}};
}

TEST(Router, TriesPathsInOrderUntilOneAccepts) {
  RouterState state;
  const auto first = std::get<TryPath>(state.start(request({"gtw-1", "gtw-2"})));
  EXPECT_EQ(first.gateway_id.text(), "gtw-1");
  const auto second =
      std::get<TryPath>(*state.answered({first.attempt, fail(downlink_not_allowed)}));
  EXPECT_EQ(second.gateway_id.text(), "gtw-2");
  EXPECT_EQ(second.path, 1U);
  const ScheduledDownlink scheduled{GatewayId{"gtw-2"}, 1, {}};
  EXPECT_EQ(std::get<AnswerDownlink>(*state.answered({first.attempt, scheduled})).answer,
            scheduled);
  EXPECT_FALSE(state.answered({first.attempt, scheduled}));
  EXPECT_EQ(state.waiting(), 0U);
}

TEST(Router, ReportsEveryPathThatRefused) {
  RouterState state;
  const auto first = std::get<TryPath>(state.start(request({"gtw-1", "gtw-2"})));
  state.answered({first.attempt, fail(downlink_not_allowed)});
  const auto answer =
      std::get<AnswerDownlink>(*state.answered({first.attempt, fail(no_gps_sync)})).answer;
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().is(schedule_failed));
  const auto& causes = std::get<std::vector<std::string>>(answer.error().attributes().at(0).value);
  EXPECT_EQ(causes.size(), 2U);
  EXPECT_TRUE(answer.error().cause()->is(schedule_path));
}

constexpr ConnectionNumber first_connection{1};
constexpr ConnectionNumber second_connection{2};

TEST(Router, GoesOnWhenAConnectionIsGone) {
  RouterState state;
  const auto asked = std::get<TryPath>(state.start(request({"gtw-1", "gtw-2"})));
  state.asked(asked.attempt, first_connection);
  const auto other = std::get<TryPath>(state.start(request({"gtw-3"})));
  state.asked(other.attempt, second_connection);
  const auto steps = state.connection_gone(first_connection);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(std::get<TryPath>(steps[0]).gateway_id.text(), "gtw-2");
  EXPECT_EQ(state.waiting(), 2U);
  EXPECT_TRUE(state.connection_gone(first_connection).empty()) << "the next path asks another one";
}

/// The end of a connection is heard of after the beginning of the next.
TEST(Router, WaitsForTheNewConnectionWhenTheOldOneIsGone) {
  RouterState state;
  const auto asked = std::get<TryPath>(state.start(request({"gtw-1", "gtw-2"})));
  state.asked(asked.attempt, second_connection);
  EXPECT_TRUE(state.connection_gone(first_connection).empty());
  const ScheduledDownlink scheduled{GatewayId{"gtw-1"}, 1, {}};
  EXPECT_EQ(std::get<AnswerDownlink>(*state.answered({asked.attempt, scheduled})).answer,
            scheduled);
  state.asked(asked.attempt, first_connection);  // of an attempt that is over
  EXPECT_EQ(state.waiting(), 0U);
}

TEST(Router, FindsTheGatewayInTheTokenAndRefusesAFrameWithoutPaths) {
  RouterState state;
  EXPECT_FALSE(std::get<AnswerDownlink>(state.start(request({}))).answer);
  DownlinkFrame frame;
  const auto token = gateway::encode_uplink_token(
      {{GatewayId{"gtw-9"}, {}}, 0, 1, UtcTime{}, schedule::ConcentratorTime{}, {}});
  frame.request.paths = {{{}, 0, token}};
  const auto step = state.start({std::make_shared<const DownlinkFrame>(frame), [](auto) {}});
  EXPECT_EQ(std::get<TryPath>(step).gateway_id.text(), "gtw-9");
}

}  // namespace
}  // namespace ff::gateway_server
