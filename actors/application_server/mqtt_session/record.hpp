// What is stored of an MQTT session, and under which keys. Not what a session does (state.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/mqtt/codec/types.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server::mqtt_session {

/// Who a session belongs to, whichever key or user name the client connects with.
/// [ADR 7]
struct SessionKey {
  ApplicationId application_id;
  std::string client_id;
  auto operator<=>(const SessionKey&) const = default;
};

/// A subscription made while older messages were still to come begins behind this one in a shard.
struct Beginning {
  storage::Shard shard;
  storage::OutboxSequence after;
  bool operator==(const Beginning&) const = default;
};

struct Subscription {
  /// Below the application's own topics, so that it fits however the user name is written:
  /// `devices/+/up`.
  std::string filter;
  mqtt::QoS qos = mqtt::QoS::at_most_once;
  std::uint32_t id = 0;  // 0: none
  /// Only shards in which the session had not come so far.
  std::vector<Beginning> beginnings;
  bool operator==(const Subscription&) const = default;
};

struct SessionRecord {
  std::vector<Subscription> subscriptions;
  /// How long the session outlives its connection, seconds.
  std::uint32_t expiry = 0;
  /// Zero: a client was connected when this was written.
  UtcTime expires_at;
  /// QoS 2 identifiers that the client has not released.
  std::vector<std::uint16_t> unreleased;
  /// The groups that the client is in: `$share/{group}/{filter}`, the filter below the
  /// application's own topics. What they get is in sessions of their own (mqtt_group/).
  std::vector<Subscription> shared;
  bool operator==(const SessionRecord&) const = default;
};

/// ON-DISK: a sealed record. Golden test:
/// test/actors/application_server/mqtt_session/record_test.cpp.
Bytes encode_session(const SessionRecord& record);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<SessionRecord> decode_session(ByteView row);

/// Family `entity`.
Bytes session_row_key(const SessionKey& key);
/// All sessions.
storage::KeyRange session_rows();
/// Error: malformed_key.
Result<SessionKey> parse_session_row_key(ByteView key);
/// The session's name in family `cursor`.
std::string consumer_of(const SessionKey& key);
void put_cursor(storage::WriteBatch& batch, const SessionKey& key, storage::Shard shard,
                storage::OutboxSequence cursor);
/// The record and all cursors.
void erase_session(storage::WriteBatch& batch, const SessionKey& key, storage::ShardCount shards);

}  // namespace ff::application_server::mqtt_session
