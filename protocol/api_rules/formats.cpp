// Formats of strings that rules name.
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "protocol/api_rules/value_check.hpp"

namespace ff::api_rules {
namespace {

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// RFC 1123, and what DNS carries.
bool is_host_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253) return false;
  while (true) {
    auto dot = host.find('.');
    auto label = host.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-'))
      return false;
    if (!std::ranges::all_of(label, [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; }))
      return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

/// RFC 5322 dot-atom; quoted local parts are not taken.
bool is_local_part(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.starts_with('.') || text.ends_with('.') ||
      text.find("..") != std::string_view::npos) {
    return false;
  }
  constexpr std::string_view special = "!#$%&'*+-/=?^_`{|}~.";
  return std::ranges::all_of(text, [&](char c) {
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           special.find(c) != std::string_view::npos;
  });
}

/// The scheme before the first `:`; empty when there is none.
std::string_view scheme(std::string_view text) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text[0])) return {};
  auto name = text.substr(0, colon);
  bool valid = std::ranges::all_of(
      name, [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  return valid ? name : std::string_view();
}

bool is_address(int family, std::string_view text) {
  unsigned char address[16];
  return text.size() < 64 && ::inet_pton(family, std::string(text).c_str(), address) == 1 &&
         text.find('\0') == std::string_view::npos;
}

}  // namespace

bool is_email(std::string_view text) {
  auto at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  return is_local_part(text.substr(0, at)) && is_host_name(text.substr(at + 1));
}

bool is_uri_reference(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    if (c == '%' && (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])))
      return false;
  }
  // Without a scheme, a colon in the first segment would be read as one.
  auto first = text.substr(0, text.find('/'));
  return !scheme(text).empty() || first.find(':') == std::string_view::npos;
}

bool is_absolute_uri(std::string_view text) {
  return is_uri_reference(text) && !scheme(text).empty();
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  return is_address(AF_INET, text);
}
bool is_ip(std::string_view text) {
  return is_ipv4(text) || is_address(AF_INET6, text);
}

}  // namespace ff::api_rules
