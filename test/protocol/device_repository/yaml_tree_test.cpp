#include "protocol/device_repository/yaml_tree.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "protocol/device_repository/errors.hpp"

namespace ff::device_repository {
namespace {

std::string json(std::string_view yaml) {
  const auto tree = read_yaml_tree(yaml);
  return tree ? boost::json::serialize(to_json(*tree)) : tree.error().message();
}

TEST(YamlTree, ScalarsAreWhatTheCoreSchemaSays) {
  const std::pair<const char*, const char*> cases[] = {
      {"1", "1"},
      {"-7", "-7"},
      {"+7", "7"},
      {"+-7", "\"+-7\""},
      {"-+7", "\"-+7\""},
      {"++7", "\"++7\""},
      {"+", "\"+\""},
      {"+1.5", "1.5E0"},
      {"+-1.5", "\"+-1.5\""},
      {"0x1F", "31"},
      {"1.5", "1.5E0"},
      {"'1'", "\"1\""},
      {"\"true\"", "\"true\""},
      {"true", "true"},
      {"False", "false"},
      {"yes", "\"yes\""},
      {"~", "null"},
      {"null", "null"},
      {"1.0.3", "\"1.0.3\""},
      {".inf", "\".inf\""},
      {"nan", "\"nan\""},
      {"1e999", "\"1e999\""},
      {"infinity", "\"infinity\""},
      {"0x", "\"0x\""},
      {"-", "[null]"},
      {"2021-01-02", "\"2021-01-02\""},
  };
  for (const auto& [yaml, expected] : cases) EXPECT_EQ(json(yaml), expected) << yaml;
}

TEST(YamlTree, MapsAndListsKeepTheirOrder) {
  EXPECT_EQ(json("b: [1, {c: d}]\na:\n  - x\n  -\n"), R"({"b":[1,{"c":"d"}],"a":["x",null]})");
}

TEST(YamlTree, AliasesAreCopies) {
  EXPECT_EQ(json("a: &x {y: 1}\nb: *x\n"), R"({"a":{"y":1},"b":{"y":1}})");
}

TEST(YamlTree, AliasesCountAsWhatTheyStandFor) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += before + (k < 9 ? ", " : "]\n");
  }
  EXPECT_NE(json(bomb).find("too many values"), std::string::npos);
  EXPECT_NE(json("a: &a [*a]").find("a part of"), std::string::npos);
  EXPECT_NE(json("a: *b").find("line 1"), std::string::npos);
}

TEST(YamlTree, DepthAndSizeHaveLimits) {
  EXPECT_NE(json(std::string(5000, '[')).find("too deep"), std::string::npos);
  std::string block;
  for (int i = 0; i < 200; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_NE(json(block).find("too deep"), std::string::npos);
  EXPECT_NE(json(std::string((1U << 20U) + 1, 'a')).find("too large"), std::string::npos);
  std::string many;
  for (int i = 0; i < 60'000; ++i) many += "- a\n";
  EXPECT_NE(json(many).find("too many values"), std::string::npos);
}

TEST(YamlTree, WhatIsNoYamlIsAnErrorWithItsPlace) {
  for (const char* text : {"", "a: b: c", "{a: 1", "? [1]\n: 2", "\t- a", "a: \"\\uD800\"",
                           "%YAML 9.9\n---\na: 1\n...\n%", "key: 'open"}) {
    const auto tree = read_yaml_tree(text);
    if (tree) continue;
    EXPECT_TRUE(tree.error().is(malformed_document)) << text;
  }
  EXPECT_NE(json("ok: 1\nbad: [").find("line 2"), std::string::npos) << json("ok: 1\nbad: [");
}

}  // namespace
}  // namespace ff::device_repository
