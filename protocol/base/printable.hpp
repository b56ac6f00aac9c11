// Strangers' text where not everything may stand: printable ASCII in header values and gRPC
// metadata (which ends the process on anything else), whole characters of UTF-8 in messages.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ff {

inline bool is_printable(char c) noexcept {
  return c >= 0x20 && c <= 0x7e;
}
inline bool is_printable(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return is_printable(c); });
}

/// The first `size_max` bytes, with `?` for each that is not printable.
inline std::string printable(std::string_view text, std::size_t size_max) {
  std::string out(text.substr(0, size_max));
  std::ranges::replace_if(
      out, [](char c) { return !is_printable(c); }, '?');
  return out;
}

/// At most `size_max` bytes of UTF-8, cut between characters: a message with half a character in it
/// is read by nobody.
inline std::string_view shortened(std::string_view text, std::size_t size_max) noexcept {
  if (text.size() <= size_max) return text;
  while (size_max > 0 && (static_cast<unsigned char>(text[size_max]) & 0xC0U) == 0x80U) --size_max;
  return text.substr(0, size_max);
}

}  // namespace ff
