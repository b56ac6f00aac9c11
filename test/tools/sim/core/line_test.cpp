#include "tools/sim/core/line.hpp"

#include <gtest/gtest.h>

namespace ff::sim {
namespace {

using std::chrono::milliseconds;

TEST(Line, IsPerfectUnlessSomethingIsWrong) {
  EXPECT_TRUE(Line({}).is_perfect());
  EXPECT_FALSE(Line({.loss = 0.1}).is_perfect());
  EXPECT_FALSE(Line({.duplicates = 0.1}).is_perfect());
  EXPECT_FALSE(Line({.delay_max = milliseconds{1}}).is_perfect());
}

TEST(Line, LosesDuplicatesAndDelaysAsOftenAsItShould) {
  Line line({.loss = 0.1, .duplicates = 0.2, .delay_max = milliseconds{50}});
  const auto random = make_seeded_random(1);
  std::uint64_t copies = 0;
  Duration longest{};
  for (int i = 0; i < 10'000; ++i) {
    for (const auto delay : line.carry(*random)) {
      ++copies;
      ASSERT_GE(delay, Duration{});
      ASSERT_LE(delay, milliseconds{50});
      longest = std::max(longest, delay);
    }
  }
  EXPECT_NEAR(static_cast<double>(line.lost()), 1000, 150);
  EXPECT_NEAR(static_cast<double>(line.duplicated()), 1800, 200);
  EXPECT_EQ(copies, 10'000 - line.lost() + line.duplicated());
  EXPECT_GT(longest, milliseconds{49});
}

}  // namespace
}  // namespace ff::sim
