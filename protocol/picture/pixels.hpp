// Decoded pictures, and the arithmetic on them. Not file formats (codec.hpp).
#pragma once

#include <cstdint>

#include "protocol/base/bytes.hpp"

namespace ff::picture {

/// Rows from the top, pixels from the left, four bytes each: red, green, blue, opacity.
struct Pixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  Bytes rgba;
};

/// The square in the middle, as large as fits, scaled to `side` by the mean of the pixels that come
/// together; transparent ones have no colour in it. `side`: 1 to the shorter side of `pixels`.
Pixels middle_square(const Pixels& pixels, std::uint32_t side);

}  // namespace ff::picture
