#include "protocol/application_json/text.hpp"

#include <array>
#include <charconv>

#include "protocol/api_json/text.hpp"
#include "protocol/base/base64.hpp"

namespace ff::application_json {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// Bytes that can not stand in a JSON string as they are.
constexpr bool needs_escape(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_escape(std::string& out, char c) {
  switch (c) {
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
      break;
  }
  out += "\\u00";
  out += hex_digits[static_cast<unsigned char>(c) >> 4U];
  out += hex_digits[static_cast<unsigned char>(c) & 0xFU];
}

template <class T>
void append_integer(std::string& out, T value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out.append(text, clean, i - clean);
    append_escape(out, text[i]);
    clean = i + 1;
  }
  out.append(text, clean);
  out += '"';
}

void append_number(std::string& out, float value) {
  api_json::append_number(out, value);
}
void append_number(std::string& out, double value) {
  api_json::append_number(out, value);
}
void append_number(std::string& out, std::uint64_t value) {
  append_integer(out, value);
}
void append_number(std::string& out, std::int64_t value) {
  append_integer(out, value);
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
  out += '"';
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += hex_digits[value >> shift & 0xFU];
  out += '"';
}

void Object::base64(std::string_view name, ByteView value) {
  if (value.empty()) return;
  member(name) += '"';
  base64_append(out_, value);
  out_ += '"';
}

void Object::number_text(std::string_view name, std::uint64_t value) {
  if (value == 0) return;
  member(name) += '"';
  append_number(out_, value);
  out_ += '"';
}

void Object::number_text(std::string_view name, std::int64_t value) {
  if (value == 0) return;
  member(name) += '"';
  append_number(out_, value);
  out_ += '"';
}

void Object::time(std::string_view name, UtcTime value) {
  member(name) += '"';
  append_rfc3339(out_, value);
  out_ += '"';
}

void Object::texts(std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  member(name);
  char separator = '[';
  for (const auto& value : values) {
    out_ += separator;
    append_string(out_, value);
    separator = ',';
  }
  out_ += ']';
}

void Object::jsons(std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  member(name);
  char separator = '[';
  for (const auto& value : values) {
    out_ += separator;
    out_ += value;
    separator = ',';
  }
  out_ += ']';
}

}  // namespace ff::application_json
