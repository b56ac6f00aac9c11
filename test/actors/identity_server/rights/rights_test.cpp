#include "actors/identity_server/rights/rights.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace ff::identity_server {
namespace {

struct TableRow {
  std::string name;
  std::uint32_t number = 0;
  std::string implies;
  std::string sets;
};

/// The reference's table of rights.
std::vector<TableRow> table() {
  std::ifstream in(std::string(FF_GOLDEN_DIR) + "/rights/rights.tsv");
  std::vector<TableRow> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string name, number, kind, implies, sets;
    std::getline(fields, name, '\t');
    std::getline(fields, number, '\t');
    std::getline(fields, kind, '\t');
    std::getline(fields, implies, '\t');
    std::getline(fields, sets, '\t');
    rows.push_back({name, static_cast<std::uint32_t>(std::stoul(number)), implies, sets});
  }
  return rows;
}

bool contains(const std::string& list, const std::string& word) {
  return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

bool matches(const std::string& patterns, const std::string& name) {
  std::istringstream in(patterns);
  std::string pattern;
  while (std::getline(in, pattern, ',')) {
    if (pattern == name) return true;
    if (pattern.ends_with('*') && name.starts_with(pattern.substr(0, pattern.size() - 1)))
      return true;
  }
  return false;
}

TEST(Rights, AreThoseOfTheReference) {
  const auto rows = table();
  ASSERT_EQ(rows.size(), right_count);
  for (const auto& row : rows) {
    if (row.number == 0) continue;
    const auto right = right_from(row.number);
    ASSERT_TRUE(right) << row.name;
    EXPECT_EQ(to_string(*right), row.name);
    EXPECT_EQ(admin_rights().has(*right), contains(row.sets, "admin")) << row.name;
    EXPECT_EQ(cluster_rights().has(*right), contains(row.sets, "cluster")) << row.name;
  }
  EXPECT_FALSE(right_from(0));
  EXPECT_FALSE(right_from(64));
}

TEST(Rights, ImplyWhatTheReferenceSays) {
  const auto rows = table();
  for (const auto& row : rows) {
    if (row.number == 0) continue;
    const auto set = implied({*right_from(row.number)});
    for (const auto& other : rows) {
      if (other.number == 0) continue;
      const bool expected = other.number == row.number || matches(row.implies, other.name);
      EXPECT_EQ(set.has(*right_from(other.number)), expected) << row.name << " " << other.name;
    }
  }
}

TEST(Rights, OfAKindNameIt) {
  EXPECT_TRUE(rights_of_kind(storage::EntityKind::gateway).has(Right::gateway_link));
  EXPECT_FALSE(rights_of_kind(storage::EntityKind::gateway).has(Right::application_link));
  EXPECT_EQ(rights_of_kind(storage::EntityKind::end_device),
            rights_of_kind(storage::EntityKind::application));
  EXPECT_TRUE(rights_of_kind(storage::EntityKind::notification).empty());
}

TEST(RightSet, IsASet) {
  const RightSet some{Right::user_info, Right::gateway_link};
  EXPECT_TRUE(some.has_all({Right::user_info}));
  EXPECT_FALSE(some.has_all({Right::user_info, Right::user_all}));
  EXPECT_EQ((some & RightSet{Right::gateway_link}), RightSet{Right::gateway_link});
  EXPECT_TRUE(RightSet{}.empty());
}

}  // namespace
}  // namespace ff::identity_server
