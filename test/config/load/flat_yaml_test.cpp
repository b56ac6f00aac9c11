#include "config/load/flat_yaml.hpp"

#include <gtest/gtest.h>

#include "config/load/yaml.hpp"

namespace ff::config {
namespace {

using Items = std::vector<std::string>;

TEST(FlatYaml, JoinsNestedAndDottedKeys) {
  const auto settings = read_flat_yaml("a: 1\nb:\n  c: x\n  d.e: [y, z]\nf:\ng: {}\n", "t.yml");
  ASSERT_TRUE(settings) << settings.error().message();
  ASSERT_EQ(settings->size(), 4U);
  const struct {
    const char* key;
    Items items;
    int line;
  } rows[] = {{"a", {"1"}, 1}, {"b.c", {"x"}, 3}, {"b.d.e", {"y", "z"}, 4}, {"f", {""}, 5}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((*settings)[i].key, rows[i].key);
    EXPECT_EQ((*settings)[i].items, rows[i].items);
    EXPECT_EQ((*settings)[i].line, rows[i].line);
  }
  EXPECT_TRUE(read_flat_yaml("", "t.yml")->empty());
}

TEST(FlatYaml, RefusesWhatIsNoMapOfSettings) {
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  const std::string rows[] = {"- 1\n",
                              "a: [[1]]\n",
                              "[1]: 2\n",
                              "a: {b: 1\n",
                              "a: &x [*x]\n",
                              deep + std::string(30, ' ') + "b: 1\n",
                              "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a]\n",
                              std::string(file_size_max + 1, ' ')};
  for (const auto& text : rows) {
    const auto settings = read_flat_yaml(text, "t.yml");
    ASSERT_FALSE(settings) << text.substr(0, 40);
    EXPECT_TRUE(settings.error().is(malformed_file));
  }
}

TEST(YamlQuoted, IsReadAsTheSameText) {
  for (const auto* text : {"a", "", "a: b", "\"quoted\" \\ # no comment", "1", "ü\n\t"}) {
    const auto settings = read_flat_yaml("k: " + yaml_quoted(text) + "\n", "t.yml");
    ASSERT_TRUE(settings) << text;
    EXPECT_EQ(settings->front().items, Items{text});
  }
}

}  // namespace
}  // namespace ff::config
