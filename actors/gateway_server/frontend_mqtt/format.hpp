// What differs between the two protocols of gateways over MQTT: topics and bodies. Pure. Not what
// they share (gateway.hpp). [spec gateway-server §5, §6]
#pragma once

#include <string>
#include <string_view>

#include "actors/gateway_server/link/messages.hpp"
#include "protocol/base/bytes.hpp"

namespace ff::gateway_server {

/// What a gateway publishes to.
enum class MqttTopic : std::uint8_t {
  up,
  status,
  acknowledgment,
  ignored,    // allowed, and of no meaning here
  forbidden,  // not the gateway's
};

/// Immutable, any thread. `uid` is the gateway's user name.
class MqttFormat {
 public:
  virtual ~MqttFormat() = default;
  /// Label of metrics.
  virtual const char* name() const noexcept = 0;
  /// Whether a downlink says by which antenna it is to leave.
  virtual bool chooses_antenna() const noexcept = 0;
  virtual MqttTopic topic_of(std::string_view topic, std::string_view uid) const = 0;
  /// Where the gateway is told what to transmit.
  virtual std::string downlink_topic(std::string_view uid) const = 0;
  /// A body published to a topic of kind up, status or acknowledgment. Errors: of the codec.
  virtual Result<LinkMessage> decode(MqttTopic kind, ByteView body, UtcTime received_at) const = 0;
  /// Errors: what the protocol can not say.
  virtual Result<Bytes> encode(const SendDownlink& message) const = 0;
};

/// The API's messages on `v3/{uid}/…`.
const MqttFormat& mqtt_format_v3();
/// The legacy messages on `{uid}/…`.
const MqttFormat& mqtt_format_v2();

}  // namespace ff::gateway_server
