// Base64 (RFC 4648) of bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"

namespace ff {

/// Standard alphabet with padding.
std::string base64_encode(ByteView bytes);
/// Appends to `out`; no temporary.
void base64_append(std::string& out, ByteView bytes);

/// Standard or URL alphabet, padding optional. Nothing on any other character or an impossible
/// length.
std::optional<Bytes> base64_decode(std::string_view text);

}  // namespace ff
