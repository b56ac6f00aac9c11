// INTERNAL: PNG and JPEG files and their pixels, by libpng and libjpeg.
#pragma once

#include "protocol/base/result.hpp"
#include "protocol/picture/pixels.hpp"

namespace ff::picture {

bool is_png(ByteView file) noexcept;
bool is_jpeg(ByteView file) noexcept;

/// Total on any bytes. Errors: unreadable_picture, too_many_pixels.
Result<Pixels> decode_png(ByteView file);
/// The same. One that has many more pixels than are needed may come smaller, its shorter side no
/// less than side_max.
Result<Pixels> decode_jpeg(ByteView file);

/// Error: unreadable_picture, when memory is short.
Result<Bytes> encode_png(const Pixels& pixels);
/// Without opacity.
Result<Bytes> encode_jpeg(const Pixels& pixels);

}  // namespace ff::picture
