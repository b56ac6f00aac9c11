#include "net/rate_limit/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace ff::net {
namespace {

using std::chrono::seconds;

struct Limiter : testing::Test {
  MonoTime now{};
  std::vector<std::string> refused;

  Result<std::shared_ptr<RateLimiter>> make(std::vector<RateProfile> profiles) {
    return RateLimiter::make(std::move(profiles), 128,
                             {.now = [this] { return now; },
                              .seed = 1,
                              .on_refused = [this](const auto& name) { refused.push_back(name); }});
  }
};

TEST_F(Limiter, TheFirstClassWithAProfileApplies) {
  const auto limiter = *make({{"all", 1, 2, {"gs:up"}}, {"udp", 1, 1, {"gs:up:udp", "gs:up"}}});
  EXPECT_EQ(limiter->limit({"gs:up:udp", "gs:up"}).take("a").limit, 1U);
  EXPECT_EQ(limiter->limit({"gs:up:mqtt", "gs:up"}).take("b").limit, 2U);
  EXPECT_FALSE(limiter->limit({"grpc:method"}));
}

TEST_F(Limiter, WithoutAProfileEverythingIsAllowed) {
  const RateLimit none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(none.take("a").allowed);
  EXPECT_TRUE(none.check("a"));
}

TEST_F(Limiter, ClassesOfOneProfileShareTheBucketOfAKey) {
  const auto limiter = *make({{"web", 60, 1, {"http:oauth", "http:account"}}});
  EXPECT_TRUE(limiter->limit({"http:oauth"}).check("ip:192.0.2.1"));
  EXPECT_FALSE(limiter->limit({"http:account"}).check("ip:192.0.2.1"));
}

TEST_F(Limiter, ARefusalNamesKeyAndRateAndIsReported) {
  const auto limiter = *make({{"calls", 60, 0, {"grpc:method"}}});
  const auto limit = limiter->limit({"grpc:method"});
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(limit.check("k"));
  const auto refusal = limit.check("k");
  ASSERT_FALSE(refusal);
  EXPECT_TRUE(refusal.error().is(rate_limit_exceeded));
  EXPECT_NE(refusal.error().message().find("`60`"), std::string::npos);
  EXPECT_NE(refusal.error().message().find("`k`"), std::string::npos);
  EXPECT_EQ(refused, std::vector<std::string>{"calls"});
  now += seconds{1};
  EXPECT_TRUE(limit.check("k"));
}

TEST_F(Limiter, ALimitKeepsItsLimiterAlive) {
  RateLimit limit;
  {
    const auto limiter = *make({{"calls", 60, 1, {"grpc:method"}}});
    limit = limiter->limit({"grpc:method"});
  }
  EXPECT_TRUE(limit.check("k"));
  EXPECT_FALSE(limit.check("k"));
}

TEST_F(Limiter, OtherProfilesAreForLimitsThatAreHeld) {
  const auto limiter = *make({{"calls", 60, 1, {"grpc:method"}}});
  const auto method = limiter->limit({"grpc:method:/a", "grpc:method"});
  EXPECT_TRUE(method.check("k"));
  EXPECT_FALSE(method.check("k"));
  const auto use = limiter->prepare({{"one", 60, 2, {"grpc:method:/a"}}}, 128);
  ASSERT_TRUE(use);
  EXPECT_FALSE(method.check("k")) << "prepared is not in force";
  (*use)();
  EXPECT_EQ(method.take("k").limit, 2U) << "counted anew";
  EXPECT_TRUE(method.check("k"));
  EXPECT_FALSE(method.check("k"));
  EXPECT_EQ(refused, (std::vector<std::string>{"calls", "calls", "one"}));
  EXPECT_TRUE(limiter->prepare({{"none", 0, 1, {"a"}}}, 128).error().is(invalid_rate));
  EXPECT_FALSE(method.check("k")) << "what means nothing changes nothing";
  (*limiter->prepare({}, 128))();
  EXPECT_FALSE(method);
  EXPECT_TRUE(method.check("k"));
}

TEST_F(Limiter, RatesThatMeanNothingAreRefused) {
  EXPECT_TRUE(make({{"none", 0, 1, {"a"}}}).error().is(invalid_rate));
  EXPECT_TRUE(make({{"much", 6'000'001, 1, {"a"}}}).error().is(invalid_rate));
  EXPECT_TRUE(make({{"long", 60, 1'000'001, {"a"}}}).error().is(invalid_rate));
}

}  // namespace
}  // namespace ff::net
