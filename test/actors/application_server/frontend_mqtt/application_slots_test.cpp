#include "actors/application_server/frontend_mqtt/application_slots.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ff::application_server {
namespace {

const ApplicationId ours("food-safety");
const ApplicationId others("parking");

TEST(ApplicationSlots, AreBoundedForEachApplicationByItself) {
  const auto slots = std::make_shared<ApplicationSlots>(2);
  auto first = slots->take(ours);
  const auto second = slots->take(ours);
  ASSERT_TRUE(first && second);
  const auto third = slots->take(ours);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code(), Code::resource_exhausted);
  EXPECT_TRUE(slots->take(others));
  *first = nullptr;
  EXPECT_TRUE(slots->take(ours));
}

TEST(ApplicationSlots, ZeroIsNoBound) {
  const auto slots = std::make_shared<ApplicationSlots>(0);
  std::vector<std::shared_ptr<void>> all;
  for (int i = 0; i < 1000; ++i) all.push_back(slots->take(ours).value());
}

TEST(ApplicationSlots, ASlotMayOutliveThem) {
  auto slots = std::make_shared<ApplicationSlots>(1);
  auto slot = slots->take(ours).value();
  slots.reset();
  slot.reset();
}

}  // namespace
}  // namespace ff::application_server
