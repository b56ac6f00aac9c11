#include "actors/application_server/integration/registry_parts.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace ff::application_server::integration {
namespace {

struct Job {
  int from = 0;
};
using Queue = ChangeQueue<int, Job>;

/// Even requests make a change, odd ones are answered at once.
std::optional<Job> plan(int request) {
  if (request % 2 != 0) return std::nullopt;
  return Job{request};
}

TEST(ChangeQueue, HasOneChangeUnderWay) {
  Queue queue;
  EXPECT_EQ(queue.job(), nullptr);
  EXPECT_FALSE(queue.next(plan));
  for (const int request : {1, 2, 3, 4}) queue.add(request);
  EXPECT_TRUE(queue.next(plan)) << "the first is answered, the second begins";
  EXPECT_EQ(queue.job()->from, 2);
  EXPECT_EQ(queue.waiting().size(), 2U);
  EXPECT_FALSE(queue.next(plan)) << "one is under way";
  EXPECT_EQ(queue.take().from, 2);
  EXPECT_EQ(queue.job(), nullptr);
  queue.add_first(6);
  EXPECT_TRUE(queue.next(plan));
  EXPECT_EQ(queue.job()->from, 6);
}

TEST(ChangeQueue, TellsLateAnswersApart) {
  Queue queue;
  queue.add(2);
  queue.add(4);
  ASSERT_TRUE(queue.next(plan));
  const auto first = queue.number();
  EXPECT_EQ(queue.job(first), queue.job());
  EXPECT_EQ(queue.job(first + 1), nullptr);
  queue.take();
  EXPECT_EQ(queue.job(first), nullptr) << "it is over";
  ASSERT_TRUE(queue.next(plan));
  EXPECT_EQ(queue.job(first), nullptr) << "another one is under way";
  EXPECT_EQ(queue.job(queue.number())->from, 4);
}

TEST(NumberOf, CountsAnApplicationsEntries) {
  struct Key {
    ApplicationId application_id;
    std::string name;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, int> map;
  for (const auto* name : {"a", "b"}) map[{ApplicationId("app-2"), name}] = 1;
  map[{ApplicationId("app-1"), "z"}] = 1;
  map[{ApplicationId("app-3"), "a"}] = 1;
  EXPECT_EQ(number_of(map, {ApplicationId("app-2"), {}}), 2U);
  EXPECT_EQ(number_of(map, {ApplicationId("app-4"), {}}), 0U);
}

}  // namespace
}  // namespace ff::application_server::integration
