// The wire form of protobuf. [protobuf.dev, Encoding]
#include "protocol/base/protobuf_wire.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

namespace ff::protobuf_wire {
namespace {

template <class Put>
std::string written(Put put) {
  Bytes out;
  put(out);
  return hex_lower(out);
}

struct NumberRow {
  unsigned field;
  std::uint64_t value;
  const char* octets;
};

constexpr NumberRow numbers[] = {
    {1, 0, ""},
    {1, 1, "0801"},
    {1, 127, "087f"},
    {1, 128, "088001"},
    {1, 150, "089601"},
    {1, 16'383, "08ff7f"},
    {1, 16'384, "08808001"},
    {15, 1, "7801"},
    {16, 1, "800101"},
    {2047, 1, "f87f01"},
    {2048, 1, "80800101"},
    {1, std::numeric_limits<std::uint32_t>::max(), "08ffffffff0f"},
    {1, std::numeric_limits<std::uint64_t>::max(), "08ffffffffffffffffff01"},
};

TEST(ProtobufWire, NumbersAreVarints) {
  for (const auto& [field, value, octets] : numbers) {
    EXPECT_EQ(written([&](Bytes& out) { put_number(out, field, value); }), octets) << value;
    if (value == 0) continue;
    const auto bytes = *parse_hex(octets);
    Reader reader(bytes);
    const auto read = reader.next();
    ASSERT_TRUE(read) << octets;
    EXPECT_EQ(read->number, field);
    EXPECT_EQ(read->type, WireType::varint);
    EXPECT_EQ(read->value, value);
    EXPECT_TRUE(reader.at_end());
  }
}

TEST(ProtobufWire, TextsAndMessagesHaveTheirLengthBeforeThem) {
  EXPECT_EQ(written([](Bytes& out) { put_bytes(out, 2, as_bytes("testing")); }),
            "120774657374696e67");
  EXPECT_EQ(written([](Bytes& out) { put_bytes(out, 2, {}); }), "1200");
  const Bytes large(300, 0x61);
  EXPECT_EQ(written([&](Bytes& out) { put_bytes(out, 3, large); }).substr(0, 8), "1aac0261");
}

TEST(ProtobufWire, FractionsAreFourOctetsLowestFirst) {
  EXPECT_EQ(written([](Bytes& out) { put_float(out, 1, 1.0F); }), "0d0000803f");
  EXPECT_EQ(written([](Bytes& out) { put_float(out, 1, -97.5F); }), "0d0000c3c2");
  EXPECT_EQ(written([](Bytes& out) { put_float(out, 1, 0.0F); }), "");
}

TEST(ProtobufWire, FieldsOfEveryTypeAreTaken) {
  const auto message = *parse_hex(
      "0801"                // 1: varint
      "110102030405060708"  // 2: fixed64
      "1a03616263"          // 3: three octets
      "250a0b0c0d"          // 4: fixed32
      "2a00");              // 5: nothing
  Reader reader(message);
  const char* bodies[] = {"", "0102030405060708", "616263", "0a0b0c0d", ""};
  constexpr WireType types[] = {WireType::varint, WireType::fixed64, WireType::length_delimited,
                                WireType::fixed32, WireType::length_delimited};
  for (std::size_t i = 0; i < 5; ++i) {
    const auto field = reader.next();
    ASSERT_TRUE(field) << i;
    EXPECT_EQ(field->number, i + 1);
    EXPECT_EQ(field->type, types[i]);
    EXPECT_EQ(hex_lower(field->bytes), bodies[i]);
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.next());
}

/// Whether all of a message is fields.
bool is_read(ByteView message) {
  for (Reader reader(message); !reader.at_end();) {
    if (!reader.next()) return false;
  }
  return true;
}

TEST(ProtobufWire, WhatIsNoFieldIsRefused) {
  for (const char* octets : {"08", "0880", "08ffffffffffffffffffff01", "8080808080808080808001",
                             "09", "0900000000000000", "0d000000", "0a", "0a01", "0a02aa",
                             "0affffffffffffffffff01", "0affffffff0faa",
                             // Groups, which proto3 has not, and types that are none.
                             "0b0c", "0c", "0e00", "0f00"}) {
    EXPECT_FALSE(is_read(*parse_hex(octets))) << octets;
  }
}

TEST(ProtobufWire, OfAMessageThatIsCutOffNothingIsMadeUp) {
  Bytes message;
  put_number(message, 1, 300);
  put_bytes(message, 2, as_bytes("four"));
  put_float(message, 3, 2.5F);
  put_bytes(message, 200, Bytes(200, 7));
  const auto ends = {std::size_t{3}, std::size_t{9}, std::size_t{14}, message.size()};
  for (std::size_t size = 1; size <= message.size(); ++size) {
    const bool whole = std::find(ends.begin(), ends.end(), size) != ends.end();
    EXPECT_EQ(is_read(ByteView(message).first(size)), whole) << size;
  }
}

TEST(ProtobufWire, WhateverOctetsComeTheReaderEnds) {
  auto random = make_seeded_random(5);
  for (int round = 0; round < 5000; ++round) {
    Bytes message(random->below(40));
    random->fill(message);
    std::size_t fields = 0;
    Reader reader(message);
    while (!reader.at_end() && reader.next()) ++fields;
    EXPECT_LE(fields * 2, message.size());
  }
}

}  // namespace
}  // namespace ff::protobuf_wire
