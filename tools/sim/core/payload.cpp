#include "tools/sim/core/payload.hpp"

#include <algorithm>

namespace ff::sim {
namespace {

constexpr std::size_t downlink_size = 8;
constexpr std::uint32_t downlink_mark = 0x4e574f44;

PayloadPattern pattern(std::uint32_t first, std::uint32_t second, std::size_t size) noexcept {
  PayloadPattern payload;
  payload.size = std::min(size, payload_size_max);
  std::array<std::uint8_t, 8> head;
  write_le<4>(MutableByteView(head), first);
  write_le<4>(MutableByteView(head).subspan(4), second);
  for (std::size_t i = 0; i < payload.size; ++i) {
    payload.bytes[i] = static_cast<std::uint8_t>(head[i % head.size()] + i / head.size());
  }
  return payload;
}

}  // namespace

PayloadPattern uplink_payload(std::uint32_t device, std::uint32_t f_cnt,
                              std::size_t size) noexcept {
  return pattern(device, f_cnt, size);
}

PayloadPattern downlink_payload(std::uint32_t device) noexcept {
  return pattern(device, downlink_mark, downlink_size);
}

}  // namespace ff::sim
