#include "actors/support/keyed_calls.hpp"

#include <gtest/gtest.h>

namespace ff::actors {
namespace {

TEST(KeyedCalls, ReachAllOfAKeyUntilTheyAreDropped) {
  const auto calls = std::make_shared<KeyedCalls>();
  int first = 0;
  int second = 0;
  int other = 0;
  auto one = calls->add("a", [&] { ++first; });
  const auto two = calls->add("a", [&] { ++second; });
  const auto three = calls->add("b", [&] { ++other; });
  calls->call_all("a");
  calls->call_all("none");
  one.reset();
  calls->call_all("a");
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
  EXPECT_EQ(other, 0);
}

TEST(KeyedCalls, WhoIsCalledMayDropItselfAndMayOutliveThem) {
  auto calls = std::make_shared<KeyedCalls>();
  int count = 0;
  std::shared_ptr<void> one;
  one = calls->add("a", [&] {
    ++count;
    one.reset();
  });
  calls->call_all("a");
  calls->call_all("a");
  EXPECT_EQ(count, 1);
  auto late = calls->add("a", [] {});
  calls.reset();
  late.reset();
}

}  // namespace
}  // namespace ff::actors
