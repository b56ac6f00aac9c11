#include "app/api/account/cookie.hpp"

#include <gtest/gtest.h>

#include "app/api/account/csrf.hpp"

namespace ff::api::account {
namespace {

using net::http::Headers;

const CookieSeal seal_a(Bytes(64, 1), Bytes(32, 2));

TEST(FindCookie, TakesTheFirstOfThatName) {
  const Headers headers{{"Cookie", "a=1; _session=x=y ;_csrf=z"}, {"Cookie", "_session=later"}};
  EXPECT_EQ(find_cookie(headers, "_session"), "x=y");
  EXPECT_EQ(find_cookie(headers, "_csrf"), "z");
  EXPECT_EQ(find_cookie(headers, "a"), "1");
  EXPECT_FALSE(find_cookie(headers, "session"));
  EXPECT_FALSE(find_cookie(Headers(), "a"));
  for (const char* odd : {"", ";;;", "a", "=", " = ; a", "_session"})
    EXPECT_FALSE(find_cookie(Headers{{"Cookie", odd}}, "_session")) << odd;
}

TEST(FindCookie, LeavesOutWhatIsTooLarge) {
  const Headers headers{{"Cookie", "_session=" + std::string(5000, 'A')}};
  EXPECT_FALSE(find_cookie(headers, "_session"));
}

TEST(CookieText, HasEveryFlag) {
  EXPECT_EQ(cookie_text("_session", "abc", true),
            "_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(cookie_text("_session", "abc", false), "_session=abc; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_NE(expired_cookie_text("_session", true).find("Max-Age=0"), std::string::npos);
}

TEST(CookieSeal, OpensWhatItSealedUnderTheName) {
  const auto random = make_seeded_random(1);
  const auto value = seal_a.seal("_session", "ada\nONZW4.A.B", *random);
  EXPECT_EQ(
      value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_EQ(value.find("ada"), std::string::npos);
  EXPECT_EQ(seal_a.open("_session", value), "ada\nONZW4.A.B");
  EXPECT_FALSE(seal_a.open("_csrf", value));
  EXPECT_NE(seal_a.seal("_session", "ada\nONZW4.A.B", *random), value) << "a nonce of its own";
  for (const CookieSeal& other :
       {CookieSeal(Bytes(64, 1), Bytes(32, 3)), CookieSeal(Bytes(64, 2), Bytes(32, 2))})
    EXPECT_FALSE(other.open("_session", value));
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto changed = value;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto opened = seal_a.open("_session", changed);
    EXPECT_TRUE(!opened || i + 1 == value.size()) << i << ": only spare bits may change";
  }
  for (const char* nonsense : {"", "A", "====", "!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_FALSE(seal_a.open("_session", nonsense)) << nonsense;
}

TEST(SessionText, IsUserAndToken) {
  const auto session = parse_session(session_text({"ada", "ONZW4.A.B"}));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->user_id, "ada");
  EXPECT_EQ(session->token, "ONZW4.A.B");
  for (const char* odd : {"", "ada", "\n", "ada\n", "\ntoken"}) EXPECT_FALSE(parse_session(odd));
}

TEST(Csrf, ATokenIsMaskedAndBelongsToItsSecret) {
  const auto random = make_seeded_random(2);
  const std::string secret = "0123456789012345678901234567890123456789012";
  const auto one = csrf_token(secret, *random);
  const auto two = csrf_token(secret, *random);
  EXPECT_NE(one, two);
  EXPECT_TRUE(is_csrf_token(secret, one));
  EXPECT_TRUE(is_csrf_token(secret, two));
  EXPECT_FALSE(is_csrf_token("other secret of the same size, as it happens.", one));
  EXPECT_FALSE(is_csrf_token("", ""));
  EXPECT_FALSE(is_csrf_token(secret, ""));
  EXPECT_FALSE(is_csrf_token(secret, secret));
  EXPECT_FALSE(is_csrf_token(secret, std::string(10'000, 'A')));
  auto changed = one;
  changed[5] = changed[5] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(is_csrf_token(secret, changed));
}

TEST(Csrf, BrowsersSayThatAnotherSiteAsks) {
  EXPECT_TRUE(is_cross_site(Headers{{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_FALSE(is_cross_site(Headers{{"Sec-Fetch-Site", "same-origin"}}));
  EXPECT_FALSE(is_cross_site(Headers()));
}

TEST(Csrf, KnowsRequestsOfPagesOfOtherOrigins) {
  struct Row {
    const char* name;
    Headers headers;
    bool is_cross_origin;
  };
  const Row rows[] = {
      {"no browser", {{"Host", "a.example"}}, false},
      {"our page", {{"Host", "a.example:8885"}, {"Origin", "https://a.example:8885"}}, false},
      {"another host", {{"Host", "a.example"}, {"Origin", "https://b.example"}}, true},
      {"another port", {{"Host", "a.example"}, {"Origin", "https://a.example:8885"}}, true},
      {"a name behind ours", {{"Host", "a.example"}, {"Origin", "https://a.example.b"}}, true},
      {"a page without origin", {{"Host", "a.example"}, {"Origin", "null"}}, true},
      {"no host", {{"Origin", "https://a.example"}}, true},
      {"the browser says so", {{"Host", "a.example"}, {"Sec-Fetch-Site", "cross-site"}}, true},
      {"a sibling", {{"Host", "a.example"}, {"Sec-Fetch-Site", "same-site"}}, true},
      {"ours behind a proxy",
       {{"Host", "inside:1885"},
        {"Origin", "https://a.example"},
        {"Sec-Fetch-Site", "same-origin"}},
       false},
      {"a person", {{"Host", "a.example"}, {"Sec-Fetch-Site", "none"}}, false},
  };
  for (const auto& row : rows)
    EXPECT_EQ(is_cross_origin(row.headers), row.is_cross_origin) << row.name;
}

}  // namespace
}  // namespace ff::api::account
