#include "storage/codec/envelope.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::storage {
namespace {

TEST(Envelope, BytesAreOnDiskAndNeverChange) {
  EXPECT_EQ(hex_lower(seal(1, Bytes{0xAA, 0xBB})), "01aabb");
  EXPECT_EQ(hex_lower(seal(300, Bytes{0xAA})), "ac02aa");
  EXPECT_EQ(hex_lower(seal(0xFFFFFFFF, {})), "ffffffff0f");
}

TEST(Envelope, UnsealInvertsSeal) {
  for (ValueVersion version : {1U, 127U, 128U, 16384U, 0xFFFFFFFFU}) {
    auto value = seal(version, Bytes{7});
    auto opened = unseal(value, version);
    ASSERT_TRUE(opened) << version;
    EXPECT_EQ(opened->version, version);
    EXPECT_EQ(to_owned(opened->body), Bytes{7});
  }
}

TEST(Envelope, NewerVersionIsRefusedWithBothNumbers) {
  EXPECT_EQ(unseal(seal(3, {}), 2).error(), Error(value_too_new, {{"version", 3}, {"newest", 2}}));
}

TEST(Envelope, RefusesWhatHasNoVersion) {
  for (const char* hex : {"", "00", "80", "8000", "ffffffff1f", "ffffffffff01", "8080808080"}) {
    auto opened = unseal(*parse_hex(hex), 0xFFFFFFFF);
    ASSERT_FALSE(opened) << hex;
    EXPECT_TRUE(opened.error().is(malformed_value)) << hex;
  }
}

}  // namespace
}  // namespace ff::storage
