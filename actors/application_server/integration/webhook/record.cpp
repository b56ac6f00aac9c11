#include "actors/application_server/integration/webhook/record.hpp"

#include <charconv>

#include "actors/application_server/integration/cursors.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::application_server::webhook {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, Webhook& webhook) {
  a(1, webhook.base_url);
  a(2, webhook.headers);
  a(3, webhook.format);
  a(4, webhook.template_id);
  a(5, webhook.template_fields);
  a(6, webhook.downlink_api_key);
  a(7, webhook.paths);
  a(8, webhook.field_mask);
  a(9, webhook.paused);
  a(10, webhook.created_at);
  a(11, webhook.updated_at);
}
template <class Archive>
void fields(Archive& a, FailureNote& note) {
  a(1, note.name_space);
  a(2, note.name);
  a(3, note.message);
  a(4, note.code);
  a(5, note.attributes);
}
template <class Archive>
void fields(Archive& a, Health& health) {
  a(1, health.state);
  a(2, health.failed_attempts);
  a(3, health.last_failed_attempt_at);
  a(4, health.last_failure);
}
template <class Archive>
void fields(Archive& a, Replay::Part& part) {
  a(1, part.shard);
  a(2, part.done);
  a(3, part.last);
}
template <class Archive>
void fields(Archive& a, Replay& replay) {
  a(1, replay.id);
  a(2, replay.device_id);
  a(3, replay.after);
  a(4, replay.before);
  a(5, replay.parts);
  a(6, replay.ordered_at);
}
template <class Archive>
void fields(Archive& a, DeliveryRecord& record) {
  a(1, record.health);
  a(2, record.replay);
  a(3, record.replays);
}
template <class Archive>
void fields(Archive& a, DeadLetter& letter) {
  a(1, letter.shard);
  a(2, letter.sequence);
  a(3, letter.kind);
  a(4, letter.device_id);
  a(5, letter.received_at);
  a(6, letter.body);
  a(7, letter.attempts);
  a(8, letter.failed_at);
  a(9, letter.reason);
}

namespace {

using storage::EntityKind;
using storage::Family;

constexpr storage::ValueVersion version = 1;
/// So that keys sort as numbers do.
constexpr std::size_t letter_digits = 20;

template <class Record>
Result<Record> decode(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, version));
  return storage::read_record<Record>(envelope.body);
}

storage::KeyRange rows_of(EntityKind kind) {
  return storage::prefix_range(storage::entity_prefix(kind));
}

}  // namespace

FailureNote note_of(const Error& error) {
  FailureNote note{std::string(error.def().name_space),
                   std::string(error.name()),
                   error.message(),
                   error.code(),
                   {}};
  for (const auto& attribute : error.attributes())
    note.attributes.insert_or_assign(attribute.name, to_string(attribute.value));
  return note;
}

Bytes encode_webhook(const Webhook& webhook) {
  return storage::seal_record(version, webhook);
}
Result<Webhook> decode_webhook(ByteView row) {
  return decode<Webhook>(row);
}
Bytes encode_delivery(const DeliveryRecord& record) {
  return storage::seal_record(version, record);
}
Result<DeliveryRecord> decode_delivery(ByteView row) {
  return decode<DeliveryRecord>(row);
}
Bytes encode_dead_letter(const DeadLetter& letter) {
  return storage::seal_record(version, letter);
}
Result<DeadLetter> decode_dead_letter(ByteView row) {
  return decode<DeadLetter>(row);
}

Bytes webhook_row_key(const WebhookKey& key) {
  return storage::entity_key(EntityKind::webhook, {key.application_id.text(), key.webhook_id});
}
storage::KeyRange webhook_rows() {
  return rows_of(EntityKind::webhook);
}
Bytes delivery_row_key(const WebhookKey& key) {
  return storage::entity_key(EntityKind::webhook_delivery,
                             {key.application_id.text(), key.webhook_id});
}
storage::KeyRange delivery_rows() {
  return rows_of(EntityKind::webhook_delivery);
}

Result<WebhookKey> parse_webhook_row_key(ByteView key) {
  FF_TRY(auto parsed, storage::parse_entity_key(key));
  if (parsed.kind != EntityKind::webhook && parsed.kind != EntityKind::webhook_delivery)
    return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not a webhook"}});
  return WebhookKey{ApplicationId(std::move(parsed.ids[0])), std::move(parsed.ids[1])};
}

Bytes dead_letter_key(const WebhookKey& key, std::uint64_t number) {
  auto digits = std::to_string(number);
  digits.insert(0, letter_digits - digits.size(), '0');
  return storage::entity_key(EntityKind::webhook_dead_letter,
                             {key.application_id.text(), key.webhook_id, digits});
}

storage::KeyRange dead_letter_rows(const WebhookKey& key) {
  return storage::prefix_range(storage::entity_prefix(EntityKind::webhook_dead_letter,
                                                      {key.application_id.text(), key.webhook_id}));
}

Result<std::uint64_t> parse_dead_letter_key(ByteView key) {
  FF_TRY(const auto parsed, storage::parse_entity_key(key));
  std::uint64_t number = 0;
  if (parsed.kind == EntityKind::webhook_dead_letter) {
    const auto& digits = parsed.ids[2];
    const auto* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    if (error == std::errc{} && stop == end) return number;
  }
  return fail(storage::malformed_key, {{"family", "entity"}, {"key", "not a dead letter"}});
}

std::string consumer_of(const WebhookKey& key) {
  return "webhook/" + key.webhook_id;
}

void put_cursor(storage::WriteBatch& batch, const WebhookKey& key, storage::Shard shard,
                storage::OutboxSequence cursor) {
  integration::put_cursor(batch, {key.application_id, consumer_of(key)}, shard, cursor);
}

void put_cursors(storage::WriteBatch& batch, const WebhookKey& key,
                 const std::vector<storage::OutboxSequence>& by_shard) {
  integration::put_cursors(batch, {key.application_id, consumer_of(key)}, by_shard);
}

void erase_cursors(storage::WriteBatch& batch, const WebhookKey& key, storage::ShardCount shards) {
  integration::erase_cursors(batch, {key.application_id, consumer_of(key)}, shards);
}

void erase_webhook(storage::WriteBatch& batch, const WebhookKey& key, storage::ShardCount shards) {
  batch.erase(Family::entity, webhook_row_key(key));
  batch.erase(Family::entity, delivery_row_key(key));
  const auto letters = dead_letter_rows(key);
  batch.erase_range(Family::entity, letters.first, letters.last);
  erase_cursors(batch, key, shards);
}

}  // namespace ff::application_server::webhook
