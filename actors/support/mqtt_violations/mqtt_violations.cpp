#include "actors/support/mqtt_violations/mqtt_violations.hpp"

#include <array>
#include <optional>

namespace ff::actors {
namespace {

using mqtt::ReasonCode;

MqttViolation violation_of(ReasonCode reason) {
  switch (reason) {
    case ReasonCode::malformed_packet:
    case ReasonCode::unsupported_protocol_version:
      return MqttViolation::malformed;
    case ReasonCode::packet_too_large:
      return MqttViolation::too_large;
    case ReasonCode::topic_filter_invalid:
    case ReasonCode::topic_name_invalid:
    case ReasonCode::topic_alias_invalid:
      return MqttViolation::topic;
    case ReasonCode::quota_exceeded:
    case ReasonCode::receive_maximum_exceeded:
      return MqttViolation::bounds;
    default:
      return MqttViolation::protocol;
  }
}

std::optional<MqttViolation> violation_of(const mqtt::Ended& end) {
  if (end.cause == mqtt::EndCause::violation) return violation_of(end.reason);
  if (end.cause != mqtt::EndCause::refused) return std::nullopt;
  // The others are ours: too many clients, no one to ask.
  const bool by_credentials = end.reason == ReasonCode::not_authorized ||
                              end.reason == ReasonCode::bad_username_or_password ||
                              end.reason == ReasonCode::bad_authentication_method;
  return by_credentials ? std::optional(MqttViolation::credentials) : std::nullopt;
}

}  // namespace

const char* to_string(MqttViolation violation) noexcept {
  static constexpr std::array<const char*, mqtt_violation_count> names{
      "malformed", "too_large", "credentials", "topic", "bounds", "protocol"};
  return names.at(static_cast<std::size_t>(violation));
}

void count_violation(Metrics& metrics, const char* server, const mqtt::Ended& end) {
  const auto violation = violation_of(end);
  if (!violation) return;
  metrics
      .counter("farfield_mqtt_violations_total",
               "Connections ended by what an MQTT client did wrong.",
               {{"server", server}, {"reason", to_string(*violation)}})
      .Increment();
}

}  // namespace ff::actors
