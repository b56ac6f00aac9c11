// The application server's part of a device between domain and protobuf, and what the API may make
// of it. Pure.
#pragma once

#include <span>
#include <string>

#include "actors/application_server/pipeline/device.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// Keys included: the caller keeps only what was asked for and allowed (protocol/field_mask).
ttn::lorawan::v3::EndDevice to_proto(const application_server::AppDevice& device);

/// `base` with what `device` says. What the domain does not hold (the serial number) is dropped.
application_server::AppDevice app_device_of(const ttn::lorawan::v3::EndDevice& device,
                                            application_server::AppDevice base);

/// The device with the named fields of `requested`; created if `current` is null. Runs in the
/// device's pipeline. [spec identity-server §7.3, application-server §11] Errors: field_value
/// (attribute `field`), read_only_field. Not the size of scripts: check_scripts (link.hpp).
Result<application_server::AppDevice> change_app_device(
    const application_server::AppDevice* current, const ttn::lorawan::v3::EndDevice& requested,
    std::span<const std::string> paths, UtcTime now);

}  // namespace ff::api
