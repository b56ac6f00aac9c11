#include "net/websocket/utf8.hpp"

namespace ff::websocket {

bool Utf8Check::feed(ByteView bytes) noexcept {
  for (const auto byte : bytes) {
    if (missing_ > 0) {
      if (byte < low_ || byte > high_) return false;
      low_ = 0x80;
      high_ = 0xbf;
      --missing_;
    } else if (byte >= 0x80) {
      if (byte < 0xc2 || byte > 0xf4) return false;
      missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      // No overlong forms, no surrogates, nothing above U+10FFFF.
      if (byte == 0xe0) low_ = 0xa0;
      if (byte == 0xed) high_ = 0x9f;
      if (byte == 0xf0) low_ = 0x90;
      if (byte == 0xf4) high_ = 0x8f;
    }
  }
  return true;
}

bool is_utf8(ByteView bytes) noexcept {
  Utf8Check check;
  return check.feed(bytes) && check.is_complete();
}

}  // namespace ff::websocket
