// Whether bytes that come in pieces are UTF-8. [RFC 3629 §4]
#pragma once

#include <cstdint>

#include "protocol/base/bytes.hpp"

namespace ff::websocket {

class Utf8Check {
 public:
  /// False as soon as the text can not be UTF-8 whatever follows; then do not call again.
  bool feed(ByteView bytes) noexcept;
  /// No character is cut.
  bool is_complete() const noexcept { return missing_ == 0; }

 private:
  std::uint8_t missing_ = 0;
  std::uint8_t low_ = 0x80;  // bounds of the next octet
  std::uint8_t high_ = 0xbf;
};

bool is_utf8(ByteView bytes) noexcept;

}  // namespace ff::websocket
