// What is stored of a webhook, and under which keys: its settings (written by the registry), how
// its delivery stands and its dead letters (written by its delivery alone). Cursors are rows of
// family `cursor`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/application_server/integration/webhook/webhook.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server::webhook {

/// What is delivered once more: messages of a time, of one device or of all.
struct Replay {
  struct Part {
    storage::Shard shard;
    storage::OutboxSequence done;  // everything up to it
    storage::OutboxSequence last;
    bool operator==(const Part&) const = default;
  };
  std::uint64_t id = 0;
  DeviceId device_id;  // empty: all
  UtcTime after;       // received at or after it
  UtcTime before;      // … and before it; zero: no end
  std::vector<Part> parts;
  UtcTime ordered_at;
  bool operator==(const Replay&) const = default;
};

struct DeliveryRecord {
  Health health;
  std::optional<Replay> replay;
  std::uint64_t replays = 0;  // ordered so far; the newest's id
  bool operator==(const DeliveryRecord&) const = default;
};

/// A message that was given up, with the reason.
struct DeadLetter {
  storage::Shard shard;
  storage::OutboxSequence sequence;
  UpKind kind = UpKind::uplink;
  DeviceId device_id;
  UtcTime received_at;
  Bytes body;
  std::uint32_t attempts = 0;
  UtcTime failed_at;
  FailureNote reason;
  bool operator==(const DeadLetter&) const = default;
};

/// ON-DISK: sealed records. Golden test:
/// test/actors/application_server/integration/webhook/record_test.cpp. Decoding is total on any
/// bytes. Errors: malformed_record, malformed_value, value_too_new.
Bytes encode_webhook(const Webhook& webhook);
Result<Webhook> decode_webhook(ByteView row);
Bytes encode_delivery(const DeliveryRecord& record);
Result<DeliveryRecord> decode_delivery(ByteView row);
Bytes encode_dead_letter(const DeadLetter& letter);
Result<DeadLetter> decode_dead_letter(ByteView row);

// Family `entity`. Errors of the parsers: malformed_key.
Bytes webhook_row_key(const WebhookKey& key);
storage::KeyRange webhook_rows();
Bytes delivery_row_key(const WebhookKey& key);
storage::KeyRange delivery_rows();
/// Of a row of either range.
Result<WebhookKey> parse_webhook_row_key(ByteView key);
/// `number` grows with every letter of a webhook.
Bytes dead_letter_key(const WebhookKey& key, std::uint64_t number);
storage::KeyRange dead_letter_rows(const WebhookKey& key);
Result<std::uint64_t> parse_dead_letter_key(ByteView key);

/// The webhook's name in family `cursor`.
std::string consumer_of(const WebhookKey& key);
void put_cursor(storage::WriteBatch& batch, const WebhookKey& key, storage::Shard shard,
                storage::OutboxSequence cursor);
/// Where the webhook begins: one cursor a shard.
void put_cursors(storage::WriteBatch& batch, const WebhookKey& key,
                 const std::vector<storage::OutboxSequence>& by_shard);
void erase_cursors(storage::WriteBatch& batch, const WebhookKey& key, storage::ShardCount shards);
/// Settings, delivery, dead letters and cursors.
void erase_webhook(storage::WriteBatch& batch, const WebhookKey& key, storage::ShardCount shards);

}  // namespace ff::application_server::webhook
