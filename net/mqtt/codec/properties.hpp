// MQTT 5 properties: identifiers, their types and places, and an ordered list of values.
// Not for reading or writing bytes; see property_codec.hpp.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "net/mqtt/codec/types.hpp"

namespace ff::mqtt {

/// ON-WIRE: [MQTT-5 §2.2.2.2].
enum class PropertyId : std::uint8_t {
  payload_format_indicator = 0x01,
  message_expiry_interval = 0x02,
  content_type = 0x03,
  response_topic = 0x08,
  correlation_data = 0x09,
  subscription_identifier = 0x0B,
  session_expiry_interval = 0x11,
  assigned_client_identifier = 0x12,
  server_keep_alive = 0x13,
  authentication_method = 0x15,
  authentication_data = 0x16,
  request_problem_information = 0x17,
  will_delay_interval = 0x18,
  request_response_information = 0x19,
  response_information = 0x1A,
  server_reference = 0x1C,
  reason_string = 0x1F,
  receive_maximum = 0x21,
  topic_alias_maximum = 0x22,
  topic_alias = 0x23,
  maximum_qos = 0x24,
  retain_available = 0x25,
  user_property = 0x26,
  maximum_packet_size = 0x27,
  wildcard_subscription_available = 0x28,
  subscription_identifier_available = 0x29,
  shared_subscription_available = 0x2A,
};

enum class PropertyKind : std::uint8_t {
  byte,
  two_bytes,
  four_bytes,
  variable,
  text,
  binary,
  text_pair
};

/// What the standard says about one identifier.
struct PropertyRule {
  PropertyId id;
  PropertyKind kind;
  /// Bit n: allowed in PacketType n; bit 0: allowed in the will of a CONNECT.
  std::uint16_t packets;
  /// Bounds of a number, inclusive.
  std::uint32_t value_min;
  std::uint32_t value_max;
  std::string_view name;

  bool allowed_in(PacketType type) const noexcept {
    return (packets >> static_cast<unsigned>(type) & 1U) != 0;
  }
  bool allowed_in_will() const noexcept { return (packets & 1U) != 0; }
  /// User properties repeat anywhere, subscription identifiers in PUBLISH.
  bool repeats_in(PacketType type) const noexcept {
    return id == PropertyId::user_property ||
           (id == PropertyId::subscription_identifier && type == PacketType::publish);
  }
};

/// Null for an identifier that MQTT 5 does not define.
const PropertyRule* find_rule(std::uint32_t id) noexcept;
/// All rules, ordered by identifier.
std::span<const PropertyRule> property_rules() noexcept;

struct UserProperty {
  std::string name;
  std::string value;
  bool operator==(const UserProperty&) const = default;
};

/// Numbers of any width, texts, binary data, user properties.
using PropertyValue = std::variant<std::uint32_t, std::string, Bytes, UserProperty>;

struct Property {
  PropertyId id;
  PropertyValue value;
  bool operator==(const Property&) const = default;
};

/// The properties of one packet in the order of the wire. Empty for MQTT 3. Values are not checked
/// here: the decoder admits only valid ones, and the encoder asserts the type.
class Properties {
 public:
  Properties() = default;
  Properties(std::initializer_list<Property> list) : list_(list) {}

  Properties& add(PropertyId id, PropertyValue value);
  /// Removes every occurrence.
  void erase(PropertyId id);

  bool empty() const noexcept { return list_.empty(); }
  std::size_t size() const noexcept { return list_.size(); }
  auto begin() const noexcept { return list_.begin(); }
  auto end() const noexcept { return list_.end(); }

  bool contains(PropertyId id) const noexcept { return find(id) != nullptr; }
  /// The first occurrence, if it is a number.
  std::optional<std::uint32_t> number(PropertyId id) const noexcept;
  /// The first occurrence; null unless it is a text. Valid until the list changes.
  const std::string* text(PropertyId id) const noexcept;

  bool operator==(const Properties&) const = default;

 private:
  const Property* find(PropertyId id) const noexcept;

  std::vector<Property> list_;
};

/// `{content_type="a/b", user_property="k"="v"}`; binary data as hex.
std::string to_string(const Properties& properties);

}  // namespace ff::mqtt
