#include "net/mqtt/codec/reader.hpp"

namespace ff::mqtt {

void Reader::fail(ReasonCode reason, std::string_view what) noexcept {
  if (!ok_) return;
  ok_ = false;
  error_ = {reason, what};
  rest_ = {};
}

ByteView Reader::take(std::size_t size) noexcept {
  if (size > rest_.size()) {
    malformed("a field is longer than its packet");
    return {};
  }
  auto taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t Reader::byte() noexcept {
  auto bytes = take(1);
  return bytes.empty() ? std::uint8_t{0} : bytes[0];
}

std::uint16_t Reader::two_bytes() noexcept {
  auto bytes = take(2);
  return bytes.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(read_be<2>(bytes));
}

std::uint32_t Reader::four_bytes() noexcept {
  auto bytes = take(4);
  return bytes.empty() ? 0 : static_cast<std::uint32_t>(read_be<4>(bytes));
}

std::uint32_t Reader::variable() noexcept {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift <= 21; shift += 7) {
    auto next = byte();
    value |= static_cast<std::uint32_t>(next & 0x7FU) << shift;
    if ((next & 0x80U) == 0) {
      if (next == 0 && shift > 0) malformed("a variable byte integer is not in its shortest form");
      return ok_ ? value : 0;
    }
  }
  malformed("a variable byte integer has more than four bytes");
  return 0;
}

std::string Reader::text() {
  auto bytes = as_text(take(two_bytes()));
  if (!is_mqtt_text(bytes)) {
    malformed("a text is not UTF-8 or contains U+0000");
    return {};
  }
  return std::string(bytes);
}

Bytes Reader::binary() {
  return to_owned(take(two_bytes()));
}

namespace {

struct Sequence {
  /// Number of continuation bytes; negative for a byte that starts nothing.
  int more;
  std::uint32_t bits;
  std::uint32_t smallest;
};

constexpr Sequence sequence(std::uint8_t first) noexcept {
  if (first < 0x80) return {0, first, 1};
  if ((first & 0xE0U) == 0xC0) return {1, first & 0x1FU, 0x80};
  if ((first & 0xF0U) == 0xE0) return {2, first & 0x0FU, 0x800};
  if ((first & 0xF8U) == 0xF0) return {3, first & 0x07U, 0x10000};
  return {-1, 0, 0};
}

}  // namespace

bool is_mqtt_text(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    auto [more, code, smallest] = sequence(static_cast<std::uint8_t>(text[i++]));
    if (more < 0 || text.size() - i < static_cast<std::size_t>(more)) return false;
    for (; more > 0; --more, ++i) {
      auto next = static_cast<std::uint8_t>(text[i]);
      if ((next & 0xC0U) != 0x80) return false;
      code = code << 6 | (next & 0x3FU);
    }
    if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

}  // namespace ff::mqtt
