// The project's own ways through AES against OpenSSL's: CMAC of messages of every size, key wrap of
// every size, and the digests against the samples of their standards.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <random>

#include "protocol/base/hex.hpp"
#include "protocol/crypto/argon2.hpp"
#include "protocol/crypto/cmac.hpp"
#include "protocol/crypto/digest.hpp"
#include "protocol/crypto/key_wrap.hpp"
#include "protocol/crypto/md5.hpp"
#include "protocol/crypto/seal.hpp"

namespace ff::crypto {
namespace {

class Octets {
 public:
  Bytes of(std::size_t size) {
    Bytes out(size);
    for (auto& octet : out) octet = static_cast<std::uint8_t>(engine_());
    return out;
  }

 private:
  std::mt19937 engine_{11};
};

Bytes openssl_cmac(ByteView key, ByteView message) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
      EVP_MAC_fetch(nullptr, "CMAC", nullptr), &EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      EVP_MAC_CTX_new(mac.get()), &EVP_MAC_CTX_free);
  char cipher[] = "AES-128-CBC";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("cipher", cipher, 0),
                                   OSSL_PARAM_construct_end()};
  Bytes out(16);
  std::size_t size = 0;
  EXPECT_EQ(EVP_MAC_init(context.get(), key.data(), key.size(), parameters), 1);
  EXPECT_EQ(EVP_MAC_update(context.get(), message.data(), message.size()), 1);
  EXPECT_EQ(EVP_MAC_final(context.get(), out.data(), &size, out.size()), 1);
  return out;
}

std::vector<const Aes128Backend*> backends() {
  std::vector<const Aes128Backend*> all{&evp_backend()};
  if (aes_instructions_backend() != nullptr) all.push_back(aes_instructions_backend());
  return all;
}

TEST(Cmac, IsOpenSslsForMessagesOfEverySize) {
  Octets octets;
  for (std::size_t size = 0; size <= 300; ++size) {
    const auto key = octets.of(16);
    const auto message = octets.of(size);
    const auto expected = openssl_cmac(key, message);
    for (const auto* backend : backends()) {
      const CmacKey ours(Aes128Key::from(key), *backend);
      EXPECT_EQ(to_owned(ours.mac(message)), expected) << backend->name << ' ' << size;
      if (size < 16) continue;
      Block first;
      std::copy_n(message.begin(), first.size(), first.begin());
      EXPECT_EQ(to_owned(ours.mac(first, ByteView(message).subspan(16))), expected)
          << backend->name << ' ' << size;
    }
  }
}

/// Both searches, at the place of the counter and with half of the tag, as frames of 1.1 have it.
TEST(Match, FindsWhatOpenSslSigned) {
  Octets octets;
  for (std::size_t size = 1; size <= 80; ++size) {
    std::vector<Aes128Key> bare;
    for (int i = 0; i < 9; ++i) bare.push_back(Aes128Key::from(octets.of(16)));
    const auto owner = size % bare.size();
    const std::uint32_t counter = 0x01020304;
    auto signed_octets = octets.of(16 + size);
    Block first;
    std::copy_n(signed_octets.begin(), first.size(), first.begin());
    write_le<4>(MutableByteView(signed_octets).subspan(10), counter);
    const auto tag =
        static_cast<std::uint32_t>(read_le<4>(openssl_cmac(bare[owner].bytes(), signed_octets)));
    const auto message = ByteView(signed_octets).subspan(16);
    std::vector<CmacKey> ready(bare.begin(), bare.end());
    std::vector<Candidate<Aes128Key>> bare_candidates;
    std::vector<Candidate<CmacKey>> ready_candidates;
    for (std::size_t i = 0; i < bare.size(); ++i) {
      bare_candidates.push_back({&bare[i], counter, tag});
      ready_candidates.push_back({&ready[i], counter, tag});
    }
    EXPECT_EQ(match(bare_candidates, first, message), owner) << size;
    EXPECT_EQ(match(ready_candidates, first, message), owner) << size;
    ready_candidates[owner].counter ^= 1;
    EXPECT_EQ(match(ready_candidates, first, message), std::nullopt) << size;
    ready_candidates[owner].counter ^= 1;
    ready_candidates[owner].tag ^= 0xffff0000;
    ready_candidates[owner].mask = 0x0000ffff;
    EXPECT_EQ(match(ready_candidates, first, message), owner) << size;
  }
}

TEST(KeyWrap, ComesBackForEverySizeOfKeyAndText) {
  Octets octets;
  for (const std::size_t kek_size : {16U, 24U, 32U}) {
    for (std::size_t size = 16; size <= 64; size += 8) {
      const auto kek = octets.of(kek_size);
      const auto plain = octets.of(size);
      const auto wrapped = wrap_key(plain, kek);
      ASSERT_TRUE(wrapped);
      EXPECT_EQ(wrapped->size(), size + 8);
      EXPECT_EQ(unwrap_key(*wrapped, kek), plain);
      auto other = kek;
      other.back() ^= 1;
      EXPECT_TRUE(unwrap_key(*wrapped, other).error().is(corrupt_key));
    }
  }
}

TEST(KeyWrap, RefusesEverySizeThatIsNone) {
  for (const std::size_t kek_size : {0U, 15U, 17U, 23U, 25U, 31U, 33U, 64U})
    EXPECT_TRUE(wrap_key(Bytes(16), Bytes(kek_size)).error().is(key_length_size)) << kek_size;
  for (const std::size_t size : {0U, 1U, 7U, 8U, 15U, 17U, 20U, 4104U})
    EXPECT_TRUE(wrap_key(Bytes(size), Bytes(16)).error().is(invalid_length)) << size;
  for (const std::size_t size : {0U, 7U, 8U, 16U, 23U, 25U, 4112U})
    EXPECT_TRUE(unwrap_key(Bytes(size), Bytes(16)).error().is(invalid_length)) << size;
  for (const std::size_t size : {0U, 16U, 23U, 25U, 32U})
    EXPECT_TRUE(unwrap_aes128_key(Bytes(size), Bytes(16)).error().is(invalid_length)) << size;
}

TEST(Seal, IsOpenedByNothingThatDiffersInOneBit) {
  Octets octets;
  SealKey key{};
  SealNonce nonce{};
  const auto context = octets.of(9);
  for (const std::size_t size : {0U, 1U, 16U, 33U}) {
    const auto plain = octets.of(size);
    const auto sealed = seal(key, nonce, context, plain);
    EXPECT_EQ(sealed.size(), size + nonce.size() + 16);
    EXPECT_EQ(open_sealed(key, context, sealed), plain);
    for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
      auto damaged = sealed;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      EXPECT_EQ(open_sealed(key, context, damaged), std::nullopt) << bit;
    }
    for (std::size_t left = 0; left < sealed.size(); ++left)
      EXPECT_EQ(open_sealed(key, context, ByteView(sealed).first(left)), std::nullopt) << left;
    auto other = context;
    other.pop_back();
    EXPECT_EQ(open_sealed(key, other, sealed), std::nullopt);
  }
}

// [FIPS 180-4, samples; RFC 1321 A.5; RFC 7914 §11]
TEST(Digests, AreThoseOfTheStandards) {
  EXPECT_EQ(hex_lower(sha256(as_bytes(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_lower(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_lower(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex_lower(md5(as_bytes(""))), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex_lower(md5(as_bytes("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(hex_lower(pbkdf2_sha256(as_bytes("passwd"), as_bytes("salt"), 1)),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
  EXPECT_EQ(hex_lower(pbkdf2_sha256(as_bytes("Password"), as_bytes("NaCl"), 80000)),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(Argon2, DependsOnEverythingItIsGiven) {
  const Argon2Cost cost{.memory_kib = 32, .passes = 2, .lanes = 2};
  const auto secret = as_bytes("secret");
  const auto salt = as_bytes("saltsalt");
  const auto first = argon2id(secret, salt, cost);
  ASSERT_TRUE(first);
  EXPECT_EQ(argon2id(secret, salt, cost), first);
  EXPECT_NE(argon2id(as_bytes("Secret"), salt, cost), first);
  EXPECT_NE(argon2id(secret, as_bytes("saltsalu"), cost), first);
  for (const auto& other : {Argon2Cost{40, 2, 2}, Argon2Cost{32, 3, 2}, Argon2Cost{32, 2, 1}})
    EXPECT_NE(argon2id(secret, salt, other), first);
}

TEST(Argon2, RefusesCostsAndSaltsItDoesNotKnow) {
  const auto secret = as_bytes("secret");
  for (const auto& cost : {Argon2Cost{0, 1, 1}, Argon2Cost{7, 1, 1}, Argon2Cost{8, 0, 1},
                           Argon2Cost{8, 1, 0}, Argon2Cost{15, 1, 2}})
    EXPECT_EQ(argon2id(secret, as_bytes("saltsalt"), cost), std::nullopt);
  EXPECT_EQ(argon2id(secret, as_bytes("short"), {8, 1, 1}), std::nullopt);
  EXPECT_TRUE(argon2id(as_bytes(""), as_bytes("saltsalt"), {8, 1, 1}));
}

TEST(EqualInConstantTime, ComparesContentAndSize) {
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  for (const char* other : {"", "ab", "abcd", "abd", "bbc"})
    EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes(other))) << other;
}

}  // namespace
}  // namespace ff::crypto
