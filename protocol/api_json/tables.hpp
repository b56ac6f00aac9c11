// INTERNAL: facts of the JSON encoding that descriptors do not hold, generated from
// protocol/proto/tables. Not for use outside protocol/api_json; schema.hpp looks them up by
// descriptor.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ff::api_json::tables {

/// A bytes field that is not base64: `size` bytes of hex, or (size 0) DevAddr prefixes.
struct ByteField {
  std::string_view field;
  std::uint8_t size;
};

/// A text of an enum's number.
struct EnumText {
  std::string_view enumeration;
  std::string_view text;
  std::int32_t number;
};

extern const std::span<const ByteField> byte_fields;
/// Read in addition to the names of values.
extern const std::span<const EnumText> enum_aliases;
/// Written instead of the names of values.
extern const std::span<const EnumText> enum_texts;
/// Written as numbers.
extern const std::span<const std::string_view> number_enums;
/// Messages in the encoding of protobuf's own JSON; all others follow the dialect of the
/// reference's plugin.
extern const std::span<const std::string_view> plain_messages;
/// Messages whose JSON is their only field's value.
extern const std::span<const std::string_view> wrapper_messages;

}  // namespace ff::api_json::tables
