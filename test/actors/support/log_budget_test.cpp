#include "actors/support/log_budget.hpp"

#include <gtest/gtest.h>

namespace ff::actors {
namespace {

using std::chrono::seconds;

constexpr MonoTime start{std::chrono::hours{1}};

TEST(LogBudget, LeavesOutWhatIsTooMuchAndSaysHowMuchItWas) {
  LogBudget budget(2, seconds{60});
  EXPECT_EQ(budget.take(start), 0U);
  EXPECT_EQ(budget.take(start + seconds{59}), 0U);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(budget.take(start + seconds{59}));
  EXPECT_EQ(budget.take(start + seconds{60}), 1000U);
  EXPECT_EQ(budget.take(start + seconds{60}), 0U);
  EXPECT_FALSE(budget.take(start + seconds{119}));
  EXPECT_EQ(budget.take(start + seconds{1000}), 1U);
}

}  // namespace
}  // namespace ff::actors
