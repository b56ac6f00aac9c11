#include "storage/engine/write_batch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"
#include "storage/engine/errors.hpp"

namespace ff::storage {
namespace {

std::string hex(const WriteBatch& batch) {
  return hex_lower(batch.data());
}

TEST(Family, NumbersAndNamesAreOnDiskAndNeverChange) {
  struct Row {
    Family family;
    int number;
    const char* name;
  };
  const Row rows[] = {{Family::device, 0, "device"},
                      {Family::session, 1, "session"},
                      {Family::downlink_queue, 2, "downlink_queue"},
                      {Family::address_index, 3, "address_index"},
                      {Family::join_nonce, 4, "join_nonce"},
                      {Family::entity, 5, "entity"},
                      {Family::entity_index, 6, "entity_index"},
                      {Family::outbox, 7, "outbox"},
                      {Family::cursor, 8, "cursor"},
                      {Family::event, 9, "event"},
                      {Family::series, 10, "series"},
                      {Family::frame_log, 11, "frame_log"},
                      {Family::meta, 12, "meta"}};
  ASSERT_EQ(std::size(rows), family_count);
  for (const auto& row : rows) {
    EXPECT_EQ(static_cast<int>(row.family), row.number);
    EXPECT_EQ(to_string(row.family), row.name);
    EXPECT_EQ(family_from(static_cast<std::uint8_t>(row.number)), row.family);
  }
  EXPECT_FALSE(family_from(family_count));
}

TEST(WriteBatch, BytesAreTheDocumentedForm) {
  WriteBatch batch;
  batch.put(Family::session, as_bytes("k"), as_bytes("value"));
  EXPECT_EQ(hex(batch), "0101016b0576616c7565");
  batch.clear();
  batch.erase(Family::meta, as_bytes("ab"));
  EXPECT_EQ(hex(batch), "020c026162");
  batch.clear();
  batch.erase_range(Family::outbox, as_bytes("a"), as_bytes("c"));
  EXPECT_EQ(hex(batch), "030701610163");
  batch.clear();
  batch.extend(Family::session, as_bytes("k"), as_bytes("tail"));
  EXPECT_EQ(hex(batch), "0401016b047461696c");
}

TEST(WriteBatch, LongPartsHaveVarintLengths) {
  WriteBatch batch;
  batch.put(Family::device, {}, Bytes(300, 7));
  EXPECT_EQ(hex(batch).substr(0, 10), "010000ac02");
  EXPECT_EQ(batch.begin()->value.size(), 300U);
}

TEST(WriteBatch, KeepsOrderAndCounts) {
  WriteBatch first;
  first.put(Family::device, as_bytes("a"), as_bytes("1"));
  first.erase(Family::device, as_bytes("a"));
  WriteBatch second;
  second.put(Family::device, as_bytes("a"), as_bytes("2"));
  auto expected_bytes = first.bytes() + second.bytes();
  first.append(second);
  EXPECT_EQ(first.count(), 3U);
  EXPECT_EQ(first.bytes(), expected_bytes);
  std::vector<Change> seen;
  for (const auto& change : first) seen.push_back(change.change);
  EXPECT_EQ(seen, (std::vector{Change::put, Change::erase, Change::put}));
}

TEST(WriteBatch, EmptyOrInvertedRangeIsNothing) {
  WriteBatch batch;
  batch.erase_range(Family::device, as_bytes("b"), as_bytes("b"));
  batch.erase_range(Family::device, as_bytes("b"), as_bytes("a"));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.begin(), batch.end());
}

TEST(WriteBatch, ParseInvertsData) {
  auto random = make_seeded_random(7);
  for (int round = 0; round < 200; ++round) {
    WriteBatch batch;
    for (auto n = random->below(20); n > 0; --n) {
      Bytes key(random->below(200));
      Bytes value(random->below(400));
      random->fill(key);
      random->fill(value);
      auto family = static_cast<Family>(random->below(family_count));
      switch (random->below(4)) {
        case 0:
          batch.put(family, key, value);
          break;
        case 1:
          batch.erase(family, key);
          break;
        case 2:
          batch.extend(family, key, value);
          break;
        default:
          batch.erase_range(family, key, value);
      }
    }
    auto parsed = WriteBatch::parse(to_owned(batch.data()));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, batch);
  }
}

TEST(WriteBatch, ParseRefusesWhatIsNoBatch) {
  struct Row {
    const char* name;
    Bytes data;
    std::int64_t offset;
  };
  const Row rows[] = {
      {"unknown change", {5, 0, 0, 0}, 0},
      {"zero change", {0, 0, 0, 0}, 0},
      {"unknown family", {1, 13, 0, 0}, 0},
      {"no family", {1}, 0},
      {"no key", {1, 0}, 0},
      {"key cut", {1, 0, 2, 9}, 0},
      {"no value", {1, 0, 1, 9}, 0},
      {"value cut", {1, 0, 1, 9, 5, 1}, 0},
      {"length over 32 bits", {2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, 0},
      {"length without end", {2, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 0},
      {"inverted range", {3, 0, 1, 9, 1, 8}, 0},
      {"second record", {2, 0, 0, 2}, 3},
  };
  for (const auto& row : rows) {
    auto parsed = WriteBatch::parse(row.data);
    ASSERT_FALSE(parsed) << row.name;
    EXPECT_EQ(parsed.error(), Error(malformed_batch, {{"offset", row.offset}})) << row.name;
  }
}

}  // namespace
}  // namespace ff::storage
