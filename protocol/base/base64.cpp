#include "protocol/base/base64.hpp"

#include <array>

namespace ff {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t invalid = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(invalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  values['-'] = 62;
  values['_'] = 63;
  return values;
}

constexpr auto values = make_values();

}  // namespace

void base64_append(std::string& out, ByteView bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    auto group = read_be<3>(bytes.subspan(i));
    for (int shift = 18; shift >= 0; shift -= 6) out += alphabet[group >> shift & 63];
  }
  if (auto rest = bytes.size() - i; rest == 1) {
    out += alphabet[bytes[i] >> 2];
    out += alphabet[(bytes[i] & 3) << 4];
    out += "==";
  } else if (rest == 2) {
    out += alphabet[bytes[i] >> 2];
    out += alphabet[(bytes[i] & 3) << 4 | bytes[i + 1] >> 4];
    out += alphabet[(bytes[i + 1] & 15) << 2];
    out += '=';
  }
}

std::string base64_encode(ByteView bytes) {
  std::string text;
  base64_append(text, bytes);
  return text;
}

std::optional<Bytes> base64_decode(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t group = 0;
  int bits = 0;
  for (char c : text) {
    auto value = values[static_cast<std::uint8_t>(c)];
    if (value == invalid) return std::nullopt;
    group = group << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(group >> bits));
    }
  }
  return bytes;
}

}  // namespace ff
