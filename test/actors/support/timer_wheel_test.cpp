#include "actors/support/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <map>

#include "protocol/base/random.hpp"

namespace ff::actors {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

MonoTime at(Duration since_start) {
  return MonoTime{seconds{100} + since_start};
}

TEST(TimerWheel, FiresAtTheFirstAdvanceAtOrAfterTheDeadline) {
  TimerWheel<int> wheel(at({}));
  wheel.start(at(milliseconds{12}), 1);
  EXPECT_TRUE(wheel.advance(at(milliseconds{10})).empty());
  EXPECT_EQ(wheel.advance(at(milliseconds{15})), std::vector<int>{1});
  EXPECT_TRUE(wheel.empty());
}

TEST(TimerWheel, FiresWhatIsAlreadyPastAtTheNextTick) {
  TimerWheel<int> wheel(at(seconds{1}));
  wheel.start(at({}), 7);
  EXPECT_EQ(wheel.advance(at(seconds{1} + milliseconds{5})), std::vector<int>{7});
}

TEST(TimerWheel, CancelsOnceOnly) {
  TimerWheel<int> wheel(at({}));
  auto id = wheel.start(at(milliseconds{5}), 1);
  EXPECT_TRUE(wheel.cancel(id));
  EXPECT_FALSE(wheel.cancel(id));
  EXPECT_TRUE(wheel.advance(at(seconds{1})).empty());
}

TEST(TimerWheel, KeepsDeadlinesBeyondOneRevolution) {
  TimerWheel<int> wheel(at({}));
  wheel.start(at(seconds{90}), 90);
  wheel.start(at(seconds{30}), 30);
  EXPECT_TRUE(wheel.advance(at(seconds{29})).empty());
  EXPECT_EQ(wheel.advance(at(seconds{30})), std::vector<int>{30});
  EXPECT_EQ(wheel.advance(at(seconds{90})), std::vector<int>{90});
}

TEST(TimerWheel, SaysWhenItsNextTimerIsDue) {
  TimerWheel<int> wheel(at({}));
  EXPECT_FALSE(wheel.next_due());
  wheel.start(at(milliseconds{40}), 2);
  wheel.start(at(milliseconds{12}), 1);
  EXPECT_EQ(wheel.next_due(), at(milliseconds{15}));
  EXPECT_EQ(wheel.advance(at(milliseconds{15})), std::vector<int>{1});
  EXPECT_EQ(wheel.next_due(), at(milliseconds{40}));
  EXPECT_EQ(wheel.advance(at(milliseconds{40})), std::vector<int>{2});
  EXPECT_FALSE(wheel.next_due());
}

// Property: against an ordered map, for random starts, cancels and steps, nothing fires early, late
// or twice.
TEST(TimerWheel, AgreesWithAnOrderedMap) {
  auto random = make_seeded_random(3);
  TimerWheel<int> wheel(at({}));
  std::map<int, std::pair<MonoTime, TimerId>> model;
  auto now = at({});
  for (int step = 0; step < 20'000; ++step) {
    if (random->below(3) != 0) {
      auto deadline = now + milliseconds{random->below(60'000)};
      model[step] = {deadline, wheel.start(deadline, step)};
    }
    if (!model.empty() && random->below(4) == 0) {
      EXPECT_TRUE(wheel.cancel(model.begin()->second.second));
      model.erase(model.begin());
    }
    now += milliseconds{5 * random->below(40)};
    for (int fired : wheel.advance(now)) {
      ASSERT_EQ(model.count(fired), 1U);
      EXPECT_LE(model[fired].first, now);
      model.erase(fired);
    }
    for (const auto& [id, entry] : model) {
      ASSERT_GT(entry.first, now - milliseconds{5}) << id;
      ASSERT_LE(wheel.next_due(), entry.first + milliseconds{5}) << id;
    }
  }
  EXPECT_EQ(wheel.size(), model.size());
}

}  // namespace
}  // namespace ff::actors
