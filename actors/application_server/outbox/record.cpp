#include "actors/application_server/outbox/record.hpp"

#include "protocol/application_json/writer.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

namespace ff::application_server {

/// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, OutboxMessage& message) {
  a(1, message.kind);
  a(2, message.device_id);
  a(3, message.received_at);
  a(4, message.body);
}

namespace {

constexpr storage::ValueVersion message_version = 1;

}  // namespace

Bytes encode_message(const OutboxMessage& message) {
  return storage::seal_record(message_version, message);
}

Result<OutboxMessage> decode_message(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, message_version));
  return storage::read_record<OutboxMessage>(envelope.body);
}

OutboxMessage make_message(const ApplicationUp& up) {
  return {.kind = kind_of(up),
          .device_id = up.ids.uid.device_id,
          .received_at = up.received_at,
          .body = to_owned(as_bytes(application_json::to_json(up)))};
}

UpKind kind_of(const ApplicationUp& up) noexcept {
  // In the order of ApplicationUpPayload.
  return static_cast<UpKind>(up.up.index() + 1);
}

std::string_view topic_suffix(UpKind kind) noexcept {
  switch (kind) {
    case UpKind::uplink:
      return "up";
    case UpKind::join:
      return "join";
    case UpKind::downlink_queued:
      return "down/queued";
    case UpKind::downlink_sent:
      return "down/sent";
    case UpKind::downlink_ack:
      return "down/ack";
    case UpKind::downlink_nack:
      return "down/nack";
    case UpKind::downlink_failed:
      return "down/failed";
    case UpKind::downlink_queue_invalidated:
      return "down/invalidated";
    case UpKind::location_solved:
      return "location/solved";
    case UpKind::service_data:
      return "service/data";
    case UpKind::normalized:
      return "up/normalized";
  }
  return {};
}

}  // namespace ff::application_server
