// How GoogleTest prints packets. For tests only.
#pragma once

#include <ostream>
#include <string>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/codec/encoder.hpp"
#include "protocol/base/hex.hpp"

namespace ff::mqtt {

inline void PrintTo(const Packet& packet, std::ostream* out) {
  *out << to_string(packet);
}
inline void PrintTo(ReasonCode code, std::ostream* out) {
  *out << to_string(code);
}
inline void PrintTo(const Properties& list, std::ostream* out) {
  *out << to_string(list);
}
inline void PrintTo(const Frame& frame, std::ostream* out) {
  *out << hex_lower(frame.flat());
}
inline void PrintTo(const DecodeError& error, std::ostream* out) {
  *out << to_string(error.reason) << " (" << error.what << ")";
}

/// Bytes of hex digits; blanks and line ends between them are for the reader.
inline Bytes from_hex(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return parse_hex(text).value();
}

}  // namespace ff::mqtt
