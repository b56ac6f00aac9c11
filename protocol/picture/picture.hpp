// Pictures that people upload, made into the squares that are shown. [spec identity-server §9]
// Pure: bytes in, bytes out. Not where they are kept, and not who may have one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"

namespace ff::picture {

inline constexpr ErrorDef unreadable_picture{"pkg/identityserver/picture", "unreadable_picture",
                                             Code::invalid_argument,
                                             "the picture is no readable PNG or JPEG"};
inline constexpr ErrorDef too_many_pixels{"pkg/identityserver/picture", "too_many_pixels",
                                          Code::invalid_argument,
                                          "the picture has more than {max} pixels"};

/// Width times height of what is uploaded: decoded it takes four bytes of memory for each.
inline constexpr std::uint64_t pixels_max = 1U << 24;
/// A larger one is made this large.
inline constexpr std::uint32_t side_max = 1024;
/// A square of each that is no larger than the picture.
inline constexpr std::uint32_t thumbnail_sides[] = {64, 128, 256, 512};

enum class Format : std::uint8_t { png, jpeg };
/// `png`, `jpeg`: the end of a file's name.
std::string_view extension_of(Format format) noexcept;
/// `image/png`, `image/jpeg`.
std::string_view mime_type_of(Format format) noexcept;

struct Square {
  std::uint32_t side = 0;  ///< Pixels; 0: the whole picture, whatever it has.
  Bytes file;
};

struct Picture {
  Format format = Format::png;
  /// The whole picture first, then thumbnails from the smallest.
  std::vector<Square> squares;
};

/// The middle of the picture, in all sizes. JPEG stays JPEG, all else becomes PNG; nothing of the
/// uploaded file but its pixels is kept. Takes some hundred milliseconds for a large one. Errors:
/// unreadable_picture, too_many_pixels.
Result<Picture> squares_of(ByteView uploaded);

}  // namespace ff::picture
