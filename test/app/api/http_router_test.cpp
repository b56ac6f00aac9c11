// The tree of paths against the table of HTTP bindings, and the texts of targets.
#include "app/api/http_router.hpp"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "app/api/services.hpp"
#include "app/api/url.hpp"

namespace ff::api {
namespace {

using Segments = std::vector<std::string>;

const HttpRouter& router() {
  static const HttpRouter instance("/api/v3");
  return instance;
}

TEST(HttpRouter, EveryBindingOfTheTableIsReachedWithItsVariables) {
  std::ifstream table(FF_SOURCE_DIR "/protocol/proto/tables/http.tsv");
  std::string line;
  std::getline(table, line);
  std::size_t count = 0;
  while (std::getline(table, line)) {
    std::istringstream columns(line);
    std::string service, rpc, verb, path;
    columns >> service >> rpc >> verb >> path;
    SCOPED_TRACE(verb + " " + path);
    auto concrete = std::regex_replace(path, std::regex("\\{([^}]*)\\}"), "v-$1");
    auto segments = split_path("/api/v3" + concrete);
    ASSERT_TRUE(segments);
    auto match = router().find(verb, *segments);
    ASSERT_NE(match.binding, nullptr);
    EXPECT_EQ(match.binding->method->full_name(), service + "." + rpc);
    ASSERT_EQ(match.values.size(), match.binding->variables.size());
    for (std::size_t i = 0; i < match.values.size(); ++i)
      EXPECT_EQ(match.values[i], "v-" + match.binding->variables[i]);
    ++count;
  }
  EXPECT_EQ(count, 327U);
  // And farfield.v1.
  EXPECT_EQ(router().size(), count + 23);
}

TEST(HttpRouter, ALiteralGoesBeforeAVariableUnlessItLacksTheVerb) {
  auto method = [](const char* verb, const char* last) {
    auto match = router().find(verb, {"api", "v3", "applications", "app", "devices", last});
    return match.binding == nullptr ? "" : match.binding->method->full_name();
  };
  EXPECT_EQ(method("DELETE", "batch"), "ttn.lorawan.v3.EndDeviceBatchRegistry.Delete");
  EXPECT_EQ(method("DELETE", "dev"), "ttn.lorawan.v3.EndDeviceRegistry.Delete");
}

TEST(HttpRouter, AKnownPathWithAnotherVerbIsKnown) {
  auto match = router().find("PATCH", {"api", "v3", "gateways", "a"});
  EXPECT_EQ(match.binding, nullptr);
  EXPECT_TRUE(match.path_known);
  EXPECT_FALSE(router().find("GET", {"api", "v3"}).path_known);
  EXPECT_FALSE(router().find("GET", {}).path_known);
}

TEST(HttpRouter, KnowsAllServices) {
  EXPECT_EQ(service_names().size(), 69U + 9U);  // And farfield.v1.
}

TEST(Url, PathsAreSplitAndDecoded) {
  EXPECT_EQ(split_path("/a/b%2Fc/%41"), (Segments{"a", "b/c", "A"}));
  EXPECT_EQ(split_path("/a/"), (Segments{"a", ""}));
  EXPECT_EQ(split_path("/a+b"), (Segments{"a+b"}));
  for (const char* malformed : {"", "a", "/%", "/%4", "/%zz"})
    EXPECT_FALSE(split_path(malformed)) << malformed;
  std::string deep;
  for (std::size_t i = 0; i <= segments_max; ++i) deep += "/a";
  EXPECT_FALSE(split_path(deep));
}

TEST(Url, QueriesAreSplitAndDecoded) {
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(split_query("a=1&&b=x+%26y&c&d="),
            (Parameters{{"a", "1"}, {"b", "x &y"}, {"c", ""}, {"d", ""}}));
  EXPECT_EQ(split_query(""), Parameters{});
  EXPECT_FALSE(split_query("a=%"));
  std::string many;
  for (std::size_t i = 0; i <= query_parameters_max; ++i) many += "a=&";
  EXPECT_FALSE(split_query(many));
}

}  // namespace
}  // namespace ff::api
