#include "app/cli/tree/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace ff::cli {
namespace {

/// A row with the name of a method that is not there ends the program when its flags are made.
void check(const Command& command, const std::string& above, std::vector<std::string>& paths) {
  const auto path = above.empty() ? command.name : above + " " + command.name;
  paths.push_back(path);
  EXPECT_TRUE(command.hidden || !command.summary.empty()) << path;
  EXPECT_TRUE(command.run || !command.children.empty()) << path;
  std::multiset<std::string> names;
  for (const auto& flag : global_flags()) names.insert(flag.name);
  if (command.flags) {
    for (const auto& flag : command.flags()) names.insert(flag.name);
  }
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) ADD_FAILURE() << path << " has two flags " << *twice;
  std::multiset<std::string> children;
  for (const auto& child : command.children) {
    children.insert(child.name);
    children.insert(child.aliases.begin(), child.aliases.end());
    check(child, path, paths);
  }
  const auto same = std::ranges::adjacent_find(children);
  if (same != children.end()) ADD_FAILURE() << path << " has two commands " << *same;
}

TEST(Tree, HasCommandsWithFlagsAndNamesOfTheirOwn) {
  const auto root = make_tree();
  std::vector<std::string> paths;
  for (const auto& child : root.children) check(child, "", paths);
  for (const auto* path :
       {"login", "applications api-keys create", "gateways get-connection-stats",
        "users oauth access-tokens list", "end-devices create", "end-devices import",
        "end-devices downlink push", "inspect device", "events", "events find-related",
        "simulate application-uplink", "relays uplink-forwarding-rules list",
        "applications packages default-associations set"})
    EXPECT_NE(std::ranges::find(paths, path), paths.end()) << path;
}

}  // namespace
}  // namespace ff::cli
