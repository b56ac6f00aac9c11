// What the API may make of the join server's part of a device. Pure; runs in the shard of its EUIs.
#pragma once

#include <span>
#include <string>

#include "actors/join_server/device.hpp"
#include "protocol/base/result.hpp"
#include "storage/keys/shard.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// The device with the named fields of `requested`; created if `current` is null. [spec
/// identity-server §7.3, join-server §8] Errors: end_device_euis_taken when another device has the
/// EUIs; field_value (attribute `field`), no_dev_eui, read_only_field.
Result<join_server::JoinDevice> change_join_device(const join_server::JoinDevice* current,
                                                   const ttn::lorawan::v3::EndDevice& requested,
                                                   const storage::JoinKey& euis,
                                                   std::span<const std::string> paths);

}  // namespace ff::api
