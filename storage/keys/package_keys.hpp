// The keys of rows in which an application package remembers how devices were heard, in the family
// `entity`. FORMAT.md. Not what is in the rows
// (actors/application_server/integration/packages/record.hpp).
#pragma once

#include <cstdint>

#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"
#include "storage/engine/engine.hpp"

namespace ff::storage {

/// ON-DISK: first byte of these keys. No other kind has this number.
inline constexpr std::uint8_t package_frames_kind = 39;

Bytes package_frames_key(const DeviceUid& device);
/// Of all devices of an application.
KeyRange package_frames_range(const ApplicationId& application_id);
/// Error: malformed_key.
Result<DeviceUid> parse_package_frames_key(ByteView key);

}  // namespace ff::storage
