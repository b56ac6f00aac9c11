#include "net/rate_limit/quota.hpp"

#include <gtest/gtest.h>

#include "protocol/base/random.hpp"

namespace ff::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Quota::Ticks ticks(Duration duration) {
  return static_cast<Quota::Ticks>(duration / Quota::tick) + 1;
}

TEST(Quota, AllowsABurstThenTheSteadyRate) {
  const Quota quota(60, 3);
  Quota::Ticks full_at = 0;
  std::vector<std::uint32_t> available;
  for (int i = 0; i < 3; ++i) {
    const auto step = quota.step(full_at, ticks(seconds{0}));
    ASSERT_TRUE(step.verdict.allowed);
    EXPECT_EQ(step.verdict.limit, 3U);
    EXPECT_EQ(step.verdict.retry, Duration::zero());
    EXPECT_EQ(step.verdict.reset, seconds{i + 1});
    available.push_back(step.verdict.available);
    full_at = step.full_at;
  }
  EXPECT_EQ(available, (std::vector<std::uint32_t>{2, 1, 0}));
  const auto refused = quota.step(full_at, ticks(milliseconds{400}));
  EXPECT_FALSE(refused.verdict.allowed);
  EXPECT_EQ(refused.full_at, full_at);
  EXPECT_EQ(refused.verdict.retry, milliseconds{600});
  EXPECT_EQ(refused.verdict.reset, milliseconds{2600});
  EXPECT_TRUE(quota.step(full_at, ticks(seconds{1})).verdict.allowed);
}

/// Whatever the pattern: in any span of time at most a burst and what the rate gives.
TEST(Quota, NeverAllowsMoreThanBurstAndRate) {
  const auto random = make_seeded_random(7);
  for (int run = 0; run < 200; ++run) {
    const auto per_minute = static_cast<std::uint32_t>(1 + random->below(6000));
    const auto burst = static_cast<std::uint32_t>(1 + random->below(50));
    const Quota quota(per_minute, burst);
    Quota::Ticks now = 1;
    Quota::Ticks full_at = 0;
    std::vector<Quota::Ticks> allowed;
    for (int i = 0; i < 500; ++i) {
      now += random->below(20'000);
      const auto step = quota.step(full_at, now);
      full_at = step.full_at;
      if (step.verdict.allowed) allowed.push_back(now);
    }
    const Quota::Ticks interval = 6'000'000 / per_minute;
    for (std::size_t i = burst; i < allowed.size(); ++i)
      ASSERT_GE(allowed[i] - allowed[i - burst], interval) << per_minute << ' ' << burst;
  }
}

TEST(Quota, ACallerThatWaitsAsToldIsAllowed) {
  const auto random = make_seeded_random(8);
  const Quota quota(77, 5);
  Quota::Ticks now = 1;
  Quota::Ticks full_at = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto step = quota.step(full_at, now);
    full_at = step.full_at;
    EXPECT_LE(step.verdict.available, step.verdict.limit);
    if (step.verdict.allowed) {
      now += random->below(2);
      continue;
    }
    EXPECT_EQ(step.verdict.available, 0U);
    now += static_cast<Quota::Ticks>(step.verdict.retry / Quota::tick);
    ASSERT_TRUE(quota.step(full_at, now).verdict.allowed);
  }
}

}  // namespace
}  // namespace ff::net
