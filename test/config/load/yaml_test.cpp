#include "config/load/yaml.hpp"

#include <gtest/gtest.h>

namespace ff::config {
namespace {

std::string problems_of(std::string_view text) {
  std::string all;
  for (const auto& problem : read_yaml(text, "f").problems)
    all += (all.empty() ? "" : "; ") + problem.message();
  return all;
}

struct GoodRow {
  std::string_view text;
  Setting setting;
};

const GoodRow good_rows[] = {
    {"ns: {net-id: 000013}", {"ns.net-id", Shape::text, {"000013"}, {OriginKind::file, "f:1"}}},
    {"\nns.net-id: 000013", {"ns.net-id", Shape::text, {"000013"}, {OriginKind::file, "f:2"}}},
    {"ns:\n  default-mac-settings.adr-margin: 5",
     {"ns.default-mac-settings.adr-margin", Shape::text, {"5"}, {OriginKind::file, "f:2"}}},
    {"ns: {dev-addr-prefixes: [a, b]}",
     {"ns.dev-addr-prefixes", Shape::list, {"a", "b"}, {OriginKind::file, "f:1"}}},
    {"ns: {dev-addr-prefixes: }",
     {"ns.dev-addr-prefixes", Shape::text, {""}, {OriginKind::file, "f:1"}}},
    {"gs: {forward: {'': [a, b], p: c}}",
     {"gs.forward", Shape::map, {"=a", "=b", "p=c"}, {OriginKind::file, "f:1"}}},
    {"rate-limiting: {profiles: [{name: a, associations: [b, c]}, {name: d}]}",
     {"rate-limiting.profiles",
      Shape::records,
      {"name=a;associations=b+c", "name=d"},
      {OriginKind::file, "f:1"}}},
};

TEST(Yaml, IsReadIntoSettings) {
  for (const auto& row : good_rows) {
    EXPECT_EQ(problems_of(row.text), "") << row.text;
    EXPECT_EQ(read_yaml(row.text, "f").settings, std::vector<Setting>{row.setting}) << row.text;
  }
}

TEST(Yaml, EmptyTextsAndGroupsAreFine) {
  for (const auto* text : {"", "# nothing\n", "---\n", "ns:\n", "{}", "ns: {}"}) {
    EXPECT_EQ(problems_of(text), "") << text;
    EXPECT_TRUE(read_yaml(text, "f").settings.empty()) << text;
  }
}

struct BadRow {
  std::string_view text;
  std::string_view problem;
};

const BadRow bad_rows[] = {
    {"- a", "f:1: a map of settings is expected"},
    {"text", "f:1: a map of settings is expected"},
    {"ns: 5", "f:1: `ns` is a group of settings, not a setting"},
    {"nonsense: {address: x}", "f:1: there is no setting `nonsense`"},
    {"ns:\n  net-idd: 1", "f:2: there is no setting `ns.net-idd`; did you mean `ns.net-id`?"},
    {"ns: {net-id: 1}\nns.net-id: 2", "f:2: `ns.net-id` is given more than once"},
    {"? [a]\n: b", "f:1: a setting's name is expected"},
    {"ns: {dev-addr-prefixes: [[a]]}",
     "f:1: an item of `ns.dev-addr-prefixes` is not a plain value"},
    {"gs: {forward: {a: {b: c}}}", "f:1: an entry of `gs.forward` is not a plain value"},
    {"rate-limiting: {profiles: [{name: a}, b]}",
     "f:1: an item of `rate-limiting.profiles` is not a group of values"},
    {"rate-limiting: {profiles: [{name: {a: b}}]}",
     "f:1: an entry of `rate-limiting.profiles` is not a plain value"},
    {"ns: {net-id: 1", "f:1: end of map flow not found"},
};

TEST(Yaml, ProblemsNameFileAndLine) {
  for (const auto& row : bad_rows) EXPECT_EQ(problems_of(row.text), row.problem) << row.text;
}

TEST(Yaml, AliasesThatGrowAreStopped) {
  std::string list = "&a [x";
  for (int i = 0; i < 9'000; ++i) list += ",x";
  const auto reading =
      read_yaml("ns: {dev-addr-prefixes: " + list + "], net-id: 1}\ngs: {forward: {'': *a}}", "f");
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_EQ(reading.problems[0].message(), "f:1: the file has too many values");
}

TEST(Yaml, HugeAndDeepTextsAreRefused) {
  EXPECT_EQ(problems_of(std::string(file_size_max + 1, '#')), "f: the file is larger than 1 MiB");
  EXPECT_NE(problems_of(std::string(100'000, '[')), "");
}

}  // namespace
}  // namespace ff::config
