#include "actors/application_server/mqtt_session/record.hpp"

#include "actors/application_server/outbox/messages.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::application_server::mqtt_session {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, Beginning& beginning) {
  a(1, beginning.shard);
  a(2, beginning.after);
}
template <class Archive>
void fields(Archive& a, Subscription& subscription) {
  a(1, subscription.filter);
  a(2, subscription.qos);
  a(3, subscription.id);
  a(4, subscription.beginnings);
}
template <class Archive>
void fields(Archive& a, SessionRecord& record) {
  a(1, record.subscriptions);
  a(2, record.expiry);
  a(3, record.expires_at);
  a(4, record.unreleased);
  a(5, record.shared);
}

namespace {

using storage::EntityKind;
using storage::Family;

constexpr storage::ValueVersion session_version = 1;

}  // namespace

Bytes encode_session(const SessionRecord& record) {
  return storage::seal(session_version, storage::write_record(record));
}

Result<SessionRecord> decode_session(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, session_version));
  return storage::read_record<SessionRecord>(envelope.body);
}

Bytes session_row_key(const SessionKey& key) {
  return storage::entity_key(EntityKind::mqtt_session, {key.application_id.text(), key.client_id});
}

storage::KeyRange session_rows() {
  return storage::prefix_range(storage::entity_prefix(EntityKind::mqtt_session));
}

Result<SessionKey> parse_session_row_key(ByteView key) {
  FF_TRY(auto parsed, storage::parse_entity_key(key));
  if (parsed.kind != EntityKind::mqtt_session)
    return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not an MQTT session"}});
  return SessionKey{ApplicationId(std::move(parsed.ids[0])), std::move(parsed.ids[1])};
}

std::string consumer_of(const SessionKey& key) {
  return "mqtt/" + key.client_id;
}

void put_cursor(storage::WriteBatch& batch, const SessionKey& key, storage::Shard shard,
                storage::OutboxSequence cursor) {
  batch.put(Family::cursor, storage::cursor_key({shard, key.application_id, consumer_of(key)}),
            encode_cursor(cursor));
}

void erase_session(storage::WriteBatch& batch, const SessionKey& key, storage::ShardCount shards) {
  batch.erase(Family::entity, session_row_key(key));
  for (std::uint32_t i = 0; i < shards.value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    batch.erase(Family::cursor, storage::cursor_key({shard, key.application_id, consumer_of(key)}));
  }
}

}  // namespace ff::application_server::mqtt_session
