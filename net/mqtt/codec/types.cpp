#include "net/mqtt/codec/types.hpp"

#include <algorithm>
#include <array>

namespace ff::mqtt {

std::string_view to_string(PacketType type) noexcept {
  static constexpr std::array<std::string_view, 16> names = {
      "?",       "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
      "PUBREL",  "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
      "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};
  auto index = static_cast<std::size_t>(type);
  return index < names.size() ? names[index] : names[0];
}

bool Payload::operator==(const Payload& other) const noexcept {
  return bytes_ == other.bytes_ || std::ranges::equal(view(), other.view());
}

}  // namespace ff::mqtt
