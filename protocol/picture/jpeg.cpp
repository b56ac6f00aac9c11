// libjpeg reports errors by leaving its functions with longjmp, over which no destructor may be
// needed: what has one lives outside of the functions that call setjmp.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include <algorithm>
#include <memory>

#include "protocol/picture/codec.hpp"
#include "protocol/picture/picture.hpp"

namespace ff::picture {
namespace {

/// Passes over a picture that comes in ever finer ones. Bombs have thousands, which each take the
/// time of a whole picture.
constexpr int scans_max = 100;
constexpr int quality = 90;

struct Errors {
  jpeg_error_mgr manager{};
  std::jmp_buf out{};
};

[[noreturn]] void leave(j_common_ptr info) {
  std::longjmp(reinterpret_cast<Errors*>(info->err)->out, 1);
}

void stay_silent(j_common_ptr) {}

jpeg_error_mgr* prepare(Errors& errors) {
  auto* manager = jpeg_std_error(&errors.manager);
  manager->error_exit = leave;
  manager->output_message = stay_silent;
  return manager;
}

void count_scans(j_common_ptr info) {
  const auto* decompression = reinterpret_cast<j_decompress_ptr>(info);
  if (decompression->input_scan_number > scans_max) leave(info);
}

struct Decoder {
  explicit Decoder(ByteView bytes) : file(bytes) {}
  ~Decoder() { jpeg_destroy_decompress(&info); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  ByteView file;
  Errors errors;
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  bool has_too_many_pixels = false;
  Pixels pixels;
};

/// The least of the scales that libjpeg can decode in, an eighth to the whole, that leaves enough.
void choose_scale(jpeg_decompress_struct& info) {
  const auto side = std::min(info.image_width, info.image_height);
  info.scale_num = 1;
  info.scale_denom = 1;
  while (info.scale_denom < 8 && side / (info.scale_denom * 2) >= side_max) info.scale_denom *= 2;
}

/// Nothing here has a destructor.
bool decode(Decoder& decoder) {
  auto& info = decoder.info;
  info.err = prepare(decoder.errors);
  if (setjmp(decoder.errors.out) != 0) return false;
  jpeg_create_decompress(&info);
  decoder.progress.progress_monitor = count_scans;
  info.progress = &decoder.progress;
  jpeg_mem_src(&info, decoder.file.data(), static_cast<unsigned long>(decoder.file.size()));
  jpeg_read_header(&info, TRUE);
  if (std::uint64_t{info.image_width} * info.image_height > pixels_max) {
    decoder.has_too_many_pixels = true;
    return false;
  }
  info.out_color_space = JCS_EXT_RGBA;
  choose_scale(info);
  jpeg_start_decompress(&info);
  auto& pixels = decoder.pixels;
  pixels.width = info.output_width;
  pixels.height = info.output_height;
  const std::size_t stride = std::size_t{pixels.width} * 4;
  pixels.rgba.resize(stride * pixels.height);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels.rgba.data() + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return true;
}

struct Encoder {
  Encoder() = default;
  ~Encoder() {
    jpeg_destroy_compress(&info);
    const std::unique_ptr<unsigned char, decltype(&std::free)> owner(file, &std::free);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  Errors errors;
  jpeg_compress_struct info{};
  unsigned char* file = nullptr;  // libjpeg's, from malloc
  unsigned long size = 0;
};

/// Nothing here has a destructor.
bool encode(Encoder& encoder, const Pixels& pixels) {
  auto& info = encoder.info;
  info.err = prepare(encoder.errors);
  if (setjmp(encoder.errors.out) != 0) return false;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &encoder.file, &encoder.size);
  info.image_width = pixels.width;
  info.image_height = pixels.height;
  info.input_components = 4;
  info.in_color_space = JCS_EXT_RGBX;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  const std::size_t stride = std::size_t{pixels.width} * 4;
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(pixels.rgba.data()) + stride * info.next_scanline;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

}  // namespace

bool is_jpeg(ByteView file) noexcept {
  return file.size() > 3 && file[0] == 0xff && file[1] == 0xd8 && file[2] == 0xff;
}

Result<Pixels> decode_jpeg(ByteView file) {
  Decoder decoder(file);
  if (decode(decoder)) return std::move(decoder.pixels);
  if (decoder.has_too_many_pixels) return fail(too_many_pixels, {{"max", pixels_max}});
  return fail(unreadable_picture);
}

Result<Bytes> encode_jpeg(const Pixels& pixels) {
  Encoder encoder;
  if (!encode(encoder, pixels)) return fail(unreadable_picture);
  return Bytes(encoder.file, encoder.file + encoder.size);
}

}  // namespace ff::picture
