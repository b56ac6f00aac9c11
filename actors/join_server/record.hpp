// The stored form of a device's keys and nonces: one row of family `join_nonce`, written before
// every join-accept leaves.
#pragma once

#include "actors/join_server/device.hpp"
#include "protocol/base/result.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::join_server {

/// ON-DISK: a sealed record (storage/codec). Golden test: test/actors/join_server/record_test.cpp.
Bytes encode_join_device(const JoinDevice& device, const storage::KeySeal* maybe_seal = nullptr);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new; of
/// KeySeal::open.
Result<JoinDevice> decode_join_device(ByteView row, const storage::KeySeal* maybe_seal = nullptr);
/// Whose record it is, without the rest of it: no seal is needed.
Result<DeviceUid> decode_owner(ByteView row);

}  // namespace ff::join_server
