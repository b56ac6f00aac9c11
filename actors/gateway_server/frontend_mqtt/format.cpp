#include "actors/gateway_server/frontend_mqtt/format.hpp"

#include "protocol/gateway/api_v3/downstream.hpp"
#include "protocol/gateway/api_v3/upstream.hpp"
#include "protocol/gateway/mqtt_v2/downstream.hpp"
#include "protocol/gateway/mqtt_v2/upstream.hpp"

namespace ff::gateway_server {
namespace {

namespace api_v3 = gateway::api_v3;
namespace mqtt_v2 = gateway::mqtt_v2;

LinkMessage up_of(UplinkFrame frame) {
  GatewayUp up;
  up.uplinks.push_back(std::move(frame));
  return up;
}
LinkMessage up_of(GatewayStatus status) {
  GatewayUp up;
  up.status = std::move(status);
  return up;
}

/// The part of a topic behind `prefix` and the uid; nothing if it does not begin so.
std::optional<std::string_view> own_part(std::string_view topic, std::string_view prefix,
                                         std::string_view uid) {
  if (!topic.starts_with(prefix)) return std::nullopt;
  topic.remove_prefix(prefix.size());
  if (!topic.starts_with(uid)) return std::nullopt;
  return topic.substr(uid.size());
}

class FormatV3 final : public MqttFormat {
 public:
  const char* name() const noexcept override { return "mqtt"; }
  bool chooses_antenna() const noexcept override { return true; }
  MqttTopic topic_of(std::string_view topic, std::string_view uid) const override {
    const auto own = own_part(topic, prefix, uid);
    if (own == "/up") return MqttTopic::up;
    if (own == "/status") return MqttTopic::status;
    return own == "/down/ack" ? MqttTopic::acknowledgment : MqttTopic::forbidden;
  }
  std::string downlink_topic(std::string_view uid) const override {
    return std::string(prefix) + std::string(uid) + "/down";
  }
  Result<LinkMessage> decode(MqttTopic kind, ByteView body, UtcTime received_at) const override {
    if (kind == MqttTopic::up) {
      FF_TRY(auto frame, api_v3::decode_uplink(body, received_at));
      return up_of(std::move(frame));
    }
    if (kind == MqttTopic::status) {
      FF_TRY(auto status, api_v3::decode_status(body));
      return up_of(std::move(status));
    }
    FF_TRY(const auto report, api_v3::decode_tx_acknowledgment(body));
    return LinkMessage(TxAcked{DownlinkToken{report.token}, report.result, {}, {}});
  }
  Result<Bytes> encode(const SendDownlink& message) const override {
    return api_v3::encode_gateway_down(message.downlink, message.correlation_ids,
                                       message.token.value());
  }

 private:
  static constexpr std::string_view prefix = "v3/";
};

/// Without reports of transmissions. `connect` and `disconnect` are what its gateways say first,
/// and leave as their will.
class FormatV2 final : public MqttFormat {
 public:
  const char* name() const noexcept override { return "mqtt-v2"; }
  bool chooses_antenna() const noexcept override { return false; }
  MqttTopic topic_of(std::string_view topic, std::string_view uid) const override {
    if (topic == "connect" || topic == "disconnect") return MqttTopic::ignored;
    const auto own = own_part(topic, {}, uid);
    if (own == "/up") return MqttTopic::up;
    return own == "/status" ? MqttTopic::status : MqttTopic::forbidden;
  }
  std::string downlink_topic(std::string_view uid) const override {
    return std::string(uid) + "/down";
  }
  Result<LinkMessage> decode(MqttTopic kind, ByteView body, UtcTime received_at) const override {
    if (kind == MqttTopic::up) {
      FF_TRY(auto frame, mqtt_v2::decode_uplink(body, received_at));
      return up_of(std::move(frame));
    }
    if (kind != MqttTopic::status) return fail(mqtt_v2::not_supported);
    FF_TRY(auto status, mqtt_v2::decode_status(body));
    return up_of(std::move(status));
  }
  Result<Bytes> encode(const SendDownlink& message) const override {
    return mqtt_v2::encode_downlink(message.downlink);
  }
};

}  // namespace

const MqttFormat& mqtt_format_v3() {
  static const FormatV3 format;
  return format;
}

const MqttFormat& mqtt_format_v2() {
  static const FormatV2 format;
  return format;
}

}  // namespace ff::gateway_server
