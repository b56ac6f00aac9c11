// The stored form of the application server's part of a device: one row of family `device`.
#pragma once

#include "actors/application_server/pipeline/device.hpp"
#include "protocol/base/result.hpp"
#include "storage/codec/key_seal.hpp"

namespace ff::application_server {

/// ON-DISK: a sealed record (storage/codec). Golden test:
/// test/actors/application_server/pipeline/record_test.cpp.
Bytes encode_device(const AppDevice& device, const storage::KeySeal* maybe_seal = nullptr);
/// Total on any bytes. Errors: malformed_record, malformed_value, value_too_new.
Result<AppDevice> decode_device(ByteView row, const storage::KeySeal* maybe_seal = nullptr);

}  // namespace ff::application_server
