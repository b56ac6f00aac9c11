#include "storage/keys/keys.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

#include "protocol/base/hex.hpp"
#include "storage/keys/key_codec.hpp"

namespace ff::storage {
namespace {

// Which byte after a join key says what follows. ON-DISK.
constexpr std::uint8_t join_record = 0x00;
constexpr std::uint8_t used_dev_nonce = 0x01;

KeyWriter& write(KeyWriter& out, const DeviceKey& key) {
  return out.u16(key.shard.value())
      .text(key.uid.application_id.text())
      .text(key.uid.device_id.text());
}
KeyWriter& write(KeyWriter& out, Shard shard, const JoinKey& key) {
  return out.u16(shard.value()).u64(key.join_eui.value()).u64(key.dev_eui.value());
}
KeyWriter& write(KeyWriter& out, UtcTime time) {
  auto count = std::max<std::int64_t>(time.time_since_epoch().count(), 0);
  return out.u64(static_cast<std::uint64_t>(count));
}

DeviceUid read_uid(KeyReader& in) {
  ApplicationId application_id(in.text());
  return {.application_id = std::move(application_id), .device_id = DeviceId(in.text())};
}
DeviceKey read_device(KeyReader& in) {
  Shard shard{in.u16()};
  return {.shard = shard, .uid = read_uid(in)};
}
/// Nothing for a time that no builder writes.
std::optional<UtcTime> read_time(KeyReader& in) {
  auto count = in.u64();
  if (count > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return std::nullopt;
  return UtcTime(Duration(static_cast<std::int64_t>(count)));
}

tl::unexpected<Error> malformed(std::string_view family, ByteView key) {
  return fail(malformed_key, {{"family", family}, {"key", hex_lower(key)}});
}
template <class Key>
Result<Key> finish(const KeyReader& in, Key parsed, std::string_view family, ByteView key) {
  if (!in.finished()) return malformed(family, key);
  return parsed;
}

}  // namespace

Bytes shard_prefix(Shard shard) {
  return KeyWriter().u16(shard.value()).take();
}

Bytes device_key(const DeviceKey& key) {
  KeyWriter out;
  return write(out, key).take();
}

Result<DeviceKey> parse_device_key(ByteView key) {
  KeyReader in(key);
  auto parsed = read_device(in);
  return finish(in, std::move(parsed), "device", key);
}

Bytes application_prefix(Shard shard, const ApplicationId& application_id) {
  return KeyWriter().u16(shard.value()).text(application_id.text()).take();
}

Bytes downlink_queue_key(const DownlinkQueueKey& key) {
  KeyWriter out;
  return write(out, key.device).u64(key.position.value()).take();
}

Bytes waiting_device_key(const DeviceKey& key) {
  return downlink_queue_key({key, waiting_position});
}

Result<DownlinkQueueKey> parse_downlink_queue_key(ByteView key) {
  KeyReader in(key);
  auto device = read_device(in);
  QueuePosition position{in.u64()};
  return finish(in, DownlinkQueueKey{std::move(device), position}, "downlink_queue", key);
}

Bytes address_key(const AddressKey& key) {
  return KeyWriter()
      .u16(key.shard.value())
      .u32(key.dev_addr.value())
      .text(key.uid.application_id.text())
      .text(key.uid.device_id.text())
      .take();
}

Result<AddressKey> parse_address_key(ByteView key) {
  KeyReader in(key);
  Shard shard{in.u16()};
  DevAddr dev_addr{in.u32()};
  AddressKey parsed{.shard = shard, .dev_addr = dev_addr, .uid = read_uid(in)};
  return finish(in, std::move(parsed), "address_index", key);
}

Bytes address_prefix(Shard shard, DevAddr dev_addr) {
  return KeyWriter().u16(shard.value()).u32(dev_addr.value()).take();
}

Bytes join_record_key(Shard shard, const JoinKey& join_key) {
  KeyWriter out;
  return write(out, shard, join_key).u8(join_record).take();
}

Bytes dev_nonce_key(Shard shard, const JoinKey& join_key, DevNonce dev_nonce) {
  KeyWriter out;
  return write(out, shard, join_key).u8(used_dev_nonce).u16(dev_nonce.value()).take();
}

Bytes join_prefix(Shard shard, const JoinKey& join_key) {
  KeyWriter out;
  return write(out, shard, join_key).take();
}

Bytes dev_nonce_prefix(Shard shard, const JoinKey& join_key) {
  KeyWriter out;
  return write(out, shard, join_key).u8(used_dev_nonce).take();
}

Result<ParsedJoinKey> parse_join_key(ByteView key) {
  KeyReader in(key);
  ParsedJoinKey parsed;
  parsed.shard = Shard{in.u16()};
  parsed.join_key.join_eui = JoinEui{in.u64()};
  parsed.join_key.dev_eui = DevEui{in.u64()};
  auto kind = in.u8();
  if (kind > used_dev_nonce) return malformed("join_nonce", key);
  if (kind == used_dev_nonce) parsed.dev_nonce = DevNonce{in.u16()};
  return finish(in, parsed, "join_nonce", key);
}

Bytes outbox_key(const OutboxKey& key) {
  return KeyWriter()
      .u16(key.shard.value())
      .text(key.application_id.text())
      .u64(key.sequence.value())
      .take();
}

Result<OutboxKey> parse_outbox_key(ByteView key) {
  KeyReader in(key);
  OutboxKey parsed;
  parsed.shard = Shard{in.u16()};
  parsed.application_id = ApplicationId(in.text());
  parsed.sequence = OutboxSequence{in.u64()};
  return finish(in, std::move(parsed), "outbox", key);
}

Bytes cursor_key(const CursorKey& key) {
  return KeyWriter()
      .u16(key.shard.value())
      .text(key.application_id.text())
      .text(key.consumer)
      .take();
}

Result<CursorKey> parse_cursor_key(ByteView key) {
  KeyReader in(key);
  CursorKey parsed;
  parsed.shard = Shard{in.u16()};
  parsed.application_id = ApplicationId(in.text());
  parsed.consumer = in.text();
  return finish(in, std::move(parsed), "cursor", key);
}

Bytes frame_log_key(const FrameLogKey& key) {
  KeyWriter out;
  write(out, key.device);
  return write(out, key.time).u64(key.sequence).take();
}

Result<FrameLogKey> parse_frame_log_key(ByteView key) {
  KeyReader in(key);
  auto device = read_device(in);
  auto time = read_time(in);
  if (!time) return malformed("frame_log", key);
  auto sequence = in.u64();
  return finish(in, FrameLogKey{std::move(device), *time, sequence}, "frame_log", key);
}

Bytes series_prefix(std::string_view name, std::uint32_t resolution_seconds) {
  return KeyWriter().text(name).u32(resolution_seconds).take();
}

Bytes series_key(const SeriesKey& key) {
  KeyWriter out;
  out.text(key.name).u32(key.resolution_seconds);
  return write(out, key.time).take();
}

Result<SeriesKey> parse_series_key(ByteView key) {
  KeyReader in(key);
  SeriesKey parsed;
  parsed.name = in.text();
  parsed.resolution_seconds = in.u32();
  auto time = read_time(in);
  if (!time) return malformed("series", key);
  parsed.time = *time;
  return finish(in, std::move(parsed), "series", key);
}

}  // namespace ff::storage
