// ULID: 48 bits of milliseconds and 80 random bits; sorts by time. Correlation ids and session key
// ids are made of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"

namespace ff {

struct Ulid {
  std::array<std::uint8_t, 16> bytes{};

  static Ulid make(UtcTime now, Random& random);
  /// 26 characters of Crockford's base 32.
  std::string to_string() const;
  auto operator<=>(const Ulid&) const = default;
};

}  // namespace ff
