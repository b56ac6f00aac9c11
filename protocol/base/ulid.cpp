#include "protocol/base/ulid.hpp"

#include <string_view>

namespace ff {

Ulid Ulid::make(UtcTime now, Random& random) {
  Ulid ulid;
  auto millis = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  write_be<6>(ulid.bytes, static_cast<std::uint64_t>(millis));
  random.fill(MutableByteView(ulid.bytes).subspan(6));
  return ulid;
}

std::string Ulid::to_string() const {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  // 130 bits in 26 groups of five: two zero bits lead.
  std::string text;
  text.reserve(26);
  std::uint32_t window = 0;
  int bits = 2;
  for (auto byte : bytes) {
    window = (window << 8 | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[window >> bits & 31];
    }
  }
  return text;
}

}  // namespace ff
