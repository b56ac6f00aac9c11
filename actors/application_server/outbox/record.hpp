// The stored form of a message for an application: one row of family `outbox`.
#pragma once

#include "actors/application_server/outbox/message.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server {

/// ON-DISK: a sealed record (storage/codec). Golden test:
/// test/actors/application_server/outbox/outbox_test.cpp.
Bytes encode_message(const OutboxMessage& message);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<OutboxMessage> decode_message(ByteView row);

}  // namespace ff::application_server
