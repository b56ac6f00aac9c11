// What is stored of a pub/sub integration, and under which keys: its settings, written by the
// registry alone. Cursors are rows of family `cursor`, written by the integration.
#pragma once

#include "actors/application_server/integration/cursors.hpp"
#include "actors/application_server/integration/pubsub/pubsub.hpp"
#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server::pubsub {

/// ON-DISK: a sealed record. Golden test:
/// test/actors/application_server/integration/pubsub/record_test.cpp. Decoding is total on any
/// bytes. Errors: malformed_record, malformed_value, value_too_new.
Bytes encode_pubsub(const PubSub& pubsub);
Result<PubSub> decode_pubsub(ByteView row);

// Family `entity`. Error of the parser: malformed_key.
Bytes pubsub_row_key(const PubSubKey& key);
storage::KeyRange pubsub_rows();
Result<PubSubKey> parse_pubsub_row_key(ByteView key);

/// Whose cursors the integration's are: `pubsub/` and its id.
integration::Consumer consumer_of(const PubSubKey& key);
/// Settings and cursors.
void erase_pubsub(storage::WriteBatch& batch, const PubSubKey& key, storage::ShardCount shards);

}  // namespace ff::application_server::pubsub
