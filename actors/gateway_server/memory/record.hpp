// The stored form of what is remembered of a gateway: one row of family `entity`, kind
// gateway_memory.
#pragma once

#include "actors/gateway_server/connection/gateway_memory.hpp"
#include "protocol/base/result.hpp"

namespace ff::gateway_server {

Bytes gateway_memory_key(const GatewayId& gateway_id);
/// ON-DISK: a sealed record (storage/codec). Golden test:
/// test/actors/gateway_server/memory/record_test.cpp.
Bytes encode_gateway_memory(const GatewayMemory& memory);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<GatewayMemory> decode_gateway_memory(ByteView row);

}  // namespace ff::gateway_server
