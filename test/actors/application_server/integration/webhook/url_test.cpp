#include "actors/application_server/integration/webhook/url.hpp"

#include <gtest/gtest.h>

#include <map>

namespace ff::application_server::webhook {
namespace {

Lookup variables() {
  return [](std::string_view name) -> std::optional<std::string> {
    static const std::map<std::string, std::string, std::less<>> values{
        {"var", "value"},
        {"hello", "Hello World!"},
        {"empty", ""},
        {"path", "/foo/bar"},
        {"x", "1024"},
        {"y", "768"},
        {"half", "50%"},
        {"devID", "dev-1"},
        {"devEUI", "0102030405060708"}};
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(UrlTemplate, ExpandsAsRfc6570Says) {
  const std::pair<const char*, const char*> rows[] = {
      // Level 1 and 2 of its examples.
      {"{var}", "value"},
      {"{hello}", "Hello%20World%21"},
      {"{+var}", "value"},
      {"{+hello}", "Hello%20World!"},
      {"{+path}/here", "/foo/bar/here"},
      {"here?ref={+path}", "here?ref=/foo/bar"},
      {"X{#var}", "X#value"},
      {"X{#hello}", "X#Hello%20World!"},
      // Level 3.
      {"map?{x,y}", "map?1024,768"},
      {"{x,hello,y}", "1024,Hello%20World%21,768"},
      {"{+x,hello,y}", "1024,Hello%20World!,768"},
      {"{+path,x}/here", "/foo/bar,1024/here"},
      {"{#x,hello,y}", "#1024,Hello%20World!,768"},
      {"X{.var}", "X.value"},
      {"X{.x,y}", "X.1024.768"},
      {"{/var}", "/value"},
      {"{/var,x}/here", "/value/1024/here"},
      {"{;x,y}", ";x=1024;y=768"},
      {"{;x,y,empty}", ";x=1024;y=768;empty"},
      {"{?x,y}", "?x=1024&y=768"},
      {"{?x,y,empty}", "?x=1024&y=768&empty="},
      {"?fixed=yes{&x}", "?fixed=yes&x=1024"},
      {"{&x,y,empty}", "&x=1024&y=768&empty="},
      // Level 4, of texts.
      {"{var:3}", "val"},
      {"{var:30}", "value"},
      {"{+path:6}/here", "/foo/b/here"},
      {"{?var:3}", "?var=val"},
      {"{var*}", "value"},
      {"{half}", "50%25"},
      // What is not defined is not there.
      {"a{unknown}b", "ab"},
      {"{?unknown,x}", "?x=1024"},
      {"{/unknown}", ""},
      {"/up/{empty}", "/up/"},
      // Literals.
      {"", ""},
      {"a b\"c", "a%20b%22c"},
      {"\xC3\xA9", "%C3%A9"},
      {"100%25", "100%25"},
      {"100%", "100%25"},
      {"https://example.com:8080/a?b=c#d", "https://example.com:8080/a?b=c#d"},
  };
  for (const auto& [text, expected] : rows) {
    const auto expanded = expand(text, variables());
    ASSERT_TRUE(expanded) << text;
    EXPECT_EQ(*expanded, expected) << text;
  }
}

TEST(UrlTemplate, RefusesWhatIsMalformed) {
  for (const auto* text : {"{", "}", "{}", "a{b", "a}b", "{?}", "{a,}", "{,a}", "{a b}", "{a:}",
                           "{a:x}", "{a:10000}", "{!a}", "{a{b}}", "{a*b}"})
    EXPECT_FALSE(expand(text, variables())) << text;
}

TEST(Url, PathsGoBelowTheBase) {
  const std::array<const char*, 3> rows[] = {
      {"https://x/y", "/up?k=1", "https://x/y/up?k=1"},
      {"https://x/y", "up", "https://x/y/up"},
      {"https://x/y/", "/up", "https://x/y/up"},
      {"https://x", "up", "https://x/up"},
      {"https://x", "//up", "https://x/up"},
      {"https://x/y", "", "https://x/y"},
      {"https://x/y?a=b", "", "https://x/y?a=b"},
      {"https://x/y?a=b", "up", "https://x/y/up"},
      {"https://x/y?a=b", "?c=d", "https://x/y?c=d"},
      {"https://x/y", "/?c=d", "https://x/y?c=d"},
      {"https://x/y#f", "up#g", "https://x/y/up"},
      {"https://x/y", "https://other/z", "https://other/z"},
      {"https://x/y", "/https://other/z", "https://other/z"},
      {"https://x/y", "a:b", "https://x/y/a:b"},
      {"https://x?a", "up", "https://x/up"},
  };
  for (const auto& [base, path, expected] : rows) EXPECT_EQ(join_url(base, path), expected) << path;
}

TEST(Url, EventsShowNoSecrets) {
  EXPECT_EQ(redacted("https://user:pass@x.example:1/a?key=secret#f"), "https://x.example:1/a");
  EXPECT_EQ(redacted("https://x.example"), "https://x.example");
  EXPECT_EQ(redacted("https://x.example/a@b"), "https://x.example/a@b");
}

}  // namespace
}  // namespace ff::application_server::webhook
