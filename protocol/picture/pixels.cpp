#include "protocol/picture/pixels.hpp"

#include <algorithm>
#include <array>

#include "protocol/base/assert.hpp"

namespace ff::picture {
namespace {

/// First pixel of the source that belongs to the pixel `index` of `side` ones, of `source` in all.
std::uint32_t bound(std::uint32_t index, std::uint32_t side, std::uint32_t source) {
  return static_cast<std::uint32_t>(std::uint64_t{index} * source / side);
}

struct Area {
  std::uint32_t left, right, top, bottom;  // right and bottom are outside
};

std::array<std::uint8_t, 4> mean_of(const Pixels& pixels, const Area& area) {
  std::array<std::uint64_t, 3> colours{};
  std::uint64_t opacity = 0;
  for (auto y = area.top; y < area.bottom; ++y) {
    const auto* pixel = pixels.rgba.data() + (std::size_t{y} * pixels.width + area.left) * 4;
    for (auto x = area.left; x < area.right; ++x, pixel += 4) {
      for (std::size_t i = 0; i < 3; ++i) colours[i] += std::uint64_t{pixel[i]} * pixel[3];
      opacity += pixel[3];
    }
  }
  const auto count = std::uint64_t{area.right - area.left} * std::uint64_t{area.bottom - area.top};
  std::array<std::uint8_t, 4> out{};
  if (opacity == 0) return out;
  for (std::size_t i = 0; i < 3; ++i)
    out[i] = static_cast<std::uint8_t>((colours[i] + opacity / 2) / opacity);
  out[3] = static_cast<std::uint8_t>((opacity + count / 2) / count);
  return out;
}

}  // namespace

Pixels middle_square(const Pixels& pixels, std::uint32_t side) {
  const auto source = std::min(pixels.width, pixels.height);
  FF_ASSERT(side >= 1 && side <= source);
  const auto left = (pixels.width - source) / 2;
  const auto top = (pixels.height - source) / 2;
  Pixels out{side, side, Bytes(std::size_t{side} * side * 4)};
  auto* next = out.rgba.data();
  for (std::uint32_t y = 0; y < side; ++y) {
    for (std::uint32_t x = 0; x < side; ++x) {
      const auto mean = mean_of(pixels, {.left = left + bound(x, side, source),
                                         .right = left + bound(x + 1, side, source),
                                         .top = top + bound(y, side, source),
                                         .bottom = top + bound(y + 1, side, source)});
      next = std::copy(mean.begin(), mean.end(), next);
    }
  }
  return out;
}

}  // namespace ff::picture
