// MD5, for the one name elsewhere that is made with it: a picture's, of an email address. Broken as
// a hash; never for credentials.
#pragma once

#include <array>

#include "protocol/base/bytes.hpp"

namespace ff::crypto {

/// Zero where the cryptographic library forbids MD5.
std::array<std::uint8_t, 16> md5(ByteView data) noexcept;

}  // namespace ff::crypto
