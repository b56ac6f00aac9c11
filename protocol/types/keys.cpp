#include "protocol/types/keys.hpp"

#include <algorithm>

#include "protocol/base/assert.hpp"

namespace ff {

Aes128Key::~Aes128Key() {
  // Through a volatile pointer, so that the compiler keeps the stores.
  volatile auto* byte = bytes_.data();
  for (std::size_t i = 0; i < size; ++i) byte[i] = 0;
}

Aes128Key Aes128Key::from(ByteView bytes) {
  FF_ASSERT(bytes.size() == size);
  Aes128Key key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

bool Aes128Key::is_zero() const noexcept {
  return *this == Aes128Key();
}

bool Aes128Key::operator==(const Aes128Key& other) const noexcept {
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < size; ++i) {
    difference = static_cast<std::uint8_t>(difference | (bytes_[i] ^ other.bytes_[i]));
  }
  return difference == 0;
}

}  // namespace ff
