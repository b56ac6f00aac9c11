#include "actors/support/keyed_slots.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ff::actors {
namespace {

TEST(KeyedSlots, AreBoundedForEachKeyByItself) {
  const auto slots = std::make_shared<KeyedSlots>(2);
  auto first = slots->take("a");
  const auto second = slots->take("a");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(slots->take("a"));
  EXPECT_TRUE(slots->take("b"));
  first.reset();
  EXPECT_TRUE(slots->take("a"));
}

TEST(KeyedSlots, ZeroIsNoBound) {
  const auto slots = std::make_shared<KeyedSlots>(0);
  std::vector<std::shared_ptr<void>> all;
  for (int i = 0; i < 1000; ++i) all.push_back(slots->take("a"));
  EXPECT_TRUE(all.back());
}

TEST(KeyedSlots, ASlotMayOutliveThem) {
  auto slots = std::make_shared<KeyedSlots>(1);
  auto slot = slots->take("a");
  slots.reset();
  slot.reset();
}

}  // namespace
}  // namespace ff::actors
