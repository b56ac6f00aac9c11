// Which rights show an event: all rows of the reference's table.
#include "app/api/services/mapping/event_visibility.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "app/api/services/mapping/events.hpp"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;

std::vector<pb::Right> parse_rights(const std::string& text) {
  std::vector<pb::Right> out;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    pb::Right right = pb::right_invalid;
    EXPECT_TRUE(pb::Right_Parse(word, &right)) << word;
    out.push_back(right);
  }
  return out;
}

TEST(EventVisibility, IsTheReferencesForEveryEvent) {
  std::ifstream file(FF_GOLDEN_DIR "/events/visibility.tsv");
  std::string line;
  std::getline(file, line);
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    ++rows;
    const auto tab = line.find('\t');
    const auto name = line.substr(0, tab);
    const auto expected = parse_rights(line.substr(tab + 1));
    const auto rights = visibility_of(name);
    ASSERT_TRUE(rights) << name;
    EXPECT_EQ(*rights, expected) << name;
    EXPECT_EQ(visibility({name, {}, ApplicationId("app-1"), {}, {}}), expected) << name;
  }
  EXPECT_EQ(rows, 248U);
}

TEST(EventVisibility, WhatIsNoEventIsShownToNobody) {
  for (const auto* name : {"", "a", "ns.up.data", "zzz"}) {
    EXPECT_FALSE(visibility_of(name)) << name;
    EXPECT_TRUE(visibility({name, {}, ApplicationId("app-1"), {}, {}}).empty()) << name;
  }
}

}  // namespace
}  // namespace ff::api
