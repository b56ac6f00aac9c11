#include "protocol/api_json/text.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "protocol/base/hex.hpp"

namespace ff::api_json {
namespace {

/// The length of the UTF-8 sequence at the start of `text`; 0 when it is none. Overlong forms and
/// surrogates are none.
std::size_t sequence_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  auto lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    auto low = lead == 0xe0 ? 0xa0U : 0x80U;
    auto high = lead == 0xed ? 0x9fU : 0xbfU;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    auto low = lead == 0xf0 ? 0x90U : 0x80U;
    auto high = lead == 0xf4 ? 0x8fU : 0xbfU;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u" + hex_lower(static_cast<unsigned char>(character), 4);
  }
}

/// As ECMAScript writes numbers: plain digits between 1e-6 and 1e21.
template <class Float>
void append_float(std::string& out, Float value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return;
  }
  auto size = std::fabs(value);
  bool plain = size == 0 || (size >= Float(1e-6) && size < Float(1e21));
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value,
                           plain ? std::chars_format::fixed : std::chars_format::scientific)
                 .ptr;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  // 1e-09 is written 1e-9.
  if (auto at = text.find("e-0"); at != std::string_view::npos) {
    out += text.substr(0, at + 2);
    text.remove_prefix(at + 3);
  }
  out += text;
}

template <class Number>
std::optional<Number> parse_whole_text(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class Float>
std::optional<Float> parse_floating(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<Float>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<Float>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<Float>::infinity();
  // from_chars also knows words such as `inf` and `nan`.
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  if (auto value = parse_whole_text<Float>(text)) return value;
  // from_chars does not tell too small, which is zero, from too large; a wider type does.
  auto wide = parse_whole_text<long double>(text);
  if (!wide || std::fabs(*wide) >= 1) return std::nullopt;
  return static_cast<Float>(*wide);
}

template <class Int>
std::optional<Int> parse_integer(std::string_view text) {
  if (auto value = parse_whole_text<Int>(text)) return value;
  // Beyond 2^53 a double no longer says which integer was meant.
  constexpr double exact_max = 9007199254740992.0;
  if (text.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  auto value = parse_floating<double>(text);
  if (!value || std::trunc(*value) != *value || std::fabs(*value) > exact_max) return std::nullopt;
  if (std::is_unsigned_v<Int> && *value < 0) return std::nullopt;
  return static_cast<Int>(*value);
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_utf8(std::string& out, char32_t character) {
  auto put = [&](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xc0 | character >> 6);
    put(0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    put(0xe0 | character >> 12);
    put(0x80 | (character >> 6 & 0x3f));
    put(0x80 | (character & 0x3f));
  } else {
    put(0xf0 | character >> 18);
    put(0x80 | (character >> 12 & 0x3f));
    put(0x80 | (character >> 6 & 0x3f));
    put(0x80 | (character & 0x3f));
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    auto byte = static_cast<unsigned char>(text[0]);
    if (byte < 0x20 || byte == '"' || byte == '\\') {
      append_escaped(out, text[0]);
      text.remove_prefix(1);
    } else if (auto length = sequence_length(text); length > 0) {
      out += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      out += "\\ufffd";
      text.remove_prefix(1);
    }
  }
  out += '"';
}

void append_number(std::string& out, double value) {
  append_float(out, value);
}
void append_number(std::string& out, float value) {
  append_float(out, value);
}

std::optional<double> parse_double(std::string_view text) {
  return parse_floating<double>(text);
}
std::optional<float> parse_float(std::string_view text) {
  return parse_floating<float>(text);
}
std::optional<std::int64_t> parse_int64(std::string_view text) {
  return parse_integer<std::int64_t>(text);
}
std::optional<std::uint64_t> parse_uint64(std::string_view text) {
  return parse_integer<std::uint64_t>(text);
}

}  // namespace ff::api_json
