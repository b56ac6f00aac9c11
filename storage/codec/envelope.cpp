#include "storage/codec/envelope.hpp"

#include <limits>

#include "protocol/base/assert.hpp"

namespace ff::storage {

Bytes seal(ValueVersion version, ByteView body) {
  FF_ASSERT(version >= 1);
  Bytes out;
  out.reserve(body.size() + 2);
  for (; version >= 0x80; version >>= 7) out.push_back(static_cast<std::uint8_t>(version | 0x80U));
  out.push_back(static_cast<std::uint8_t>(version));
  append(out, body);
  return out;
}

Result<Envelope> unseal(ByteView value, ValueVersion newest) {
  std::uint64_t version = 0;
  std::size_t at = 0;
  bool complete = false;
  for (; at < 5 && at < value.size() && !complete; ++at) {
    version |= std::uint64_t{value[at] & 0x7FU} << (7 * at);
    complete = (value[at] & 0x80U) == 0;
  }
  if (!complete || version == 0 || version > std::numeric_limits<ValueVersion>::max()) {
    return fail(malformed_value);
  }
  if (version > newest) return fail(value_too_new, {{"version", version}, {"newest", newest}});
  return Envelope{.version = static_cast<ValueVersion>(version), .body = value.subspan(at)};
}

}  // namespace ff::storage
