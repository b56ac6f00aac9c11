#include "protocol/base/protobuf_wire.hpp"

#include <bit>

namespace ff::protobuf_wire {
namespace {

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_tag(Bytes& out, unsigned field, WireType type) {
  put_varint(out, field << 3 | static_cast<unsigned>(type));
}

}  // namespace

void put_number(Bytes& out, unsigned field, std::uint64_t value) {
  if (value == 0) return;
  put_tag(out, field, WireType::varint);
  put_varint(out, value);
}

void put_float(Bytes& out, unsigned field, float value) {
  if (value == 0) return;
  put_tag(out, field, WireType::fixed32);
  append_le<4>(out, std::bit_cast<std::uint32_t>(value));
}

void put_bytes(Bytes& out, unsigned field, ByteView value) {
  put_tag(out, field, WireType::length_delimited);
  put_varint(out, value.size());
  append(out, value);
}

std::optional<Field> Reader::next() {
  const auto tag = varint();
  if (!tag) return std::nullopt;
  Field field{*tag >> 3, static_cast<WireType>(*tag & 7), 0, {}};
  switch (field.type) {
    case WireType::varint: {
      const auto value = varint();
      if (!value) return std::nullopt;
      field.value = *value;
      return field;
    }
    case WireType::fixed64:
      return take(field, 8);
    case WireType::fixed32:
      return take(field, 4);
    case WireType::length_delimited: {
      const auto size = varint();
      return size ? take(field, *size) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Reader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return std::nullopt;
    const auto byte = rest_.front();
    rest_ = rest_.subspan(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<Field> Reader::take(Field field, std::uint64_t size) {
  if (size > rest_.size()) return std::nullopt;
  field.bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return field;
}

}  // namespace ff::protobuf_wire
