// The wire form of protobuf, for the few small messages that layers without protobuf make or read
// themselves: tokens that travel through others. Not for API messages.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/bytes.hpp"

namespace ff::protobuf_wire {

/// ON-WIRE
enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

/// Zero is protobuf's default and not written.
void put_number(Bytes& out, unsigned field, std::uint64_t value);
/// A `float`; zero is not written either.
void put_float(Bytes& out, unsigned field, float value);
/// Written also when empty: a message that is there.
void put_bytes(Bytes& out, unsigned field, ByteView value);

struct Field {
  std::uint64_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;  // varint
  ByteView bytes;           // of the other types; a part of what is read
};

/// Takes fields from the front of a message; every length is checked against what is left.
class Reader {
 public:
  explicit Reader(ByteView message) : rest_(message) {}

  bool at_end() const noexcept { return rest_.empty(); }
  /// Nothing when the octets are no field.
  std::optional<Field> next();

 private:
  std::optional<std::uint64_t> varint();
  std::optional<Field> take(Field field, std::uint64_t size);

  ByteView rest_;
};

}  // namespace ff::protobuf_wire
