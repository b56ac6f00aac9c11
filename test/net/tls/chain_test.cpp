#include "net/tls/chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "net/tls/self_signed.hpp"
#include "protocol/base/random.hpp"

namespace ff::net::tls {
namespace {

const UtcTime now{std::chrono::hours{24 * 20'000}};

KeyPair pair_of(std::uint64_t seed, std::vector<std::string> names = {}) {
  auto random = make_seeded_random(seed);
  return *make_self_signed({.names = std::move(names), .lifetime = std::chrono::hours{48}}, now,
                           *random);
}

TEST(CertificatesOfPem, AreReadInTheirOrder) {
  const auto a = pair_of(1).certificate_pem;
  const auto b = pair_of(2).certificate_pem;
  const auto both = certificates_of_pem("text before\n" + a + "between\n" + b);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0], certificates_of_pem(a).at(0));
  EXPECT_EQ(both[1], certificates_of_pem(b).at(0));
  EXPECT_TRUE(certificates_of_pem("").empty());
  EXPECT_TRUE(certificates_of_pem("nothing").empty());
  auto broken = a;
  broken[a.size() / 2] = '*';
  EXPECT_TRUE(certificates_of_pem(broken).empty());
  std::string many;
  for (int i = 0; i < 40; ++i) many += a;
  EXPECT_LE(certificates_of_pem(many).size(), 16U);
}

TEST(CertificateNames, AreTheDnsNames) {
  const auto der = certificates_of_pem(pair_of(1, {"ns.example.com"}).certificate_pem).at(0);
  const auto names = certificate_names(der);
  EXPECT_NE(std::ranges::find(names, "ns.example.com"), names.end());
  EXPECT_NE(std::ranges::find(names, "localhost"), names.end());
  EXPECT_EQ(std::ranges::find(names, "127.0.0.1"), names.end()) << "an address is no name";
  EXPECT_TRUE(certificate_names({}).empty());
  EXPECT_TRUE(certificate_names(ByteView(der).first(der.size() - 1)).empty());
}

TEST(TrustedRoots, VerifyWhatLeadsToThem) {
  const auto ours = pair_of(1).certificate_pem;
  const auto theirs = pair_of(2).certificate_pem;
  const auto roots = TrustedRoots::parse(ours);
  ASSERT_TRUE(roots);
  EXPECT_TRUE(roots->verify(certificates_of_pem(ours), now));
  EXPECT_FALSE(roots->verify(certificates_of_pem(theirs), now));
  EXPECT_FALSE(roots->verify(certificates_of_pem(theirs + ours), now)) << "the first is the peer's";
  EXPECT_FALSE(roots->verify({}, now));
  EXPECT_FALSE(roots->verify({Bytes{1, 2, 3}}, now));
  EXPECT_FALSE(roots->verify(certificates_of_pem(ours), now + std::chrono::hours{49}));
  EXPECT_FALSE(roots->verify(certificates_of_pem(ours), now - std::chrono::hours{25}));
  EXPECT_TRUE(TrustedRoots::parse("").error().is(no_certificates));
  EXPECT_TRUE(TrustedRoots::parse(ours + theirs)->verify(certificates_of_pem(theirs), now));
}

}  // namespace
}  // namespace ff::net::tls
