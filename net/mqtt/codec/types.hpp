// The small vocabulary of MQTT that packets, sessions and owners share: versions, packet types, QoS
// and payloads. Not for packets themselves (packet.hpp) or reason codes (reason.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "protocol/base/bytes.hpp"

namespace ff::mqtt {

/// ON-WIRE: the protocol level byte of CONNECT. Level 3 calls itself `MQIsdp`, the others `MQTT`.
enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5 = 5 };

/// ON-WIRE: the high nibble of a packet's first byte [MQTT-5 §2.1.2].
enum class PacketType : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
  auth = 15,
};
/// `PUBLISH`; `?` for a number that is no packet type.
std::string_view to_string(PacketType type) noexcept;

/// ON-WIRE: quality of service.
enum class QoS : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

/// A message body: immutable and shared, so that a message to thousands of subscribers exists once.
/// Copies are cheap; equality compares the bytes. Safe to share between threads.
class Payload {
 public:
  /// Empty.
  Payload() = default;
  explicit Payload(Bytes bytes) : bytes_(std::make_shared<const Bytes>(std::move(bytes))) {}
  explicit Payload(std::shared_ptr<const Bytes> bytes) noexcept : bytes_(std::move(bytes)) {}
  explicit Payload(std::string_view text) : Payload(to_owned(as_bytes(text))) {}

  /// Valid as long as any copy of this payload.
  ByteView view() const noexcept { return bytes_ ? ByteView(*bytes_) : ByteView(); }
  std::size_t size() const noexcept { return bytes_ ? bytes_->size() : 0; }
  bool empty() const noexcept { return size() == 0; }
  /// Null when the payload was made without bytes.
  const std::shared_ptr<const Bytes>& shared() const noexcept { return bytes_; }

  bool operator==(const Payload& other) const noexcept;

 private:
  std::shared_ptr<const Bytes> bytes_;
};

}  // namespace ff::mqtt
