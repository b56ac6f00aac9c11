#include "storage/keys/key_codec.hpp"

#include <utility>

namespace ff::storage {
namespace {

constexpr std::uint8_t escape = 0x00;
constexpr std::uint8_t escaped_zero = 0xFF;
constexpr std::uint8_t end_of_text = 0x01;

}  // namespace

KeyWriter& KeyWriter::u8(std::uint8_t value) {
  key_.push_back(value);
  return *this;
}

KeyWriter& KeyWriter::u16(std::uint16_t value) {
  append_be<2>(key_, value);
  return *this;
}

KeyWriter& KeyWriter::u32(std::uint32_t value) {
  append_be<4>(key_, value);
  return *this;
}

KeyWriter& KeyWriter::u64(std::uint64_t value) {
  append_be<8>(key_, value);
  return *this;
}

KeyWriter& KeyWriter::text(std::string_view value) {
  for (auto byte : as_bytes(value)) {
    key_.push_back(byte);
    if (byte == escape) key_.push_back(escaped_zero);
  }
  key_.push_back(escape);
  key_.push_back(end_of_text);
  return *this;
}

std::string KeyReader::text() {
  std::string out;
  for (std::size_t i = 0; valid_ && i < rest_.size(); ++i) {
    if (rest_[i] != escape) {
      out.push_back(static_cast<char>(rest_[i]));
      continue;
    }
    if (++i == rest_.size()) break;
    if (rest_[i] == end_of_text) {
      rest_ = rest_.subspan(i + 1);
      return out;
    }
    if (rest_[i] != escaped_zero) break;
    out.push_back('\0');
  }
  valid_ = false;
  return {};
}

}  // namespace ff::storage
