// gzip (RFC 1952) of whole bodies, bounded. Not what HTTP says about it: compression.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/base/bytes.hpp"

namespace ff::net::http {

/// Quick rather than small: the processor is the frames'.
Bytes gzip(ByteView bytes);

struct Gunzipped {
  enum class Outcome : std::uint8_t {
    whole,
    malformed,  ///< No gzip, cut off, damaged, or something follows.
    too_large,  ///< More than the limit would come out.
  };
  Outcome outcome = Outcome::malformed;
  Bytes bytes;  ///< Empty unless `whole`.
};

/// Never holds more than `size_max` octets, whatever `bytes` promise.
Gunzipped gunzip(ByteView bytes, std::size_t size_max);

}  // namespace ff::net::http
