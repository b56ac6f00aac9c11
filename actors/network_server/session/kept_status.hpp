// What a device said of its battery and reception, from one session to the next: it is the
// device's. Not when it is asked (protocol/mac/command/dev_status.hpp).
#pragma once

#include "actors/network_server/session/device.hpp"

namespace ff::network_server {

/// Before the MAC state is replaced.
void keep_status(Device& device);

/// In a new MAC state: it was said before the session's first frame, so that the device is asked
/// when the time is over, or so many frames have come. [spec network-server §14]
void recall_status(Device& device);

}  // namespace ff::network_server
