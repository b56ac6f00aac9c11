// Where browsers are sent, and where they are not.
#include "actors/identity_server/oauth/redirect.hpp"

#include <gtest/gtest.h>

#include "actors/identity_server/oauth/errors.hpp"

namespace ff::identity_server::oauth {
namespace {

struct Match {
  const char* registered;
  const char* requested;
  bool matches;
};

TEST(MatchesRedirect, WhatWasRegisteredAndBelowIt) {
  const Match rows[] = {
      {"https://example.com/cb", "https://example.com/cb", true},
      {"https://example.com/cb", "HTTPS://EXAMPLE.com/cb", true},
      {"https://example.com/cb", "https://example.com/cb?x=1", true},
      {"https://example.com/cb", "https://example.com/cb/more", true},
      {"https://example.com/cb/", "https://example.com/cb/more", true},
      {"https://example.com", "https://example.com/anything", true},
      {"/console/oauth/callback", "/console/oauth/callback", true},
      {"code", "code", true},
      {"local-callback", "local-callback", true},
      {"myapp://callback", "myapp://callback", true},
      {"https://example.com/cb", "https://example.com/cbx", false},
      {"https://example.com/cb", "http://example.com/cb", false},
      {"https://example.com/cb", "https://example.com:444/cb", false},
      {"https://example.com/cb", "https://example.com.evil.org/cb", false},
      {"https://example.com/cb", "https://example.com@evil.org/cb", false},
      {"https://example.com/cb", "https://evil.org/https://example.com/cb", false},
      {"https://example.com/cb", "//example.com/cb", false},
      {"https://example.com/cb", "/cb", false},
      {"https://example.com/cb", "", false},
      {"https://example.com/cb", "https://example.com/cb#fragment", false},
      {"https://example.com/cb", "https://example.com/cb/../admin", false},
      {"https://example.com/cb", "https://example.com/cb/%2e%2e/admin", false},
      {"https://example.com/cb", "https://example.com/cb/..%2fadmin", false},
      {"https://example.com/cb", "https://example.com\\@evil.org/cb", false},
      {"https://example.com/cb", "https://example.com/cb\r\nSet-Cookie: x=1", false},
      {"https://example.com/cb", "https://example.com/cb /x", false},
      {"javascript:alert(1)", "javascript:alert(1)", false},
      {"javascript://x/%0aalert(1)", "javascript://x/%0aalert(1)", false},
      {"/console", "//evil.org/console", false},
      {"/console", "/console//evil.org", false},
      {"code", "codex", false},
      {"code", "/code", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(matches_redirect(row.registered, row.requested), row.matches)
        << row.registered << " and " << row.requested;
  }
}

TEST(ChooseRedirect, TakesTheOnlyOneWhenNoneIsNamed) {
  const std::vector<std::string> one{"https://example.com/cb"};
  const std::vector<std::string> two{"local-callback", "code"};
  EXPECT_EQ(*choose_redirect(one, ""), "https://example.com/cb");
  EXPECT_EQ(*choose_redirect(one, "https://example.com/cb?state=1"), "https://example.com/cb");
  EXPECT_EQ(*choose_redirect(two, "code"), "code");
  EXPECT_TRUE(choose_redirect(two, "").error().is(invalid_request));
  EXPECT_TRUE(choose_redirect({}, "code").error().is(unauthorized_client));
  EXPECT_TRUE(choose_redirect(two, "https://evil.org").error().is(invalid_redirect_uri));
}

TEST(RedirectLocation, OurOwnPagesAreBelowTheMount) {
  const Parameters query{{"code", "MF2XI.A.B"}, {"state", "a b&c\r\n"}};
  const std::string text = "?code=MF2XI.A.B&state=a%20b%26c%0D%0A";
  EXPECT_EQ(redirect_location("code", "/oauth", query), "/oauth/code" + text);
  EXPECT_EQ(redirect_location("local-callback", "/oauth", query), "/oauth/local-callback" + text);
  EXPECT_EQ(redirect_location("/code", "/oauth", query), "/oauth/code" + text);
  EXPECT_EQ(redirect_location("/console/oauth/callback", "/oauth", query),
            "/console/oauth/callback" + text);
  EXPECT_EQ(redirect_location("https://example.com/cb", "/oauth", query),
            "https://example.com/cb" + text);
}

TEST(LocalCallback, OnlyThePortIsTheCallers) {
  EXPECT_EQ(local_callback_location({{"code", "x"}, {"state", ""}}),
            "http://localhost:11885/oauth/callback?code=x&state=");
  EXPECT_EQ(local_callback_location({{"port", "9000"}, {"code", "x"}}),
            "http://localhost:9000/oauth/callback?code=x");
  for (const char* port : {"evil.org", "1@evil.org", "0", "65536", "-1", "80/", ""}) {
    EXPECT_EQ(local_callback_location({{"port", port}, {"code", "x"}}),
              "http://localhost:11885/oauth/callback?code=x")
        << port;
  }
}

TEST(SafeNext, IsAPathOfThisServer) {
  for (const char* good :
       {"/oauth", "/oauth/authorize?client_id=cli&redirect_uri=code", "/console/"})
    EXPECT_EQ(safe_next(good), good);
  for (const char* bad :
       {"", "oauth", "//evil.org", "/\\evil.org", "https://evil.org", "/\tevil", "/oauth\r\nX: y",
        "/oauth/../../x", "\\\\evil.org", "javascript:alert(1)", "/ /evil.org"})
    EXPECT_FALSE(safe_next(bad)) << bad;
}

}  // namespace
}  // namespace ff::identity_server::oauth
