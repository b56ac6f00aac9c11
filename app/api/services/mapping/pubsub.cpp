#include "app/api/services/mapping/pubsub.hpp"

#include <array>

#include "actors/application_server/integration/pubsub/errors.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {
namespace {

using application_server::UpKind;
using application_server::pubsub::Format;
using application_server::pubsub::format_not_found;
using application_server::pubsub::MqttSettings;
using application_server::pubsub::Provider;
using application_server::pubsub::provider_not_implemented;
using application_server::pubsub::PubSub;
using application_server::pubsub::PubSubKey;
using application_server::pubsub::unknown_provider;

using Message = pb::ApplicationPubSub::Message;

/// Each kind of message with its field.
struct KindRow {
  UpKind kind;
  bool (pb::ApplicationPubSub::*has)() const;
  const Message& (pb::ApplicationPubSub::*get)() const;
  Message* (pb::ApplicationPubSub::*put)();
};
#define FF_KIND(kind, field)                                                          \
  KindRow {                                                                           \
    UpKind::kind, &pb::ApplicationPubSub::has_##field, &pb::ApplicationPubSub::field, \
        &pb::ApplicationPubSub::mutable_##field                                       \
  }
const std::array kinds{
    FF_KIND(uplink, uplink_message),
    FF_KIND(normalized, uplink_normalized),
    FF_KIND(join, join_accept),
    FF_KIND(downlink_ack, downlink_ack),
    FF_KIND(downlink_nack, downlink_nack),
    FF_KIND(downlink_sent, downlink_sent),
    FF_KIND(downlink_failed, downlink_failed),
    FF_KIND(downlink_queued, downlink_queued),
    FF_KIND(downlink_queue_invalidated, downlink_queue_invalidated),
    FF_KIND(location_solved, location_solved),
    FF_KIND(service_data, service_data),
};
#undef FF_KIND

Result<Format> format_of(const std::string& name) {
  if (name == "json") return Format::json;
  if (name == "protobuf") return Format::protobuf;
  return fail(format_not_found, {{"format", name}});
}

MqttSettings mqtt_of(const pb::ApplicationPubSub::MQTTProvider& from) {
  return {.server_url = from.server_url(),
          .client_id = from.client_id(),
          .username = from.username(),
          .password = from.password(),
          .subscribe_qos = static_cast<std::uint8_t>(from.subscribe_qos()),
          .publish_qos = static_cast<std::uint8_t>(from.publish_qos()),
          .use_tls = from.use_tls(),
          .tls_ca = from.tls_ca(),
          .tls_client_cert = from.tls_client_cert(),
          .tls_client_key = from.tls_client_key(),
          .headers = {from.headers().begin(), from.headers().end()}};
}

void put_mqtt(const MqttSettings& mqtt, pb::ApplicationPubSub::MQTTProvider& out) {
  using Qos = pb::ApplicationPubSub::MQTTProvider::QoS;
  out.set_server_url(mqtt.server_url);
  out.set_client_id(mqtt.client_id);
  out.set_username(mqtt.username);
  out.set_password(mqtt.password);
  out.set_subscribe_qos(static_cast<Qos>(mqtt.subscribe_qos));
  out.set_publish_qos(static_cast<Qos>(mqtt.publish_qos));
  out.set_use_tls(mqtt.use_tls);
  out.set_tls_ca(mqtt.tls_ca);
  out.set_tls_client_cert(mqtt.tls_client_cert);
  out.set_tls_client_key(mqtt.tls_client_key);
  for (const auto& [name, value] : mqtt.headers) (*out.mutable_headers())[name] = value;
}

Result<PubSub> from_proto(const pb::ApplicationPubSub& from) {
  PubSub out;
  FF_TRY(out.format, format_of(from.format()));
  switch (from.provider_case()) {
    case pb::ApplicationPubSub::kNats:
      out.provider = Provider::nats;
      out.nats_server_url = from.nats().server_url();
      break;
    case pb::ApplicationPubSub::kMqtt:
      out.provider = Provider::mqtt;
      out.mqtt = mqtt_of(from.mqtt());
      break;
    case pb::ApplicationPubSub::kAwsIot:
      // A cloud connector of the reference's hosted form. [spec integrations §3.1]
      return fail(provider_not_implemented, {{"provider_id", "aws_iot"}});
    default:
      return fail(unknown_provider, {{"provider", ""}});
  }
  out.base_topic = from.base_topic();
  if (from.has_downlink_push()) out.downlink_push = from.downlink_push().topic();
  if (from.has_downlink_replace()) out.downlink_replace = from.downlink_replace().topic();
  for (const auto& row : kinds) {
    if ((from.*row.has)()) out.topics.emplace(row.kind, (from.*row.get)().topic());
  }
  return out;
}

}  // namespace

PubSubKey pubsub_key(const pb::ApplicationPubSubIdentifiers& ids) {
  return {ApplicationId(ids.application_ids().application_id()), ids.pub_sub_id()};
}

pb::ApplicationPubSub to_proto(const PubSubKey& key, const PubSub& pubsub) {
  pb::ApplicationPubSub out;
  out.mutable_ids()->mutable_application_ids()->set_application_id(key.application_id.text());
  out.mutable_ids()->set_pub_sub_id(key.pubsub_id);
  if (pubsub.created_at != UtcTime{}) put_time(pubsub.created_at, *out.mutable_created_at());
  if (pubsub.updated_at != UtcTime{}) put_time(pubsub.updated_at, *out.mutable_updated_at());
  out.set_format(pubsub.format == Format::protobuf ? "protobuf" : "json");
  if (pubsub.provider == Provider::nats) {
    out.mutable_nats()->set_server_url(pubsub.nats_server_url);
  } else {
    put_mqtt(pubsub.mqtt, *out.mutable_mqtt());
  }
  out.set_base_topic(pubsub.base_topic);
  if (pubsub.downlink_push) out.mutable_downlink_push()->set_topic(*pubsub.downlink_push);
  if (pubsub.downlink_replace) out.mutable_downlink_replace()->set_topic(*pubsub.downlink_replace);
  for (const auto& row : kinds) {
    const auto topic = pubsub.topics.find(row.kind);
    if (topic != pubsub.topics.end()) (out.*row.put)()->set_topic(topic->second);
  }
  return out;
}

Result<PubSub> changed_pubsub(const PubSubKey& key, const PubSub* current,
                              const pb::ApplicationPubSub& requested,
                              const std::vector<std::string>& paths) {
  pb::ApplicationPubSub next;
  if (current != nullptr) next = to_proto(key, *current);
  FF_CHECK(field_mask::copy(requested, paths, next));
  return from_proto(next);
}

}  // namespace ff::api
