// Octets to MAC commands and back, for both sides of the link. Not encryption of FOpts
// (protocol/phy) and not the handling of commands (exchange.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/mac/command/command.hpp"

namespace ff::mac {

/// What the octets alone do not tell.
struct WireFormat {
  std::uint32_t frequency_step_hz =
      100;  // region::Region::frequency_step_hz; 200 in the 2.4 GHz band
};

inline constexpr ErrorDef encoding_mac_command{"pkg/encoding/lorawan", "encoding_mac_command",
                                               Code::invalid_argument,
                                               "failed to encode MAC command with CID `{cid}`"};
inline constexpr ErrorDef decoding_mac_command{"pkg/encoding/lorawan", "decoding_mac_command",
                                               Code::invalid_argument,
                                               "failed to decode MAC command with CID `{cid}`"};
inline constexpr ErrorDef field_with_max{
    "pkg/encoding/lorawan", "field_with_max", Code::invalid_argument,
    "`{lorawan_field}` value `{value}` should be lower or equal to `{max}`"};
inline constexpr ErrorDef unknown_mac_command{"pkg/encoding/lorawan", "unknown_mac_command",
                                              Code::invalid_argument,
                                              "unknown MAC command CID `{cid}`"};

/// Octets of one command, CID included. Bounded by the largest command, 27 octets.
std::size_t encoded_size(const Command& command) noexcept;

/// Appends CID and payload. On error (`encoding_mac_command` with the field as its cause: a value
/// does not fit its bits, a frequency is no multiple of the step) `out` is unchanged.
Status encode(const Command& command, WireFormat format, Bytes& out);

/// All commands in order.
Result<Bytes> encode(std::span<const Command> commands, WireFormat format = {});

/// Why decoding ended.
enum class DecodeStop : std::uint8_t {
  end,          // all octets were commands
  unknown,      // identifier without a definition in this direction: its length is unknown
  proprietary,  // 0x80-0xff
  truncated,    // fewer octets than the command has, or a length field that can not be
};

/// The commands before `consumed`; what follows is lost, as on a device. [TS001-1.0.4 §5]
struct Decoded {
  std::vector<Command> commands;
  std::size_t consumed = 0;
  DecodeStop stop = DecodeStop::end;
  std::uint8_t stop_cid = 0;  // meaningful unless stop is `end`

  /// `unknown_mac_command` or `decoding_mac_command`; only when stop is not `end`.
  Error error() const;
  bool operator==(const Decoded&) const = default;
};

/// Never fails: octets that are no command stop it. Reserved bits are ignored, as the specification
/// asks.
Decoded decode(ByteView bytes, Direction direction, WireFormat format = {});

}  // namespace ff::mac
