#include "actors/identity_server/policy/password.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ff::identity_server {
namespace {

/// Lower case; those that the demands for an upper-case letter and a digit let through when written
/// with a capital.
constexpr std::array<std::string_view, 48> common{
    "password1",  "password12", "password123",    "password1234", "passw0rd",  "p4ssword",
    "p4ssw0rd",   "p@ssw0rd",   "pa55word",       "pa55w0rd",     "qwerty12",  "qwerty123",
    "qwerty1234", "qwertyui1",  "qwe123rty",      "1q2w3e4r",     "1qaz2wsx",  "q1w2e3r4",
    "q1w2e3r4t5", "zaq12wsx",   "abcd1234",       "abc12345",     "abcdef123", "a1b2c3d4",
    "welcome1",   "welcome12",  "welcome123",     "welcome2024",  "letmein1",  "letmein123",
    "football1",  "baseball1",  "superman1",      "batman123",    "iloveyou1", "sunshine1",
    "princess1",  "charlie1",   "michael1",       "jordan23",     "changeme1", "changeme123",
    "admin123",   "admin1234",  "administrator1", "test1234",     "lorawan1",  "lorawan123"};

struct Counts {
  std::uint32_t uppercase = 0;
  std::uint32_t digits = 0;
  std::uint32_t special = 0;
};

bool is_upper(char32_t c) {
  if (c < 0x80) return c >= U'A' && c <= U'Z';
  const bool latin1 = c >= 0xC0 && c <= 0xDE && c != 0xD7;
  const bool greek = c >= 0x391 && c <= 0x3A9;
  const bool cyrillic = c >= 0x400 && c <= 0x42F;
  return latin1 || greek || cyrillic;
}

/// Neither letter nor number. Outside ASCII only what is surely punctuation or a symbol.
bool is_special(char32_t c) {
  if (c < 0x80) {
    const bool letter = (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
    return !letter && !(c >= U'0' && c <= U'9');
  }
  const bool latin1 = c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA && c != 0xB2 && c != 0xB3 &&
                      c != 0xB9 && !(c >= 0xBC && c <= 0xBE);
  return latin1 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x206F) ||
         (c >= 0x20A0 && c <= 0x20CF) || c >= 0x1F300;
}

/// The code point at the front, taken off `text`; 0xFFFD and one byte when there is none.
char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  const bool whole = first < 0x80 || (first >= 0xC2 && first < 0xF5 && text.size() >= size);
  char32_t out = size == 1 ? first : first & (0xFFU >> (size + 1));
  bool valid = whole;
  for (std::size_t i = 1; valid && i < size; ++i) {
    valid = (byte(i) & 0xC0U) == 0x80;
    out = out << 6U | (byte(i) & 0x3FU);
  }
  text.remove_prefix(valid ? size : 1);
  return valid ? out : U'\xFFFD';
}

Counts count(std::string_view password) {
  Counts counts;
  while (!password.empty()) {
    const auto c = take_code_point(password);
    if (is_upper(c)) ++counts.uppercase;
    if (c >= U'0' && c <= U'9') ++counts.digits;
    if (c == U'\xFFFD' || is_special(c)) ++counts.special;
  }
  return counts;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Status refuse(const ErrorDef& def, std::uint32_t n) {
  return fail(def, {{"n", n}});
}

}  // namespace

Status check_password(const PasswordRules& rules, std::string_view user_id,
                      std::string_view password) {
  if (password.size() < rules.min_length)
    return refuse(password_strength_min_length, rules.min_length);
  if (rules.max_length > 0 && password.size() > rules.max_length)
    return refuse(password_strength_max_length, rules.max_length);
  const auto counts = count(password);
  if (counts.uppercase < rules.min_uppercase)
    return refuse(password_strength_uppercase, rules.min_uppercase);
  if (counts.digits < rules.min_digits) return refuse(password_strength_digits, rules.min_digits);
  if (counts.special < rules.min_special)
    return refuse(password_strength_special, rules.min_special);
  if (rules.reject_user_id && !user_id.empty() && password.find(user_id) != std::string_view::npos)
    return fail(password_contains_user_id);
  if (rules.reject_common && std::ranges::find(common, lower(password)) != common.end())
    return fail(common_password);
  return {};
}

}  // namespace ff::identity_server
