#include "actors/identity_server/api_keys/token.hpp"

#include <gtest/gtest.h>

#include "actors/identity_server/api_keys/errors.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::identity_server {
namespace {

// [RFC 4648 §10], without padding.
TEST(Base32, MatchesTheStandardsVectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "MY"},
                                                                   {"fo", "MZXQ"},
                                                                   {"foo", "MZXW6"},
                                                                   {"foob", "MZXW6YQ"},
                                                                   {"fooba", "MZXW6YTB"},
                                                                   {"foobar", "MZXW6YTBOI"},
                                                                   {"key", "NNSXS"},
                                                                   {"acc", "MFRWG"},
                                                                   {"ref", "OJSWM"},
                                                                   {"aut", "MF2XI"},
                                                                   {"ssn", "ONZW4"}};
  for (const auto& [text, encoded] : vectors) EXPECT_EQ(base32(as_bytes(text)), encoded);
}

TEST(Token, HasTheFormOfTheReference) {
  auto random = make_seeded_random(1);
  const auto token = make_token(TokenKind::api_key, *random);
  EXPECT_EQ(token.id.size(), 39U);
  EXPECT_EQ(token.secret.size(), 52U);
  const auto text = to_string(token);
  EXPECT_TRUE(text.starts_with("NNSXS."));
  const auto parsed = parse_token(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->kind, TokenKind::api_key);
  EXPECT_EQ(parsed->id, token.id);
  EXPECT_EQ(parsed->secret, token.secret);
}

TEST(Token, RefusesEverythingElse) {
  for (const auto* text :
       {"", ".", "NNSXS", "NNSXS.A", "NNSXS.A.B.C", "XXXXX.A.B", "nnsxs.A.B", "..."}) {
    const auto parsed = parse_token(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_TRUE(parsed.error().is(invalid_token));
  }
  EXPECT_FALSE(parse_token(std::string(100'000, '.')));
}

TEST(Hash, VerifiesItsSecretOnly) {
  auto random = make_seeded_random(2);
  const auto hash = hash_secret("secret", token_iterations, *random);
  EXPECT_TRUE(hash.starts_with("PBKDF2$sha256$1000$"));
  EXPECT_TRUE(is_hash_of(hash, "secret"));
  EXPECT_FALSE(is_hash_of(hash, "secreT"));
  EXPECT_FALSE(is_hash_of(hash, ""));
  EXPECT_NE(hash, hash_secret("secret", token_iterations, *random));
}

TEST(Hash, OfAPasswordIsArgon2id) {
  auto random = make_seeded_random(2);
  const auto hash = hash_password("correct horse", *random);
  EXPECT_TRUE(hash.starts_with("Argon2id$v19$m=19456,t=2,p=1$")) << hash;
  EXPECT_TRUE(is_hash_of(hash, "correct horse"));
  EXPECT_FALSE(is_hash_of(hash, "correct horsE"));
  EXPECT_FALSE(is_hash_of(hash, ""));
  EXPECT_NE(hash, hash_password("correct horse", *random));
}

// Made by Debian's `argon2` (echo -n password | argon2 somesalt -id -t 2 -k 256 -p 2 -v 13 -r).
TEST(Hash, VerifiesArgon2idOfOtherCosts) {
  EXPECT_TRUE(
      is_hash_of("Argon2id$v19$m=256,t=2,p=2$somesalt$bQk8UB_VmZZF4Oo79iDXuL5_0ttZwg2f_5U52iv1cDc",
                 "password"));
}

// The digest is that of RFC 7914 §11 (PBKDF2-HMAC-SHA256, "passwd", "salt", 1 iteration), its first
// 32 bytes.
TEST(Hash, VerifiesHashesOfOthers) {
  EXPECT_TRUE(
      is_hash_of("PBKDF2$sha256$1$salt$VawEblbjCJ_sFpHCJUS2BflBhSFt3gRl5oudV8INrLw", "passwd"));
}

TEST(Hash, RefusesWhatIsNoHash) {
  for (const auto* hash :
       {"", "secret", "PBKDF2$sha256$0$salt$AAAA", "PBKDF2$sha256$x$salt$AAAA",
        "PBKDF2$sha512$1$salt$AAAA", "PBKDF2$sha256$99999999999$salt$AAAA",
        "PBKDF2$sha256$4000000000$salt$AAAA", "PBKDF2$sha256$1$$AAAA", "PBKDF2$sha256$1$salt$",
        "PBKDF2$sha256$1$salt$!!!!", "Argon2id$v19$m=256,t=2,p=2$short$AAAA",
        "Argon2id$v19$m=99999999,t=2,p=2$somesalt$AAAA", "Argon2id$v19$m=256,t=0,p=2$somesalt$AAAA",
        "Argon2id$v19$t=2,m=256,p=2$somesalt$AAAA", "Argon2id$v19$m=256,t=2$somesalt$AAAA",
        "Argon2id$v16$m=256,t=2,p=2$somesalt$AAAA", "Argon2i$v19$m=256,t=2,p=2$somesalt$AAAA"}) {
    EXPECT_FALSE(is_hash_of(hash, "secret")) << hash;
  }
}

TEST(Digest, MatchesTheStandardsVector) {
  EXPECT_EQ(hex_lower(crypto::sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_lower(crypto::pbkdf2_sha256(as_bytes("passwd"), as_bytes("salt"), 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
}

}  // namespace
}  // namespace ff::identity_server
