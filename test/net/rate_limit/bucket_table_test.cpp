#include "net/rate_limit/bucket_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "protocol/base/random.hpp"

namespace ff::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string key_of(std::uint64_t number) {
  return "gs:up:gtw:gateway-" + std::to_string(number);
}

TEST(BucketTable, CountsEachKeyOnItsOwn) {
  BucketTable table(Quota(60, 2), 64, 1);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(table.take("a", seconds{0}).allowed);
    EXPECT_TRUE(table.take("b", seconds{0}).allowed);
  }
  EXPECT_FALSE(table.take("a", seconds{0}).allowed);
  EXPECT_FALSE(table.take("b", seconds{0}).allowed);
  EXPECT_TRUE(table.take("a", seconds{1}).allowed);
}

/// As many keys as it is said to have room for, in sets with room to spare: a model with a map.
TEST(BucketTable, DecidesAsAMapOfBucketsWould) {
  const Quota quota(600, 4);
  BucketTable table(quota, 4096, 2);
  std::map<std::uint64_t, Quota::Ticks> model;
  const auto random = make_seeded_random(3);
  Duration now{};
  for (int i = 0; i < 50'000; ++i) {
    now += milliseconds{random->below(3)};
    const auto number = random->below(400);
    const auto step = quota.step(model[number], static_cast<Quota::Ticks>(now / Quota::tick) + 1);
    model[number] = step.full_at;
    const auto verdict = table.take(key_of(number), now);
    ASSERT_EQ(verdict.allowed, step.verdict.allowed) << i;
    ASSERT_EQ(verdict.available, step.verdict.available) << i;
  }
}

TEST(BucketTable, OneThatAsksMuchIsNotForgottenForManyThatAskOnce) {
  BucketTable table(Quota(60, 100), 8, 4);
  for (int i = 0; i < 100; ++i) table.take("flood", seconds{0});
  for (std::uint64_t i = 0; i < 10'000; ++i) EXPECT_TRUE(table.take(key_of(i), seconds{0}).allowed);
  EXPECT_FALSE(table.take("flood", seconds{0}).allowed);
}

TEST(BucketTable, ThreadsTogetherGetWhatOneWould) {
  constexpr std::uint32_t burst = 1000;
  BucketTable table(Quota(1, burst), 16, 5);
  std::atomic<std::uint32_t> allowed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::uint32_t j = 0; j < burst; ++j) allowed += table.take("one", seconds{1}).allowed;
    });
  }
  for (auto& thread : threads) thread.join();
  // Threads that meet a new key at once may each put down a place for it.
  EXPECT_GE(allowed, burst);
  EXPECT_LE(allowed, burst + 3);
}

TEST(BucketTable, WorksForYears) {
  BucketTable table(Quota(1, 1), 1, 6);
  const auto later = std::chrono::hours{24 * 365 * 4};
  EXPECT_TRUE(table.take("a", later).allowed);
  EXPECT_FALSE(table.take("a", later + seconds{59}).allowed);
  EXPECT_TRUE(table.take("a", later + seconds{60}).allowed);
}

}  // namespace
}  // namespace ff::net
