#include "net/mqtt/topic.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ff::mqtt {
namespace {

using namespace std::string_view_literals;

TEST(Topic, NamesHaveTextWithoutWildcards) {
  for (auto name :
       {"a", "/", "a/b", "/a", "a/", "a//b", "$SYS/x", " ", "v3/app@tenant/devices/d/up", "é/€"}) {
    EXPECT_TRUE(is_valid_topic_name(name)) << name;
  }
  for (auto name : {""sv, "#"sv, "+"sv, "a/+"sv, "a/#"sv, "a+b"sv, "a\0b"sv}) {
    EXPECT_FALSE(is_valid_topic_name(name)) << name;
  }
  EXPECT_TRUE(is_valid_topic_name(std::string(65'535, 'a')));
  EXPECT_FALSE(is_valid_topic_name(std::string(65'536, 'a')));
}

TEST(Topic, FiltersHaveWildcardsAsWholeLevels) {
  for (auto filter : {"#", "+", "+/+", "a/#", "a/+/b", "+/#", "/", "/#", "a//+", "$share/g/a/#",
                      "$share/g/+", "$shared/x", "$SYS/#"}) {
    EXPECT_TRUE(is_valid_topic_filter(filter)) << filter;
  }
  for (auto filter : {""sv, "a#"sv, "#/a"sv, "a/#/b"sv, "a+"sv, "+a/b"sv, "a/b+"sv, "##"sv, "++"sv,
                      "a\0"sv, "$share/"sv, "$share/g"sv, "$share/g/"sv, "$share//a"sv,
                      "$share/g+/a"sv, "$share/#/a"sv, "$share/g/a#"sv}) {
    EXPECT_FALSE(is_valid_topic_filter(filter)) << filter;
  }
}

TEST(Topic, KnowsSharedFilters) {
  EXPECT_TRUE(is_shared_filter("$share/g/a"));
  EXPECT_FALSE(is_shared_filter("$shared/g/a"));
  EXPECT_FALSE(is_shared_filter("a/$share/g"));
  const auto parts = split_shared_filter("$share/g/a/#");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->group, "g");
  EXPECT_EQ(parts->filter, "a/#");
  for (auto filter : {"a/b", "$share/g", "$share//a", "$share/g/", "$share/+/a"})
    EXPECT_FALSE(split_shared_filter(filter)) << filter;
}

TEST(Topic, LevelsAreWhatSlashesSeparate) {
  for (const auto& [topic, expected] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{{"a", {"a"}},
                                                                     {"a/b", {"a", "b"}},
                                                                     {"/", {"", ""}},
                                                                     {"a//b/", {"a", "", "b", ""}},
                                                                     {"", {""}}}) {
    TopicLevels levels(topic);
    std::vector<std::string> seen;
    while (auto level = levels.next()) seen.emplace_back(*level);
    EXPECT_EQ(seen, expected) << topic;
    EXPECT_EQ(level_count(topic), expected.size());
    EXPECT_FALSE(levels.next());
  }
}

struct MatchRow {
  std::string filter;
  std::string topic;
  bool matches;
};

const std::vector<MatchRow> match_rows = {
    {"a", "a", true},
    {"a", "b", false},
    {"a", "a/b", false},
    {"a/b", "a", false},
    {"a", "aa", false},
    {"#", "a", true},
    {"#", "a/b/c", true},
    {"#", "/", true},
    {"#", "$SYS", false},
    {"#", "$SYS/x", false},
    {"+", "a", true},
    {"+", "a/b", false},
    {"+", "$SYS", false},
    {"+/x", "$SYS/x", false},
    {"+/#", "$SYS/x", false},
    {"$SYS/#", "$SYS/x", true},
    {"$SYS/#", "$SYS", true},
    {"$SYS/+", "$SYS/x", true},
    {"a/#", "a", true},
    {"a/#", "a/", true},
    {"a/#", "a/b", true},
    {"a/#", "a/b/c", true},
    {"a/#", "ab", false},
    {"a/+/#", "a", false},
    {"a/+/#", "a/b", true},
    {"a/+/#", "a/b/c/d", true},
    {"a/+", "a", false},
    {"a/+", "a/", true},
    {"a/+", "a/b", true},
    {"a/+", "a/$b", true},
    {"a/+/c", "a/b/c", true},
    {"a/+/c", "a/b/d", false},
    {"a/+/c", "a/b/c/d", false},
    {"+/+", "/a", true},
    {"+/+", "a", false},
    {"/+", "/a", true},
    {"/+", "a", false},
    {"/", "/", true},
    {"+/+/+", "a//c", true},
    {"a//c", "a//c", true},
    {"a//c", "a/c", false},
    {"v3/app@ttn/devices/+/up", "v3/app@ttn/devices/dev-1/up", true},
    {"v3/app@ttn/devices/+/up", "v3/app@ttn/devices/dev-1/down/ack", false},
    {"v3/app@ttn/devices/dev-1/up/#", "v3/app@ttn/devices/dev-1/up", true},
};

TEST(Topic, FiltersMatchAsTheStandardSays) {
  for (const auto& row : match_rows) {
    EXPECT_EQ(topic_matches(row.filter, row.topic), row.matches)
        << row.filter << " and " << row.topic;
  }
}

}  // namespace
}  // namespace ff::mqtt
