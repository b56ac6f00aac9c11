// Byte containers and little/big endian access. Not for text encodings; see hex.hpp and base64.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ff {

using Bytes = std::vector<std::uint8_t>;
/// Borrowed, read only; the owner must outlive the view.
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_owned(ByteView bytes) {
  return Bytes(bytes.begin(), bytes.end());
}

/// Reads the first `N` bytes, least significant first. The caller has checked the size.
template <std::size_t N>
constexpr std::uint64_t read_le(ByteView bytes) noexcept {
  static_assert(N <= 8);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < N; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}
template <std::size_t N>
constexpr std::uint64_t read_be(ByteView bytes) noexcept {
  static_assert(N <= 8);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < N; ++i) value = value << 8 | bytes[i];
  return value;
}
/// Writes the low `N` bytes of `value`, least significant first.
template <std::size_t N>
constexpr void write_le(MutableByteView out, std::uint64_t value) noexcept {
  static_assert(N <= 8);
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}
template <std::size_t N>
constexpr void write_be(MutableByteView out, std::uint64_t value) noexcept {
  static_assert(N <= 8);
  for (std::size_t i = 0; i < N; ++i)
    out[i] = static_cast<std::uint8_t>(value >> (8 * (N - 1 - i)));
}
template <std::size_t N>
void append_le(Bytes& out, std::uint64_t value) {
  out.resize(out.size() + N);
  write_le<N>(MutableByteView(out).last(N), value);
}
template <std::size_t N>
void append_be(Bytes& out, std::uint64_t value) {
  out.resize(out.size() + N);
  write_be<N>(MutableByteView(out).last(N), value);
}
inline void append(Bytes& out, ByteView more) {
  out.insert(out.end(), more.begin(), more.end());
}

}  // namespace ff
