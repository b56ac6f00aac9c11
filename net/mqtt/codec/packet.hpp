// The fifteen MQTT control packets as values, the same for all protocol versions.
// Not for bytes: decoder.hpp reads packets and encoder.hpp writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/mqtt/codec/properties.hpp"
#include "net/mqtt/codec/reason.hpp"
#include "net/mqtt/codec/types.hpp"

namespace ff::mqtt {

/// What the server publishes when the connection is lost. Its properties include the will delay.
struct Will {
  std::string topic;
  Payload payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  Properties properties;
  bool operator==(const Will&) const = default;
};

struct Connect {
  Version version = Version::v3_1_1;
  /// `clean session` in MQTT 3.
  bool clean_start = true;
  /// Seconds; 0 means none.
  std::uint16_t keep_alive = 0;
  std::string client_id;
  std::optional<Will> will;
  std::optional<std::string> username;
  std::optional<Bytes> password;
  Properties properties;
  bool operator==(const Connect&) const = default;
};

/// MQTT 3 carries only the reasons of `to_v3_return_code`, MQTT 3.1 no `session_present`.
struct Connack {
  bool session_present = false;
  ReasonCode reason = ReasonCode::success;
  Properties properties;
  bool operator==(const Connack&) const = default;
};

struct Publish {
  std::string topic;
  Payload payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  bool dup = false;
  /// 0 if and only if `qos` is at_most_once.
  std::uint16_t packet_id = 0;
  Properties properties;
  bool operator==(const Publish&) const = default;
};

/// PUBACK, PUBREC, PUBREL and PUBCOMP. MQTT 3 carries the identifier only.
template <PacketType type>
struct Acknowledgement {
  std::uint16_t packet_id = 0;
  ReasonCode reason = ReasonCode::success;
  Properties properties;
  bool operator==(const Acknowledgement&) const = default;
};
using Puback = Acknowledgement<PacketType::puback>;
using Pubrec = Acknowledgement<PacketType::pubrec>;
using Pubrel = Acknowledgement<PacketType::pubrel>;
using Pubcomp = Acknowledgement<PacketType::pubcomp>;

/// ON-WIRE: whether a subscription is answered with retained messages [MQTT-5 §3.8.3.1].
enum class RetainHandling : std::uint8_t { always = 0, if_new = 1, never = 2 };

/// One filter of a SUBSCRIBE. MQTT 3 carries filter and QoS only.
struct Subscription {
  std::string filter;
  QoS qos = QoS::at_most_once;
  bool no_local = false;
  bool retain_as_published = false;
  RetainHandling retain_handling = RetainHandling::always;
  bool operator==(const Subscription&) const = default;
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  std::vector<Subscription> subscriptions;
  Properties properties;
  bool operator==(const Subscribe&) const = default;
};

/// One reason per filter: a granted QoS or a failure. MQTT 3 knows one failure,
/// `unspecified_error`.
struct Suback {
  std::uint16_t packet_id = 0;
  std::vector<ReasonCode> reasons;
  Properties properties;
  bool operator==(const Suback&) const = default;
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string> filters;
  Properties properties;
  bool operator==(const Unsubscribe&) const = default;
};

/// One reason per filter; none in MQTT 3.
struct Unsuback {
  std::uint16_t packet_id = 0;
  std::vector<ReasonCode> reasons;
  Properties properties;
  bool operator==(const Unsuback&) const = default;
};

struct Pingreq {
  bool operator==(const Pingreq&) const = default;
};
struct Pingresp {
  bool operator==(const Pingresp&) const = default;
};

/// MQTT 3 carries neither reason nor properties.
struct Disconnect {
  ReasonCode reason = ReasonCode::success;
  Properties properties;
  bool operator==(const Disconnect&) const = default;
};

/// MQTT 5 only.
struct Auth {
  ReasonCode reason = ReasonCode::success;
  Properties properties;
  bool operator==(const Auth&) const = default;
};

/// In the order of PacketType: index() + 1 is the packet type.
using Packet = std::variant<Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe,
                            Suback, Unsubscribe, Unsuback, Pingreq, Pingresp, Disconnect, Auth>;

inline PacketType type_of(const Packet& packet) noexcept {
  return static_cast<PacketType>(packet.index() + 1);
}

/// One line for logs of a developer and for tests: type and fields, payloads as their size, no
/// password.
std::string to_string(const Packet& packet);

}  // namespace ff::mqtt
