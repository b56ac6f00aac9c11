// What simulated devices and applications say to each other: bytes that name device and counter, so
// that a message that arrives can be checked without remembering it.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/bytes.hpp"

namespace ff::sim {

inline constexpr std::size_t payload_size_max = 222;

/// Owns its bytes; no allocation.
struct PayloadPattern {
  std::array<std::uint8_t, payload_size_max> bytes;
  std::size_t size = 0;
  ByteView view() const noexcept { return ByteView(bytes).first(size); }
};

/// What `device` says in its uplink `f_cnt`; a shorter one is the beginning of a longer one.
PayloadPattern uplink_payload(std::uint32_t device, std::uint32_t f_cnt, std::size_t size) noexcept;
/// What an application pushes to `device`.
PayloadPattern downlink_payload(std::uint32_t device) noexcept;

}  // namespace ff::sim
