#include <gtest/gtest.h>

#include "protocol/base/base64.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/ulid.hpp"

namespace ff {
namespace {

TEST(Hex, FormatsAndParses) {
  const Bytes bytes = {0x00, 0xab, 0xff};
  EXPECT_EQ(hex_lower(bytes), "00abff");
  EXPECT_EQ(hex_upper(bytes), "00ABFF");
  EXPECT_EQ(hex_upper(0x260b4f1d, 8), "260B4F1D");
  EXPECT_EQ(parse_hex("00aBfF"), bytes);
  EXPECT_EQ(parse_hex_number("00000013", 8), 0x13U);
}

TEST(Hex, RefusesOddLengthAndOtherCharacters) {
  EXPECT_FALSE(parse_hex("abc"));
  EXPECT_FALSE(parse_hex("zz"));
  EXPECT_FALSE(parse_hex_number("123", 4));
}

TEST(Base64, RoundTripsEveryLengthInBothAlphabets) {
  auto random = make_seeded_random(7);
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes bytes(size);
    random->fill(bytes);
    auto text = base64_encode(bytes);
    EXPECT_EQ(text.size() % 4, 0U);
    EXPECT_EQ(base64_decode(text), bytes);
    for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (!text.empty() && text.back() == '=') text.pop_back();
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Base64, KnowsTheRfcVectors) {
  EXPECT_EQ(base64_encode(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base64_encode(as_bytes("foob")), "Zm9vYg==");
  EXPECT_FALSE(base64_decode("Zm9v!"));
  EXPECT_FALSE(base64_decode("Z"));
}

TEST(Random, SameSeedGivesTheSameBytes) {
  auto a = make_seeded_random(42);
  auto b = make_seeded_random(42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a->next(), b->next());
  for (int i = 0; i < 1000; ++i) EXPECT_LT(a->below(7), 7U);
}

TEST(Ulid, SortsByTimeAndPrintsTwentySixCharacters) {
  auto random = make_seeded_random(1);
  auto early = Ulid::make(UtcTime{std::chrono::milliseconds{1469918176385}}, *random);
  auto late = Ulid::make(UtcTime{std::chrono::milliseconds{1469918176386}}, *random);
  EXPECT_LT(early, late);
  EXPECT_LT(early.to_string(), late.to_string());
  EXPECT_EQ(early.to_string().size(), 26U);
  EXPECT_EQ(early.to_string().substr(0, 10), "01ARYZ6S41");
}

}  // namespace
}  // namespace ff
