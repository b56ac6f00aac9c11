// Who gets the next place among requests that wait.
#include "net/http_client/fair_queue.hpp"

#include <gtest/gtest.h>

namespace ff::net::http_client {
namespace {

using Queue = FairQueue<int>;

class FairQueueTest : public ::testing::Test {
 protected:
  void make(Queue::Limits limits) { queue.emplace(limits); }
  bool push(const std::string& group, const std::string& origin, int item) {
    if (!queue->has_room(group)) return false;
    queue->push({{group, origin}, item});
    return true;
  }
  /// All that may begin now, in their order.
  std::vector<int> begin() {
    std::vector<int> items;
    while (auto entry = queue->next()) {
      items.push_back(entry->item);
      places.push_back(entry->place);
    }
    return items;
  }
  void end_all() {
    for (const auto& place : std::exchange(places, {})) queue->done(place);
  }
  std::optional<Queue> queue;
  std::vector<Queue::Place> places;
};

TEST_F(FairQueueTest, GroupsTakeTurns) {
  make({.under_way_max = 100, .waiting_max = 100});
  for (int i = 0; i < 3; ++i) push("a", "", 10 + i);
  push("b", "", 20);
  for (int i = 0; i < 2; ++i) push("c", "", 30 + i);
  EXPECT_EQ(begin(), (std::vector<int>{10, 20, 30, 11, 31, 12}));
  EXPECT_EQ(queue->under_way(), 6U);
  EXPECT_EQ(queue->waiting(), 0U);
}

TEST_F(FairQueueTest, OneGroupHasAQuarterOfThePlaces) {
  make({.under_way_max = 8, .waiting_max = 100});
  for (int i = 0; i < 10; ++i) push("slow", "", i);
  EXPECT_EQ(begin(), (std::vector<int>{0, 1}));
  push("other", "", 100);
  EXPECT_EQ(begin(), std::vector<int>{100});
  end_all();
  EXPECT_EQ(begin(), (std::vector<int>{2, 3}));
}

TEST_F(FairQueueTest, OneGroupHasAQuarterOfWhatMayWait) {
  make({.under_way_max = 0, .waiting_max = 8});
  EXPECT_TRUE(push("a", "", 1));
  EXPECT_TRUE(push("a", "", 2));
  EXPECT_FALSE(push("a", "", 3));
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(push("", "", i)) << "what has no group";
  EXPECT_FALSE(push("b", "", 4)) << "all is full";
}

TEST_F(FairQueueTest, AnOriginHasItsBoundAndHoldsUpNoOther) {
  make({.under_way_max = 100, .waiting_max = 100, .per_origin_max = 2});
  for (int i = 0; i < 4; ++i) push("a", "one", i);
  push("a", "two", 10);
  push("b", "one", 20);
  EXPECT_EQ(begin(), (std::vector<int>{0, 20, 10}));
  end_all();
  EXPECT_EQ(begin(), (std::vector<int>{1, 2}));
}

TEST_F(FairQueueTest, GivesUpEverythingThatWaits) {
  make({.under_way_max = 1, .waiting_max = 10});
  for (const char* group : {"a", "b"}) push(group, "", 1);
  begin();
  EXPECT_EQ(queue->take_all().size(), 1U);
  EXPECT_EQ(queue->waiting(), 0U);
  end_all();
  EXPECT_TRUE(begin().empty());
}

}  // namespace
}  // namespace ff::net::http_client
