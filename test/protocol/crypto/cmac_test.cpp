#include "protocol/crypto/cmac.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "protocol/base/hex.hpp"
#include "protocol/crypto/aes128.hpp"

namespace ff::crypto {
namespace {

Bytes hex(std::string_view text) {
  return parse_hex(text).value();
}
Block block(std::string_view text) {
  Block out;
  const auto bytes = hex(text);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

std::vector<const Aes128Backend*> backends() {
  std::vector<const Aes128Backend*> all{&evp_backend()};
  if (aes_instructions_backend() != nullptr) all.push_back(aes_instructions_backend());
  return all;
}

class EachBackend : public testing::TestWithParam<const Aes128Backend*> {};
INSTANTIATE_TEST_SUITE_P(Aes, EachBackend, testing::ValuesIn(backends()),
                         [](const auto& instance) { return std::string(instance.param->name); });

class Random {
 public:
  std::uint32_t number() { return static_cast<std::uint32_t>(engine_()); }
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
    return out;
  }
  Aes128Key key() { return Aes128Key::from(bytes(16)); }
  Block block() {
    Block out;
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
    return out;
  }

 private:
  std::mt19937 engine_{7};
};

TEST_P(EachBackend, EncryptsAndDecryptsTheStandardsBlocks) {
  // [FIPS 197 appendix B and C.1]
  struct Row {
    const char* key;
    const char* plain;
    const char* cipher;
  };
  const Row rows[] = {{"2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734",
                       "3925841d02dc09fbdc118597196a0b32"},
                      {"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
                       "69c4e0d86a7b0430d8cdb78070b4c55a"}};
  for (const auto& row : rows) {
    const Aes128 aes(Aes128Key::from(hex(row.key)), *GetParam());
    EXPECT_EQ(hex_lower(aes.encrypt(block(row.plain))), row.cipher);
    EXPECT_EQ(hex_lower(aes.decrypt(block(row.cipher))), row.plain);
  }
}

TEST_P(EachBackend, DecryptsWhatItEncryptedInPlace) {
  Random random;
  for (std::size_t blocks = 0; blocks <= 17; ++blocks) {
    const Aes128 aes(random.key(), *GetParam());
    const auto plain = random.bytes(16 * blocks);
    auto bytes = plain;
    aes.encrypt(bytes, bytes);
    for (std::size_t i = 0; i < blocks; ++i) {
      Block one;
      std::copy_n(plain.begin() + static_cast<std::ptrdiff_t>(16 * i), 16, one.begin());
      EXPECT_EQ(to_owned(aes.encrypt(one)), to_owned(ByteView(bytes).subspan(16 * i, 16)));
    }
    aes.decrypt(bytes, bytes);
    EXPECT_EQ(bytes, plain);
  }
}

TEST_P(EachBackend, MakesTheMacsOfTheRfc) {
  // [RFC 4493 §4]
  const CmacKey key(Aes128Key::from(hex("2b7e151628aed2a6abf7158809cf4f3c")), *GetParam());
  EXPECT_EQ(hex_lower(key.subkey(false)), "fbeed618357133667c85e08f7236a8de");
  EXPECT_EQ(hex_lower(key.subkey(true)), "f7ddac306ae266ccf90bc11ee46d513b");
  const auto message =
      hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
          "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  const std::pair<std::size_t, const char*> rows[] = {{0, "bb1d6929e95937287fa37d129b756746"},
                                                      {16, "070a16b46b4d4144f79bdd9dd04a287c"},
                                                      {40, "dfa66747de9ae63030ca32611497c827"},
                                                      {64, "51f0bebf7e3b9d92fc49741779363cfe"}};
  for (const auto& [size, mac] : rows)
    EXPECT_EQ(hex_lower(key.mac(ByteView(message).first(size))), mac) << size;
}

TEST_P(EachBackend, MacOfTwoPartsIsTheMacOfTheirJoin) {
  Random random;
  for (std::size_t size = 0; size <= 70; ++size) {
    const CmacKey key(random.key(), *GetParam());
    const auto first = random.block();
    const auto message = random.bytes(size);
    Bytes joined(first.begin(), first.end());
    append(joined, message);
    EXPECT_EQ(key.mac(first, message), key.mac(joined)) << size;
  }
}

Block with_counter(Block first, std::uint32_t counter) {
  write_le<4>(MutableByteView(first).subspan(10), counter);
  return first;
}

struct Crowd {
  std::vector<Aes128Key> bare;
  std::vector<CmacKey> ready;
  std::vector<Candidate<CmacKey>> candidates;
  std::vector<Candidate<Aes128Key>> bare_candidates;

  Crowd(std::size_t size, Random& random, const Aes128Backend& backend) {
    for (std::size_t i = 0; i < size; ++i) bare.push_back(random.key());
    for (const auto& key : bare) ready.emplace_back(key, backend);
    for (std::size_t i = 0; i < size; ++i) {
      candidates.push_back({&ready[i], random.number(), 0, 0xffffffff});
      bare_candidates.push_back({&bare[i], candidates[i].counter, 0, 0xffffffff});
    }
  }
  void expect_tag(std::uint32_t tag, std::uint32_t mask) {
    for (auto& candidate : candidates) candidate.tag = tag, candidate.mask = mask;
    for (auto& candidate : bare_candidates) candidate.tag = tag, candidate.mask = mask;
  }
};

TEST_P(EachBackend, MatchFindsTheKeyAtEveryPlaceOfEveryCrowdSize) {
  Random random;
  for (std::size_t size = 1; size <= 20; ++size) {
    Crowd crowd(size, random, *GetParam());
    for (std::size_t wanted = 0; wanted < size; ++wanted) {
      const auto first = random.block();
      const auto message = random.bytes(1 + (size * 7 + wanted * 3) % 60);
      const auto mac =
          crowd.ready[wanted].mac(with_counter(first, crowd.candidates[wanted].counter), message);
      crowd.expect_tag(tag_of(mac), 0xffffffff);
      EXPECT_EQ(match(crowd.candidates, first, message), wanted) << size;
      EXPECT_EQ(match(crowd.bare_candidates, first, message), wanted) << size;
    }
  }
}

TEST_P(EachBackend, MatchComparesOnlyTheMaskedBytes) {
  Random random;
  Crowd crowd(9, random, *GetParam());
  const auto first = random.block();
  const auto message = random.bytes(20);
  const auto tag =
      tag_of(crowd.ready[8].mac(with_counter(first, crowd.candidates[8].counter), message));
  crowd.expect_tag(tag ^ 0xffff0000, 0xffffffff);
  EXPECT_EQ(match(crowd.candidates, first, message), std::nullopt);
  crowd.candidates[8].mask = crowd.bare_candidates[8].mask = 0x0000ffff;
  EXPECT_EQ(match(crowd.candidates, first, message), 8U);
  EXPECT_EQ(match(crowd.bare_candidates, first, message), 8U);
}

TEST_P(EachBackend, MatchPrefersTheFirstOfSeveral) {
  Random random;
  Crowd crowd(17, random, *GetParam());
  crowd.expect_tag(0, 0);
  EXPECT_EQ(match(crowd.candidates, random.block(), random.bytes(5)), 0U);
  for (std::size_t i = 0; i < 12; ++i) crowd.candidates[i].mask = 0xffffffff;
  EXPECT_EQ(match(crowd.candidates, random.block(), random.bytes(5)), 12U);
}

TEST(Match, TakesKeysOfDifferentBackendsTogether) {
  Random random;
  const auto first = random.block();
  const auto message = random.bytes(33);
  const auto all = backends();
  std::vector<CmacKey> keys;
  for (std::size_t i = 0; i < 12; ++i) keys.emplace_back(random.key(), *all[i % all.size()]);
  std::vector<Candidate<CmacKey>> candidates;
  const auto tag = tag_of(keys[11].mac(with_counter(first, 3), message));
  for (const auto& key : keys) candidates.push_back({&key, 3, tag, 0xffffffff});
  EXPECT_EQ(match(candidates, first, message), 11U);
}

TEST(Match, OfNobodyFindsNobody) {
  EXPECT_EQ(match(std::span<const Candidate<CmacKey>>(), Block{}, Bytes{1}), std::nullopt);
  EXPECT_EQ(match(std::span<const Candidate<Aes128Key>>(), Block{}, Bytes{1}), std::nullopt);
}

TEST(EqualConstantTime, ComparesContentAndSize) {
  EXPECT_TRUE(equal_constant_time(Bytes{}, Bytes{}));
  EXPECT_TRUE(equal_constant_time(hex("0102"), hex("0102")));
  EXPECT_FALSE(equal_constant_time(hex("0102"), hex("0103")));
  EXPECT_FALSE(equal_constant_time(hex("0102"), hex("010200")));
}

TEST(Wipe, LeavesZeros) {
  Bytes secret = hex("0102030405");
  wipe(secret);
  EXPECT_EQ(secret, Bytes(5, 0));
}

}  // namespace
}  // namespace ff::crypto
