// The keys of the sharded families: builders, prefixes for scans, parsers. FORMAT.md
// is normative. Not the keys of entities (entity_keys.hpp) nor of the store itself (meta_keys.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/keys/shard.hpp"

namespace ff::storage {

/// A key in the store that does not have its family's form: damage, or a bug of a writer.
inline constexpr ErrorDef malformed_key{"pkg/storage", "malformed_key", Code::data_loss,
                                        "key `{key}` of family `{family}` is malformed"};

/// Of every sharded family: all keys of one shard.
Bytes shard_prefix(Shard shard);

/// device, session: shard | application | device.
struct DeviceKey {
  Shard shard;
  DeviceUid uid;
  bool operator==(const DeviceKey&) const = default;
};
Bytes device_key(const DeviceKey& key);
Result<DeviceKey> parse_device_key(ByteView key);
/// All devices of an application within one shard.
Bytes application_prefix(Shard shard, const ApplicationId& application_id);

/// Order in a device's queues. [actors/network_server/session/queue_rows.hpp]
using QueuePosition = Strong<struct QueuePositionTag, std::uint64_t>;
/// Of no item.
inline constexpr QueuePosition waiting_position{0};
/// downlink_queue: shard | application | device | position u64. A device's queue has device_key()
/// as prefix.
struct DownlinkQueueKey {
  DeviceKey device;
  QueuePosition position;
  bool operator==(const DownlinkQueueKey&) const = default;
};
Bytes downlink_queue_key(const DownlinkQueueKey& key);
/// The row, at waiting_position and without a value, of a device that waits for a downlink of class
/// B or C: it is woken after a start.
Bytes waiting_device_key(const DeviceKey& key);
Result<DownlinkQueueKey> parse_downlink_queue_key(ByteView key);

/// address_index: shard of the address | DevAddr u32 | application | device. One record per device
/// and address.
struct AddressKey {
  Shard shard;
  DevAddr dev_addr;
  DeviceUid uid;
  bool operator==(const AddressKey&) const = default;
};
Bytes address_key(const AddressKey& key);
Result<AddressKey> parse_address_key(ByteView key);
/// All sessions on one address: what an uplink is matched against.
Bytes address_prefix(Shard shard, DevAddr dev_addr);

/// join_nonce: shard of the pair | JoinEUI u64 | DevEUI u64 | 00: the device's keys and nonce
/// counters.
Bytes join_record_key(Shard shard, const JoinKey& join_key);
/// join_nonce: … | 01 | DevNonce u16: the nonce was used; the value may be empty.
Bytes dev_nonce_key(Shard shard, const JoinKey& join_key, DevNonce dev_nonce);
/// The record and all used nonces of one device.
Bytes join_prefix(Shard shard, const JoinKey& join_key);
/// The used nonces alone.
Bytes dev_nonce_prefix(Shard shard, const JoinKey& join_key);
struct ParsedJoinKey {
  Shard shard;
  JoinKey join_key;
  /// Nothing: the device's record.
  std::optional<DevNonce> dev_nonce;
  bool operator==(const ParsedJoinKey&) const = default;
};
Result<ParsedJoinKey> parse_join_key(ByteView key);

/// Position of a message in its application's outbox; only grows.
using OutboxSequence = Strong<struct OutboxSequenceTag, std::uint64_t>;
/// outbox: shard of the device that sent it | application | sequence u64: each shard numbers on its
/// own. [ADR 2]
struct OutboxKey {
  Shard shard;
  ApplicationId application_id;
  OutboxSequence sequence;
  bool operator==(const OutboxKey&) const = default;
};
/// All messages of an application have application_prefix() as prefix.
Bytes outbox_key(const OutboxKey& key);
Result<OutboxKey> parse_outbox_key(ByteView key);

/// cursor: shard of the outbox it reads | application | consumer. The consumer is any text, e.g.
/// `webhook/weather`.
struct CursorKey {
  Shard shard;
  ApplicationId application_id;
  std::string consumer;
  bool operator==(const CursorKey&) const = default;
};
Bytes cursor_key(const CursorKey& key);
Result<CursorKey> parse_cursor_key(ByteView key);

/// frame_log: shard | application | device | time u64 | sequence u64. A device's log has
/// device_key() as prefix.
struct FrameLogKey {
  DeviceKey device;
  UtcTime time;
  std::uint64_t sequence = 0;
  bool operator==(const FrameLogKey&) const = default;
};
Bytes frame_log_key(const FrameLogKey& key);
Result<FrameLogKey> parse_frame_log_key(ByteView key);

/// series: name | resolution u32 (seconds per point; 0: raw) | time u64. Not sharded. The name is
/// any text that says metric and subject, e.g. `gateway/uplinks/gw-1`.
struct SeriesKey {
  std::string name;
  std::uint32_t resolution_seconds = 0;
  UtcTime time;
  bool operator==(const SeriesKey&) const = default;
};
Bytes series_key(const SeriesKey& key);
Result<SeriesKey> parse_series_key(ByteView key);
/// All points of one series in one resolution, in time order.
Bytes series_prefix(std::string_view name, std::uint32_t resolution_seconds);

}  // namespace ff::storage
