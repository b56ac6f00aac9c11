#include "net/mqtt/codec/properties.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "protocol/base/hex.hpp"

namespace ff::mqtt {
namespace {

using Id = PropertyId;
using Kind = PropertyKind;

template <class... Types>
constexpr std::uint16_t in(Types... types) {
  return static_cast<std::uint16_t>(((1U << static_cast<unsigned>(types)) | ... | 0U));
}

using enum PacketType;
constexpr std::uint16_t will = 1;
constexpr std::uint16_t message = in(publish) | will;
constexpr std::uint16_t answers =
    in(connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, disconnect, auth);
constexpr std::uint16_t everywhere = answers | message | in(connect, subscribe, unsubscribe);

constexpr std::uint32_t u16_max = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t u32_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t variable_max = 268'435'455;

constexpr auto rules = std::to_array<PropertyRule>({
    {Id::payload_format_indicator, Kind::byte, message, 0, 1, "payload_format_indicator"},
    {Id::message_expiry_interval, Kind::four_bytes, message, 0, u32_max, "message_expiry_interval"},
    {Id::content_type, Kind::text, message, 0, 0, "content_type"},
    {Id::response_topic, Kind::text, message, 0, 0, "response_topic"},
    {Id::correlation_data, Kind::binary, message, 0, 0, "correlation_data"},
    {Id::subscription_identifier, Kind::variable, in(publish, subscribe), 1, variable_max,
     "subscription_identifier"},
    {Id::session_expiry_interval, Kind::four_bytes, in(connect, connack, disconnect), 0, u32_max,
     "session_expiry_interval"},
    {Id::assigned_client_identifier, Kind::text, in(connack), 0, 0, "assigned_client_identifier"},
    {Id::server_keep_alive, Kind::two_bytes, in(connack), 0, u16_max, "server_keep_alive"},
    {Id::authentication_method, Kind::text, in(connect, connack, auth), 0, 0,
     "authentication_method"},
    {Id::authentication_data, Kind::binary, in(connect, connack, auth), 0, 0,
     "authentication_data"},
    {Id::request_problem_information, Kind::byte, in(connect), 0, 1, "request_problem_information"},
    {Id::will_delay_interval, Kind::four_bytes, will, 0, u32_max, "will_delay_interval"},
    {Id::request_response_information, Kind::byte, in(connect), 0, 1,
     "request_response_information"},
    {Id::response_information, Kind::text, in(connack), 0, 0, "response_information"},
    {Id::server_reference, Kind::text, in(connack, disconnect), 0, 0, "server_reference"},
    {Id::reason_string, Kind::text, answers, 0, 0, "reason_string"},
    {Id::receive_maximum, Kind::two_bytes, in(connect, connack), 1, u16_max, "receive_maximum"},
    {Id::topic_alias_maximum, Kind::two_bytes, in(connect, connack), 0, u16_max,
     "topic_alias_maximum"},
    // Alias 0 is refused by the session, whose answer has a reason code of its own.
    {Id::topic_alias, Kind::two_bytes, in(publish), 0, u16_max, "topic_alias"},
    {Id::maximum_qos, Kind::byte, in(connack), 0, 1, "maximum_qos"},
    {Id::retain_available, Kind::byte, in(connack), 0, 1, "retain_available"},
    {Id::user_property, Kind::text_pair, everywhere, 0, 0, "user_property"},
    {Id::maximum_packet_size, Kind::four_bytes, in(connect, connack), 1, u32_max,
     "maximum_packet_size"},
    {Id::wildcard_subscription_available, Kind::byte, in(connack), 0, 1,
     "wildcard_subscription_available"},
    {Id::subscription_identifier_available, Kind::byte, in(connack), 0, 1,
     "subscription_identifier_available"},
    {Id::shared_subscription_available, Kind::byte, in(connack), 0, 1,
     "shared_subscription_available"},
});

struct ValuePrinter {
  std::string operator()(std::uint32_t number) const { return std::to_string(number); }
  std::string operator()(const std::string& text) const { return '"' + text + '"'; }
  std::string operator()(const Bytes& bytes) const { return "0x" + hex_lower(bytes); }
  std::string operator()(const UserProperty& pair) const {
    return (*this)(pair.name) + '=' + (*this)(pair.value);
  }
};

}  // namespace

std::span<const PropertyRule> property_rules() noexcept {
  return rules;
}

const PropertyRule* find_rule(std::uint32_t id) noexcept {
  auto rule =
      std::ranges::find(rules, id, [](const auto& r) { return static_cast<std::uint32_t>(r.id); });
  return rule == rules.end() ? nullptr : &*rule;
}

Properties& Properties::add(PropertyId id, PropertyValue value) {
  list_.push_back({id, std::move(value)});
  return *this;
}

void Properties::erase(PropertyId id) {
  std::erase_if(list_, [id](const auto& property) { return property.id == id; });
}

const Property* Properties::find(PropertyId id) const noexcept {
  auto property = std::ranges::find(list_, id, &Property::id);
  return property == list_.end() ? nullptr : &*property;
}

std::optional<std::uint32_t> Properties::number(PropertyId id) const noexcept {
  const auto* property = find(id);
  const auto* value = property ? std::get_if<std::uint32_t>(&property->value) : nullptr;
  return value ? std::optional(*value) : std::nullopt;
}

const std::string* Properties::text(PropertyId id) const noexcept {
  const auto* property = find(id);
  return property ? std::get_if<std::string>(&property->value) : nullptr;
}

std::string to_string(const Properties& properties) {
  std::string out = "{";
  for (const auto& property : properties) {
    if (out.size() > 1) out += ", ";
    const auto* rule = find_rule(static_cast<std::uint32_t>(property.id));
    out += rule ? rule->name : "?";
    out += '=';
    out += std::visit(ValuePrinter{}, property.value);
  }
  return out + '}';
}

}  // namespace ff::mqtt
