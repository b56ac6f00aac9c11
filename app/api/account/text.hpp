// Small texts that the account pages make: base64url, secrets.
#pragma once

#include <algorithm>
#include <string>

#include "protocol/base/base64.hpp"
#include "protocol/base/random.hpp"

namespace ff::api::account {

/// RFC 4648 §5 without padding.
inline std::string base64url(ByteView bytes) {
  auto text = base64_encode(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

/// 32 random bytes.
inline std::string new_secret(Random& random) {
  Bytes bytes(32);
  random.fill(bytes);
  return base64url(bytes);
}

}  // namespace ff::api::account
