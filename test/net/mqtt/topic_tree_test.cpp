#include "net/mqtt/topic_tree.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "protocol/base/random.hpp"

namespace ff::mqtt {
namespace {

template <class Value>
std::multiset<Value> matches(const TopicTree<Value>& tree, std::string_view topic) {
  std::multiset<Value> found;
  tree.match(topic, [&](const Value& value) { found.insert(value); });
  return found;
}

using Found = std::multiset<int>;

TEST(TopicTree, FindsTheValuesOfAllMatchingFilters) {
  TopicTree<int> tree;
  ASSERT_TRUE(tree.insert("a/b", 1));
  ASSERT_TRUE(tree.insert("a/+", 2));
  ASSERT_TRUE(tree.insert("a/#", 3));
  ASSERT_TRUE(tree.insert("#", 4));
  ASSERT_TRUE(tree.insert("+/b", 5));
  ASSERT_TRUE(tree.insert("$SYS/#", 6));
  EXPECT_EQ(matches(tree, "a/b"), (Found{1, 2, 3, 4, 5}));
  EXPECT_EQ(matches(tree, "a"), (Found{3, 4}));
  EXPECT_EQ(matches(tree, "a/b/c"), (Found{3, 4}));
  EXPECT_EQ(matches(tree, "x/b"), (Found{4, 5}));
  EXPECT_EQ(matches(tree, "$SYS/b"), Found{6});
  EXPECT_EQ(matches(tree, "$SYS"), Found{6});
}

TEST(TopicTree, AFilterHoldsManyValuesAndOneValueManyFilters) {
  TopicTree<int> tree;
  tree.insert("a", 1);
  tree.insert("a", 2);
  tree.insert("+", 1);
  EXPECT_EQ(matches(tree, "a"), (Found{1, 1, 2}));
  EXPECT_EQ(tree.size(), 3U);
}

struct Subscriber {
  int id;
  int qos;
  bool operator==(const Subscriber& other) const { return id == other.id; }
  bool operator<(const Subscriber& other) const { return id < other.id; }
};

TEST(TopicTree, AnEqualValueIsReplaced) {
  TopicTree<Subscriber> tree;
  tree.insert("a/+", {1, 0});
  tree.insert("a/+", {1, 1});
  EXPECT_EQ(tree.size(), 1U);
  tree.match("a/b", [](const Subscriber& s) { EXPECT_EQ(s.qos, 1); });
}

TEST(TopicTree, RefusesInvalidSharedAndTooDeepFilters) {
  TopicTree<int> tree;
  std::string deep;
  for (std::size_t i = 1; i < topic_levels_max; ++i) deep += "a/";
  EXPECT_TRUE(tree.insert(deep + "a", 1));
  EXPECT_FALSE(tree.insert(deep + "a/a", 1));
  EXPECT_FALSE(tree.insert("a/#/b", 1));
  EXPECT_FALSE(tree.insert("", 1));
  EXPECT_FALSE(tree.insert("$share/g/a", 1));
  EXPECT_EQ(tree.size(), 1U);
  EXPECT_EQ(matches(tree, deep + "a"), Found{1});
  EXPECT_EQ(matches(tree, deep + "a/a"), Found{});
}

TEST(TopicTree, EraseLeavesNothingBehind) {
  TopicTree<int> tree;
  EXPECT_FALSE(tree.erase("a", 1));
  tree.insert("a/b/c", 1);
  tree.insert("a/b", 2);
  EXPECT_FALSE(tree.erase("a/b/c", 2));
  EXPECT_FALSE(tree.erase("a", 1));
  EXPECT_TRUE(tree.erase("a/b", 2));
  EXPECT_EQ(matches(tree, "a/b/c"), Found{1});
  EXPECT_TRUE(tree.erase("a/b/c", 1));
  EXPECT_FALSE(tree.erase("a/b/c", 1));
  EXPECT_TRUE(tree.empty());
  EXPECT_EQ(tree.node_count(), 0U);
}

/// Few letters, so that filters and topics meet.
std::string random_path(Random& random, bool filter) {
  static const std::vector<std::string> levels = {"a", "b", "", "$s", "+", "+", "#"};
  std::string path;
  for (auto n = 1 + random.below(4); n > 0; --n) {
    auto level = levels[random.below(filter ? levels.size() : 4)];
    path += level;
    if (level == "#") break;
    if (n > 1) path += '/';
  }
  return path;
}

TEST(TopicTree, AgreesWithMatchingOneFilterAtATime) {
  auto random = make_seeded_random(5);
  TopicTree<int> tree;
  std::set<std::pair<std::string, int>> model;
  for (int round = 0; round < 5'000; ++round) {
    auto filter = random_path(*random, true);
    auto value = static_cast<int>(random->below(5));
    if (random->below(2) == 0) {
      bool inserted = tree.insert(filter, value);
      EXPECT_EQ(inserted, is_valid_topic_filter(filter)) << filter;
      if (inserted) model.emplace(filter, value);
    } else {
      EXPECT_EQ(tree.erase(filter, value), model.erase({filter, value}) == 1) << filter;
    }
    auto topic = random_path(*random, false);
    if (topic.empty()) continue;
    Found expected;
    for (const auto& [f, v] : model) {
      if (topic_matches(f, topic)) expected.insert(v);
    }
    ASSERT_EQ(matches(tree, topic), expected) << topic;
    ASSERT_EQ(tree.size(), model.size());
  }
  for (const auto& [filter, value] : model) EXPECT_TRUE(tree.erase(filter, value));
  EXPECT_EQ(tree.node_count(), 0U);
}

}  // namespace
}  // namespace ff::mqtt
