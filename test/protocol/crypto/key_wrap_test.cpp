#include "protocol/crypto/key_wrap.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::crypto {
namespace {

using test::bytes_at;

Bytes hex(std::string_view text) {
  return parse_hex(text).value();
}

TEST(KeyWrap, ReproducesTheVectors) {
  std::size_t seen = 0;
  for (const auto& vector : test::lorawan_vectors("crypto_keys")) {
    if (vector.kind != "key_wrap_rfc3394") continue;
    ++seen;
    const auto kek = bytes_at(vector.input, "kek");
    const auto plain = bytes_at(vector.input, "plain");
    const auto wrapped = bytes_at(vector.expected, "wrapped");
    EXPECT_EQ(wrap_key(plain, kek).value(), wrapped) << vector.id;
    EXPECT_EQ(unwrap_key(wrapped, kek).value(), plain) << vector.id;
  }
  EXPECT_EQ(seen, 5U);
}

TEST(KeyWrap, ReproducesTheRfcsSampleWithA128BitKek) {
  // [RFC 3394 §4.1]
  const auto kek = hex("000102030405060708090a0b0c0d0e0f");
  const auto plain = hex("00112233445566778899aabbccddeeff");
  const auto wrapped = hex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
  EXPECT_EQ(wrap_key(plain, kek).value(), wrapped);
  EXPECT_EQ(unwrap_aes128_key(wrapped, kek).value(), Aes128Key::from(plain));
}

TEST(KeyWrap, RefusesWhatTheVectorsRefuse) {
  std::size_t seen = 0;
  for (const auto& vector : test::lorawan_vectors("crypto_keys")) {
    if (vector.kind != "key_wrap_error") continue;
    ++seen;
    const auto kek = bytes_at(vector.input, "kek");
    const auto data = bytes_at(vector.input, "data");
    const bool wraps = vector.input.at("operation").as_string() == "wrap";
    EXPECT_FALSE(wraps ? wrap_key(data, kek) : unwrap_key(data, kek)) << vector.id;
  }
  EXPECT_EQ(seen, 6U);
}

TEST(KeyWrap, NamesWhatIsWrong) {
  const auto kek = hex("000102030405060708090a0b0c0d0e0f");
  const Bytes plain(16, 1);
  EXPECT_TRUE(wrap_key(plain, Bytes(15, 0)).error().is(key_length_size));
  EXPECT_TRUE(wrap_key(Bytes(17, 0), kek).error().is(invalid_length));
  EXPECT_TRUE(wrap_key(Bytes(4104, 0), kek).error().is(invalid_length));
  EXPECT_TRUE(unwrap_key({}, kek).error().is(invalid_length));
  EXPECT_TRUE(
      unwrap_aes128_key(wrap_key(Bytes(24, 0), kek).value(), kek).error().is(invalid_length));
}

TEST(KeyWrap, DetectsEveryFlippedBit) {
  const auto kek = hex("000102030405060708090a0b0c0d0e0f");
  const auto wrapped = wrap_key(Bytes(16, 0x5a), kek).value();
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    auto changed = wrapped;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << bit % 8));
    const auto result = unwrap_key(changed, kek);
    ASSERT_FALSE(result) << bit;
    EXPECT_TRUE(result.error().is(corrupt_key));
  }
}

}  // namespace
}  // namespace ff::crypto
