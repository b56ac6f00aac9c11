#include "net/runtime/runtime.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "net/runtime/deadline.hpp"
#include "net/runtime/manual_loop.hpp"

namespace ff::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Runtime, RunsPostedTasksInOrderOnItsThread) {
  Runtime runtime(1);
  std::vector<int> order;
  std::promise<bool> done;
  runtime.loop(0).post([&] { order.push_back(1); });
  runtime.loop(0).post([&] { order.push_back(2); });
  runtime.loop(0).post([&] { done.set_value(runtime.loop(0).is_current()); });
  runtime.start();
  EXPECT_TRUE(done.get_future().get());
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_FALSE(runtime.loop(0).is_current());
}

TEST(Runtime, TimersFireAndCancelledOnesDoNot) {
  Runtime runtime(2);
  runtime.start();
  std::promise<void> fired;
  std::atomic<bool> wrong{false};
  std::unique_ptr<Timer> kept;
  std::unique_ptr<Timer> cancelled;
  auto& loop = runtime.loop(1);
  loop.post([&] {
    kept = loop.make_timer();
    cancelled = loop.make_timer();
    cancelled->start(milliseconds{0}, [&] { wrong = true; });
    cancelled->cancel();
    kept->start(milliseconds{0}, [&] { wrong = true; });
    kept->start(milliseconds{1}, [&] { fired.set_value(); });
  });
  fired.get_future().get();
  std::promise<void> dropped;
  loop.post([&] {
    kept.reset();
    cancelled.reset();
    dropped.set_value();
  });
  dropped.get_future().get();
  EXPECT_FALSE(wrong);
}

TEST(Runtime, StopsWithTasksAndTimersLeft) {
  auto alive = std::make_shared<int>(1);
  {
    Runtime runtime(2);
    runtime.start();
    runtime.stop();
    runtime.loop(0).post([alive] {});
    runtime.stop();
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(ManualLoop, AdvanceStopsAtEveryTimer) {
  ManualLoop loop;
  std::vector<std::pair<int, MonoTime>> log;
  auto a = loop.make_timer();
  auto b = loop.make_timer();
  auto again = loop.make_timer();
  a->start(seconds{2}, [&] { log.emplace_back(2, loop.now()); });
  b->start(seconds{1}, [&] {
    log.emplace_back(1, loop.now());
    again->start(seconds{1}, [&] { log.emplace_back(3, loop.now()); });
  });
  loop.advance(seconds{5});
  auto at = [](int s) { return MonoTime(seconds{s}); };
  EXPECT_EQ(log, (std::vector<std::pair<int, MonoTime>>{{1, at(1)}, {2, at(2)}, {3, at(2)}}));
  EXPECT_EQ(loop.now(), at(5));
  EXPECT_TRUE(loop.run_until_idle(seconds{1}));
}

TEST(ManualLoop, DestroyedTimerDoesNotFire) {
  ManualLoop loop;
  auto timer = loop.make_timer();
  timer->start(seconds{1}, [] { FAIL(); });
  timer.reset();
  loop.advance(seconds{2});
  EXPECT_FALSE(loop.next_timer());
}

TEST(Deadline, MovingItLaterKeepsOneTimer) {
  ManualLoop loop;
  int expired = 0;
  Deadline deadline(loop, [&] { ++expired; });
  for (int i = 0; i < 10; ++i) {
    deadline.set_after(seconds{5});
    loop.advance(seconds{1});
  }
  EXPECT_EQ(expired, 0);
  loop.advance(seconds{4});
  EXPECT_EQ(expired, 1);
  EXPECT_FALSE(deadline.is_set());
}

TEST(Deadline, MovingItEarlierFiresEarlier) {
  ManualLoop loop;
  int expired = 0;
  Deadline deadline(loop, [&] { ++expired; });
  deadline.set_after(seconds{50});
  deadline.set_after(seconds{1});
  loop.advance(seconds{1});
  EXPECT_EQ(expired, 1);
  deadline.set_after(seconds{1});
  deadline.clear();
  loop.advance(seconds{100});
  EXPECT_EQ(expired, 1);
}

}  // namespace
}  // namespace ff::net
