#include "storage/keys/key_codec.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

namespace ff::storage {
namespace {

using namespace std::string_literals;

TEST(KeyWriter, BytesAreTheDocumentedForm) {
  struct Row {
    const char* name;
    Bytes key;
    const char* hex;
  };
  const Row rows[] = {
      {"u8", KeyWriter().u8(0xAB).take(), "ab"},
      {"u16", KeyWriter().u16(0x1234).take(), "1234"},
      {"u32", KeyWriter().u32(0x12345678).take(), "12345678"},
      {"u64", KeyWriter().u64(0x123456789ABCDEF0).take(), "123456789abcdef0"},
      {"empty text", KeyWriter().text("").take(), "0001"},
      {"text", KeyWriter().text("ab").take(), "61620001"},
      {"zeros", KeyWriter().text("a\0\0"s).take(), "6100ff00ff0001"},
      {"high bytes", KeyWriter().text("\xFF\x01").take(), "ff010001"},
  };
  for (const auto& row : rows) EXPECT_EQ(hex_lower(row.key), row.hex) << row.name;
}

/// All texts over a small, nasty alphabet, up to three characters.
std::vector<std::string> nasty_texts() {
  std::vector<std::string> out{""};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].size() == 3) continue;
    for (char c : {'\0', '\x01', 'a', '\xFF'}) out.push_back(out[i] + c);
  }
  return out;
}

TEST(KeyWriter, OrderOfKeysIsOrderOfParts) {
  auto texts = nasty_texts();
  auto less = [](const std::string& a, const std::string& b) {
    return std::lexicographical_compare(as_bytes(a).begin(), as_bytes(a).end(), as_bytes(b).begin(),
                                        as_bytes(b).end());
  };
  for (const auto& a : texts) {
    for (const auto& b : texts) {
      for (std::uint8_t number : {0, 1, 0xFF}) {
        auto key_a = KeyWriter().text(a).u8(number).take();
        auto key_b = KeyWriter().text(b).u8(1).take();
        bool expected = a == b ? number < 1 : less(a, b);
        ASSERT_EQ(key_a < key_b, expected) << hex_lower(key_a) << " " << hex_lower(key_b);
      }
    }
  }
}

TEST(KeyWriter, NoTextIsAPrefixOfAnother) {
  auto texts = nasty_texts();
  for (const auto& a : texts) {
    for (const auto& b : texts) {
      if (a == b) continue;
      auto key = KeyWriter().text(a).take();
      auto other = KeyWriter().text(b).take();
      ASSERT_FALSE(as_text(other).starts_with(as_text(key)))
          << hex_lower(key) << " " << hex_lower(other);
    }
  }
}

TEST(KeyReader, InvertsTheWriter) {
  for (const auto& text : nasty_texts()) {
    auto key = KeyWriter().u16(7).text(text).u64(~0ULL).text(text).u32(9).u8(1).take();
    KeyReader in(key);
    EXPECT_EQ(in.u16(), 7);
    EXPECT_EQ(in.text(), text);
    EXPECT_TRUE(in.more());
    EXPECT_EQ(in.u64(), ~0ULL);
    EXPECT_EQ(in.text(), text);
    EXPECT_EQ(in.u32(), 9U);
    EXPECT_EQ(in.u8(), 1);
    EXPECT_TRUE(in.finished());
    EXPECT_FALSE(in.more());
  }
}

TEST(KeyReader, RefusesTextsThatNoWriterMakes) {
  for (const char* hex : {"", "61", "6100", "00", "00ff", "6100ff", "6100020001", "00fe"}) {
    auto key = *parse_hex(hex);
    KeyReader in(key);
    EXPECT_EQ(in.text(), "") << hex;
    EXPECT_FALSE(in.finished()) << hex;
    EXPECT_EQ(in.u8(), 0) << hex;
    EXPECT_FALSE(in.more()) << hex;
  }
}

TEST(KeyReader, RefusesCutNumbersAndLeftovers) {
  Bytes key{1, 2, 3};
  KeyReader cut(key);
  EXPECT_EQ(cut.u32(), 0U);
  EXPECT_FALSE(cut.finished());
  KeyReader leftover(key);
  EXPECT_EQ(leftover.u16(), 0x0102);
  EXPECT_FALSE(leftover.finished());
}

}  // namespace
}  // namespace ff::storage
