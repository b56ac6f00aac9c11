#include "net/http/gzip.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ff::net::http {
namespace {

using Outcome = Gunzipped::Outcome;

/// `printf 'hello' | gzip -9n`, by GNU gzip 1.12.
const Bytes hello{0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd,
                  0xc9, 0xc9, 0x07, 0x00, 0x86, 0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00};

TEST(Gzip, WhatOthersPackIsUnpacked) {
  const auto unpacked = gunzip(hello, 5);
  EXPECT_EQ(unpacked.outcome, Outcome::whole);
  EXPECT_EQ(as_text(unpacked.bytes), "hello");
}

TEST(Gzip, WhatIsPackedComesOutAgain) {
  for (const std::size_t size : {0U, 1U, 100U, 16U << 10U, (16U << 10U) + 1, 1U << 20U}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * i % 251);
    const auto packed = gzip(as_bytes(text));
    const auto unpacked = gunzip(packed, size);
    EXPECT_EQ(unpacked.outcome, Outcome::whole) << size;
    EXPECT_EQ(as_text(unpacked.bytes), text) << size;
  }
}

TEST(Gzip, OneOctetAboveTheLimitIsTooLarge) {
  EXPECT_EQ(gunzip(hello, 4).outcome, Outcome::too_large);
  EXPECT_TRUE(gunzip(hello, 4).bytes.empty());
  // A bomb: a thousandth of what it becomes.
  const auto bomb = gzip(Bytes(32U << 20U));
  ASSERT_LT(bomb.size(), 200U << 10U);
  EXPECT_EQ(gunzip(bomb, 1U << 20U).outcome, Outcome::too_large);
}

TEST(Gzip, WhatIsCutOffDamagedOrFollowedIsMalformed) {
  for (std::size_t size = 0; size < hello.size(); ++size) {
    EXPECT_EQ(gunzip(ByteView(hello).first(size), 100).outcome, Outcome::malformed) << size;
  }
  auto damaged = hello;
  damaged.at(18) ^= 1;  // of the checksum
  EXPECT_EQ(gunzip(damaged, 100).outcome, Outcome::malformed);
  auto followed = hello;
  followed.push_back(0);
  EXPECT_EQ(gunzip(followed, 100).outcome, Outcome::malformed);
  EXPECT_EQ(gunzip(as_bytes("hello"), 100).outcome, Outcome::malformed);
}

}  // namespace
}  // namespace ff::net::http
