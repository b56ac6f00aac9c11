#include "protocol/picture/picture.hpp"

#include <gtest/gtest.h>

#include "protocol/picture/codec.hpp"

namespace ff::picture {
namespace {

using Colour = std::array<std::uint8_t, 4>;
constexpr Colour red{255, 0, 0, 255};
constexpr Colour blue{0, 0, 255, 255};
constexpr Colour nothing{0, 255, 0, 0};

Pixels plain(std::uint32_t width, std::uint32_t height, const Colour& colour) {
  Pixels out{width, height, {}};
  for (std::uint64_t i = 0; i < std::uint64_t{width} * height; ++i)
    out.rgba.insert(out.rgba.end(), colour.begin(), colour.end());
  return out;
}

void paint(Pixels& pixels, std::uint32_t x, std::uint32_t y, const Colour& colour) {
  std::copy(colour.begin(), colour.end(),
            pixels.rgba.begin() + static_cast<std::ptrdiff_t>((y * pixels.width + x) * 4));
}

Colour at(const Pixels& pixels, std::uint32_t x, std::uint32_t y) {
  Colour out{};
  std::copy_n(pixels.rgba.begin() + static_cast<std::ptrdiff_t>((y * pixels.width + x) * 4), 4,
              out.begin());
  return out;
}

std::vector<std::uint32_t> sides(const Picture& picture) {
  std::vector<std::uint32_t> out;
  for (const auto& square : picture.squares) out.push_back(square.side);
  return out;
}

TEST(MiddleSquare, IsTheMiddle) {
  auto wide = plain(6, 2, red);
  for (const auto y : {0U, 1U}) {
    for (const auto x : {2U, 3U}) paint(wide, x, y, blue);
  }
  EXPECT_EQ(middle_square(wide, 2).rgba, plain(2, 2, blue).rgba);
  EXPECT_EQ(middle_square(wide, 1).rgba, plain(1, 1, blue).rgba);
  auto high = plain(1, 5, red);
  paint(high, 0, 2, blue);
  EXPECT_EQ(middle_square(high, 1).rgba, plain(1, 1, blue).rgba);
}

TEST(MiddleSquare, MixesColoursByTheirOpacity) {
  auto mixed = plain(2, 2, red);
  paint(mixed, 0, 0, blue);
  paint(mixed, 1, 1, blue);
  EXPECT_EQ(at(middle_square(mixed, 1), 0, 0), (Colour{128, 0, 128, 255}));
  paint(mixed, 0, 0, nothing);
  paint(mixed, 1, 1, nothing);
  EXPECT_EQ(at(middle_square(mixed, 1), 0, 0), (Colour{255, 0, 0, 128})) << "no green";
  EXPECT_EQ(at(middle_square(plain(2, 2, nothing), 1), 0, 0), (Colour{0, 0, 0, 0}));
}

TEST(MiddleSquare, UsesEveryPixelOfASideThatDoesNotDivide) {
  auto five = plain(5, 5, blue);
  for (std::uint32_t i = 0; i < 5; ++i) paint(five, 4, i, red);
  const auto three = middle_square(five, 3);
  EXPECT_EQ(at(three, 0, 0), blue);
  EXPECT_EQ(at(three, 2, 2)[0], 128);
}

TEST(Squares, OfAPngArePngsNoLargerThanIt) {
  struct Case {
    std::uint32_t width, height, whole;
    std::vector<std::uint32_t> sides;
  };
  const Case cases[] = {{63, 900, 63, {0}},
                        {64, 64, 64, {0, 64}},
                        {300, 260, 260, {0, 64, 128, 256}},
                        {1500, 1100, 1024, {0, 64, 128, 256, 512}}};
  for (const auto& one : cases) {
    const auto file = encode_png(plain(one.width, one.height, {1, 2, 3, 200}));
    ASSERT_TRUE(file);
    const auto picture = squares_of(*file);
    ASSERT_TRUE(picture) << one.width;
    EXPECT_EQ(picture->format, Format::png);
    EXPECT_EQ(sides(*picture), one.sides);
    const auto whole = decode_png(picture->squares.front().file);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->width, one.whole);
    EXPECT_EQ(whole->height, one.whole);
    EXPECT_EQ(at(*whole, 5, 5), (Colour{1, 2, 3, 200}));
    const auto smallest = decode_png(picture->squares.back().file);
    EXPECT_EQ(smallest->width, one.sides.back() == 0 ? one.whole : one.sides.back());
  }
}

TEST(Squares, OfAJpegAreJpegs) {
  const auto file = encode_jpeg(plain(2200, 2400, red));
  ASSERT_TRUE(file);
  EXPECT_EQ(decode_jpeg(*file)->width, 1100U) << "half, which is enough";
  const auto picture = squares_of(*file);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->format, Format::jpeg);
  EXPECT_EQ(sides(*picture), (std::vector<std::uint32_t>{0, 64, 128, 256, 512}));
  const auto whole = decode_jpeg(picture->squares.front().file);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->width, 1024U);
  EXPECT_GT(at(*whole, 500, 500)[0], 250);
  EXPECT_LT(at(*whole, 500, 500)[1], 5);
}

TEST(Squares, AreRefusedOfWhatIsNoPicture) {
  const auto png = *encode_png(plain(100, 100, red));
  const auto jpeg = *encode_jpeg(plain(100, 100, red));
  EXPECT_TRUE(squares_of({}).error().is(unreadable_picture));
  EXPECT_TRUE(squares_of(as_bytes("GIF89a")).error().is(unreadable_picture));
  EXPECT_TRUE(squares_of(as_bytes("<svg/>")).error().is(unreadable_picture));
  EXPECT_TRUE(squares_of(ByteView(png).first(60)).error().is(unreadable_picture));
  EXPECT_TRUE(squares_of(ByteView(jpeg).first(20)).error().is(unreadable_picture));
}

/// A file that says it is larger than it can be shown.
TEST(Squares, AreRefusedOfBombs) {
  // 30,000 by 30,000: signature, header, and the beginning of the pixels.
  const Bytes png = {0x89, 'P',  'N',  'G',  '\r', '\n', 0x1a, '\n', 0,    0,    0,   13,  'I', 'H',
                     'D',  'R',  0,    0,    0x75, 0x30, 0,    0,    0x75, 0x30, 8,   6,   0,   0,
                     0,    0x66, 0x27, 0xf8, 0xba, 0,    0,    0,    100,  'I',  'D', 'A', 'T', 0};
  EXPECT_TRUE(squares_of(png).error().is(too_many_pixels));
  auto jpeg = *encode_jpeg(plain(16, 16, red));
  // The frame header: FF C0, length, precision, height, width.
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xff || jpeg[i + 1] != 0xc0) continue;
    jpeg[i + 5] = jpeg[i + 7] = 0xff;
    break;
  }
  EXPECT_TRUE(squares_of(jpeg).error().is(too_many_pixels));
}

}  // namespace
}  // namespace ff::picture
