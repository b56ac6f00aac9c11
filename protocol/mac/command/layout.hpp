// The vocabulary in which a MAC command describes its octets: one `layout` function per command is
// read by the decoder, the encoder and the printer. Not the codec itself (codec.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ff::mac {

/// ON-WIRE: command identifiers, same for both directions. Numbers of
/// ttn.lorawan.v3.MACCommandIdentifier.
enum class Cid : std::uint8_t {
  reset = 0x01,
  link_check = 0x02,
  link_adr = 0x03,
  duty_cycle = 0x04,
  rx_param_setup = 0x05,
  dev_status = 0x06,
  new_channel = 0x07,
  rx_timing_setup = 0x08,
  tx_param_setup = 0x09,
  dl_channel = 0x0a,
  rekey = 0x0b,
  adr_param_setup = 0x0c,
  device_time = 0x0d,
  force_rejoin = 0x0e,
  rejoin_param_setup = 0x0f,
  ping_slot_info = 0x10,
  ping_slot_channel = 0x11,
  beacon_timing = 0x12,
  beacon_freq = 0x13,
  device_mode = 0x20,
  relay_conf = 0x40,
  relay_end_device_conf = 0x41,
  relay_filter_list = 0x42,
  relay_update_uplink_list = 0x43,
  relay_ctrl_uplink_list = 0x44,
  relay_configure_fwd_limit = 0x45,
  relay_notify_new_end_device = 0x46,
};

enum class Direction : std::uint8_t { uplink, downlink };

/// What every command struct says of itself. `length` counts octets after the CID; of a command of
/// variable length the fixed part.
struct CommandKind {
  Cid cid;
  Direction direction;
  std::uint8_t length;
  std::string_view name;
};

/// Where a field is: the payload read as one little-endian number, bit 0 the lowest of the first
/// octet. `max` is the largest legal value if it is not all ones.
struct Bits {
  std::uint8_t first;
  std::uint8_t width;
  std::uint32_t max = 0;

  constexpr std::uint32_t limit() const noexcept {
    if (max != 0) return max;
    return width >= 32 ? 0xffff'ffffU : (1U << width) - 1;
  }
};

/// A field that travels as `value - bias`, or as `bias - value` when negated.
struct Biased {
  std::uint8_t first;
  std::uint8_t width;
  std::int16_t bias;
  bool negated;
};

/// The rest of the payload from octet `first` on, least significant octet first.
struct Tail {
  std::uint8_t first;
};

}  // namespace ff::mac
