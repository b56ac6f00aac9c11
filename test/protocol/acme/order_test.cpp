#include "protocol/acme/order.hpp"

#include "protocol/base/hex.hpp"
#include "protocol/crypto/digest.hpp"
#include "test/protocol/acme/authority.hpp"

namespace ff::acme {
namespace {

using test::Authority;
using Fault = Authority::Fault;

OrderConfig config() {
  return {.directory_url = "https://ca/directory",
          .email = "ops@example.com",
          .hosts = {"lns.example.com", "api.example.com"},
          .polls_max = 10};
}

/// Asks until the order is over; waits are counted.
Result<Done> run(Order& order, Authority& authority, int* waits = nullptr) {
  Result<Step> step = order.begin();
  while (step) {
    if (auto* done = std::get_if<Done>(&*step)) return std::move(*done);
    if (const auto* ask = std::get_if<Ask>(&*step)) {
      step = order.take(authority.answer(*ask));
      continue;
    }
    if (waits != nullptr) ++*waits;
    step = order.resume();
  }
  return fail(step.error());
}

TEST(AcmeOrder, GetsACertificateForAllHosts) {
  Authority authority;
  const auto key = *AccountKey::make();
  Order order(config(), key);
  int waits = 0;
  const auto done = run(order, authority, &waits);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_TRUE(done->chain_pem.starts_with("-----BEGIN CERTIFICATE"));
  EXPECT_TRUE(done->key_pem.starts_with("-----BEGIN PRIVATE KEY"));
  EXPECT_EQ(authority.hosts, config().hosts);
  EXPECT_EQ(authority.account.at("contact").as_array().at(0).as_string(), "mailto:ops@example.com");
  EXPECT_TRUE(authority.account.at("termsOfServiceAgreed").as_bool());
  EXPECT_EQ(waits, 3) << "two authorizations and the order";
  const std::map<std::string, std::string> expected{{"token-l", "token-l." + key.thumbprint()},
                                                    {"token-a", "token-a." + key.thumbprint()}};
  EXPECT_EQ(order.challenges(), expected);
}

TEST(AcmeOrder, AsksAgainWithTheNonceThatItIsGiven) {
  Authority authority(Fault::bad_nonce);
  Order order(config(), *AccountKey::make());
  EXPECT_TRUE(run(order, authority));
  EXPECT_EQ(std::ranges::count(authority.asked, "https://ca/order"), 2);
}

TEST(AcmeOrder, AFaultIsAnErrorThatSaysWhy) {
  const std::tuple<Fault, ErrorDef, std::string> cases[] = {
      {Fault::invalid_challenge, refused, "urn:ietf:params:acme:error:connection: refused"},
      {Fault::only_dns, refused, "no challenge by HTTP is offered"},
      {Fault::garbage, not_understood, "it is no directory"},
      {Fault::no_location, not_understood, "an account without a name"},
      {Fault::slow, not_finished, "not finished in time"},
  };
  for (const auto& [fault, error, text] : cases) {
    SCOPED_TRACE(text);
    Authority authority(fault);
    Order order(config(), *AccountKey::make());
    const auto done = run(order, authority);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is(error));
    EXPECT_NE(done.error().message().find(text), std::string::npos) << done.error().message();
  }
}

TEST(AcmeOrder, TakesAnyBytesAsAnAnswer) {
  Authority authority;
  Order reference(config(), *AccountKey::make());
  std::vector<Answer> answers;
  Result<Step> step = reference.begin();
  while (step && !std::holds_alternative<Done>(*step)) {
    if (const auto* ask = std::get_if<Ask>(&*step)) {
      answers.push_back(authority.answer(*ask));
      step = reference.take(answers.back());
    } else {
      step = reference.resume();
    }
  }
  // Each answer at each place, whole and cut off: an end, never a crash.
  for (const auto& wrong : answers) {
    for (std::size_t at = 0; at < answers.size(); ++at) {
      for (const std::size_t size : {wrong.body.size(), wrong.body.size() / 2, std::size_t{0}}) {
        Order order(config(), *AccountKey::make());
        Result<Step> next = order.begin();
        std::size_t taken = 0;
        while (next && taken <= answers.size() && !std::holds_alternative<Done>(*next)) {
          if (std::holds_alternative<Wait>(*next)) {
            next = order.resume();
            continue;
          }
          auto answer = taken < answers.size() ? answers[taken] : answers.back();
          if (taken == at) {
            answer = wrong;
            answer.body.resize(size);
          }
          ++taken;
          next = order.take(answer);
        }
      }
    }
  }
}

TEST(AcmeChallenge, IsFoundByItsPath) {
  EXPECT_EQ(challenge_token("/.well-known/acme-challenge/abc"), "abc");
  EXPECT_EQ(challenge_token("/.well-known/acme-challenge"), std::nullopt);
  EXPECT_EQ(challenge_token("/.well-known/acme-challenge/"), std::nullopt);
  EXPECT_EQ(challenge_token("/api/v3/auth_info"), std::nullopt);
}

TEST(AccountKey, IsTheSameAfterItWasStored) {
  const auto key = *AccountKey::make();
  const auto again = AccountKey::parse(key.pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->jwk(), key.jwk());
  EXPECT_FALSE(AccountKey::parse("nonsense"));
  EXPECT_NE(AccountKey::make()->jwk(), key.jwk());
}

TEST(AccountKey, ThumbprintIsTheDigestOfItsJwk) {
  const auto key = *AccountKey::make();
  EXPECT_EQ(key.thumbprint(), base64_url(crypto::sha256(as_bytes(key.jwk()))));
  EXPECT_EQ(key.thumbprint().size(), 43U);
  EXPECT_EQ(key.thumbprint().find_first_of("+/="), std::string::npos);
}

TEST(Base64Url, IsThatOfRfc7515) {
  // RFC 7515 appendix C.
  EXPECT_EQ(base64_url(Bytes{3, 236, 255, 224, 193}), "A-z_4ME");
}

}  // namespace
}  // namespace ff::acme
