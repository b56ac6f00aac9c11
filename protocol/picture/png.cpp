#include <png.h>

#include <algorithm>
#include <array>

#include "protocol/picture/codec.hpp"
#include "protocol/picture/picture.hpp"

namespace ff::picture {
namespace {

/// libpng's simple interface: errors come as results, and whatever the file has becomes RGBA.
class Image {
 public:
  Image() { image_.version = PNG_IMAGE_VERSION; }
  ~Image() { png_image_free(&image_); }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  png_image* get() noexcept { return &image_; }
  png_image* operator->() noexcept { return &image_; }

 private:
  png_image image_{};
};

}  // namespace

bool is_png(ByteView file) noexcept {
  constexpr std::array<std::uint8_t, 8> signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  return file.size() > signature.size() &&
         std::equal(signature.begin(), signature.end(), file.begin());
}

Result<Pixels> decode_png(ByteView file) {
  Image image;
  if (png_image_begin_read_from_memory(image.get(), file.data(), file.size()) == 0)
    return fail(unreadable_picture);
  if (std::uint64_t{image->width} * image->height > pixels_max)
    return fail(too_many_pixels, {{"max", pixels_max}});
  image->format = PNG_FORMAT_RGBA;
  Pixels out{image->width, image->height, Bytes(PNG_IMAGE_SIZE(*image.get()))};
  if (png_image_finish_read(image.get(), nullptr, out.rgba.data(), 0, nullptr) == 0)
    return fail(unreadable_picture);
  return out;
}

Result<Bytes> encode_png(const Pixels& pixels) {
  Image image;
  image->width = pixels.width;
  image->height = pixels.height;
  image->format = PNG_FORMAT_RGBA;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(*image.get());
  Bytes out(size);
  if (png_image_write_to_memory(image.get(), out.data(), &size, 0, pixels.rgba.data(), 0,
                                nullptr) == 0)
    return fail(unreadable_picture);
  out.resize(size);
  return out;
}

}  // namespace ff::picture
