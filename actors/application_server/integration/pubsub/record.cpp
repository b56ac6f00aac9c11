#include "actors/application_server/integration/pubsub/record.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::application_server::pubsub {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, MqttSettings& mqtt) {
  a(1, mqtt.server_url);
  a(2, mqtt.client_id);
  a(3, mqtt.username);
  a(4, mqtt.password);
  a(5, mqtt.subscribe_qos);
  a(6, mqtt.publish_qos);
  a(7, mqtt.use_tls);
  a(8, mqtt.tls_ca);
  a(9, mqtt.tls_client_cert);
  a(10, mqtt.tls_client_key);
  a(11, mqtt.headers);
}
template <class Archive>
void fields(Archive& a, PubSub& pubsub) {
  a(1, pubsub.format);
  a(2, pubsub.provider);
  a(3, pubsub.nats_server_url);
  a(4, pubsub.mqtt);
  a(5, pubsub.base_topic);
  a(6, pubsub.downlink_push);
  a(7, pubsub.downlink_replace);
  a(8, pubsub.topics);
  a(9, pubsub.created_at);
  a(10, pubsub.updated_at);
}

namespace {

using storage::EntityKind;
using storage::Family;

constexpr storage::ValueVersion version = 1;

}  // namespace

Bytes encode_pubsub(const PubSub& pubsub) {
  return storage::seal_record(version, pubsub);
}

Result<PubSub> decode_pubsub(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, version));
  return storage::read_record<PubSub>(envelope.body);
}

Bytes pubsub_row_key(const PubSubKey& key) {
  return storage::entity_key(EntityKind::pubsub, {key.application_id.text(), key.pubsub_id});
}

storage::KeyRange pubsub_rows() {
  return storage::prefix_range(storage::entity_prefix(EntityKind::pubsub));
}

Result<PubSubKey> parse_pubsub_row_key(ByteView key) {
  FF_TRY(auto parsed, storage::parse_entity_key(key));
  if (parsed.kind != EntityKind::pubsub)
    return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not a pub/sub"}});
  return PubSubKey{ApplicationId(std::move(parsed.ids[0])), std::move(parsed.ids[1])};
}

integration::Consumer consumer_of(const PubSubKey& key) {
  return {key.application_id, "pubsub/" + key.pubsub_id};
}

void erase_pubsub(storage::WriteBatch& batch, const PubSubKey& key, storage::ShardCount shards) {
  batch.erase(Family::entity, pubsub_row_key(key));
  integration::erase_cursors(batch, consumer_of(key), shards);
}

}  // namespace ff::application_server::pubsub
