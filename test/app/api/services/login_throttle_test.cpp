#include "app/api/services/identity/login_throttle.hpp"

#include <gtest/gtest.h>

namespace ff::api {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr MonoTime start{std::chrono::hours{1}};

TEST(LoginThrottle, CountsFailuresOfAnAccountFromAnywhere) {
  LoginThrottle throttle({.per_account = 3, .per_address = 100});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(throttle.begin("ada", std::to_string(i), start));
  const auto wait = throttle.begin("ada", "other", start + minutes{5});
  ASSERT_TRUE(wait);
  EXPECT_EQ(*wait, minutes{10});
  EXPECT_FALSE(throttle.begin("bob", "other", start));
  EXPECT_FALSE(throttle.begin("ada", "other", start + minutes{15})) << "the window is over";
}

TEST(LoginThrottle, CountsFailuresOfAnAddressOverAllAccounts) {
  LoginThrottle throttle({.per_account = 100, .per_address = 3});
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(throttle.begin("user" + std::to_string(i), "192.0.2.1", start));
  EXPECT_TRUE(throttle.begin("ada", "192.0.2.1", start));
  EXPECT_TRUE(throttle.begin("", "192.0.2.1", start));
  EXPECT_FALSE(throttle.begin("ada", "192.0.2.2", start));
}

TEST(LoginThrottle, CountsAllOfAnIpv6NetworkAsOneAddress) {
  LoginThrottle throttle({.per_account = 100, .per_address = 3});
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(throttle.begin("", "2001:db8:1:2::" + std::to_string(i), start));
  EXPECT_TRUE(throttle.begin("", "2001:db8:1:2:a:b:c:d", start));
  EXPECT_FALSE(throttle.begin("", "2001:db8:1:3::1", start));
}

TEST(LoginThrottle, TrustsTheNetworkFromWhichARightPasswordCame) {
  LoginThrottle throttle({.per_account = 2, .per_address = 100});
  ASSERT_FALSE(throttle.begin("ada", "2001:db8::1", start));
  throttle.succeeded("ada", "2001:db8::1", start);
  while (!throttle.begin("ada", "elsewhere", start)) {
  }
  EXPECT_FALSE(throttle.begin("ada", "2001:db8::2", start))
      << "addresses change every day [RFC 8981]";
}

TEST(LoginThrottle, ARightPasswordIsNoFailure) {
  LoginThrottle throttle({.per_account = 2, .per_address = 2});
  for (int i = 0; i < 10; ++i) {
    ASSERT_FALSE(throttle.begin("ada", "192.0.2.1", start)) << i;
    throttle.succeeded("ada", "192.0.2.1", start);
  }
}

TEST(LoginThrottle, AttemptsAtTheSameTimeCountBeforeTheyEnd) {
  LoginThrottle throttle({.per_account = 2, .per_address = 100});
  EXPECT_FALSE(throttle.begin("ada", "1", start));
  EXPECT_FALSE(throttle.begin("ada", "2", start));
  EXPECT_TRUE(throttle.begin("ada", "3", start));
}

TEST(LoginThrottle, WhoGuessesLocksNobodyOutWhoWasThere) {
  LoginThrottle throttle({.per_account = 2, .per_address = 100});
  ASSERT_FALSE(throttle.begin("ada", "home", start));
  throttle.succeeded("ada", "home", start);
  while (!throttle.begin("ada", "elsewhere", start)) {
  }
  EXPECT_FALSE(throttle.begin("ada", "home", start + seconds{1}));
  throttle.succeeded("ada", "home", start + seconds{1});
  EXPECT_TRUE(throttle.begin("ada", "elsewhere", start + seconds{2}))
      << "a login of the owner gives the guesser nothing back";
}

TEST(LoginThrottle, ATrustedAddressHasALimitToo) {
  LoginThrottle throttle({.per_account = 2, .per_address = 5});
  ASSERT_FALSE(throttle.begin("ada", "home", start));
  throttle.succeeded("ada", "home", start);
  int tries = 0;
  while (tries < 100 && !throttle.begin("ada", "home", start)) ++tries;
  EXPECT_EQ(tries, 5);
}

TEST(LoginThrottle, MemoryIsBounded) {
  LoginThrottle throttle({.per_account = 1, .per_address = 0, .entries_max = 10});
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(throttle.begin("user" + std::to_string(i), "a" + std::to_string(i), start));
  EXPECT_LE(throttle.size(), 10U);
  EXPECT_TRUE(throttle.begin("user999", "z", start)) << "the newest are remembered";
}

TEST(LoginThrottle, ZeroIsNoLimit) {
  LoginThrottle throttle({.per_account = 0, .per_address = 0});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(throttle.begin("ada", "192.0.2.1", start));
}

}  // namespace
}  // namespace ff::api
