// From MQTT packets to bytes, without copying a PUBLISH's payload.
// Not for limits of the peer (its maximum packet size); the session checks them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/mqtt/codec/packet.hpp"

namespace ff::mqtt {

/// One encoded packet: `head` and behind it `payload`, which subscribers share. Write both, in this
/// order.
struct Frame {
  Bytes head;
  Payload payload;

  std::size_t size() const noexcept { return head.size() + payload.size(); }
  /// Both parts in one.
  Bytes flat() const;
  bool operator==(const Frame&) const = default;
};

/// Fields that `version` has no place for are left out; a CONNACK reason without an MQTT 3 return
/// code becomes "not authorised". Texts are at most 65,535 bytes, packets at most 268,435,455,
/// identifiers not 0: asserted.
Frame encode(const Packet& packet, Version version);

/// The parts of an outgoing PUBLISH, borrowed: so that a fan-out copies neither topic nor
/// properties per subscriber.
struct PublishView {
  std::string_view topic;
  const Payload& payload;
  const Properties& properties;
  /// Sent in front of `properties`; MQTT 5 only.
  const std::vector<std::uint32_t>& subscription_ids;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  bool dup = false;
  std::uint16_t packet_id = 0;
};
/// As `encode`.
Frame encode_publish(const PublishView& publish, Version version);

}  // namespace ff::mqtt
