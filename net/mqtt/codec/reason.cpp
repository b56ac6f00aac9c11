#include "net/mqtt/codec/reason.hpp"

#include <algorithm>
#include <array>

namespace ff::mqtt {
namespace {

using R = ReasonCode;

constexpr std::uint16_t in(PacketType type) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(type));
}

constexpr auto con = in(PacketType::connack);
constexpr auto pub = static_cast<std::uint16_t>(in(PacketType::puback) | in(PacketType::pubrec));
constexpr auto rel = static_cast<std::uint16_t>(in(PacketType::pubrel) | in(PacketType::pubcomp));
constexpr auto sub = in(PacketType::suback);
constexpr auto uns = in(PacketType::unsuback);
constexpr auto dis = in(PacketType::disconnect);
constexpr auto aut = in(PacketType::auth);

struct Row {
  ReasonCode code;
  int packets;
  std::string_view name;
};

/// [MQTT-5 §2.4], the column of packets.
constexpr auto rows = std::to_array<Row>({
    {R::success, con | pub | rel | sub | uns | dis | aut, "success"},
    {R::granted_qos_1, sub, "granted_qos_1"},
    {R::granted_qos_2, sub, "granted_qos_2"},
    {R::disconnect_with_will, dis, "disconnect_with_will"},
    {R::no_matching_subscribers, pub, "no_matching_subscribers"},
    {R::no_subscription_existed, uns, "no_subscription_existed"},
    {R::continue_authentication, aut, "continue_authentication"},
    {R::reauthenticate, aut, "reauthenticate"},
    {R::unspecified_error, con | pub | sub | uns | dis, "unspecified_error"},
    {R::malformed_packet, con | dis, "malformed_packet"},
    {R::protocol_error, con | dis, "protocol_error"},
    {R::implementation_specific_error, con | pub | sub | uns | dis,
     "implementation_specific_error"},
    {R::unsupported_protocol_version, con, "unsupported_protocol_version"},
    {R::client_identifier_not_valid, con, "client_identifier_not_valid"},
    {R::bad_username_or_password, con, "bad_username_or_password"},
    {R::not_authorized, con | pub | sub | uns | dis, "not_authorized"},
    {R::server_unavailable, con, "server_unavailable"},
    {R::server_busy, con | dis, "server_busy"},
    {R::banned, con, "banned"},
    {R::server_shutting_down, dis, "server_shutting_down"},
    {R::bad_authentication_method, con | dis, "bad_authentication_method"},
    {R::keep_alive_timeout, dis, "keep_alive_timeout"},
    {R::session_taken_over, dis, "session_taken_over"},
    {R::topic_filter_invalid, sub | uns | dis, "topic_filter_invalid"},
    {R::topic_name_invalid, con | pub | dis, "topic_name_invalid"},
    {R::packet_identifier_in_use, pub | sub | uns, "packet_identifier_in_use"},
    {R::packet_identifier_not_found, rel, "packet_identifier_not_found"},
    {R::receive_maximum_exceeded, dis, "receive_maximum_exceeded"},
    {R::topic_alias_invalid, dis, "topic_alias_invalid"},
    {R::packet_too_large, con | dis, "packet_too_large"},
    {R::message_rate_too_high, dis, "message_rate_too_high"},
    {R::quota_exceeded, con | pub | sub | dis, "quota_exceeded"},
    {R::administrative_action, dis, "administrative_action"},
    {R::payload_format_invalid, con | pub | dis, "payload_format_invalid"},
    {R::retain_not_supported, con | dis, "retain_not_supported"},
    {R::qos_not_supported, con | dis, "qos_not_supported"},
    {R::use_another_server, con | dis, "use_another_server"},
    {R::server_moved, con | dis, "server_moved"},
    {R::shared_subscriptions_not_supported, sub | dis, "shared_subscriptions_not_supported"},
    {R::connection_rate_exceeded, con | dis, "connection_rate_exceeded"},
    {R::maximum_connect_time, dis, "maximum_connect_time"},
    {R::subscription_identifiers_not_supported, sub | dis,
     "subscription_identifiers_not_supported"},
    {R::wildcard_subscriptions_not_supported, sub | dis, "wildcard_subscriptions_not_supported"},
});

const Row* find(ReasonCode code) noexcept {
  auto row = std::ranges::find(rows, code, &Row::code);
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::string_view to_string(ReasonCode code) noexcept {
  const auto* row = find(code);
  return row ? row->name : "unknown";
}

bool is_allowed(ReasonCode code, PacketType type) noexcept {
  const auto* row = find(code);
  return row && (row->packets & in(type)) != 0;
}

ReasonCode nearest_allowed(ReasonCode code, PacketType type) noexcept {
  if (is_allowed(code, type)) return code;
  if (!is_failure(code)) return R::success;
  // An identifier that is in use or unknown and an unavailable server have a broader neighbour in
  // the other packets.
  auto broader = R::unspecified_error;
  if (code == R::server_unavailable || code == R::server_shutting_down) broader = R::server_busy;
  if (code == R::banned || code == R::bad_username_or_password) broader = R::not_authorized;
  if (code == R::packet_identifier_in_use) broader = R::protocol_error;
  if (is_allowed(broader, type)) return broader;
  return is_allowed(R::unspecified_error, type) ? R::unspecified_error
                                                : R::packet_identifier_not_found;
}

std::optional<std::uint8_t> to_v3_return_code(ReasonCode code) noexcept {
  switch (code) {
    case R::success:
      return 0;
    case R::unsupported_protocol_version:
      return 1;
    case R::client_identifier_not_valid:
      return 2;
    case R::server_unavailable:
    case R::server_busy:
    case R::quota_exceeded:
    case R::connection_rate_exceeded:
    case R::use_another_server:
    case R::server_moved:
      return 3;
    case R::bad_username_or_password:
      return 4;
    case R::not_authorized:
    case R::banned:
    case R::bad_authentication_method:
      return 5;
    default:
      return std::nullopt;
  }
}

std::optional<ReasonCode> from_v3_return_code(std::uint8_t code) noexcept {
  static constexpr std::array<ReasonCode, 6> codes = {R::success,
                                                      R::unsupported_protocol_version,
                                                      R::client_identifier_not_valid,
                                                      R::server_unavailable,
                                                      R::bad_username_or_password,
                                                      R::not_authorized};
  if (code >= codes.size()) return std::nullopt;
  return codes[code];
}

}  // namespace ff::mqtt
