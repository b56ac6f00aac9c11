// How much memory the bodies of requests may have.
#include "net/http/body_budget.hpp"

#include <gtest/gtest.h>

namespace ff::net::http {
namespace {

constexpr auto free_size = BodyBudget::free_size;

Endpoint address(const char* text) {
  return Endpoint::parse(text).value();
}

TEST(BodyBudget, CountsWhatIsAboveTheFreePartOfEachBody) {
  const auto budget = std::make_shared<BodyBudget>(100, 100);
  BodyBudget::Share one(budget, address("192.0.2.1:1"));
  BodyBudget::Share two(budget, address("192.0.2.2:1"));
  EXPECT_TRUE(one.grow_to(free_size));
  EXPECT_TRUE(one.grow_to(free_size + 60));
  EXPECT_TRUE(one.grow_to(free_size + 60)) << "is not counted twice";
  EXPECT_FALSE(two.grow_to(free_size + 41));
  EXPECT_TRUE(two.grow_to(free_size + 40));
  EXPECT_FALSE(one.grow_to(free_size + 61));
  one.shrink();
  EXPECT_TRUE(two.grow_to(free_size + 100));
}

TEST(BodyBudget, OneNetworkHasItsPart) {
  const auto budget = std::make_shared<BodyBudget>(100, 60);
  BodyBudget::Share one(budget, address("[2001:db8::1]:1"));
  {
    BodyBudget::Share neighbour(budget, address("[2001:db8::2]:7"));
    EXPECT_TRUE(neighbour.grow_to(free_size + 40));
    EXPECT_FALSE(one.grow_to(free_size + 30));
    BodyBudget::Share other(budget, address("[2001:db8:0:1::1]:1"));
    EXPECT_TRUE(other.grow_to(free_size + 60));
  }
  EXPECT_TRUE(one.grow_to(free_size + 60)) << "who ends gives back what it had";
}

}  // namespace
}  // namespace ff::net::http
