#include "actors/audit/chain.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "test/actors/audit/sample.hpp"

namespace ff::audit {
namespace {

const Keys no_keys;
const Keys keys = {Bytes(16, 1)};
const Checkpoint before{6, {1, 2, 3}};

Bytes row(const Keys& with = keys) {
  return encode_link(make_link(sample(7), before, with));
}

TEST(AuditChain, BytesAreOnDiskAndNeverChange) {
  Record record;
  record.sequence = 1;
  const auto link = make_link(record, {}, {Bytes(16, 7)});
  EXPECT_EQ(hex_lower(link.content), "08011801");
  const auto start = hex_lower(encode_link(link)).substr(0, 18);
  EXPECT_EQ(start, "010a04080118011220");
  EXPECT_EQ(hex_lower(link.hash),
            "fe47fcb2786acdbd8236cc9031741674c1bd021799d77255db6143b406b45b20");
  EXPECT_EQ(hex_lower(link.signature),
            "66e8699d578c09f5ca3051e5a840d0b6da860a6aa06596e6a7af08d6745c1232");
  EXPECT_EQ(hex_lower(encode_checkpoint({1, link.hash}, no_keys)),
            "0108011220" + hex_lower(link.hash));
}

TEST(AuditChain, WhatIsInOrderLeadsToTheNextCheckpoint) {
  const auto signed_one = judge(row(), before, keys);
  EXPECT_EQ(signed_one.fault, Fault::none);
  EXPECT_EQ(signed_one.is_signed, Signed::by_us);
  EXPECT_EQ(signed_one.reached.sequence, 7U);
  const auto plain = judge(row(no_keys), before, no_keys);
  EXPECT_EQ(plain.fault, Fault::none);
  EXPECT_EQ(plain.is_signed, Signed::no);
  EXPECT_EQ(plain.reached.hash, signed_one.reached.hash);
}

TEST(AuditChain, EveryFlippedBitIsFound) {
  const auto whole = row();
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto flipped = whole;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_NE(judge(flipped, before, keys).fault, Fault::none) << "bit " << bit;
  }
}

TEST(AuditChain, EveryMissingOctetIsFound) {
  const auto whole = row();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto shorter = whole;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_NE(judge(shorter, before, keys).fault, Fault::none) << "octet " << at;
    const auto start = judge(ByteView(whole).first(at), before, keys);
    // Without its signature alone it is in order, and says that it has none: see the walk.
    EXPECT_TRUE(start.fault != Fault::none || start.is_signed == Signed::no) << at;
  }
}

TEST(AuditChain, ARecordMustFollowTheOneBefore) {
  EXPECT_EQ(judge(row(), {5, before.hash}, keys).fault, Fault::wrong_number);
  EXPECT_EQ(judge(row(), {6, {9}}, keys).fault, Fault::wrong_previous);
}

TEST(AuditChain, AnotherRecordUnderTheOldDigestIsFound) {
  auto link = make_link(sample(7), before, keys);
  auto other = sample(7);
  other.account = "user:mallory";
  link.content = encode_record(other);
  EXPECT_EQ(judge(encode_link(link), before, keys).fault, Fault::changed);
}

TEST(AuditChain, WhoHasNoKeyMakesNoChainThatPasses) {
  EXPECT_EQ(judge(row({Bytes(16, 2)}), before, keys).fault, Fault::wrong_signature);
  // A signature of another record does not do.
  auto link = make_link(sample(7), before, keys);
  link.signature = make_link(sample(7), {6, {4}}, keys).signature;
  EXPECT_EQ(judge(encode_link(link), before, keys).fault, Fault::wrong_signature);
}

TEST(AuditChain, OlderKeysAreStillKnown) {
  EXPECT_EQ(judge(row({Bytes(16, 2)}), before, {Bytes(16, 1), Bytes(16, 2)}).is_signed,
            Signed::by_us);
}

TEST(AuditChain, CheckpointsComeBackAndAreGenuineWithTheirKeyOnly) {
  const Checkpoint checkpoint{12, {9, 8}};
  const auto signed_row = encode_checkpoint(checkpoint, keys);
  EXPECT_EQ(decode_checkpoint(signed_row), checkpoint);
  EXPECT_TRUE(is_genuine(signed_row, keys));
  EXPECT_TRUE(is_genuine(signed_row, no_keys));
  EXPECT_FALSE(is_genuine(signed_row, {Bytes(16, 2)}));
  EXPECT_FALSE(is_genuine(encode_checkpoint(checkpoint, no_keys), keys));
  EXPECT_FALSE(is_genuine({}, no_keys));
  EXPECT_FALSE(decode_checkpoint(Bytes{1, 8, 1}));
}

}  // namespace
}  // namespace ff::audit
