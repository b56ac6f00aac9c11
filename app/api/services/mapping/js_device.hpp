// The join server's part of a device between domain and protobuf. Rules of changes are the
// service's.
#pragma once

#include "actors/join_server/device.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// Keys included: the caller keeps only what was asked for and allowed (protocol/field_mask).
ttn::lorawan::v3::EndDevice to_proto(const join_server::JoinDevice& device);

/// `base` with what `device` says; sessions stay.
join_server::JoinDevice join_device_of(const ttn::lorawan::v3::EndDevice& device,
                                       join_server::JoinDevice base);

}  // namespace ff::api
