#include "storage/keys/push_keys.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/package_keys.hpp"

namespace ff::storage {
namespace {

TEST(PushKeys, BytesAreOnDiskAndNeverChange) {
  const auto key = own_push_key(Shard{0x102}, 0x30405);
  EXPECT_EQ(hex_lower(key), "2801020000000000030405");
  EXPECT_EQ(parse_own_push_key(key).value(), 0x30405U);
}

TEST(PushKeys, TheirNumberIsNobodyElses) {
  EXPECT_FALSE(entity_kind_from(own_push_kind));
  EXPECT_NE(own_push_kind, package_frames_kind);
}

TEST(PushKeys, OneRangeHasAShardsInOrderAndNothingElse) {
  const auto range = own_push_range(Shard{7});
  EXPECT_LE(range.first, own_push_key(Shard{7}, 0));
  EXPECT_LT(own_push_key(Shard{7}, 9), own_push_key(Shard{7}, 10));
  EXPECT_LT(own_push_key(Shard{7}, ~std::uint64_t{0}), range.last);
  EXPECT_LE(range.last, own_push_key(Shard{8}, 0));
}

TEST(PushKeys, OtherKeysAreRefused) {
  auto longer = own_push_key(Shard{7}, 1);
  longer.push_back(0);
  auto shorter = own_push_key(Shard{7}, 1);
  shorter.pop_back();
  for (const auto& key : {longer, shorter, Bytes{}, entity_key(EntityKind::pubsub, {"app", "dev"})})
    EXPECT_FALSE(parse_own_push_key(key));
}

}  // namespace
}  // namespace ff::storage
