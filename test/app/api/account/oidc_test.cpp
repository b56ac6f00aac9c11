#include "app/api/account/oidc.hpp"

#include <gtest/gtest.h>

#include "app/api/account/text.hpp"

namespace ff::api::account {
namespace {

constexpr UtcTime now{std::chrono::seconds{1'700'000'000}};
const OidcSettings settings{.issuer = "https://id.example.org",
                            .client_id = "farfield",
                            .client_secret = "secret",
                            .redirect_uri = "https://net.example.org/oauth/oidc/callback"};

std::string id_token(const std::string& claims) {
  return base64url(as_bytes(R"({"alg":"RS256"})")) + "." + base64url(as_bytes(claims)) + ".c2ln";
}
std::string claims(const std::string& more) {
  return R"({"iss":"https://id.example.org","exp":1700000060,"sub":"1","nonce":"n",)" + more + "}";
}

TEST(ParseIdToken, TakesWhatIsForThisLogin) {
  const auto parsed = parse_id_token(
      id_token(claims(R"("aud":"farfield","email":"a@example.org","email_verified":true)")),
      settings, "n", now);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->subject, "1");
  EXPECT_EQ(parsed->email, "a@example.org");
  EXPECT_TRUE(parsed->email_verified);
  EXPECT_TRUE(parse_id_token(id_token(claims(R"("aud":["farfield"])")), settings, "n", now));
  EXPECT_TRUE(parse_id_token(id_token(claims(R"("aud":["farfield","x"],"azp":"farfield")")),
                             settings, "n", now));
}

TEST(ParseIdToken, ANameIsALineOfThoseThatUsersHave) {
  const auto name = [](const std::string& text) {
    const auto parsed = parse_id_token(
        id_token(claims(R"("aud":"farfield","name":")" + text + "\"")), settings, "n", now);
    return parsed ? parsed->name : "none";
  };
  EXPECT_EQ(name("Ada"), "Ada");
  EXPECT_EQ(name(R"(A\u00e4da\r\nBcc: x\u0000\u007f)"), "A\u00e4daBcc: x");
  EXPECT_EQ(name(std::string(60, 'a')).size(), 50U);
}

TEST(ParseIdToken, RefusesEverythingElse) {
  const auto good = claims(R"("aud":"farfield")");
  EXPECT_FALSE(parse_id_token(id_token(good), settings, "other", now));
  EXPECT_FALSE(parse_id_token(id_token(good), settings, "n", now + std::chrono::minutes{5}));
  for (const auto& bad :
       {claims(R"("aud":"other")"), claims(R"("aud":["farfield","x"])"), claims(R"("aud":5)"),
        claims(R"("a":"b")"), claims(R"("aud":"farfield","sub":"")"),
        std::string(R"({"iss":"https://evil.example.org","aud":"farfield","exp":1700000060,)"
                    R"("sub":"1","nonce":"n"})"),
        std::string("{}"), std::string("[]"), std::string()})
    EXPECT_FALSE(parse_id_token(id_token(bad), settings, "n", now)) << bad;
  for (const char* text : {"", ".", "..", "a.b.c", "a.!!.c", "eyJ9"})
    EXPECT_FALSE(parse_id_token(text, settings, "n", now)) << text;
}

TEST(ParseDiscovery, WantsTheIssuerAndTls) {
  const auto document = [](const std::string& issuer, const std::string& token) {
    return R"({"issuer":")" + issuer +
           R"(","authorization_endpoint":"https://id.example.org/a","token_endpoint":")" + token +
           "\"}";
  };
  const auto good =
      parse_discovery(document("https://id.example.org", "https://id.example.org/t"), settings);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->token, "https://id.example.org/t");
  EXPECT_FALSE(parse_discovery(document("https://evil.org", "https://id.example.org/t"), settings));
  EXPECT_FALSE(
      parse_discovery(document("https://id.example.org", "http://id.example.org/t"), settings));
  EXPECT_FALSE(parse_discovery(document("https://id.example.org", ""), settings));
  EXPECT_FALSE(parse_discovery("", settings));
}

TEST(OidcAttempt, IsKeptInACookieForTenMinutes) {
  const auto random = make_seeded_random(1);
  const auto attempt = new_attempt("/oauth", "ada", now, *random);
  EXPECT_NE(attempt.state, attempt.nonce);
  const auto kept = parse_attempt(attempt_text(attempt), now + std::chrono::minutes{10});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->verifier, attempt.verifier);
  EXPECT_EQ(kept->user_id, "ada");
  EXPECT_FALSE(parse_attempt(attempt_text(attempt), now + std::chrono::seconds{601}));
  EXPECT_FALSE(parse_attempt(attempt_text(attempt), now - std::chrono::seconds{1}));
  EXPECT_FALSE(parse_attempt("{}", now));
  const auto url = authorization_url({"https://id.example.org/a?x=1", ""}, settings, attempt);
  EXPECT_TRUE(url.starts_with("https://id.example.org/a?x=1&response_type=code&")) << url;
  EXPECT_EQ(url.find(attempt.verifier), std::string::npos);
}

TEST(ProposedUserId, IsMadeOfWhatThereIs) {
  const auto of = [](const std::string& username, const std::string& email) {
    return proposed_user_id(
        {.subject = "", .email = email, .email_verified = true, .name = "", .username = username});
  };
  EXPECT_EQ(of("Ada.Lovelace", ""), "ada-lovelace");
  EXPECT_EQ(of("", "bob_1@example.org"), "bob-1");
  EXPECT_EQ(of("--x--", ""), "");
  EXPECT_EQ(of("", ""), "");
  EXPECT_EQ(of("ab", ""), "ab");
  EXPECT_EQ(of("a", ""), "") << "shorter than an ID may be";
  EXPECT_EQ(of("Ä", ""), "");
  EXPECT_LE(of(std::string(100, 'a'), "").size(), 32U);
}

TEST(IdTokenOf, SaysWhyNot) {
  EXPECT_EQ(*id_token_of(200, R"({"id_token":"x"})"), "x");
  EXPECT_TRUE(id_token_of(400, R"({"error":"invalid_grant"})").error().is(oidc_refused));
  EXPECT_TRUE(id_token_of(500, "oops").error().is(oidc_refused));
  EXPECT_TRUE(id_token_of(200, "{}").error().is(oidc_invalid));
}

}  // namespace
}  // namespace ff::api::account
