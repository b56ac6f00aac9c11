#include "storage/keys/audit_keys.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::storage {
namespace {

std::string hex_of(std::string_view text) {
  return hex_lower(as_bytes(text));
}
bool is_in(const KeyRange& range, const Bytes& key) {
  return range.first <= key && key < range.last;
}

TEST(AuditKeys, BytesAreOnDiskAndNeverChange) {
  EXPECT_EQ(hex_lower(audit_record_key(12)),
            "26" + hex_of("record") + "0001" + hex_of("00000000000000000012") + "0001");
  EXPECT_EQ(hex_lower(audit_pending_key(1)),
            "26" + hex_of("pending") + "0001" + hex_of("00000000000000000001") + "0001");
  EXPECT_EQ(hex_lower(audit_head_key()), "26" + hex_of("head") + "0001" + "0001");
  EXPECT_EQ(hex_lower(audit_anchor_key()), "26" + hex_of("anchor") + "0001" + "0001");
  EXPECT_EQ(hex_lower(audit_index_key("of/user:a", 3)),
            "46" + hex_of("of/user:a") + "0001" + "26" + hex_of("record") + "0001" +
                hex_of("00000000000000000003") + "0001");
}

TEST(AuditKeys, NumbersComeBackFromTheirOwnKeysOnly) {
  EXPECT_EQ(parse_audit_record_key(audit_record_key(77)), 77U);
  EXPECT_EQ(parse_audit_pending_key(audit_pending_key(78)), 78U);
  EXPECT_EQ(parse_audit_index_key(audit_index_key("by/x", 79)), 79U);
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parse_audit_record_key(audit_record_key(largest)), largest);
  EXPECT_FALSE(parse_audit_record_key(audit_pending_key(1)));
  EXPECT_FALSE(parse_audit_record_key(audit_head_key()));
  EXPECT_FALSE(parse_audit_record_key({}));
  EXPECT_FALSE(parse_audit_index_key(audit_record_key(1)));
}

TEST(AuditKeys, RangesHaveBothTheirEnds) {
  const auto range = audit_record_range(9, 10);
  EXPECT_FALSE(is_in(range, audit_record_key(8)));
  EXPECT_TRUE(is_in(range, audit_record_key(9)));
  EXPECT_TRUE(is_in(range, audit_record_key(10)));
  EXPECT_FALSE(is_in(range, audit_record_key(11)));
  const auto index = audit_index_range("of/a", 1, 2);
  EXPECT_TRUE(is_in(index, audit_index_key("of/a", 2)));
  EXPECT_FALSE(is_in(index, audit_index_key("of/a", 3)));
  EXPECT_FALSE(is_in(index, audit_index_key("of/ab", 1)));
  EXPECT_TRUE(is_in(audit_pending_range(), audit_pending_key(5)));
  EXPECT_FALSE(is_in(audit_pending_range(), audit_record_key(5)));
}

}  // namespace
}  // namespace ff::storage
