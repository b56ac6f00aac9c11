#include "net/http/gzip.hpp"

#include <zlib.h>

#include <algorithm>

#include "protocol/base/assert.hpp"

namespace ff::net::http {
namespace {

constexpr int level = 1;
constexpr int memory_level = 8;
/// The largest window, with gzip's header and trailer. [zlib.h, deflateInit2]
constexpr int window_bits = 15 + 16;
/// The first room for what comes out; it doubles.
constexpr std::size_t first_room = 16U << 10U;

void set_input(z_stream& stream, ByteView bytes) {
  // zlib does not write to it.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Room for more behind the `used` octets of `out`.
void set_output(z_stream& stream, Bytes& out, std::size_t used) {
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
  stream.avail_out = static_cast<uInt>(out.size() - used);
}

struct Inflater {
  Inflater() { FF_ASSERT(inflateInit2(&stream, window_bits) == Z_OK); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
};

}  // namespace

Bytes gzip(ByteView bytes) {
  z_stream stream{};
  FF_ASSERT(deflateInit2(&stream, level, Z_DEFLATED, window_bits, memory_level,
                         Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, static_cast<uLong>(bytes.size())));
  set_input(stream, bytes);
  set_output(stream, out, 0);
  // The bound is zlib's own: one call is enough.
  FF_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

Gunzipped gunzip(ByteView bytes, std::size_t size_max) {
  using Outcome = Gunzipped::Outcome;
  Inflater inflater;
  auto& stream = inflater.stream;
  set_input(stream, bytes);
  // One octet above the limit tells that there is more.
  Bytes out(std::min(first_room, size_max + 1));
  std::size_t used = 0;
  for (;;) {
    set_output(stream, out, used);
    const auto status = inflate(&stream, Z_NO_FLUSH);
    used = out.size() - stream.avail_out;
    if (used > size_max) return {Outcome::too_large, {}};
    if (status == Z_STREAM_END) break;
    if (status != Z_OK || stream.avail_out > 0) return {Outcome::malformed, {}};
    out.resize(std::min(out.size() * 2, size_max + 1));
  }
  if (stream.avail_in > 0) return {Outcome::malformed, {}};
  out.resize(used);
  return {Outcome::whole, std::move(out)};
}

}  // namespace ff::net::http
