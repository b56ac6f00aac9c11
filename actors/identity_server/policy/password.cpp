#include "actors/identity_server/policy/password.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
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

/// Octets of the code point at the front of `text`; nothing if it does not begin with one.
std::optional<std::size_t> code_point_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return std::nullopt;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return std::nullopt;
  }
  return size;
}

/// By Unicode's categories, whatever the locale. What is no UTF-8 is special, octet by octet.
/// [spec identity-server §5.1]
Counts count(std::string_view password) {
  static const re2::RE2 upper("\\p{Lu}");
  static const re2::RE2 digit("\\p{Nd}");
  static const re2::RE2 letter_or_number("[\\p{L}\\p{N}]");
  Counts counts;
  while (!password.empty()) {
    const auto size = code_point_size(password);
    const re2::StringPiece c(password.data(), size.value_or(1));
    if (!size || !re2::RE2::FullMatch(c, letter_or_number)) {
      ++counts.special;
    } else if (re2::RE2::FullMatch(c, upper)) {
      ++counts.uppercase;
    } else if (re2::RE2::FullMatch(c, digit)) {
      ++counts.digits;
    }
    password.remove_prefix(size.value_or(1));
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
