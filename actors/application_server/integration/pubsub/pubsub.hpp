// A pub/sub integration as it is set. Not its API message (app/api/services/mapping/pubsub) and not
// what publishes (state.hpp). [spec integrations §3.1, §3.2]
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server::pubsub {

struct PubSubKey {
  ApplicationId application_id;
  std::string pubsub_id;
  auto operator<=>(const PubSubKey&) const = default;
};

/// ON-DISK: values are never reused.
enum class Format : std::uint8_t { json = 1, protobuf = 2 };
/// ON-DISK: values are never reused.
enum class Provider : std::uint8_t { nats = 1, mqtt = 2 };

/// `mqtt` and `nats`: labels of metrics, names in settings.
std::string_view name_of(Provider provider) noexcept;

struct MqttSettings {
  std::string server_url;
  std::string client_id;
  std::string username;
  std::string password;
  std::uint8_t subscribe_qos = 0;  // 0 to 2
  std::uint8_t publish_qos = 0;
  bool use_tls = false;
  std::string tls_ca;  // PEM, as are the next two
  std::string tls_client_cert;
  std::string tls_client_key;
  std::map<std::string, std::string> headers;  // of WebSockets
  bool operator==(const MqttSettings&) const = default;
};

struct PubSub {
  Format format = Format::json;
  Provider provider = Provider::mqtt;
  std::string nats_server_url;
  MqttSettings mqtt;
  std::string base_topic;
  /// Where downlinks are awaited; nothing: nowhere.
  std::optional<std::string> downlink_push;
  std::optional<std::string> downlink_replace;
  /// The kinds of messages that are published, with their topics below the base.
  std::map<UpKind, std::string> topics;
  UtcTime created_at;
  UtcTime updated_at;
  bool operator==(const PubSub&) const = default;
};
using PubSubPtr = std::shared_ptr<const PubSub>;

}  // namespace ff::application_server::pubsub
