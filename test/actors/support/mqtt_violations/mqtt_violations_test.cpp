// What of the ends of MQTT connections is a violation, and of which kind.
#include "actors/support/mqtt_violations/mqtt_violations.hpp"

#include <gtest/gtest.h>

namespace ff::actors {
namespace {

using mqtt::EndCause;
using mqtt::ReasonCode;

struct Row {
  const char* name;
  EndCause cause;
  ReasonCode reason;
  const char* counted;  // empty: not at all
};

const Row rows[] = {
    {"no MQTT", EndCause::violation, ReasonCode::malformed_packet, "malformed"},
    {"another version", EndCause::violation, ReasonCode::unsupported_protocol_version, "malformed"},
    {"oversized", EndCause::violation, ReasonCode::packet_too_large, "too_large"},
    {"a filter", EndCause::violation, ReasonCode::topic_filter_invalid, "topic"},
    {"a topic", EndCause::violation, ReasonCode::topic_name_invalid, "topic"},
    {"an alias", EndCause::violation, ReasonCode::topic_alias_invalid, "topic"},
    {"too many at once", EndCause::violation, ReasonCode::receive_maximum_exceeded, "bounds"},
    {"too many requests", EndCause::violation, ReasonCode::quota_exceeded, "bounds"},
    {"out of order", EndCause::violation, ReasonCode::protocol_error, "protocol"},
    {"anything else", EndCause::violation, ReasonCode::qos_not_supported, "protocol"},
    {"no right", EndCause::refused, ReasonCode::not_authorized, "credentials"},
    {"wrong password", EndCause::refused, ReasonCode::bad_username_or_password, "credentials"},
    {"we are busy", EndCause::refused, ReasonCode::server_unavailable, ""},
    {"too many clients", EndCause::refused, ReasonCode::quota_exceeded, ""},
    {"goodbye", EndCause::client_disconnected, ReasonCode::success, ""},
    {"silent", EndCause::keep_alive_timeout, ReasonCode::keep_alive_timeout, ""},
    {"cut off", EndCause::connection_lost, ReasonCode::success, ""},
};

TEST(MqttViolations, AreCountedByKind) {
  for (const auto& row : rows) {
    Metrics metrics;
    count_violation(metrics, "as", mqtt::Ended{.cause = row.cause, .reason = row.reason});
    const auto text = metrics.text();
    if (std::string_view(row.counted).empty()) {
      EXPECT_EQ(text.find("farfield_mqtt_violations_total"), std::string::npos) << row.name;
      continue;
    }
    const auto series = R"(farfield_mqtt_violations_total{reason=")" + std::string(row.counted) +
                        R"(",server="as"} 1)";
    EXPECT_NE(text.find(series), std::string::npos) << row.name << '\n' << text;
  }
}

}  // namespace
}  // namespace ff::actors
