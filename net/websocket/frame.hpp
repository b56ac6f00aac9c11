// WebSocket frames as bytes: headers, masks, close bodies. Not the rules of a connection
// (session.hpp). [RFC 6455 §5]
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"

namespace ff::websocket {

/// ON-WIRE: RFC 6455 §5.2.
enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};
constexpr bool is_control(Opcode opcode) noexcept {
  return static_cast<std::uint8_t>(opcode) >= 8;
}

/// ON-WIRE: RFC 6455 §7.4.1. Values of applications (3000-4999) travel in it too.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,         ///< Never sent: the peer's close had no code.
  abnormal_closure = 1006,  ///< Never sent: the connection ended without a close.
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
};

using Mask = std::array<std::uint8_t, 4>;

struct FrameHeader {
  bool fin = true;
  Opcode opcode = Opcode::text;
  std::optional<Mask> mask;
  std::uint64_t payload_size = 0;
  bool operator==(const FrameHeader&) const = default;
};

inline constexpr std::size_t control_payload_size_max = 125;

/// Reads headers from a stream of bytes, one after the other.
class HeaderDecoder {
 public:
  struct Progress {
    std::size_t consumed = 0;
    std::optional<FrameHeader> header;
    /// Reserved bits or opcodes, or a length that is not in its shortest form. Stays so.
    bool failed = false;
  };
  /// Takes bytes up to the end of one header; what follows is its payload.
  Progress feed(ByteView bytes);

 private:
  std::array<std::uint8_t, 14> bytes_{};
  std::size_t size_ = 0;
  bool failed_ = false;
};

/// Masks or unmasks `bytes`, the first of which is at `offset` of the payload. [RFC 6455 §5.3]
void apply_mask(MutableByteView bytes, const Mask& mask, std::uint64_t offset) noexcept;

/// A whole frame; the payload is masked if the header has a mask. `header.payload_size` is ignored.
Bytes encode_frame(const FrameHeader& header, ByteView payload);

/// The body of a close frame.
struct CloseBody {
  CloseCode code = CloseCode::no_status;
  std::string reason;
  bool operator==(const CloseBody&) const = default;
};
/// Nothing for a body of one octet, a code that may not be sent, or a reason that is not UTF-8.
/// An empty body is no_status.
std::optional<CloseBody> parse_close(ByteView payload);
/// A reason that is too long for a control frame is cut.
Bytes encode_close(CloseCode code, std::string_view reason);

}  // namespace ff::websocket
