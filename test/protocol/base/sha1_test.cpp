#include "protocol/base/sha1.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff {
namespace {

TEST(Sha1, IsThatOfTheStandard) {
  struct Row {
    std::string text;
    std::string_view digest;
  };
  // [FIPS 180-4 examples; RFC 3174 §7.3]
  const Row rows[] = {
      {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
      {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
      {std::string(1'000'000, 'a'), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
  };
  for (const auto& [text, digest] : rows) {
    const auto made = sha1(as_bytes(text));
    EXPECT_EQ(hex_lower(made), digest) << text.size();
  }
}

}  // namespace
}  // namespace ff
