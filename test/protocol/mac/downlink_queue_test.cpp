#include "protocol/mac/downlink_queue.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "protocol/base/random.hpp"

namespace ff::mac {
namespace {

ApplicationDownlink item(std::uint32_t f_cnt) {
  return {.f_port = FPort{1}, .f_cnt = FCnt32{f_cnt}};
}

std::vector<std::uint32_t> counters(const DownlinkQueue& queue) {
  std::vector<std::uint32_t> out;
  for (const auto& one : queue.items()) out.push_back(one->f_cnt.value());
  return out;
}

TEST(DownlinkQueue, CopiesShareTheirItemsAndGoTheirOwnWay) {
  DownlinkQueue queue{item(1), item(2)};
  auto copy = queue;
  EXPECT_TRUE(copy.shares_all_with(queue));
  copy.pop_front();
  EXPECT_FALSE(copy.shares_all_with(queue));
  EXPECT_EQ(copy.items().front(), queue.items().back()) << "not copied";
  copy.push_back(item(3));
  EXPECT_EQ(counters(queue), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(counters(copy), (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(copy.items().front(), queue.items().back());
}

TEST(DownlinkQueue, IsEqualByItsItems) {
  const DownlinkQueue queue{item(1), item(2)};
  DownlinkQueue longer{item(0), item(1), item(2)};
  EXPECT_NE(queue, longer);
  longer.pop_front();
  EXPECT_EQ(queue, longer);
  EXPECT_NE(queue, (DownlinkQueue{item(1), item(3)}));
  longer.clear();
  EXPECT_EQ(longer, DownlinkQueue());
  EXPECT_TRUE(longer.shares_all_with(DownlinkQueue()));
}

TEST(DownlinkQueue, AnEmptiedQueueHoldsNothing) {
  DownlinkQueue queue;
  queue.push_back(item(1));
  const std::weak_ptr<const ApplicationDownlink> held = queue.items().front();
  queue.pop_front();
  EXPECT_TRUE(held.expired());
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.to_vector().empty());
  queue.append({});
  EXPECT_TRUE(queue.shares_all_with(DownlinkQueue()));
}

/// Those taken are let go of, or a queue that is never empty would grow for ever.
TEST(DownlinkQueue, HoldsNoMoreTakenThanWaitingItems) {
  DownlinkQueue queue;
  std::deque<std::weak_ptr<const ApplicationDownlink>> taken;
  for (std::uint32_t i = 1; i <= 100; ++i) queue.push_back(item(i));
  for (unsigned i = 0; i < 90; ++i) {
    taken.emplace_back(queue.items().front());
    queue.pop_front();
    const auto held = std::ranges::count_if(taken, [](const auto& one) { return !one.expired(); });
    ASSERT_LE(static_cast<std::size_t>(held), queue.size());
  }
}

// Property: a queue is a deque, and a copy is not changed by what becomes of the other.
TEST(DownlinkQueue, IsAQueue) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto random = make_seeded_random(seed);
    DownlinkQueue queue;
    std::deque<std::uint32_t> model;
    DownlinkQueue copy;
    std::vector<std::uint32_t> copied;
    std::uint32_t next = 0;
    for (int step = 0; step < 300; ++step) {
      switch (random->below(6)) {
        case 0: {
          std::vector<DownlinkQueue::Item> items;
          for (auto i = random->below(8); i > 0; --i) {
            model.push_back(++next);
            items.push_back(std::make_shared<const ApplicationDownlink>(item(next)));
          }
          queue.append(std::move(items));
          break;
        }
        case 1:
          model.push_back(++next);
          queue.push_back(item(next));
          break;
        case 2:
          copy = queue;
          copied = counters(queue);
          break;
        case 3:
          if (random->below(20) == 0) {
            queue.clear();
            model.clear();
          }
          break;
        default:
          if (model.empty()) break;
          model.pop_front();
          queue.pop_front();
      }
      ASSERT_EQ(counters(queue), (std::vector<std::uint32_t>{model.begin(), model.end()}));
      ASSERT_EQ(counters(copy), copied);
      ASSERT_EQ(queue.size(), model.size());
      ASSERT_EQ(queue.empty(), model.empty());
      if (!model.empty()) {
        ASSERT_EQ(queue.front().f_cnt.value(), model.front());
        ASSERT_EQ(queue.back().f_cnt.value(), model.back());
      }
    }
  }
}

}  // namespace
}  // namespace ff::mac
