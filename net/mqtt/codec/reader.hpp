// Bounded reading of MQTT's primitive types from one packet's body, with a sticky error.
// Not for framing; see decoder.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/mqtt/codec/reason.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::mqtt {

/// Why bytes are not a packet, and what to tell the peer if the version has words for it.
struct DecodeError {
  ReasonCode reason = ReasonCode::malformed_packet;
  /// Static text for logs.
  std::string_view what;
  bool operator==(const DecodeError& other) const noexcept { return reason == other.reason; }
};

/// After the first failure every read returns an empty value and `ok()` stays false: callers check
/// once, at the end.
class Reader {
 public:
  /// `bytes` must outlive the reader.
  explicit Reader(ByteView bytes) noexcept : rest_(bytes) {}

  std::uint8_t byte() noexcept;
  std::uint16_t two_bytes() noexcept;
  std::uint32_t four_bytes() noexcept;
  /// Variable byte integer, one to four bytes, shortest form only [MQTT-5 §1.5.5].
  std::uint32_t variable() noexcept;
  /// UTF-8 with a length in front: well-formed, without U+0000 [MQTT-5 §1.5.4].
  std::string text();
  Bytes binary();
  /// The next `size` bytes, as a view into the packet.
  ByteView take(std::size_t size) noexcept;
  ByteView take_rest() noexcept { return take(rest_.size()); }

  bool ok() const noexcept { return ok_; }
  bool empty() const noexcept { return rest_.empty(); }
  std::size_t size() const noexcept { return rest_.size(); }
  const DecodeError& error() const noexcept { return error_; }

  /// Keeps the first error and drops the rest of the input.
  void fail(ReasonCode reason, std::string_view what) noexcept;
  void malformed(std::string_view what) noexcept { fail(ReasonCode::malformed_packet, what); }
  void violated(std::string_view what) noexcept { fail(ReasonCode::protocol_error, what); }

 private:
  ByteView rest_;
  DecodeError error_;
  bool ok_ = true;
};

/// Well-formed UTF-8 (no overlong forms, no surrogates) without U+0000.
bool is_mqtt_text(std::string_view text) noexcept;

}  // namespace ff::mqtt
