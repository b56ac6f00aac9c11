#include "actors/gateway_server/frontend_mqtt/format.hpp"

#include "protocol/gateway/mqtt_v2/errors.hpp"
#include "test/protocol/gateway/golden_file.hpp"

namespace ff::gateway_server {
namespace {

struct TopicRow {
  std::string_view topic;
  MqttTopic expected;
};

TEST(MqttFormat, CurrentTopicsAreTheGatewaysOwn) {
  const TopicRow rows[] = {
      {"v3/gtw-1/up", MqttTopic::up},
      {"v3/gtw-1/status", MqttTopic::status},
      {"v3/gtw-1/down/ack", MqttTopic::acknowledgment},
      {"v3/gtw-1/down", MqttTopic::forbidden},
      {"v3/gtw-2/up", MqttTopic::forbidden},
      {"v3/gtw-1/up/", MqttTopic::forbidden},
      {"v3/gtw-11/up", MqttTopic::forbidden},
      {"v3/gtw-1", MqttTopic::forbidden},
      {"gtw-1/up", MqttTopic::forbidden},
      {"connect", MqttTopic::forbidden},
      {"", MqttTopic::forbidden},
  };
  for (const auto& row : rows)
    EXPECT_EQ(mqtt_format_v3().topic_of(row.topic, "gtw-1"), row.expected) << row.topic;
  EXPECT_EQ(mqtt_format_v3().topic_of("v3/gtw-1@ttn/up", "gtw-1@ttn"), MqttTopic::up);
  EXPECT_EQ(mqtt_format_v3().downlink_topic("gtw-1"), "v3/gtw-1/down");
}

TEST(MqttFormat, LegacyTopicsHaveNoPrefixAndNoReports) {
  const TopicRow rows[] = {
      {"gtw-1/up", MqttTopic::up},
      {"gtw-1/status", MqttTopic::status},
      {"connect", MqttTopic::ignored},
      {"disconnect", MqttTopic::ignored},
      {"gtw-1/down", MqttTopic::forbidden},
      {"gtw-1/down/ack", MqttTopic::forbidden},
      {"gtw-2/up", MqttTopic::forbidden},
      {"v3/gtw-1/up", MqttTopic::forbidden},
      {"gtw-1/connect", MqttTopic::forbidden},
  };
  for (const auto& row : rows)
    EXPECT_EQ(mqtt_format_v2().topic_of(row.topic, "gtw-1"), row.expected) << row.topic;
  EXPECT_EQ(mqtt_format_v2().downlink_topic("gtw-1"), "gtw-1/down");
}

TEST(MqttFormat, BodiesAreThoseOfTheTopic) {
  const UtcTime now{std::chrono::seconds{1}};
  const auto up =
      mqtt_format_v3().decode(MqttTopic::up, gateway::golden("gateway_mqtt/uplink_lora"), now);
  ASSERT_TRUE(up);
  EXPECT_EQ(std::get<GatewayUp>(*up).uplinks.size(), 1U);
  EXPECT_EQ(std::get<GatewayUp>(*up).uplinks[0].received_at, now);
  const auto status =
      mqtt_format_v3().decode(MqttTopic::status, gateway::golden("gateway_mqtt/status"), now);
  ASSERT_TRUE(status);
  EXPECT_TRUE(std::get<GatewayUp>(*status).status);
  const auto report =
      mqtt_format_v3().decode(MqttTopic::acknowledgment, gateway::golden("gateway_mqtt/ack"), now);
  ASSERT_TRUE(report);
  EXPECT_EQ(std::get<TxAcked>(*report).token, DownlinkToken{65535});
  EXPECT_EQ(std::get<TxAcked>(*report).result, TxResult::collision_packet);
  const auto legacy =
      mqtt_format_v2().decode(MqttTopic::up, gateway::golden("gateway_mqtt_v2/uplink_lora"), now);
  ASSERT_TRUE(legacy);
  EXPECT_EQ(std::get<GatewayUp>(*legacy).uplinks.size(), 1U);
  const auto none = mqtt_format_v2().decode(MqttTopic::acknowledgment, {}, now);
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().is(gateway::mqtt_v2::not_supported));
}

}  // namespace
}  // namespace ff::gateway_server
