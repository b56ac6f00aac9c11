// Hexadecimal text of bytes and numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"

namespace ff {

std::string hex_lower(ByteView bytes);
std::string hex_upper(ByteView bytes);
/// The low `digits` (1-16) nibbles of `value`, most significant first.
std::string hex_upper(std::uint64_t value, int digits);
std::string hex_lower(std::uint64_t value, int digits);

/// Any case; nothing for odd length or another character.
std::optional<Bytes> parse_hex(std::string_view text);
/// Exactly `digits` (1-16) hex digits, any case.
std::optional<std::uint64_t> parse_hex_number(std::string_view text, int digits);

}  // namespace ff
