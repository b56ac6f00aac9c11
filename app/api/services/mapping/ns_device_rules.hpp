// What the API may make of the network server's part of a device: creation, changes, reset. Pure;
// runs in the device's session. Frequency plan and version are checked by the session itself, which
// needs them.
#pragma once

#include <span>
#include <string>

#include "actors/network_server/session/device.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// The device with the named fields of `requested`; created if `current` is null. [spec
/// identity-server §7.2, network-server §20] `profile`: the settings of the profile that the
/// request gives to the device (profile_wanted()); else null. Errors: field_value (attribute
/// `field`) with cause field_is_zero or field_not_zero, read_only_field.
Result<network_server::Device> change_ns_device(const network_server::Device* current,
                                                const ttn::lorawan::v3::EndDevice& requested,
                                                std::span<const std::string> paths, UtcTime now,
                                                const mac::MacSettings* profile = nullptr);

/// The id of the MAC settings profile that the request gives to the device; empty if it gives none.
/// Error: field_value when it also says settings, or names another application's profile.
Result<std::string> profile_wanted(const ttn::lorawan::v3::EndDevice& requested,
                                   std::span<const std::string> paths);

/// MAC states and status are gone; a device that joins loses its sessions, another keeps address,
/// keys and queue and counts from 0.
network_server::Device reset_ns_device(network_server::Device device, UtcTime now);

}  // namespace ff::api
