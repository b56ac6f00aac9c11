// The MAC state of a device between domain and protobuf. The protobuf form shows less than the
// domain holds: what it can not say keeps its value when a state is read back.
#pragma once

#include "protocol/mac/state.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

void put_mac_parameters(const mac::MacParameters& parameters, ttn::lorawan::v3::MACParameters& out);
mac::MacParameters mac_parameters_of(const ttn::lorawan::v3::MACParameters& parameters);

/// `out` is empty. Keys of join-accepts under way included.
void put_mac_state(const mac::MacState& state, ttn::lorawan::v3::MACState& out);
/// `base` with what the protobuf form says. A frame or command of `base` that `state` shows as it
/// is stays what it is, with what is not shown of it.
mac::MacState mac_state_of(const ttn::lorawan::v3::MACState& state, mac::MacState base);

}  // namespace ff::api
