// Profiles that change while doors hold their limits.
#include "app/server/process/rate_limits.hpp"

#include <gtest/gtest.h>

namespace ff::app {
namespace {

config::RateLimiting profiles(std::uint32_t burst, const char* class_name) {
  config::RateLimiting out;
  out.profiles.push_back(
      {.name = "test", .max_per_min = 60, .max_burst = burst, .associations = {class_name}});
  return out;
}

TEST(RateLimits, ADoorFollowsTheProfilesOfTheMoment) {
  actors::Metrics metrics;
  const auto random = make_seeded_random(1);
  const auto limiter = *make_rate_limiter({}, actors::make_system_clock(), metrics, *random);
  const auto door = limiter->limit({"gs:up:udp", "gs:up"});
  EXPECT_FALSE(door);
  EXPECT_TRUE(door.is_possible());
  const auto use = prepare_rate_limits(*limiter, profiles(1, "gs:up"), metrics);
  ASSERT_TRUE(use);
  EXPECT_TRUE(door.check("a"));
  EXPECT_TRUE(door.check("a")) << "prepared is not in force";
  (*use)();
  EXPECT_TRUE(door);
  EXPECT_TRUE(door.check("a"));
  EXPECT_FALSE(door.check("a"));
  EXPECT_NE(metrics.text().find("farfield_rate_limit_refused_total{profile=\"test\"} 1"),
            std::string::npos);
  (*prepare_rate_limits(*limiter, profiles(1, "http"), metrics))();
  EXPECT_FALSE(door);
  EXPECT_TRUE(door.check("a"));
}

TEST(RateLimits, ProfilesThatMeanNothingChangeNothing) {
  actors::Metrics metrics;
  const auto random = make_seeded_random(1);
  const auto limiter =
      *make_rate_limiter(profiles(1, "http"), actors::make_system_clock(), metrics, *random);
  auto wrong = profiles(1, "http");
  wrong.profiles.front().max_per_min = 0;
  const auto refused = prepare_rate_limits(*limiter, wrong, metrics);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(net::invalid_rate));
  EXPECT_TRUE(limiter->limit({"http"}));
}

}  // namespace
}  // namespace ff::app
