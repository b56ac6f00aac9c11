// The network server's part of a device between domain and protobuf. Rules of changes are
// ns_device_rules.hpp's.
#pragma once

#include "actors/network_server/session/device.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// Keys included: the caller keeps only what was asked for and allowed (protocol/field_mask).
ttn::lorawan::v3::EndDevice to_proto(const network_server::Device& device);

/// With the settings that the device has from its profile.
ttn::lorawan::v3::EndDevice whole_proto(const network_server::Device& device);

/// `base` with what `device` says.
network_server::Device ns_device_of(const ttn::lorawan::v3::EndDevice& device,
                                    network_server::Device base);

}  // namespace ff::api
