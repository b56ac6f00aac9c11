// SHA-1, for protocols that name it as a checksum (RFC 6455). Not for anything that must resist
// forgery.
#pragma once

#include <array>

#include "protocol/base/bytes.hpp"

namespace ff {

/// [FIPS 180-4 §6.1]
std::array<std::uint8_t, 20> sha1(ByteView bytes);

}  // namespace ff
