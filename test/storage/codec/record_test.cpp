#include "storage/codec/record.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

namespace ff::storage {
namespace {

// Expected bytes are protobuf's: https://protobuf.dev/programming-guides/encoding/
TEST(RecordWriter, BytesAreProtobufsWireFormat) {
  struct Row {
    const char* name;
    void (*write)(RecordWriter&);
    const char* hex;
  };
  const Row rows[] = {
      {"varint", [](RecordWriter& w) { w.varint(1, 150); }, "089601"},
      {"largest varint", [](RecordWriter& w) { w.varint(1, ~0ULL); }, "08ffffffffffffffffff01"},
      {"flag", [](RecordWriter& w) { w.flag(2, true); }, "1001"},
      {"zigzag 0", [](RecordWriter& w) { w.zigzag(1, 0); }, "0800"},
      {"zigzag -1", [](RecordWriter& w) { w.zigzag(1, -1); }, "0801"},
      {"zigzag 1", [](RecordWriter& w) { w.zigzag(1, 1); }, "0802"},
      {"zigzag -2147483648", [](RecordWriter& w) { w.zigzag(1, -2147483648LL); }, "08ffffffff0f"},
      {"fixed32", [](RecordWriter& w) { w.fixed32(3, 0x01020304); }, "1d04030201"},
      {"fixed64", [](RecordWriter& w) { w.fixed64(3, 0x0102030405060708); }, "190807060504030201"},
      {"text", [](RecordWriter& w) { w.text(2, "testing"); }, "120774657374696e67"},
      {"empty bytes", [](RecordWriter& w) { w.bytes(2, {}); }, "1200"},
      {"large field number", [](RecordWriter& w) { w.flag(536870911, false); }, "f8ffffff0f00"},
      {"nested",
       [](RecordWriter& w) {
         const auto mark = w.open_record(3);
         w.varint(1, 150);
         w.close_record(mark);
       },
       "1a03089601"},
  };
  for (const auto& row : rows) {
    RecordWriter writer;
    row.write(writer);
    EXPECT_EQ(hex_lower(writer.data()), row.hex) << row.name;
  }
}

TEST(RecordWriter, NestedRecordIsWhatItsBytesAreWhateverItsLength) {
  for (std::size_t length : {0U, 1U, 125U, 126U, 127U, 128U, 16380U, 16384U, 100000U, 3000000U}) {
    const Bytes content(length, 7);
    RecordWriter inner;
    inner.bytes(1, content);
    RecordWriter expected;
    expected.varint(1, 9);
    expected.bytes(2, inner.data());
    RecordWriter outermost;
    outermost.bytes(4, expected.data());
    outermost.flag(5, true);

    RecordWriter written;
    const auto outer = written.open_record(4);
    written.varint(1, 9);
    const auto mark = written.open_record(2);
    written.bytes(1, content);
    written.close_record(mark);
    written.close_record(outer);
    written.flag(5, true);
    EXPECT_TRUE(written.take() == outermost.take()) << length;
  }
}

TEST(RecordReader, ReadsBackEveryKind) {
  RecordWriter out;
  out.varint(1, 70000);
  out.zigzag(2, std::numeric_limits<std::int64_t>::min());
  out.zigzag(2, std::numeric_limits<std::int64_t>::max());
  out.fixed32(3, 0xFFFFFFFF);
  out.fixed64(4, ~0ULL);
  out.text(5, "text");
  out.flag(6, true);
  auto data = out.take();
  EXPECT_TRUE(out.data().empty());
  RecordReader in(data);
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().number, 1U);
  EXPECT_EQ(in.field().u32(), 70000U);
  EXPECT_EQ(in.field().u16(), 70000U & 0xFFFFU);
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().zigzag(), std::numeric_limits<std::int64_t>::min());
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().zigzag(), std::numeric_limits<std::int64_t>::max());
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().u32(), 0xFFFFFFFFU);
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().u64(), ~0ULL);
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().text(), "text");
  ASSERT_TRUE(in.next());
  EXPECT_TRUE(in.field().flag());
  EXPECT_FALSE(in.next());
  EXPECT_TRUE(in.status());
}

/// A reader that knows fields 1 and 2 only, as an older program would.
Result<std::vector<std::uint64_t>> read_known(ByteView data) {
  std::vector<std::uint64_t> known(2);
  RecordReader in(data);
  while (in.next()) {
    if (in.field().number <= known.size()) known[in.field().number - 1] = in.field().u64();
  }
  FF_CHECK(in.status());
  return known;
}

TEST(RecordReader, OlderReaderSkipsNewFieldsOfEveryKind) {
  RecordWriter out;
  out.fixed64(9, 1);
  out.varint(1, 11);
  out.text(10, "new");
  out.fixed32(11, 1);
  out.varint(2, 22);
  out.varint(300, 5);
  EXPECT_EQ(*read_known(out.data()), (std::vector<std::uint64_t>{11, 22}));
}

TEST(RecordReader, FieldOfAnotherKindReadsAsEmpty) {
  RecordWriter out;
  out.text(1, "not a number");
  out.varint(2, 7);
  RecordReader in(out.data());
  ASSERT_TRUE(in.next());
  EXPECT_EQ(in.field().u64(), 0U);
  ASSERT_TRUE(in.next());
  EXPECT_TRUE(in.field().text().empty());
}

TEST(RecordReader, RefusesMalformedBytesAtTheirOffset) {
  struct Row {
    const char* name;
    const char* hex;
    std::int64_t offset;
  };
  const Row rows[] = {
      {"field 0", "0000", 0},
      {"group start", "0b", 0},
      {"group end", "0c", 0},
      {"wire 6", "0e00", 0},
      {"wire 7", "0f00", 0},
      {"tag without end", "ff", 0},
      {"field number too large", "80808080800100", 0},
      {"varint without end", "0880", 0},
      {"varint of eleven bytes", "08ffffffffffffffffffff01", 0},
      {"varint over 64 bits", "08ffffffffffffffffff02", 0},
      {"fixed32 cut", "1d010203", 0},
      {"fixed64 cut", "1901020304050607", 0},
      {"bytes cut", "120261", 0},
      {"bytes without size", "12", 0},
      {"huge size", "12ffffffffffffffffff01", 0},
      {"second field", "080112", 2},
  };
  for (const auto& row : rows) {
    auto data = *parse_hex(row.hex);
    RecordReader in(data);
    while (in.next()) {
    }
    ASSERT_FALSE(in.status()) << row.name;
    EXPECT_EQ(in.status().error(), Error(malformed_record, {{"offset", row.offset}})) << row.name;
    EXPECT_FALSE(in.next()) << row.name;
  }
}

TEST(RecordReader, RandomRecordsSurviveTheRoundTrip) {
  auto random = make_seeded_random(11);
  for (int round = 0; round < 300; ++round) {
    RecordWriter out;
    std::vector<std::pair<std::uint32_t, std::uint64_t>> expected;
    for (auto n = random->below(30); n > 0; --n) {
      auto field = static_cast<std::uint32_t>(1 + random->below(1U << random->below(29)));
      auto value = random->next() >> random->below(64);
      out.varint(field, value);
      expected.emplace_back(field, value);
    }
    RecordReader in(out.data());
    for (const auto& [field, value] : expected) {
      ASSERT_TRUE(in.next());
      ASSERT_EQ(in.field().number, field);
      ASSERT_EQ(in.field().u64(), value);
    }
    ASSERT_FALSE(in.next());
    ASSERT_TRUE(in.status());
  }
}

}  // namespace
}  // namespace ff::storage
