#include "protocol/picture/picture.hpp"

#include <algorithm>

#include "protocol/picture/codec.hpp"

namespace ff::picture {
namespace {

Result<Bytes> encode(Format format, const Pixels& pixels) {
  return format == Format::jpeg ? encode_jpeg(pixels) : encode_png(pixels);
}

}  // namespace

std::string_view extension_of(Format format) noexcept {
  return format == Format::jpeg ? "jpeg" : "png";
}

std::string_view mime_type_of(Format format) noexcept {
  return format == Format::jpeg ? "image/jpeg" : "image/png";
}

Result<Picture> squares_of(ByteView uploaded) {
  const bool is_jpeg_file = is_jpeg(uploaded);
  if (!is_jpeg_file && !is_png(uploaded)) return fail(unreadable_picture);
  FF_TRY(const auto pixels, is_jpeg_file ? decode_jpeg(uploaded) : decode_png(uploaded));
  if (pixels.width == 0 || pixels.height == 0) return fail(unreadable_picture);
  Picture out{is_jpeg_file ? Format::jpeg : Format::png, {}};
  const auto side = std::min({pixels.width, pixels.height, side_max});
  const auto whole = middle_square(pixels, side);
  FF_TRY(auto file, encode(out.format, whole));
  out.squares.push_back({0, std::move(file)});
  for (const auto thumbnail : thumbnail_sides) {
    if (thumbnail > side) break;
    FF_TRY(auto small, encode(out.format, middle_square(whole, thumbnail)));
    out.squares.push_back({thumbnail, std::move(small)});
  }
  return out;
}

}  // namespace ff::picture
