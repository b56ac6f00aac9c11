// Order-preserving parts of keys: numbers, and texts of any length that can not run into the next
// part. Not the layout of the families; see keys.hpp and FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/bytes.hpp"

namespace ff::storage {

/// Builds a key part by part. Comparing two built keys bytewise compares them part by part.
/// ON-DISK: golden test test/storage/keys/keys_test.cpp.
class KeyWriter {
 public:
  KeyWriter() { key_.reserve(64); }

  /// Numbers are big endian and of fixed width.
  KeyWriter& u8(std::uint8_t value);
  KeyWriter& u16(std::uint16_t value);
  KeyWriter& u32(std::uint32_t value);
  KeyWriter& u64(std::uint64_t value);
  /// The bytes with 00 written as 00 FF, then 00 01 as the end. The end sorts below every
  /// continuation.
  KeyWriter& text(std::string_view value);

  /// The key; the writer is empty afterwards.
  Bytes take() { return std::exchange(key_, {}); }

 private:
  Bytes key_;
};

/// Takes a key apart again. Total: after the first part that does not fit, every further part is
/// empty or 0 and `finished()` is false.
class KeyReader {
 public:
  explicit KeyReader(ByteView key) : rest_(key) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number<1>()); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number<2>()); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number<4>()); }
  std::uint64_t u64() { return number<8>(); }
  std::string text();

  /// Bytes are left; false once a part did not fit.
  bool more() const noexcept { return valid_ && !rest_.empty(); }
  /// Every part fitted and nothing is left.
  bool finished() const noexcept { return valid_ && rest_.empty(); }

 private:
  template <std::size_t N>
  std::uint64_t number() {
    if (!valid_ || rest_.size() < N) {
      valid_ = false;
      return 0;
    }
    auto value = read_be<N>(rest_);
    rest_ = rest_.subspan(N);
    return value;
  }

  ByteView rest_;
  bool valid_ = true;
};

}  // namespace ff::storage
