// Whatever people upload: no crash, and what comes of it can be read again.
#include <cstdlib>

#include "protocol/picture/codec.hpp"
#include "protocol/picture/picture.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::picture;
  const auto picture = squares_of({data, size});
  if (!picture) return 0;
  for (const auto& square : picture->squares) {
    const auto again =
        picture->format == Format::jpeg ? decode_jpeg(square.file) : decode_png(square.file);
    if (!again || again->width != again->height) std::abort();
    if (square.side != 0 && again->width != square.side) std::abort();
  }
  return 0;
}
