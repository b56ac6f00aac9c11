#include "protocol/crypto/seal.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::crypto {
namespace {

// RFC 4231, test case 2.
TEST(HmacSha256, IsThatOfTheStandard) {
  EXPECT_EQ(hex_lower(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// The GCM specification (McGrew, Viega), test cases 13 and 14: 256-bit key of zeros.
TEST(Seal, IsAesGcm) {
  EXPECT_EQ(hex_lower(seal({}, {}, {}, {})),
            std::string(24, '0') + "530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(
      hex_lower(seal({}, {}, {}, Bytes(16))),
      std::string(24, '0') + "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}

TEST(Seal, OnlyTheSameKeyAndContextOpenIt) {
  const SealKey key{1, 2, 3};
  const auto sealed = seal(key, {9}, as_bytes("_session"), as_bytes("secret text"));
  EXPECT_EQ(as_text(*open_sealed(key, as_bytes("_session"), sealed)), "secret text");
  EXPECT_FALSE(open_sealed({1, 2, 4}, as_bytes("_session"), sealed));
  EXPECT_FALSE(open_sealed(key, as_bytes("_csrf"), sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 1U;
    EXPECT_FALSE(open_sealed(key, as_bytes("_session"), changed)) << i;
    EXPECT_FALSE(open_sealed(key, as_bytes("_session"), ByteView(sealed).first(i))) << i;
  }
}

}  // namespace
}  // namespace ff::crypto
