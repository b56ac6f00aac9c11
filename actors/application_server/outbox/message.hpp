// A message for an application as it lies in the outbox and goes to subscribers: routing fields and
// the JSON body.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "actors/support/local_message.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server {

/// ON-DISK: values are never reused.
enum class UpKind : std::uint8_t {
  uplink = 1,
  join = 2,
  downlink_queued = 3,
  downlink_sent = 4,
  downlink_ack = 5,
  downlink_nack = 6,
  downlink_failed = 7,
  downlink_queue_invalidated = 8,
  location_solved = 9,
  service_data = 10,
  normalized = 11,
};
UpKind kind_of(const ApplicationUp& up) noexcept;
/// The topic's end below the device: `up`, `join`, `down/queued`, … [spec integrations §1.2]. Empty
/// for an unknown number.
std::string_view topic_suffix(UpKind kind) noexcept;

struct OutboxMessage {
  UpKind kind = UpKind::uplink;
  DeviceId device_id;
  UtcTime received_at;
  Bytes body;  // JSON, UTF-8
  bool operator==(const OutboxMessage&) const = default;
};

/// As it will lie in the outbox.
OutboxMessage make_message(const ApplicationUp& up);

/// A message that is durable, on its way to subscribers. Sequences of one shard and application
/// have no gaps.
struct UpPublished {
  ApplicationId application_id;
  storage::Shard shard;
  storage::OutboxSequence sequence;
  std::shared_ptr<const OutboxMessage> message;
};
/// Hands a message to the application's subscribers, if there are any. One message at a time; does
/// not block.
using PublishUp = std::function<void(const UpPublished&)>;

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::UpPublished)
